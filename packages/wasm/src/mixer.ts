/**
 * @file The mixer's kernels: fused butterfly passes where the schedule is one and its scales fit,
 * pairs by table otherwise.
 */
import type { NdArray, Shape, TypedArray } from "@spm/core";
import { each, type KernelTable } from "@spm/core/extend";
import { type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { registerAdaptive } from "./mixer-adaptive.ts";
import { makeCall, padded } from "./mixer-call.ts";
import { forwardFused } from "./mixer-fused.ts";
import { generalKernels } from "./mixer-general.ts";
import { forwardByTable } from "./mixer-pairs.ts";
import { rotationKernels } from "./mixer-rotation.ts";
import { type MixerCall, MixerState, type Scaled } from "./mixer-state.ts";
import { contiguous } from "./plain.ts";

/**
 * Adds the mixer's kernels.
 * @returns `release`, to be called with memory that is freed
 */
export function registerMixer(
  table: KernelTable<NdArray>,
  machine: Machine,
): { release(data: TypedArray): void } {
  const rotations = new MixerState(machine, rotationKernels);
  const states = [rotations, new MixerState(machine, generalKernels)];
  for (const state of states) {
    registerForward(table, state);
    registerBackward(table, state);
  }
  registerAdaptive(table, rotations);
  return {
    release(data) {
      for (const state of states) state.release(data);
    },
  };
}

/** The reason of a fallback for a mixer without parameters: the reference throws the error. */
const NO_PARAMETERS = "no parameters";

/**
 * The factors of the stages: scaled coefficients (fused), or the address of the blocks (by table).
 */
type StageFactors = Scaled | number;

const factorsOf = (call: MixerCall): StageFactors =>
  call.state.scaled(call) ?? call.state.kernels.tableBlocks(call);

/**
 * "reverse" keeps v_L as its residual, from which the fused kernels make z_L. "stored" and
 * "recompute" keep nothing: to compute the stages again is faster than to read them from memory.
 */
function registerForward(table: KernelTable<NdArray>, state: MixerState): void {
  const { machine, kernels } = state;
  const { memory } = machine;
  register(
    table,
    machine,
    kernels.op.primitive,
    ([x, dIn, dOut, bias, source, ...others], { schedule, backward }, recorded) => {
      if (!(x.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      if (source === undefined) return NO_PARAMETERS;
      const call = makeCall(state, schedule, x, dIn, dOut, source, others);
      const y = memory.array("float32", x.shape.with(-1, call.outputs));
      const yAt = memory.address(y);
      const kept =
        recorded && backward === "reverse"
          ? memory.array("float32", [call.rows, schedule.n])
          : null;
      const shift = padded(machine, bias, schedule.n);
      const zAt = kept === null ? 0 : memory.address(kept);
      const factors = factorsOf(call);
      if (typeof factors === "number") forwardByTable(call, factors, shift, yAt, zAt);
      else forwardFused(call, factors, shift, yAt, zAt);
      return kept === null ? [y] : { outputs: [y], residual: [kept] };
    },
  );
}

function registerBackward(table: KernelTable<NdArray>, state: MixerState): void {
  const { machine, kernels } = state;
  const { memory } = machine;
  const zeros = (shape: Shape): NdArray => {
    const array = memory.array("float32", shape);
    array.data.fill(0);
    return array;
  };
  register(
    table,
    machine,
    kernels.op.backward,
    ([ct, , x, dIn, dOut, bias, ...given], { schedule }, _, residual) => {
      if (!(ct.data instanceof Float32Array)) return NOT_FLOAT32; // all are of one dtype
      const [source, ...others] = given;
      if (source === undefined) return NO_PARAMETERS;
      // Without rows every gradient is zero.
      if (x.shape.slice(0, -1).includes(0)) {
        const [gx, gIn, gOut, gBias] = each([x, dIn, dOut, bias], ({ shape }) => zeros(shape));
        return [gx, gIn, gOut, gBias, ...given.map(({ shape }) => zeros(shape))];
      }
      const call = makeCall(state, schedule, x, dIn, dOut, source, others);
      const gx = memory.array("float32", x.shape);
      const gradients = given.map(({ shape }) => memory.array("float32", shape));
      const [ctAt, gxAt] = [contiguous(machine, ct), memory.address(gx)];
      const back = { ct: ctAt, gx: gxAt, residual: residual?.[0], gradients };
      const factors = factorsOf(call);
      const sums =
        typeof factors === "number"
          ? kernels.backwardByTable(call, factors, back)
          : kernels.backwardFused(call, factors, back);
      const vector = (from: number, size: number): NdArray => {
        const result = memory.array("float32", [size]);
        memory.copy(memory.address(result), from, 4 * size);
        return result;
      };
      const [gIn, gOut] = [vector(sums.in, call.inputs), vector(sums.out, call.outputs)];
      return [gx, gIn, gOut, vector(sums.bias, call.outputs), ...gradients];
    },
  );
}
