/** @file One call of the mixer: its operands as addresses. */
import type { NdArray } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import type { Schedule } from "@spm/mixer";
import type { Machine } from "./machine.ts";
import type { MixerCall, MixerState } from "./mixer-state.ts";
import { contiguous, rowsOf } from "./plain.ts";

export function makeCall(
  state: MixerState,
  schedule: Schedule,
  x: NdArray,
  dIn: NdArray,
  dOut: NdArray,
  source: NdArray,
  others: readonly NdArray[],
): MixerCall {
  const { machine } = state;
  const { rows, width: inputs } = rowsOf(x.shape);
  return {
    state,
    schedule,
    tables: state.tables(schedule),
    source,
    others,
    rows,
    inputs,
    outputs: sizeOf(dOut.shape),
    x: contiguous(machine, x),
    dIn: padded(machine, dIn, schedule.n),
    dOut: padded(machine, dOut, schedule.n),
  };
}

/** A vector as n floats, with zeros behind its own. */
export function padded(machine: Machine, vector: NdArray, n: number): number {
  const size = sizeOf(vector.shape);
  const source = contiguous(machine, vector);
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
