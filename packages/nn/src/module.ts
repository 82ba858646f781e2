/** @file A module: fields that hold parameters and modules, which are walked, and a forward. */
import {
  type Backend,
  clone,
  keep,
  noGrad,
  Parameter,
  type Shape,
  type Tensor,
  to,
} from "@spm/core";
import { assignAll, kindOf, printsAs, showSpec, sizeOf, ValueError } from "@spm/core/extend";
import { heldBy, isContainer } from "./held.ts";
import { type LoadOptions, type LoadReport, loadState, type StoredTensors } from "./load-state.ts";
import { count, textTable } from "./text-table.ts";

/** Parameters and buffers by path, e.g. `"layers.0.weight"`. */
export type StateDict = Record<string, Tensor>;

/** A field (or element of a container) that holds a module, a parameter or a buffer. */
export interface Place {
  readonly path: string;
  readonly owner: object;
  readonly value: Module | Parameter;
  /** Puts something else there. */
  replace(by: object): void;
}

/**
 * A model or a part of one: parameters and modules in fields, and a forward. Every
 * {@link Parameter} and Module in its fields (also inside arrays, Maps, Sets and plain objects)
 * belongs to it; in a `#private` field nothing is found. The forward takes tensors of any shapes
 * [...]. `console.log(model)` and `String(model)` show them as a tree, with shapes of parameters
 * and counts of trainable values.
 * @example
 * class Scale extends Module {
 *   readonly gain = parameter(ones([8]));
 *   forward(x: Tensor): Tensor {
 *     return mul(x, this.gain);
 *   }
 * }
 * new Scale().parameterCount(); // 8
 */
export abstract class Module {
  /**
   * Whether the module is in training: dropout and batch norm differ in evaluation. Set by
   * {@link train}.
   */
  training = true;

  abstract forward(...inputs: Tensor[]): Tensor;

  /** The name in tables (default the name of the class). */
  get label(): string {
    return this.constructor.name;
  }

  /**
   * Names in a state dict of PyTorch's counterpart that are not paths here, and the paths that
   * they stand for: a value holds theirs one after another along its first axis, and is left out
   * where they are none; the name of a module stands for one (default none).
   */
  get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    return {};
  }

  /**
   * FLOP of a forward on inputs of these shapes, without those of the modules in its fields
   * (default 0).
   */
  flops(_inputs?: readonly Shape[]): number {
    return 0;
  }

  /**
   * This module (as "") and all in its fields, with their paths; one that is reached twice appears
   * once.
   */
  namedModules(): Map<string, Module> {
    const parts = places(this).flatMap(({ path, value }) =>
      value instanceof Module ? [{ path, value }] : [],
    );
    return firstPaths([{ path: "", value: this }, ...parts]);
  }

  /**
   * All parameters with their paths, in the order of the fields; one that is reached twice (tied
   * weights) appears once.
   */
  namedParameters(): Map<string, Parameter> {
    return new Map([...stateOf(this)].filter(([, value]) => !(value instanceof ModuleBuffer)));
  }

  /** All parameters, in the order of the fields. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** Number of trainable values. */
  parameterCount(): number {
    return this.parameters().reduce((total, p) => total + sizeOf(p.shape), 0);
  }

  /** Puts this module and all in its fields in training, or in evaluation. @returns this */
  train(training = true): this {
    for (const module of this.namedModules().values()) module.training = training;
    return this;
  }

  /** `train(false)`: running statistics instead of the batch's, no dropout. @returns this */
  eval(): this {
    return this.train(false);
  }

  /**
   * Copies of all parameters and buffers by path: training on doesn't change them. They belong to
   * the scope around the call, otherwise to the garbage collector, and on a GPU to the caller.
   */
  stateDict(): StateDict {
    return noGrad(() =>
      Object.fromEntries([...stateOf(this)].map(([path, value]) => [path, clone(value)])),
    );
  }

  /**
   * Assigns every parameter and buffer, on its own backend. Nothing is assigned unless everything
   * fits. A tied parameter takes its value under any of its paths.
   * @param values - by path, or a file as `parseSafetensors` of @spm/trainer returns it, of which
   * only what is needed is read
   * @param options - what to do where the names differ
   * @returns the names that did not match: none unless `strict` is false
   * @throws ShapeError naming all paths that are missing or unexpected, or all of another shape or
   * dtype; ValueError for what is not a tensor, or two values of one tied parameter; TapeError
   * while a tape that used one is open; BackendError when there is no memory
   * @example
   * const model = new LayerNorm(2);
   * const values = { "norm.weight": ones([2]), extra: ones([1]) };
   * model.loadStateDict(values, { strict: false, rename: (name) => name.replace("norm.", "") });
   * // { missing: ["bias"], unexpected: ["extra"] }
   */
  loadStateDict(values: StateDict | StoredTensors, options: LoadOptions = {}): LoadReport {
    return loadState([{ path: "", value: this }, ...places(this)], values, options);
  }

  /**
   * Releases every parameter and buffer, also those of modules in its fields. A later forward
   * throws TapeError. An optimizer's state is released by the optimizer.
   * @example
   * using model = new LayerNorm(8); // released at the end of the block
   */
  dispose(): void {
    for (const p of stateOf(this).values()) p.dispose();
  }

  /** {@link dispose}, at the end of a block: `using model = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Moves every parameter and buffer to a backend. The state of an optimizer does not move: make it
   * afterwards.
   * @returns this
   * @throws TapeError while a tape that used one is open, before anything moves; DTypeError,
   * BackendError where the backend cannot take one
   * @example await new LayerNorm(8).to(reference); // on wasm: `await model.to(await wasm())`
   */
  async to(backend: Backend): Promise<this> {
    const all = [...stateOf(this).values()];
    for (const p of all) p.assertAssignable();
    const moved: [Parameter, Tensor][] = [];
    try {
      for (const p of all) moved.push([p, keep(await to(p, backend))]);
      assignAll(moved);
    } finally {
      for (const [, value] of moved) value.dispose();
    }
    return this;
  }
}

