/** @file Settings that are lists: `64,256` and `dense,rotation`. */
import { ValueError } from "@spm/core/extend";
import { type LinearKind, linearKinds } from "@spm/nn";

const parts = (text: string): string[] => text.split(",").map((part) => part.trim());

/** Whole numbers ≥ 1 of a setting, e.g. "64,256". @throws ValueError for anything else */
export function readNumbers(name: string, text: string): number[] {
  return parts(text).map((part) => {
    const n = Number(part);
    if (!Number.isSafeInteger(n) || n < 1)
      throw new ValueError("experiment", `${name} as whole numbers ≥ 1`, `"${part}"`);
    return n;
  });
}

/**
 * Learning rates of a setting, e.g. "0.003,0.01".
 * @throws ValueError for anything but numbers above 0
 */
export function readRates(text: string): number[] {
  return parts(text).map((part) => {
    const rate = Number(part);
    if (!(rate > 0 && Number.isFinite(rate)))
      throw new ValueError("experiment", "rates above 0", `"${part}"`);
    return rate;
  });
}

/** Names out of `known`, or all of them for "all". @throws ValueError for an unknown one */
export function readNames<Name extends string>(
  name: string,
  text: string,
  known: readonly Name[],
): Name[] {
  if (text === "all") return [...known];
  return parts(text).map((part) => {
    const found = known.find((one) => one === part);
    if (found === undefined)
      throw new ValueError("experiment", `${name} of ${known.join(", ")}, or all`, `"${part}"`);
    return found;
  });
}

/** The names of all linear maps. */
export const linearNames: readonly LinearKind[] = Object.keys(linearKinds) as LinearKind[];

/** Kinds of linear maps. @throws ValueError for an unknown one */
export const readKinds = (text: string): LinearKind[] => readNames("layers", text, linearNames);
