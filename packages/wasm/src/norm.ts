/** @file Layer norm and RMS norm, both passes. */
import type { NdArray } from "@spm/core";
import { type KernelTable, sizeOf } from "@spm/core/extend";
import { layerNormOp, rmsNormOp } from "@spm/nn/extend";
import { allFloat32, type Machine, NO_RESIDUAL, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous } from "./plain.ts";

const NONE = 0; // the address of what RMS norm does not have: a bias, means

/** Adds the kernels of the norms. What a forward kept has no gaps. */
export function registerNorms(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;

  const forward = (
    x: NdArray,
    weight: NdArray,
    bias: number,
    means: number,
    scales: NdArray,
    epsilon: number,
  ) => {
    const y = memory.array("float32", x.shape);
    const [from, factors] = [contiguous(machine, x), contiguous(machine, weight)];
    const [to, scalesAt] = [memory.address(y), memory.address(scales)];
    run.normForward(
      from,
      factors,
      bias,
      to,
      means,
      scalesAt,
      sizeOf(scales.shape),
      sizeOf(weight.shape),
      epsilon,
    );
    return y;
  };
  const backward = (
    [ct, x, weight]: readonly [NdArray, NdArray, NdArray],
    means: number,
    scales: NdArray,
    weightBar: NdArray,
    biasBar: number,
  ) => {
    const xBar = memory.array("float32", x.shape);
    const width = sizeOf(weight.shape);
    run.normBackward(
      ...[
        contiguous(machine, ct),
        contiguous(machine, x),
        contiguous(machine, weight),
        means,
        memory.address(scales),
      ],
      ...[memory.address(xBar), memory.address(weightBar), biasBar, sizeOf(scales.shape), width],
      memory.scratch(28 * (width + 4)),
    );
    return xBar;
  };

  register(table, machine, layerNormOp.primitive, ([x, weight, bias], epsilon, keep) => {
    if (!allFloat32([x, weight, bias])) return NOT_FLOAT32;
    const rows = x.shape.slice(0, -1);
    const [means, scales] = [memory.statistics(rows, keep), memory.statistics(rows, keep)];
    const y = forward(x, weight, contiguous(machine, bias), memory.address(means), scales, epsilon);
    return keep ? { outputs: [y], residual: [means, scales] } : [y];
  });
  register(
    table,
    machine,
    layerNormOp.backward,
    ([ct, , x, weight], _epsilon, _, [means, scales] = []) => {
      if (!allFloat32([ct, x, weight])) return NOT_FLOAT32;
      if (means === undefined || scales === undefined) return NO_RESIDUAL;
      const [weightBar, biasBar] = [
        memory.array("float32", weight.shape),
        memory.array("float32", weight.shape),
      ];
      const xBar = backward(
        [ct, x, weight],
        memory.address(means),
        scales,
        weightBar,
        memory.address(biasBar),
      );
      return [xBar, weightBar, biasBar];
    },
  );

  register(table, machine, rmsNormOp.primitive, ([x, weight], epsilon, keep) => {
    if (!allFloat32([x, weight])) return NOT_FLOAT32;
    const scales = memory.statistics(x.shape.slice(0, -1), keep);
    const y = forward(x, weight, NONE, NONE, scales, epsilon);
    return keep ? { outputs: [y], residual: [scales] } : [y];
  });
  register(table, machine, rmsNormOp.backward, ([ct, , x, weight], _epsilon, _, [scales] = []) => {
    if (!allFloat32([ct, x, weight])) return NOT_FLOAT32;
    if (scales === undefined) return NO_RESIDUAL;
    const weightBar = memory.array("float32", weight.shape);
    return [backward([ct, x, weight], NONE, scales, weightBar, NONE), weightBar];
  });
}
