/**
 * @file PyTorch's names and what answers to them here: an export, a composition, or the reason why
 * there is none. `names.txt` has the ops that PyTorch tests (its OpInfo), `other-names.txt` more.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The text of a file beside this one. */
export const beside = (name: string): string =>
  readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");

/** An answer to a name of PyTorch's. */
export type Answer =
  | { readonly kind: "export"; readonly name: string }
  | { readonly kind: "composition"; readonly code: string }
  | { readonly kind: "missing"; readonly reason: string };

const lines = (name: string): string[][] =>
  beside(name)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" :: "));

const reasons = new Map(lines("reasons.txt").map(([key = "", reason = ""]) => [key, reason]));

/** @throws Error for a line that is none of the three, or a reason that is not in the list */
function answerOf(name: string, text: string): Answer {
  const rest = text.slice(2);
  if (text.startsWith("= ")) return { kind: "export", name: rest };
  if (text.startsWith("~ ")) return { kind: "composition", code: rest };
  const reason = rest.startsWith("@") ? reasons.get(rest) : rest;
  if (text.startsWith("- ") && reason) return { kind: "missing", reason };
  throw new Error(`expected = export, ~ composition or - reason of ${name}, got ${text}`);
}

const read = (file: string): ReadonlyMap<string, Answer> =>
  new Map(lines(file).map(([name = "", text = ""]) => [name, answerOf(name, text)]));

/** The ops of PyTorch's OpInfo, in the order of the alphabet. */
export const opInfo: ReadonlyMap<string, Answer> = read("names.txt");

/** Modules, optimizers, derivatives and what else has a name there and one here. */
export const otherNames: ReadonlyMap<string, Answer> = read("other-names.txt");
