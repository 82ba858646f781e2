/**
 * @file The mixer's kernels: fused butterfly passes where the schedule is one and its scales fit,
 * pairs by table otherwise.
 */
import { type NdArray, type Shape, type TypedArray, wrap } from "@spm/core";
import { generalOp, type MixerOptions, rotationOp } from "@spm/mixer";
import { type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { type Call, constant, makeCall, padded } from "./mixer-call.ts";
import { backwardFused, forwardFused } from "./mixer-fused.ts";
import { backwardByTable, forwardByTable } from "./mixer-pairs.ts";
import { MixerState, type Scaled } from "./mixer-state.ts";
import { plain } from "./plain.ts";

/** Adds the mixer's kernels, and returns what must hear of released memory. */
export function registerMixer(
  table: KernelTable,
  machine: Machine,
): { release(data: TypedArray): void } {
  const states = [new MixerState(machine, false), new MixerState(machine, true)];
  for (const state of states) {
    registerForward(table, state);
    registerBackward(table, state);
  }
  return {
    release(data) {
      for (const state of states) state.release(data);
    },
  };
}

/** Coefficients for the fused kernels; null where pairs go by table. */
const scaledFor = ({ state, schedule, tables, parameters }: Call): Scaled | null =>
  tables.plan === null ? null : state.scaled(parameters, schedule);

function forward(call: Call, scaled: Scaled | null, bias: number, y: number, z: number): void {
  if (scaled === null) forwardByTable(call, bias, y, z);
  else forwardFused(call, scaled, bias, y, z);
}

function registerForward(table: KernelTable, state: MixerState): void {
  const { machine, general } = state;
  const { memory } = machine;
  const op = general ? generalOp : rotationOp;
  register<MixerOptions>(
    table,
    machine,
    op.primitive,
    (_, arrays, { schedule, backward }, keep) => {
      if (!(arrays[0]!.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      const call = makeCall(state, schedule, arrays, 0);
      const size = call.rows * call.outputs;
      const at = memory.block(4 * size);
      const y = wrap(memory.float32(at, size), arrays[0]!.shape.with(-1, call.outputs));
      const kept = keep && backward !== "recompute" ? keptArray(call, backward) : null;
      const z = kept !== null && backward === "reverse" ? memory.address(kept) : 0;
      const shift = padded(machine, arrays[general ? 5 : 4]!, schedule.n);
      forward(call, scaledFor(call), shift, at, z);
      return kept === null ? [y] : [y, kept];
    },
  );
}

/**
 * What the reference would keep has the shape [groups of four rows, 1 or L + 1, 4n]. `reverse`:
 * v_L, of which the fused kernels make z_L. `stored`: nothing is read from it (these kernels work
 * the stages out again, faster than memory would give them), so one zero stands for all.
 */
function keptArray({ state, rows, schedule }: Call, backward: "reverse" | "stored"): NdArray {
  const { memory } = state.machine;
  const groups = Math.ceil(rows / 4);
  const { n, stages } = schedule;
  if (backward === "reverse") return memory.array("float32", [groups, 1, 4 * n]);
  const one = memory.array("float32", [1, 1, 1]);
  one.data[0] = 0;
  one.shape = [groups, stages + 1, 4 * n];
  one.stride = [0, 0, 0];
  return one;
}

function registerBackward(table: KernelTable, state: MixerState): void {
  const { machine, general } = state;
  const { memory } = machine;
  const zeros = (shape: Shape): NdArray => {
    const array = memory.array("float32", shape);
    array.data.fill(0);
    return array;
  };
  const op = general ? generalOp : rotationOp;
  register<MixerOptions>(table, machine, op.backward, (_, arrays, { schedule, backward }) => {
    if (!(arrays[0]!.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
    const dOut = arrays[general ? 5 : 4]!;
    // Without rows every gradient is a sum of nothing.
    if (arrays[0]!.shape.slice(0, -1).includes(0))
      return [...arrays.slice(1, general ? 6 : 5), dOut].map(({ shape }) => zeros(shape));
    const call = makeCall(state, schedule, arrays, 1);
    const gx = memory.array("float32", arrays[1]!.shape);
    const gParameters = memory.array("float32", call.parameters.shape);
    const gScales = general ? memory.array("float32", call.scales!.shape) : null;
    const scaled = scaledFor(call);
    const z = general ? null : zOf(call, backward === "reverse" ? arrays[5] : undefined, scaled);
    const back = {
      ct: plain(machine, arrays[0]!),
      gx: memory.address(gx),
      z,
      gParameters,
      gScales,
    };
    const sums = scaled === null ? backwardByTable(call, back) : backwardFused(call, scaled, back);
    const vector = (from: number, size: number): NdArray => {
      const result = memory.array("float32", [size]);
      memory.copy(memory.address(result), from, 4 * size);
      return result;
    };
    const vectors = [
      vector(sums.in, call.inputs),
      vector(sums.out, call.outputs),
      vector(sums.bias, call.outputs),
    ];
    return gScales === null
      ? [gx, gParameters, ...vectors]
      : [gx, gParameters, gScales, ...vectors];
  });
}

/** What the forward kept of z_L, or that worked out again. */
function zOf(call: Call, kept: NdArray | undefined, scaled: Scaled | null): number {
  const { state, rows, schedule, outputs } = call;
  const { machine } = state;
  if (kept !== undefined) return plain(machine, kept);
  const z = machine.memory.scratch(16 * Math.ceil(rows / 4) * schedule.n);
  const y = machine.memory.scratch(4 * rows * outputs);
  forward(call, scaled, constant(machine, schedule.n, 0), y, z);
  return z;
}
