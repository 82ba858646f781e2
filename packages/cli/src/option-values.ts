/**
 * @file Turns the text of command-line options into numbers and names, or says what it expected.
 */

import type { OnnxInput } from "@spm/onnx";
import { InvalidArgumentError } from "commander";

/** A parser of whole numbers of at least `least` and at most `most`. */
export function wholeNumber(
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const range =
        most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

/** A parser of finite numbers above 0. */
export function positiveNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(Number.isFinite(value) && value > 0))
    throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

/** A parser of names separated by commas, each of `allowed`, none twice. */
export function namesOf<Name extends string>(allowed: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const names = text.split(",").map((name) => name.trim());
    const known = names.filter((name): name is Name =>
      (allowed as readonly string[]).includes(name),
    );
    if (known.length < names.length || new Set(known).size < known.length) {
      throw new InvalidArgumentError(
        `Expected one or more of ${allowed.join(", ")}, separated by commas, none twice.`,
      );
    }
    return known;
  };
}

/**
 * A number where the text is one; anything else stays as it is, and the schema refuses it by name.
 */
export const asNumber = (text: string): number | string =>
  text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);

/** Numbers from a text with something between them, a comma on the command line. */
export const asNumbers = (text: string, between = ","): (number | string)[] =>
  text.split(between).map(asNumber);

const INPUT = /^(?:(float32|int32|uint8):)?([1-9]\d*(?:,[1-9]\d*)*)$/;

/** The shape of a sample, with the type before it where that is not float32: `int32:64`. */
export function sampleInput(text: string): OnnxInput {
  const [, type = "float32", sizes] = INPUT.exec(text) ?? [];
  const dtype = (["float32", "int32", "uint8"] as const).find((known) => known === type);
  if (sizes === undefined || dtype === undefined)
    throw new InvalidArgumentError("Expected sizes such as 28,6, or int32:64, or uint8:3,32,32.");
  return { shape: sizes.split(",").map(Number), dtype };
}
