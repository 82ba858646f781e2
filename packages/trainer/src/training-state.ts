/** @file All that training depends on beside its options: captured, and put back bit by bit. */
import { type Backend, type RngState, reference, Tensor } from "@spm/core";
import { copyArray, fromArray, wrap } from "@spm/core/extend";
import type { LoaderState } from "@spm/data";
import { RunError } from "./errors.ts";
import type { Json } from "./io/json.ts";
import type { Metrics, Reading } from "./measurement.ts";

/** Tensors and numbers by name. */
export type Values = Readonly<Record<string, Tensor | number>>;

/** What has a state of tensors and numbers: an optimizer, an average of weights. */
export interface Stateful {
  state(): Record<string, Tensor | number>;
  restore(values: Values): void;
}

/** An average of the weights that evaluations use, such as `MovingAverage` of @spm/optim. */
export interface WeightAverage extends Stateful {
  /** Takes the weights of a new step in. */
  update(): void;
  /** Exchanges weights and averages. */
  swap(): void;
}

/** What has weights: every module. */
interface Weights {
  stateDict(): Record<string, Tensor>;
  loadStateDict(values: Record<string, Tensor>): void;
}

/** Where training stands, in numbers. */
export interface Progress {
  /** Optimizer steps taken. */
  readonly step: number;
  readonly loader: LoaderState;
  /** Whether an evaluation that was due after this step was cut short. */
  readonly unevaluated: boolean;
  /** Seconds of training, and of wall clock. */
  readonly clock: { readonly seconds: number; readonly elapsed: number };
  /** What was measured since the last log. */
  readonly window: readonly Reading<number>[];
  /** The last evaluation. */
  readonly evaluation: Metrics | null;
  /** Bad steps in a row, see `onNonFinite`. */
  readonly badInRow: number;
  /** Random generators in the model's fields, by path. */
  readonly generators: Readonly<Record<string, RngState>>;
  /** What callbacks keep, by their names. */
  readonly callbacks: Readonly<Record<string, Json>>;
}

/** All that is needed to go on as if training had never stopped. */
export interface TrainingState {
  /**
   * `model.…`, `optimizer.…`, `average.…`, `snapshot.…`: live tensors, to be read before training
   * goes on.
   */
  readonly values: Values;
  readonly progress: Progress;
}

/** The parts of a training that have tensors. */
export interface Parts {
  readonly model: unknown;
  readonly optimizer: object;
  readonly average?: Stateful | undefined;
}

/**
 * The tensors and numbers of all parts, by part and name.
 *
 * @throws RunError for a model without weights by name, or an optimizer without state
 */
export function valuesOf({ model, optimizer, average }: Parts): Record<string, Tensor | number> {
  return {
    ...prefixed("model", weightsOf(model).stateDict()),
    ...prefixed("optimizer", statefulOf(optimizer).state()),
    ...(average && prefixed("average", average.state())),
  };
}

/**
 * Gives every part its values back. A model unlike the one that was saved names the first that
 * differs.
 *
 * @throws ShapeError, DTypeError, ValueError naming the first mismatch
 */
export function restoreValues({ model, optimizer, average }: Parts, values: Values): void {
  const weights = weightsOf(model);
  const mine = weights.stateDict();
  const saved = Object.entries(unprefixed("model", values)) as [string, Tensor][];
  weights.loadStateDict(
    Object.fromEntries(
      saved.map(([path, value]) => [path, movedTo(value, mine[path]?.backend ?? reference)]),
    ),
  );
  statefulOf(optimizer).restore(unprefixed("optimizer", values));
  average?.restore(unprefixed("average", values));
}

/** The values whose names begin with a prefix and a dot, without it. */
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

/** A copy that no scope releases. */
export function copyOf(value: Tensor): Tensor {
  return new Tensor(value, value.backend, value.backend.clone(value.handle));
}

/** The same values in CPU memory: the tensor itself where it is there. */
export async function inMemory(value: Tensor): Promise<Tensor> {
  if (value.backend.view !== undefined) return value;
  return fromArray(wrap(await value.data(), value.shape), reference);
}

function movedTo(value: Tensor, backend: Backend): Tensor {
  return value.backend === backend ? value : fromArray(copyArray(value.ndarray()), backend);
}

function weightsOf(model: unknown): Weights {
  const weights = model as Partial<Weights> | null;
  if (typeof weights?.stateDict === "function" && typeof weights.loadStateDict === "function")
    return weights as Weights;
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
