/** @file Layer norm and RMS norm, both passes. */
import type { NdArray } from "@spm/core";
import { each, type KernelTable, sizeOf } from "@spm/core/extend";
import { layerNormOp, rmsNormOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NO_RESIDUAL, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous } from "./plain.ts";

/** Addresses of the arrays that RMS norm lacks; 0 is none. */
interface Addresses {
  readonly bias: number;
  readonly means: number;
}

const ABSENT: Addresses = { bias: 0, means: 0 };

/** Adds the kernels of the norms. Their residuals have no gaps. */
export function registerNorms(table: KernelTable<NdArray>, machine: Machine): void {
  registerLayerNorm(table, machine);
  registerRmsNorm(table, machine);
}

function registerLayerNorm(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;
  register(table, machine, layerNormOp.primitive, ([x, weight, bias], epsilon, recorded) => {
    if (!allFloat32([x, weight, bias])) return NOT_FLOAT32;
    const rows = x.shape.slice(0, -1);
    const [means, scales] = [memory.statistics(rows, recorded), memory.statistics(rows, recorded)];
    const at = { bias: contiguous(machine, bias), means: memory.address(means) };
    const y = forward(machine, x, weight, at, scales, epsilon);
    return recorded ? { outputs: [y], residual: [means, scales] } : [y];
  });
  register(
    table,
    machine,
    layerNormOp.backward,
    ([ct, , x, weight], _epsilon, _, [means, scales] = []) => {
      if (!allFloat32([ct, x, weight])) return NOT_FLOAT32;
      if (means === undefined || scales === undefined) return NO_RESIDUAL;
      const gBias = memory.array("float32", weight.shape);
      const at = { bias: memory.address(gBias), means: memory.address(means) };
      return [...backward(machine, [ct, x, weight], at, scales), gBias];
    },
  );
}

function registerRmsNorm(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;
  register(table, machine, rmsNormOp.primitive, ([x, weight], epsilon, recorded) => {
    if (!allFloat32([x, weight])) return NOT_FLOAT32;
    const scales = memory.statistics(x.shape.slice(0, -1), recorded);
    const y = forward(machine, x, weight, ABSENT, scales, epsilon);
    return recorded ? { outputs: [y], residual: [scales] } : [y];
  });
  register(table, machine, rmsNormOp.backward, ([ct, , x, weight], _epsilon, _, [scales] = []) => {
    if (!allFloat32([ct, x, weight])) return NOT_FLOAT32;
    if (scales === undefined) return NO_RESIDUAL;
    return backward(machine, [ct, x, weight], ABSENT, scales);
  });
}

/** y = (x − mean) · scale ⊙ weight + bias of each row; writes the means and the scales. */
function forward(
  machine: Machine,
  x: NdArray,
  weight: NdArray,
  { bias, means }: Addresses,
  scales: NdArray,
  epsilon: number,
): NdArray {
  const { memory, run } = machine;
  const y = memory.array("float32", x.shape);
  const [from, factors] = [contiguous(machine, x), contiguous(machine, weight)];
  const [to, scalesAt] = [memory.address(y), memory.address(scales)];
  const [rows, width] = [sizeOf(scales.shape), sizeOf(weight.shape)];
  run.normForward(from, factors, bias, to, means, scalesAt, rows, width, epsilon);
  return y;
}

/** x̄ and the cotangent of the weight; writes that of the bias. */
function backward(
  machine: Machine,
  [ct, x, weight]: readonly [NdArray, NdArray, NdArray],
  { bias, means }: Addresses,
  scales: NdArray,
): [gx: NdArray, gWeight: NdArray] {
  const { memory, run } = machine;
  const gx = memory.array("float32", x.shape);
  const gWeight = memory.array("float32", weight.shape);
  const width = sizeOf(weight.shape);
  run.normBackward(
    ...each([ct, x, weight], (array) => contiguous(machine, array)),
    ...[means, memory.address(scales), memory.address(gx), memory.address(gWeight)],
    ...[bias, sizeOf(scales.shape), width, memory.scratch(28 * (width + 4))],
  );
  return [gx, gWeight];
}
