/** @file Options: operands are positional, the rest is one object whose keys are all known. */

import { ValueError } from "../errors.ts";
import { kindOf, Tensor } from "../tensor.ts";

/** The options of a function by name: the type makes sure that none is left out. */
export type OptionNames<Options> = Readonly<Record<keyof Options & string, true>>;

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
const elsewhere: Readonly<Record<string, string>> = {
  a_max: "max",
  a_min: "min",
  atol: "tolerance",
  axes: "axis",
  base_lr: "learningRate",
  batch: "batchSize",
  block_size: "context",
  centers: "classes",
  constant_values: "value",
  d_model: "width",
  ddof: "correction",
  device: "backend",
  dim: "axis",
  dims: "axis",
  div_factor: "divide",
  end: "stop",
  fill_value: "value",
  final_div_factor: "finalDivide",
  gamma: "factor",
  generator: "random",
  initial_accumulator_value: "initialSum",
  initial_lr: "learningRate",
  lr: "learningRate",
  lr_decay: "learningRateDecay",
  max_lr: "learningRate",
  max_new_tokens: "count",
  min_delta: "minimum",
  mode: "better",
  n_embd: "width",
  n_samples: "count",
  ns_steps: "iterations",
  num_samples: "count",
  p: "rate",
  params: "parameters",
  pct_start: "rise",
  rng: "random",
  rtol: "tolerance",
  step_size: "every",
  t_0: "period",
  t_max: "steps",
  t_mult: "growth",
  total_iters: "steps",
  vocab_size: "vocabulary",
};

/**
 * Refuses options that a function does not have, and says which one may be meant. It costs one
 * look-up a key.
 * @param op - the function
 * @param options - what it was given
 * @param names - the options that it has, as keys: {@link OptionNames}, or their defaults
 * @throws OptionError with the option that PyTorch's name stands for, else the one spelt most
 * alike, else all of them; ValueError for anything but an object
 * @example checkOptions("sum", { axis: 0 }, { axis: true, keepdims: true });
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
  for (const key in options)
    if (!Object.hasOwn(names, key)) throw new OptionError(op, key, meant(key, Object.keys(names)));
}

function meant(key: string, names: readonly string[]): string {
  const camel = key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const known = [elsewhere[key.toLowerCase()], camel].find((name) => name && names.includes(name));
  if (known !== undefined) return known;
  const words = key.toLowerCase().split("_"); // num_heads: heads; eps: epsilon
  const begun = names.find((name) => words.some((w) => w.length > 2 && name.startsWith(w)));
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
