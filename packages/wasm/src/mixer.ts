/** @file The mixer's kernels: fused butterfly passes where the schedule is one and its scales fit, pairs by table otherwise. */
import { each, type KernelTable, type NdArray, type Shape, type TypedArray } from "@spm/core";
import { generalOp, rotationOp } from "@spm/mixer";
import { type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { type Call, constant, makeCall, padded } from "./mixer-call.ts";
import { backwardFused, forwardFused } from "./mixer-fused.ts";
import { backwardByTable, forwardByTable, tableBlocks } from "./mixer-pairs.ts";
import { MixerState, type Scaled } from "./mixer-state.ts";
import { plain } from "./plain.ts";

/** Adds the mixer's kernels, and returns what must hear of released memory. */
export function registerMixer(
  table: KernelTable<NdArray>,
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

/** A mixer without angles or blocks, which the reference has to complain about. */
const NO_PARAMETERS = "no parameters";

/** What the stages take: scaled coefficients (fused), or the address of the blocks (by table). */
type Factors = Scaled | number;

const factorsOf = (call: Call): Factors => call.state.scaled(call) ?? tableBlocks(call);

function forward(call: Call, factors: Factors, bias: number, y: number, z: number): void {
  if (typeof factors === "number") forwardByTable(call, factors, bias, y, z);
  else forwardFused(call, factors, bias, y, z);
}

/**
 * "reverse" keeps v_L, of which the fused kernels make z_L. "stored" keeps nothing, as "recompute":
 * these kernels work the stages out again, faster than memory would give them.
 */
function registerForward(table: KernelTable<NdArray>, state: MixerState): void {
  const { machine, general } = state;
  const { memory } = machine;
  const { primitive } = general ? generalOp : rotationOp;
  register(
    table,
    machine,
    primitive,
    ([x, dIn, dOut, bias, ...given], { schedule, backward }, keep) => {
      if (!(x.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      const [parameters, scales] = given;
      if (parameters === undefined) return NO_PARAMETERS;
      const call = makeCall(state, schedule, x, dIn, dOut, parameters, scales);
      const y = memory.array("float32", x.shape.with(-1, call.outputs));
      const kept =
        keep && backward === "reverse" ? memory.array("float32", [call.rows, schedule.n]) : null;
      const shift = padded(machine, bias, schedule.n);
      forward(
        call,
        factorsOf(call),
        shift,
        memory.address(y),
        kept === null ? 0 : memory.address(kept),
      );
      return kept === null ? [y] : { outputs: [y], residual: [kept] };
    },
  );
}

function registerBackward(table: KernelTable<NdArray>, state: MixerState): void {
  const { machine, general } = state;
  const { memory } = machine;
  const zeros = (shape: Shape): NdArray => {
    const array = memory.array("float32", shape);
    array.data.fill(0);
    return array;
  };
  const { backward: primitive } = general ? generalOp : rotationOp;
  register(
    table,
    machine,
    primitive,
    ([ct, , x, dIn, dOut, bias, ...given], { schedule }, _, [kept] = []) => {
      if (!(ct.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      const [parameters, scales] = given;
      if (parameters === undefined) return NO_PARAMETERS;
      // Without rows every gradient is a sum of nothing.
      if (x.shape.slice(0, -1).includes(0)) {
        const [gx, gIn, gOut, gBias] = each([x, dIn, dOut, bias], ({ shape }) => zeros(shape));
        return [gx, gIn, gOut, gBias, ...given.map(({ shape }) => zeros(shape))];
      }
      const call = makeCall(state, schedule, x, dIn, dOut, parameters, scales);
      const gx = memory.array("float32", x.shape);
      const gParameters = memory.array("float32", parameters.shape);
      const gScales = scales && memory.array("float32", scales.shape);
      const factors = factorsOf(call);
      const z = general ? null : zOf(call, kept, factors);
      const back = { ct: plain(machine, ct), gx: memory.address(gx), z, gParameters, gScales };
      const sums =
        typeof factors === "number"
          ? backwardByTable(call, factors, back)
          : backwardFused(call, factors, back);
      const vector = (from: number, size: number): NdArray => {
        const result = memory.array("float32", [size]);
        memory.copy(memory.address(result), from, 4 * size);
        return result;
      };
      const [gIn, gOut] = [vector(sums.in, call.inputs), vector(sums.out, call.outputs)];
      const gBias = vector(sums.bias, call.outputs);
      return [gx, gIn, gOut, gBias, gParameters, ...(gScales === undefined ? [] : [gScales])];
    },
  );
}

/** What the forward kept of z_L, or that worked out again. */
function zOf(call: Call, kept: NdArray | undefined, factors: Factors): number {
  const { state, rows, schedule, outputs } = call;
  const { machine } = state;
  if (kept !== undefined) return plain(machine, kept);
  const z = machine.memory.scratch(4 * rows * schedule.n);
  const y = machine.memory.scratch(4 * rows * outputs);
  forward(call, factors, constant(machine, schedule.n, 0), y, z);
  return z;
}
