/**
 * @file Captured steps: on a device a step is recorded once, and then repeated without running its
 * JavaScript.
 */
import { type Backend, currentBackend, scope } from "@spm/core";
import {
  BackendError,
  checkFunction,
  checkOptions,
  type OptionNames,
  ValueError,
} from "@spm/core/extend";
import { dissect } from "./step-values.ts";

/** Options of {@link capture}. */
export interface CaptureOptions {
  /**
   * Every so many calls the step runs, too, and is compared with its repetition: launches and
   * numbers at once, results and weights once the device has them, so that the next call throws. 0
   * never compares.
   * @defaultValue 0
   */
  readonly checkEvery?: number;
  /**
   * The reaction to a step that can't be repeated: an error at the next call, or running it as
   * always.
   * @defaultValue "throw"
   */
  readonly onRefusal?: "throw" | "run";
}

const names: OptionNames<CaptureOptions> = { checkEvery: true, onRefusal: true };

/** Counts of a captured step. */
export interface CaptureCounts {
  /** Calls that ran the step. */
  readonly ran: number;
  /** Calls that repeated what was recorded. */
  readonly repeated: number;
  /** Launches of one repetition; 0 before the first. */
  readonly launches: number;
  /** Why the step can't be repeated; null while nothing stands against it. */
  readonly refusal: string | null;
}

/** A captured step: called as the step itself. */
export interface Captured<Args extends readonly unknown[], Result> extends Disposable {
  (...args: Args): Result;
  readonly counts: CaptureCounts;
  /** Records the next call anew: for a variable outside that changed. */
  refresh(): void;
  /** Frees its buffers; a later call records anew. */
  dispose(): void;
}

/** A backend that can record a step and repeat it. */
export interface CapturingBackend extends Backend {
  capture<Args extends readonly unknown[], Result>(
    step: (...args: Args) => Result,
    options: Required<CaptureOptions>,
  ): Captured<Args, Result>;
}

const captures = (backend: Backend): backend is CapturingBackend => "capture" in backend;

/**
 * A step that, on a GPU, runs in JavaScript for its first calls alone, while its launches are
 * noted; from then on a call writes its arguments into fixed buffers and launches the same kernels,
 * with the same bits. On the reference and in WebAssembly it is the function itself, with the same
 * checks of its arguments and results.
 *
 * Learning rates, the counts of optimizers and averages, and random tensors are computed anew at
 * each call. Everything else is as it was when the step was recorded, so what changes from call to
 * call must be an argument: a batch, a number, a flag. Arguments are tensors, numbers, strings and
 * flags, alone or in arrays and plain objects; those that are no tensors, and shapes, are recorded
 * for each value. Tensors in the result are the caller's. Between calls parameters may be read,
 * saved, assigned and loaded: where they were assigned, one call runs the step.
 *
 * A step that reads data, uploads numbers that differ from call to call or keeps what it does not
 * release is refused. A variable outside that changes later, after two calls that did the same, is
 * not seen: `refresh` tells of it, `checkEvery` finds it.
 * @param step - a synchronous function; it runs in a scope
 * @throws BackendError, from the next call, for a step that can't be repeated; OptionError for an
 * unknown option
 * @example
 * const w = parameter([1, 2]);
 * const optimizer = sgd([w], { learningRate: 0.1 });
 * using step = capture((x: Tensor) => {
 *   const { value, grads } = valueAndGrad(() => sum(square(sub(w, x))), [w]);
 *   optimizer.step(grads);
 *   return value;
 * });
 * step(tensor([3, 4])).shape; // []
 */
export function capture<Args extends readonly unknown[], Result>(
  step: (...args: Args) => Result,
  options: CaptureOptions = {},
): Captured<Args, Result> {
  checkFunction("capture", step);
  checkOptions("capture", options, names);
  const { checkEvery = 0, onRefusal = "throw" } = options;
  if (!Number.isSafeInteger(checkEvery) || checkEvery < 0)
    throw new ValueError("capture", "a whole number ≥ 0 as checkEvery", checkEvery);
  if (onRefusal !== "throw" && onRefusal !== "run")
    throw new ValueError("capture", 'onRefusal to be "throw" or "run"', onRefusal);
  const backend = currentBackend();
  if (captures(backend)) return backend.capture(step, { checkEvery, onRefusal });
  return itself(step, { onRefusal });
}

/**
 * The function itself, in a scope, with counts, for a backend that can record no step. It refuses
 * the arguments and results that a device refuses.
 * @example itself(() => 3, { onRefusal: "throw" })(); // 3
 */
export function itself<Args extends readonly unknown[], Result>(
  step: (...args: Args) => Result,
  { onRefusal }: Pick<Required<CaptureOptions>, "onRefusal">,
): Captured<Args, Result> {
  let ran = 0;
  let refusal: string | null = null;
  const throwRefusal = (): void => {
    if (refusal !== null && onRefusal === "throw")
      throw new BackendError("capture", "a step that can be repeated", refusal);
  };
  const call = (...args: Args): Result => {
    throwRefusal();
    const given = dissect(args);
    if (typeof given === "string") refusal ??= `one with ${given} as an argument`;
    throwRefusal();
    ran++;
    const result = scope(() => step(...args));
    const made = dissect(result);
    if (typeof made === "string") refusal ??= `one that returns ${made}`;
    return result;
  };
  const dispose = (): void => {};
  const counts = {
    get ran() {
      return ran;
    },
    repeated: 0,
    launches: 0,
    get refusal() {
      return refusal;
    },
  };
  return Object.assign(call, { counts, refresh: dispose, dispose, [Symbol.dispose]: dispose });
}
