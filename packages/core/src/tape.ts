/** @file The tape: what ran, in order. Append order is topological, so the sweep (grad.ts) is a loop. */
import { Parameter, type Tensor } from "./tensor.ts";

/** One recorded call. */
export interface Call {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Cotangents of the inputs that `needs` names, from those of the outputs (null: zero). */
  vjp(cotangents: readonly (Tensor | null)[], needs: readonly boolean[]): readonly (Tensor | null)[];
}

/** A call on a tape; `needs` says which inputs depend on what the tape watches. */
export interface TapeNode {
  readonly call: Call;
  readonly needs: readonly boolean[];
}

/** Records the calls that depend on the tensors it watches. */
export class Tape {
  readonly nodes: TapeNode[] = [];
  /** The parameters it holds, with their version when they were used. */
  readonly parameters: Map<Parameter, number> = new Map();
  readonly tracked: Set<Tensor>;

  constructor(watched: readonly Tensor[]) {
    this.tracked = new Set(watched);
  }

  record(call: Call): void {
    const needs = call.inputs.map((t) => this.tracked.has(t));
    if (!needs.includes(true)) return;
    this.nodes.push({ call, needs });
    for (const t of call.outputs) if (t.dtype === "float32" || t.dtype === "float64") this.tracked.add(t);
    for (const t of call.inputs) {
      if (!(t instanceof Parameter) || this.parameters.has(t)) continue;
      this.parameters.set(t, t.version);
      t.recorded(1);
    }
  }
}

/** The tapes that record now; every call goes on each of them that tracks one of its inputs. */
let recording: readonly Tape[] = [];

/** Whether any tape records. */
export const isRecording = (): boolean => recording.length > 0;

/** Whether a call with these inputs goes on a tape. */
export const isTracked = (inputs: readonly Tensor[]): boolean =>
  recording.length > 0 && recording.some((tape) => inputs.some((t) => tape.tracked.has(t)));

/** Puts a call on every tape that tracks one of its inputs. */
export function record(call: Call): void {
  for (const tape of recording) tape.record(call);
}

/** Runs `f` with a new tape that watches `watched`, beside those that record already. The tape closes even if `f` throws. */
export function withTape<T>(watched: readonly Tensor[], f: () => T): { tape: Tape; result: T } {
  const tape = new Tape(watched);
  try {
    return { tape, result: withTapes([...recording, tape], f) };
  } finally {
    for (const p of tape.parameters.keys()) p.recorded(-1);
  }
}

/** Runs `f` while no tape records; tapes opened inside of it do. */
export const withoutTapes = <T>(f: () => T): T => withTapes([], f);

function withTapes<T>(tapes: readonly Tape[], f: () => T): T {
  const outer = recording;
  recording = tapes;
  try {
    return f();
  } finally {
    recording = outer;
  }
}
