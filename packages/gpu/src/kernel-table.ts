/** @file Which primitive runs which kernel. */
import * as core from "@spm/core";
import {
  BackendError,
  type Kernel,
  type NdArray,
  type Primitive,
  type Shape,
  sizeOf,
} from "@spm/core";
import { generalOp, rotationOp } from "@spm/mixer";
import {
  addWindowsOp,
  crossEntropyOp,
  gruStepOp,
  layerNormOp,
  logSoftmaxOp,
  rmsNormOp,
  softmaxOp,
  windowsOp,
} from "@spm/nn";
import * as optim from "@spm/optim";
import { broadcastStrides, type DeviceArray, isDense, rowMajor } from "./device-array.ts";
import { assertExact } from "./exact-integers.ts";
import type { Executor } from "./executor.ts";
import { cumulate, fourier, sortPositions } from "./kernels/along-axis.ts";
import { copyOf, elementwise, type Operand } from "./kernels/elementwise.ts";
import { comparisons, functions } from "./kernels/functions.ts";
import { gatherAlong, scatterAddAlong } from "./kernels/gather.ts";
import { gruBackward, gruForward } from "./kernels/gru.ts";
import { addWindows, concatenate, place, windowOn, windowsOn } from "./kernels/layout.ts";
import { crossEntropyBackward, crossEntropyForward } from "./kernels/losses.ts";
import { multiply } from "./kernels/matmul.ts";
import { mixerBackward, mixerForward } from "./kernels/mixer/mixer.ts";
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

