/** @file One call of the mixer: its operands as addresses. */
import type { NdArray } from "@spm/core";
import type { Schedule } from "@spm/mixer";
import type { Machine } from "./machine.ts";
import type { MixerState, Tables } from "./mixer-state.ts";
import { plain } from "./plain.ts";

/** One call's operands. */
export interface Call {
  readonly state: MixerState;
  readonly schedule: Schedule;
  readonly tables: Tables;
  readonly parameters: NdArray;
  /** The general variant's factors of leftovers. */
  readonly scales: NdArray | null;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Address of x [rows, inputs]. */
  readonly x: number;
  /** Addresses of n floats each, zero beyond what was given. */
  readonly dIn: number;
  readonly dOut: number;
}

/** @param first - where among the operands x is; the parameters, d_in and d_out follow */
export function makeCall(
  state: MixerState,
  schedule: Schedule,
  arrays: readonly NdArray[],
  first: number,
): Call {
  const { machine, general } = state;
  const x = arrays[first]!;
  const [dIn, dOut] = general
    ? [arrays[first + 3]!, arrays[first + 4]!]
    : [arrays[first + 2]!, arrays[first + 3]!];
  const inputs = dIn.shape[0]!;
  return {
    state,
    schedule,
    tables: state.tables(schedule),
    parameters: arrays[first + 1]!,
    scales: general ? arrays[first + 2]! : null,
    rows: rowsOf(x),
    inputs,
    outputs: dOut.shape[0]!,
    x: plain(machine, x),
    dIn: padded(machine, dIn, schedule.n),
    dOut: padded(machine, dOut, schedule.n),
  };
}

/** Product of all axes but the last. */
function rowsOf({ shape }: NdArray): number {
  let rows = 1;
  for (let k = 0; k < shape.length - 1; k++) rows *= shape[k]!;
  return rows;
}

/** A vector as n floats, with zeros behind its own. */
export function padded(machine: Machine, vector: NdArray, n: number): number {
  const size = vector.shape[0]!;
  const source = plain(machine, vector);
  if (size === n) return source;
  const { memory } = machine;
  const address = memory.scratch(4 * n);
  memory.copy(address, source, 4 * size);
  memory.zero(address + 4 * size, 4 * (n - size));
  return address;
}

/** n floats of one value, 0 or 1, for as long as the call. */
export function constant({ memory, run }: Machine, n: number, value: 0 | 1): number {
  const address = memory.scratch(4 * n);
  if (value === 0) memory.zero(address, 4 * n);
  else run.fill4(address, n, value);
  return address;
}

/**
 * Addresses of a backward call's further operands, and of n floats each for the sums over the rows.
 */
export interface Backward {
  /** ȳ [rows, outputs] */
  readonly ct: number;
  /** x̄ [rows, inputs] */
  readonly gx: number;
  /**
   * What the forward kept: v_L as it lies in scratch (fused), z_L [rows, n] (by table); null in the
   * general variant
   */
  readonly z: number | null;
  readonly gParameters: NdArray;
  readonly gScales: NdArray | null;
}

/** Addresses of sums over the rows, n floats each. */
export interface Sums {
  readonly bias: number;
  readonly out: number;
  readonly in: number;
}
