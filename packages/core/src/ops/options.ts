/** @file Options: operands are positional, the rest is one object whose keys are all known. */

import { ValueError } from "../errors.ts";
import { kindOf, Tensor } from "../tensor.ts";

/** The options of a function by name, and which are true or false: the type leaves none out. */
export type OptionNames<O> = {
  readonly [Name in keyof O & string]-?: NonNullable<O[Name]> extends boolean ? "boolean" : true;
};

/**
 * An option that a function does not have.
 * @param op - the function
 * @param key - the unknown option
 * @param help - the option that may be meant
 * @example new OptionError("sgd", "lr", "learningRate").name; // "OptionError"
 */
export class OptionError extends ValueError {
  constructor(op: string, key: string, help: string) {
    super(op, "a known option", key, help);
    this.message = `${op}: unknown option "${key}"; help: ${help}`;
  }
}

/** PyTorch's and NumPy's names of what has another name here. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  axis: ["dim", "dims"],
  backend: ["device"],
  better: ["mode"],
  classes: ["centers"],
  context: ["block_size"],
  correction: ["ddof"],
  count: ["max_new_tokens", "n_samples", "num_samples"],
  every: ["step_size"],
  factor: ["gamma"],
  growth: ["t_mult"],
  iterations: ["ns_steps"],
  learningRate: ["base_lr", "initial_lr", "lr", "max_lr"],
  learningRateDecay: ["lr_decay"],
  parameters: ["params"],
  period: ["t_0"],
  random: ["generator", "rng"],
  rate: ["p"],
  rise: ["pct_start"],
  steps: ["t_max", "total_iters"],
  stop: ["end"],
  tolerance: ["atol", "rtol"],
  value: ["constant_values"],
  width: ["d_model", "n_embd"],
};

/**
 * Refuses options that a function does not have, and says which one may be meant, and flags that
 * are neither true nor false. It costs one look-up a key.
 * @param op - the function
 * @param options - what it was given
 * @param names - the options that it has, as keys: {@link OptionNames}, or their defaults
 * @throws OptionError with the option that PyTorch's name stands for, else the one spelt most
 * alike, else all of them; ValueError for anything but an object, and for other flags
 * @example checkOptions("sum", { axis: 0 }, { axis: true, keepdims: "boolean" });
 */
export function checkOptions<Options extends object>(
  op: string,
  options: Options,
  names: Readonly<Record<keyof Options & string, unknown>>,
): void {
  const isObject = typeof options === "object" && options !== null;
  if (!isObject || Array.isArray(options) || options instanceof Tensor) {
    const got = typeof options === "object" ? kindOf(options) : String(options);
    throw new ValueError(op, `an object with ${Object.keys(names).join(", ")}`, got);
  }
  for (const key in options) {
    if (!Object.hasOwn(names, key)) throw new OptionError(op, key, meant(key, Object.keys(names)));
    if (names[key] === "boolean" && ![true, false, undefined].includes(options[key] as boolean))
      throw new ValueError(op, `${key} of true or false`, kindOf(options[key]));
  }
}

function meant(key: string, names: readonly string[]): string {
  const camel = key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const known = names.find(
    (name) => name === camel || elsewhere[name]?.includes(key.toLowerCase()),
  );
  if (known !== undefined) return known;
  // num_heads: heads; eps: epsilon
  const words = key
    .toLowerCase()
    .split("_")
    .filter((w) => w.length > 2);
  const [begun] = words.flatMap((w) => names.find((name) => name.startsWith(w)) ?? []);
  if (begun !== undefined) return begun;
  const near = names
    .map((name) => ({ name, distance: edits(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= Math.max(1, key.length / 3)) return near.name;
  return names.length === 0 ? "it has none" : `one of ${names.join(", ")}`;
}

/** Levenshtein's distance: the least number of letters inserted, deleted or replaced. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
