/** @file The state of training: all that it depends on beside its options, restored bit by bit. */
import { type Backend, noGrad, type Parameter, type RngState, reference, Tensor } from "@spm/core";
import { copyArray, fromArray, wrap } from "@spm/core/extend";
import type { LoaderState } from "@spm/data";
import { Module } from "@spm/nn";
import { stateOf } from "@spm/nn/extend";
import { RunError } from "./errors.ts";
import type { Json } from "./io/json.ts";
import type { Metrics, Reading } from "./measurement.ts";

/** Tensors and numbers by name. */
export type Values = Readonly<Record<string, Tensor | number>>;

/** A part with a state of tensors and numbers: an optimizer, an average of weights. */
export interface Stateful {
  state(): Record<string, Tensor | number>;
  restore(values: Values): void;
}

/** An average of weights for evaluations, such as `MovingAverage` of @spm/optim. */
export interface WeightAverage extends Stateful {
  /** The parameters that are averaged, where it tells. */
  readonly parameters?: readonly Parameter[];
  /** Adds the weights of a new step. */
  update(): void;
  /** Exchanges weights and averages. */
  swap(): void;
}

/** A model with weights, as every module is. */
interface Weights {
  stateDict(): Record<string, Tensor>;
  loadStateDict(values: Record<string, Tensor>): unknown;
}

/** The position of training, in numbers. */
export interface Progress {
  /** Optimizer steps taken. */
  readonly step: number;
  readonly loader: LoaderState;
  /** Whether an evaluation due after this step was cut short. */
  readonly unevaluated: boolean;
  /** Seconds of training, and of wall clock. */
  readonly clock: { readonly seconds: number; readonly elapsed: number };
  /** Measurements since the last log. */
  readonly window: readonly Reading<number>[];
  /** The means of the last evaluation. */
  readonly evaluation: Metrics | null;
  /** Steps in a row that weren't finite, see `onNonFinite`. */
  readonly badInRow: number;
  /** Random generators in the model's fields, by path. */
  readonly generators: Readonly<Record<string, RngState>>;
  /** Random generators in the data set's fields, by path. */
  readonly dataGenerators: Readonly<Record<string, RngState>>;
  /** The options of `fit` and the optimizer that later steps depend on. */
  readonly settings: Readonly<Record<string, Json>>;
  /** The states of callbacks, by name. */
  readonly callbacks: Readonly<Record<string, Json>>;
}

/** The state from which training continues as if it had never stopped. */
export interface TrainingState {
  /**
   * `model.…`, `optimizer.…`, `average.…`, `snapshot.…`, `callback.…`. The tensors are the live
   * ones: read them before the next step.
   */
  readonly values: Values;
  readonly progress: Progress;
  /** The description of the model, for the metadata of a file: docs/file-format.md. */
  readonly description?: Readonly<Record<string, string>>;
}

/** The parts of training that have tensors. */
export interface StatefulParts {
  readonly model: unknown;
  readonly optimizer: object;
  readonly average?: Stateful | undefined;
}

/**
 * The tensors and numbers of all parts, by part and name.
 *
 * @throws RunError for a model without weights by name, or an optimizer without state
 */
export function valuesOf({
  model,
  optimizer,
  average,
}: StatefulParts): Record<string, Tensor | number> {
  return {
    ...prefixed("model", weightsOf(model)),
    ...prefixed("optimizer", statefulOf(optimizer).state()),
    ...(average && prefixed("average", average.state())),
  };
}

/**
 * Restores the values of every part.
 *
 * @throws ShapeError, DTypeError, ValueError naming the first value that doesn't fit
 */
export function restoreValues({ model, optimizer, average }: StatefulParts, values: Values): void {
  restoreWeights(model, unprefixed("model", values));
  statefulOf(optimizer).restore(unprefixed("optimizer", values));
  average?.restore(unprefixed("average", values));
}

/**
 * Restores the weights of a model, on their backends.
 *
 * @throws ShapeError, DTypeError naming the first value that doesn't fit
 */
export function restoreWeights(model: unknown, values: Values): void {
  const mine = weightsOf(model);
  const saved = Object.entries(values) as [string, Tensor][];
  noGrad(() =>
    (model as Weights).loadStateDict(
      Object.fromEntries(
        saved.map(([path, value]) => [path, movedTo(value, mine[path]?.backend ?? reference)]),
      ),
    ),
  );
}

/** The values whose names begin with a prefix and a dot, under the rest of their names. */
export function unprefixed(prefix: string, values: Values): Record<string, Tensor | number> {
  const start = `${prefix}.`;
  const chosen = Object.entries(values).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(chosen.map(([name, value]) => [name.slice(start.length), value]));
}

/** The values under names with a prefix and a dot. */
export function prefixed(prefix: string, values: Values): Record<string, Tensor | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

/** Copies of the tensors, which no scope releases. */
export const copiesOf = <V extends Tensor | number>(
  values: Readonly<Record<string, V>>,
): Record<string, V> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      (typeof value === "number" ? value : copyOf(value as Tensor)) as V,
    ]),
  );

/** Copies of the weights that evaluations see: those of the model, or their averages. */
export function evaluatedWeights(model: unknown, average?: WeightAverage): Values {
  average?.swap();
  try {
    return copiesOf(weightsOf(model));
  } finally {
    average?.swap();
  }
}

/** Releases the tensors. */
export function disposeOf(values: Values | undefined): void {
  for (const value of Object.values(values ?? {})) if (typeof value !== "number") value.dispose();
}

/** A copy that no scope releases. */
export function copyOf(value: Tensor): Tensor {
  return new Tensor(value, value.backend, value.backend.clone(value.handle));
}

/** The same values in CPU memory; the tensor itself where it is in CPU memory already. */
export async function inMemory(value: Tensor): Promise<Tensor> {
  if (value.backend.arrayOf !== undefined) return value;
  return fromArray(wrap(await value.data(), value.shape), reference);
}

function movedTo(value: Tensor, backend: Backend): Tensor {
  return value.backend === backend ? value : fromArray(copyArray(value.ndarray()), backend);
}

/** The weights of a model itself, not copies; undefined for a model without weights by name. */
export function liveWeights(model: unknown): Record<string, Tensor> | undefined {
  if (model instanceof Module) return Object.fromEntries(stateOf(model));
  const weights = model as Partial<Weights> | null | undefined;
  if (typeof weights?.stateDict === "function" && typeof weights.loadStateDict === "function")
    return weights.stateDict();
  return undefined;
}

/** The weights of a model itself. @throws RunError for a model without weights by name */
function weightsOf(model: unknown): Record<string, Tensor> {
  const weights = liveWeights(model);
  if (weights !== undefined) return weights;
  throw new RunError(
    "checkpoint",
    "a model with stateDict() and loadStateDict()",
    "one without",
    "extend Module",
  );
}

function statefulOf(optimizer: object): Stateful {
  const stateful = optimizer as Partial<Stateful>;
  if (typeof stateful.state === "function" && typeof stateful.restore === "function")
    return stateful as Stateful;
  throw new RunError("checkpoint", "an optimizer with state() and restore()", "one without");
}
