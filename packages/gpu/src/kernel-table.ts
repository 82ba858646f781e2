/** @file Which primitive runs which kernel. */

import type { NdArray, Shape } from "@spm/core";
import * as core from "@spm/core";
import * as extend from "@spm/core/extend";
import {
  BackendError,
  type Each,
  type Kernel,
  KernelTable,
  type Places,
  type Primitive,
  type Result,
  sizeOf,
} from "@spm/core/extend";
import {
  addWindowsOp,
  crossEntropyOp,
  gruStepOp,
  layerNormOp,
  logSoftmaxOp,
  rmsNormOp,
  softmaxOp,
  windowsOp,
} from "@spm/nn/extend";
import * as numeric from "@spm/numeric";
import * as optim from "@spm/optim/extend";
import {
  broadcastStrides,
  type DeviceArray,
  isDense,
  permuted,
  rowMajor,
  zeros,
} from "./device-array.ts";
import { assertExact } from "./exact-integers.ts";
import type { Executor } from "./executor.ts";
import { cumulate, fourier, sortPositions } from "./kernels/along-axis.ts";
import { copyOf, elementwise, type Operand } from "./kernels/elementwise.ts";
import { comparisons, functions } from "./kernels/functions.ts";
import { gatherAlong, scatterAddAlong, scatterWinner } from "./kernels/gather.ts";
import { gruBackward, gruForward } from "./kernels/gru.ts";
import { addWindows, concatenate, place, windowOn, windowsOn } from "./kernels/layout.ts";
import { crossEntropyBackward, crossEntropyForward } from "./kernels/losses.ts";
import { multiply } from "./kernels/matmul.ts";
import { generalKernels } from "./kernels/mixer/general.ts";
import { mixerBackward, mixerForward } from "./kernels/mixer/mixer.ts";
import { hasBlocks } from "./kernels/mixer/operands.ts";
import { rotationKernels } from "./kernels/mixer/rotation.ts";
import {
  argmaxOver,
  argminOver,
  logsumexpOver,
  maxOver,
  minOver,
  sumOver,
} from "./kernels/reduce.ts";
import { normKernels, softmaxKernels } from "./kernels/row-kernels.ts";
import * as updates from "./kernels/updates.ts";

/** What a kernel may be handed: an array of this device, or a scalar in CPU memory. */
type Handle = DeviceArray | NdArray;

/** Why a backward kernel declines that reads what its forward kept. */
const nothingKept = "its forward kept nothing";
/** Why the mixer's decline. */
const noBlocks = "a mixer without blocks";