/** The kernels of every primitive, on one executor. */
export function kernelTable(executor: Executor): Map<object, Kernel> {
  const table = new Map<object, Kernel>();

  /** A kernel that takes arrays of the device alone: scalars in CPU memory are taken in first. */
  const on = <Options>(
    primitive: Primitive<Options>,
    kernel: (inputs: readonly DeviceArray[], options: Options, keep: boolean) => DeviceArray[],
  ): void => {
    table.set(primitive, (handles, options, keep) => {
      const taken: DeviceArray[] = [];
      const inputs = (handles as readonly Handle[]).map((h) => {
        if (!("data" in h)) return h;
        const array = rowMajor(
          executor.upload(Float32Array.of(h.data[h.offset]!)),
          [],
          core.dtypeOf(h),
        );
        taken.push(array);
        return array;
      });
      const results = kernel(inputs, options as Options, keep);
      for (const { memory } of taken)
        if (results.every((r) => r.memory !== memory)) executor.release(memory);
      return results;
    });
  };

  /** An element-wise kernel: scalars in CPU memory travel as numbers. */
  const each = (
    primitive: object,
    body: string,
    result: (handles: readonly Handle[]) => core.DType = ([x]) => dtypeOf(x!),
  ): void => {
    table.set(primitive, (handles) => {
      const inputs = handles as readonly Handle[];
      const shape = inputs.map((h) => h.shape).reduce((a, b) => core.broadcastShapes("gpu", a, b));
      return [elementwise(executor, shape, result(inputs), inputs.map(operand), body)];
    });
  };

  for (const [primitive, body] of functions) each(primitive, body);
  for (const [primitive, body] of comparisons) each(primitive, body, () => "bool");
  each(core.whereOp.primitive, "return x0 === 0 ? x2 : x1;", ([, a]) => dtypeOf(a!));
  on(core.castOp.primitive, ([x], dtype) => [castTo(executor, x!, dtype)]);
  on(core.aliasOp.primitive, ([x]) => [x!]);
  on(core.reshapeOp.primitive, ([x], shape) => {
    if (isDense(x!)) return [{ ...rowMajor(x!.memory, shape, x!.dtype), offset: x!.offset }];
    return [rowMajor(copyOf(executor, x!).memory, shape, x!.dtype)];
  });
  on(core.transposeOp.primitive, ([x], axes) => [
    { ...x!, shape: axes.map((a) => x!.shape[a]!), stride: axes.map((a) => x!.stride[a]!) },
  ]);
  on(core.broadcastOp.primitive, ([x], shape) => [
    { ...x!, shape, stride: broadcastStrides(x!, shape) },
  ]);
  on(core.sliceOp.primitive, ([x], window) => [windowOn(x!, window)]);
  on(core.splitOp.primitive, ([x], { axis, sizes }) => {
    const step = x!.shape.map(() => 1);
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
    return sizes.map((n, i) =>
      windowOn(x!, {
        shape: x!.shape.with(axis, n),
        start: step.map((_, k) => (k === axis ? starts[i]! : 0)),
        step,
      }),
    );
  });
  on(core.padOp.primitive, ([x], { into, value, ...window }) => [
    place(executor, x!, window, into, value),
  ]);
  on(core.concatOp.primitive, (xs, axis) => [concatenate(executor, xs, axis)]);

  const reduction =
    (kernel: (e: Executor, x: DeviceArray, axes: readonly number[], shape: Shape) => DeviceArray) =>
    ([x]: readonly DeviceArray[], { axes, keepdims }: core.Reduction): DeviceArray[] => {
      const reduced = core.reducedShape(x!.shape, axes, keepdims);
      if (sizeOf(reduced) === 0)
        return [rowMajor(executor.upload(new Float32Array(0)), reduced, x!.dtype)];
      return [kernel(executor, x!, axes, reduced)];
    };
  on(core.sumOp.primitive, reduction(sumOver));
  on(core.max.primitive, reduction(maxOver));
  on(core.min.primitive, reduction(minOver));
  on(core.argmax.primitive, reduction(argmaxOver));
  on(core.argmin.primitive, reduction(argminOver));
  on(core.logsumexp.primitive, reduction(logsumexpOver));
  on(core.cumsumOp.primitive, ([x], axis) => [cumulate(executor, x!, axis)]);
  on(core.argsortOp.primitive, ([x], { axis, descending }) => [
    sortPositions(executor, x!, axis, descending),
  ]);
  on(core.fftOp.primitive, ([x], sign) => [fourier(executor, x!, sign)]);

  on(core.matmulOp.primitive, ([a, b]) => [multiply(executor, a!, b!)]);
  on(core.gatherOp.primitive, ([x, index], axis) => [gatherAlong(executor, x!, index!, axis)]);
  on(core.scatterAddOp.primitive, ([x, index], { axis, shape }) => [
    scatterAddAlong(executor, x!, index!, axis, shape),
  ]);

  for (const [op, kind] of [
    [rotationOp, "rotation"],
    [generalOp, "general"],
  ] as const) {
    on(op.primitive, (inputs, options, keep) =>
      mixerForward(executor, kind, inputs, options, keep),
    );
    on(op.backward, (inputs, options) => mixerBackward(executor, kind, inputs, options));
  }

  on(windowsOp.primitive, ([x], sliding) => [windowsOn(x!, sliding)]);
  on(addWindowsOp.primitive, ([x], { into, ...sliding }) => [
    addWindows(executor, x!, sliding, into),
  ]);
  on(gruStepOp.primitive, (inputs) => [gruForward(executor, inputs)]);
  on(gruStepOp.backward, (inputs) => gruBackward(executor, inputs.slice(0, 4)));
  on(crossEntropyOp.primitive, ([logits, labels], settings) =>
    crossEntropyForward(executor, [logits!, labels!], settings),
  );
  on(crossEntropyOp.backward, (inputs, settings) => [
    crossEntropyBackward(executor, inputs, settings),
  ]);

  if (executor.wgsl !== null) {
    for (const [op, logarithm] of [
      [softmaxOp, false],
      [logSoftmaxOp, true],
    ] as const) {
      const kernels = softmaxKernels(executor, executor.wgsl, logarithm);
      on(op.primitive, kernels.forward);
      on(op.backward, kernels.backward);
    }
    for (const [op, centred] of [
      [layerNormOp, true],
      [rmsNormOp, false],
    ] as const) {
      const kernels = normKernels(executor, executor.wgsl, centred);
      on(op.primitive, kernels.forward);
      on(op.backward, kernels.backward);
    }
  }

  const updated = <Options extends object>(
    { primitive }: core.Op<Options>,
    rule: (slots: number, options: Options) => updates.UpdateRule,
  ): void =>
    on(primitive, (inputs, options) =>
      updates.update(
        executor,
        inputs,
        rule(inputs.length - 2, options),
        options as Record<string, number | boolean>,
      ),
    );
  updated(optim.adamUpdate, updates.adamRule);
  updated(optim.sgdUpdate, (slots, { nesterov }) => updates.sgdRule(slots, nesterov));
  updated(optim.rmspropUpdate, (_, { centered, momentum }) =>
    updates.rmspropRule(centered, momentum > 0),
  );
  updated(optim.adagradUpdate, () => updates.adagradRule);
  updated(optim.nadamUpdate, () => updates.nadamRule);
  updated(optim.radamUpdate, (_, { adaptive }) => updates.radamRule(adaptive));
  updated(optim.adamaxUpdate, () => updates.adamaxRule);
  updated(optim.lionUpdate, () => updates.lionRule);
  updated(optim.averageUpdate, () => updates.averageRule);
  return table;
}

const dtypeOf = (h: Handle): core.DType => ("data" in h ? core.dtypeOf(h) : h.dtype);

function operand(h: Handle): Operand {
  if (!("data" in h)) return h;
  const value = h.data[h.offset]!;
  if (core.dtypeOf(h) === "int32") assertExact([value]);
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