/**
 * Refuses anything but a module.
 * @throws ValueError
 * @example checkModule("exportOnnx", new LayerNorm(8));
 */
export function checkModule(op: string, model: Module): void {
  if (!(model instanceof Module)) throw new ValueError(op, "a module", kindOf(model));
}

/**
 * Every field (or element of a container) that holds a module, or a parameter [...], outer before
 * inner. A module in two fields has two places; the places inside of it are listed under the first.
 * @example places(new Residual(new LayerNorm(8))).map(({ path }) => path)[0]; // "branch"
 */
export function places(model: Module): Place[] {
  const found: Place[] = [];
  const seen = new Set<object>([model]);
  const walk = (owner: object, prefix: string): void => {
    for (const { key, item, replace } of heldBy(owner)) {
      if (typeof item !== "object" || item === null) continue;
      const path = `${prefix}${key}`;
      const part = item instanceof Module || item instanceof Parameter;
      if (part) found.push({ path, owner, value: item, replace });
      if (item instanceof Parameter || seen.has(item)) continue;
      seen.add(item);
      if (part || isContainer(item)) walk(item, `${path}.`);
    }
  };
  walk(model, "");
  return found;
}

/**
 * The parameters and buffers themselves, under the first of their paths.
 * @throws ValueError for two of them at one path
 * @example stateOf(new LayerNorm(8)).keys(); // "weight", "bias"
 */
export function stateOf(model: Module): Map<string, Parameter> {
  return firstPaths(
    places(model).flatMap(({ path, value }) =>
      value instanceof Parameter ? [{ path, value }] : [],
    ),
  );
}

function firstPaths<T>(named: readonly { path: string; value: T }[]): Map<string, T> {
  const first = new Map<T, string>();
  for (const { path, value } of named) if (!first.has(value)) first.set(value, path);
  const byPath = new Map([...first].map(([value, path]) => [path, value]));
  if (byPath.size === first.size) return byPath;
  const [twice] = [...first].find(([value, path]) => byPath.get(path) !== value) ?? [];
  const path = first.get(twice as T);
  throw new ValueError("Module", "a path of its own for each part", `"${path}" twice`);
}

/**
 * A tensor [...] that a module updates by itself, e.g. a running mean: a checkpoint stores it, an
 * optimizer never sees it. It is assigned as a parameter is.
 * @example new ModuleBuffer(zeros([8])).shape; // [8]
 */
export class ModuleBuffer extends Parameter {
  constructor(value: Tensor) {
    super(value, false);
  }
}

/** The bytes of a module's parameters. */
export const parameterBytes = (module: Module): number =>
  module.parameters().reduce((total, p) => total + p.storage.bytes, 0);

type Row = readonly [name: string, kind: string, values: string];

printsAs(Module.prototype, (model) => {
  const end = ["total", `${count(parameterBytes(model))} bytes`, count(model.parameterCount())];
  const rows = tree(places(model), new Map([[model, "the model"]]));
  return textTable([model.label, "", "parameters"], [...rows, end], 2);
});

/**
 * Rows for the outermost places, and under each for the places inside of it.
 * @param listed - modules and parameters that have rows already, with their paths
 */
function tree(found: readonly Place[], listed: Map<object, string>, from = "", depth = 0): Row[] {
  const within = (path: string) => found.filter((place) => place.path.startsWith(`${path}.`));
  const inner = new Set(found.flatMap(({ path }) => within(path)));
  const blocks = found.flatMap((place): Block[] => {
    if (inner.has(place)) return [];
    const { path, value } = place;
    const name = "  ".repeat(depth) + path.slice(from.length);
    const before = listed.get(value);
    if (before !== undefined) return [[[name, `the same as ${before}`, ""]]];
    listed.set(value, path);
    if (value instanceof ModuleBuffer) return [[[name, `${showSpec(value)} buffer`, ""]]];
    if (value instanceof Parameter) return [[[name, showSpec(value), count(sizeOf(value.shape))]]];
    const own: Row = [name, value.label, count(value.parameterCount())];
    return [[own, ...tree(within(path), listed, `${path}.`, depth + 1)]];
  });
  return folded(blocks);
}

type Block = readonly [own: Row, ...inside: Row[]];

/** Joins neighbours that differ only in the number at the end of their names. */
function folded(blocks: readonly Block[]): Row[] {
  const number = /\d+$/;
  const keys = blocks.map(([[name, ...own], ...inside]) =>
    JSON.stringify([name.replace(number, ""), own, inside]),
  );
  return blocks.flatMap(([own, ...inside], k) => {
    if (keys[k] === keys[k - 1]) return [];
    const next = keys.findIndex((key, j) => j > k && key !== keys[k]);
    const alike = blocks.slice(k, next < 0 ? undefined : next);
    if (alike.length === 1) return [own, ...inside];
    const last = number.exec(alike.at(-1)?.[0][0] ?? "")?.[0];
    return [[`${own[0]} … ${last}`, own[1], `${alike.length} × ${own[2]}`], ...inside];
  });
}
