/**
 * @file The tape: the calls that ran, in order. A call comes after those whose outputs it takes, so
 * the sweep of derivatives (grad.ts) is a loop over them in reverse.
 */
import { isFloating } from "./array.ts";
import type { Residual } from "./storage.ts";
import { Parameter, type Tensor } from "./tensor.ts";

/** A variable that {@link during} sets for a while. */
export type Dynamic<T> = { value: T };

/** Runs `f` while `variable` has another value. */
export function during<T, R>(variable: Dynamic<T>, value: T, f: () => R): R {
  const before = variable.value;
  variable.value = value;
  try {
    return f();
  } finally {
    variable.value = before;
  }
}

/** A cotangent for each of several tensors; null: zero. */
export type CotangentList = readonly (Tensor | null)[];

/** One call of a primitive. */
export interface Call {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly residual: Residual | undefined;
  /**
   * The number of vmaps that the tensors are batched by. A tape opened outside of those skips this
   * call, and records the calls on whole batches that it is lowered to.
   */
  readonly depth: number;
  /**
   * x̄ = (∂y/∂x)ᵀ ȳ: cotangents of the inputs x that `needs` marks, from those of the outputs y.
   */
  vjp(cotangents: CotangentList, needs: readonly boolean[]): CotangentList;
}

/** The calls that depend on the tensors it watches. */
export interface Tape {
  /** The calls; `needs` marks the inputs that depend on the watched tensors. */
  readonly nodes: { readonly call: Call; readonly needs: readonly boolean[] }[];
  /**
   * The watched tensors and all that depend on them; null: everything is recorded (printTape,
   * recompute).
   */
  readonly tracked: Set<Tensor> | null;
  /** The parameters that its calls took, with their versions at that time. */
  readonly parameters: Map<Parameter, number>;
  /** The number of vmaps in which it was opened. */
  readonly depth: number;
}

/** The tapes that record now; a call goes on each of them that tracks one of its inputs. */
const recording: Dynamic<readonly Tape[]> = { value: [] };

/** The number of vmaps around the running code. */
export const depth: Dynamic<number> = { value: 0 };

/** Runs `f` inside of the `n` outermost vmaps alone: tapes opened further in don't record. */
export const atDepth = <T>(n: number, f: () => T): T =>
  during(depth, n, () => {
    const outer = recording.value.filter((tape) => tape.depth <= n);
    return during(recording, outer, f);
  });

/** Whether any tape records. @example isRecording(); // false */
export const isRecording = (): boolean => recording.value.length > 0;

const tracks = ({ tracked }: Tape, t: Tensor): boolean => tracked === null || tracked.has(t);

/**
 * Whether a call with these inputs, [...] each, goes on a tape.
 * @example isTracked([tensor([1])]); // false
 */
export const isTracked = (inputs: readonly Tensor[]): boolean =>
  recording.value.some((tape) => tape.tracked === null || inputs.some((t) => tracks(tape, t)));

/** Puts a call on every tape that tracks one of its inputs. */
export function record(call: Call): void {
  for (const tape of recording.value) {
    const needs = call.inputs.map((t) => tracks(tape, t));
    if (tape.depth < call.depth || (tape.tracked !== null && !needs.includes(true))) continue;
    tape.nodes.push({ call, needs });
    for (const t of call.outputs) if (isFloating(t.dtype)) tape.tracked?.add(t);
    for (const t of call.inputs) {
      if (!(t instanceof Parameter) || tape.parameters.has(t)) continue;
      tape.parameters.set(t, t.version);
      t.recordings++;
    }
  }
}

/**
 * Runs `f` with a new tape that watches `watched`, besides those that record already. The tape
 * closes even if `f` throws.
 */
export function withTape<T>(
  watched: readonly Tensor[] | null,
  f: () => T,
): { tape: Tape; result: T } {
  const tracked = watched && new Set(watched);
  const tape: Tape = { nodes: [], tracked, parameters: new Map(), depth: depth.value };
  try {
    return { tape, result: during(recording, [...recording.value, tape], f) };
  } finally {
    // closed: the pullback compares versions instead (grad.ts)
    for (const p of tape.parameters.keys()) p.recordings--;
  }
}

/** Runs `f` while no tape records, except those opened inside of it. */
export const withoutTapes = <T>(f: () => T): T => during(recording, [], f);