/** The kernels of every primitive, on one executor. */
export function kernelTable(executor: Executor): KernelTable<Handle> {
  const table = new KernelTable<Handle>();

  /** A kernel that takes arrays of the device alone: scalars in CPU memory are taken in first. */
  const on = <I extends Places, O extends Places, Options>(
    primitive: Primitive<I, O, Options>,
    kernel: NoInfer<Kernel<DeviceArray, I, O, Options>>,
  ): void => {
    table.set(primitive, (handles, options, keep, residual) => {
      const taken: DeviceArray[] = [];
      const take = (h: Handle): DeviceArray => {
        if (!("data" in h)) return h;
        const array = rowMajor(
          executor.upload(Float32Array.of(h.data[h.offset]!)),
          [],
          extend.dtypeOf(h),
        );
        taken.push(array);
        return array;
      };
      const inputs = extend.each<Each<I, Handle>, DeviceArray>(handles, take);
      const result = kernel(inputs, options, keep, residual?.map(take));
      if (taken.length > 0) releaseUnused(taken, result);
      return result;
    });
  };

  /** Releases what was taken in, but for what a result looks at. */
  const releaseUnused = (
    taken: readonly DeviceArray[],
    result: Result<Places, DeviceArray> | string,
  ): void => {
    const given =
      typeof result === "string"
        ? []
        : "outputs" in result
          ? [...result.outputs, ...result.residual]
          : result;
    for (const { memory } of taken)
      if (given.every((x) => x?.memory !== memory)) executor.release(memory);
  };

  /** An element-wise function: scalars in CPU memory travel as numbers. */
  const mapped = (inputs: readonly Handle[], dtype: core.DType, body: string): DeviceArray => {
    const shape = inputs.map((h) => h.shape).reduce((a, b) => extend.broadcastShapes("gpu", a, b));
    return elementwise(executor, shape, dtype, inputs.map(operand), body);
  };

  for (const [primitive, body] of functions)
    table.set(primitive, (inputs) => [mapped(inputs, dtypeOf(inputs[0]), body)]);
  for (const [primitive, body] of comparisons)
    table.set(primitive, (inputs) => [mapped(inputs, "bool", body)]);
  table.set(extend.whereOp.primitive, (inputs) => [
    mapped(inputs, dtypeOf(inputs[1]), "return x0 === 0 ? x2 : x1;"),
  ]);
  on(extend.castOp.primitive, ([x], dtype) => [castTo(executor, x, dtype)]);
  on(extend.aliasOp.primitive, ([x]) => [x]);
  on(extend.reshapeOp.primitive, ([x], shape) => {
    if (isDense(x)) return [{ ...rowMajor(x.memory, shape, x.dtype), offset: x.offset }];
    return [rowMajor(copyOf(executor, x).memory, shape, x.dtype)];
  });
  on(extend.transposeOp.primitive, ([x], axes) => [permuted(x, axes)]);
  on(extend.broadcastOp.primitive, ([x], shape) => [
    { ...x, shape, stride: broadcastStrides(x, shape) },
  ]);
  on(extend.sliceOp.primitive, ([x], window) => [windowOn(x, window)]);
  on(extend.splitOp.primitive, ([x], { axis, sizes }) => {
    const [origin, step] = [x.shape.map(() => 0), x.shape.map(() => 1)];
    let at = 0;
    return sizes.map((n) => {
      const start = origin.with(axis, at);
      at += n;
      return windowOn(x, { shape: x.shape.with(axis, n), start, step });
    });
  });
  on(extend.padOp.primitive, ([x], { into, value, ...window }) => [
    place(executor, x, window, into, value),
  ]);
  on(extend.concatOp.primitive, (xs, axis) => [concatenate(executor, xs, axis)]);

  const reduction =
    (kernel: (e: Executor, x: DeviceArray, axes: readonly number[], shape: Shape) => DeviceArray) =>
    ([x]: readonly [x: DeviceArray], { axes, keepdims }: extend.Reduction): [DeviceArray] => {
      const reduced = extend.reducedShape(x.shape, axes, keepdims);
      if (sizeOf(reduced) === 0) return [zeros(executor, reduced, x.dtype)];
      return [kernel(executor, x, axes, reduced)];
    };
  on(extend.sumOp.primitive, reduction(sumOver));
  on(core.max.primitive, reduction(maxOver));
  on(core.min.primitive, reduction(minOver));
  on(core.argmax.primitive, reduction(argmaxOver));
  on(core.argmin.primitive, reduction(argminOver));
  on(core.logsumexp.primitive, reduction(logsumexpOver));
  on(extend.cumsumOp.primitive, ([x], axis) => [cumulate(executor, x, axis)]);
  on(extend.argsortOp.primitive, ([x], { axis, descending }) => [
    sortPositions(executor, x, axis, descending),
  ]);
  on(numeric.fftOp.primitive, ([x], sign) => [fourier(executor, x, sign)]);

  on(extend.matmulOp.primitive, ([a, b]) => [multiply(executor, a, b)]);
  on(extend.gatherOp.primitive, ([x, index], axis) => [gatherAlong(executor, x, index, axis)]);
  on(extend.scatterAddOp.primitive, ([x, index], { axis, shape }) => [
    scatterAddAlong(executor, x, index, axis, shape),
  ]);
  on(numeric.scatterWinnerOp.primitive, ([x, index], options) => [
    scatterWinner(executor, x, index, options),
  ]);

  for (const kernels of [rotationKernels, generalKernels]) {
    on(kernels.op.primitive, (inputs, options, keep) =>
      hasBlocks(inputs) ? mixerForward(executor, kernels, inputs, options, keep) : noBlocks,
    );
    on(kernels.op.backward, ([ct, , ...inputs], options, _, residual) =>
      hasBlocks(inputs)
        ? mixerBackward(executor, kernels, ct, inputs, options, residual)
        : noBlocks,
    );
  }

  on(windowsOp.primitive, ([x], sliding) => [windowsOn(x, sliding)]);
  on(addWindowsOp.primitive, ([x], { into, ...sliding }) => [
    addWindows(executor, x, sliding, into),
  ]);
  on(gruStepOp.primitive, (inputs) => [gruForward(executor, inputs)]);
  on(gruStepOp.backward, ([ct, , ...inputs]) => gruBackward(executor, ct, inputs));
  on(crossEntropyOp.primitive, (inputs, settings, keep) =>
    crossEntropyForward(executor, inputs, settings, keep),
  );
  on(crossEntropyOp.backward, ([ct, , ...inputs], settings, _, [logSums] = []) =>
    logSums === undefined
      ? nothingKept
      : [crossEntropyBackward(executor, ct, inputs, settings, logSums)],
  );

  if (executor.wgsl !== null) {
    for (const [op, logarithm] of [
      [softmaxOp, false],
      [logSoftmaxOp, true],
    ] as const) {
      const kernels = softmaxKernels(executor, executor.wgsl, logarithm);
      on(op.primitive, ([x], axis) => [kernels.forward(x, axis)]);
      on(op.backward, ([ct, y], axis) => [kernels.backward(ct, y, axis)]);
    }
    const layer = normKernels(executor, executor.wgsl, true);
    on(layerNormOp.primitive, layer.forward);
    on(layerNormOp.backward, ([ct, , ...inputs], _, __, residual) =>
      residual === undefined ? nothingKept : layer.backward(ct, inputs, residual),
    );
    const rms = normKernels(executor, executor.wgsl, false);
    on(rmsNormOp.primitive, rms.forward);
    on(rmsNormOp.backward, ([ct, , ...inputs], _, __, residual) =>
      residual === undefined ? nothingKept : rms.backward(ct, inputs, residual),
    );
  }

  const updated = <S extends Places, Options extends object>(
    primitive: Primitive<[parameter: 1, grad: 1, ...S], [parameter: 1, ...S], Options>,
    rule: (slots: number, options: Options) => updates.UpdateRule,
  ): void =>
    on(primitive, (inputs, options) =>
      updates.update(executor, inputs, rule(inputs.length - 2, options), options),
    );
  updated(optim.adamUpdate.primitive, updates.adamRule);
  updated(optim.sgdUpdate.primitive, (slots, { nesterov }) => updates.sgdRule(slots, nesterov));
  updated(optim.rmspropUpdate.primitive, (_, { centered, momentum }) =>
    updates.rmspropRule(centered, momentum > 0),
  );
  updated(optim.adagradUpdate.primitive, () => updates.adagradRule);
  updated(optim.nadamUpdate.primitive, () => updates.nadamRule);
  updated(optim.radamUpdate.primitive, (_, { adaptive }) => updates.radamRule(adaptive));
  updated(optim.adamaxUpdate.primitive, () => updates.adamaxRule);
  updated(optim.lionUpdate.primitive, () => updates.lionRule);
  updated(optim.averageUpdate.primitive, () => updates.averageRule);
  return table;
}

const dtypeOf = (h: Handle): core.DType => ("data" in h ? extend.dtypeOf(h) : h.dtype);

function operand(h: Handle): Operand {
  if (!("data" in h)) return h;
  const value = h.data[h.offset]!;
  if (extend.dtypeOf(h) === "int32") assertExact([value]);
  return value;
}

function castTo(executor: Executor, x: DeviceArray, dtype: core.DType): DeviceArray {
  if (dtype === "float64")
    throw new BackendError(
      "cast",
      "float32, int32 or bool on a GPU",
      "float64",
      "compute in float64 on the reference backend",
    );
  if (dtype === "int32" && x.dtype === "float32")
    return elementwise(
      executor,
      x.shape,
      dtype,
      [x],
      "return x0 < 0 ? Math.ceil(x0) : Math.floor(x0);",
    );
  if (dtype === "bool" && x.dtype !== "bool")
    return elementwise(executor, x.shape, dtype, [x], "return x0 !== 0 ? 1 : 0;");
  if (dtype === x.dtype) return copyOf(executor, x);
  return { ...x, dtype }; // every dtype is stored as float32
}
