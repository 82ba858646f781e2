/** @file The kernel of each primitive. */
import type { Shape } from "@spm/core";
import * as core from "@spm/core";
import * as extend from "@spm/core/extend";
import { BackendError, type KernelTable, type Op, type Places, sizeOf } from "@spm/core/extend";
import { adaptiveOp } from "@spm/mixer/extend";
import * as nn from "@spm/nn/extend";
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
import type { Executor, WgslLauncher } from "./executor.ts";
import { adaptiveBackward, adaptiveForward } from "./kernels/adaptive/adaptive.ts";
import { cumulate, fourier, sortPositions } from "./kernels/along-axis.ts";
import { attentionBackward, attentionForward } from "./kernels/attention/attention.ts";
import { copyOf, elementwise, withWhole } from "./kernels/elementwise.ts";
import { comparisons, functions } from "./kernels/functions.ts";
import { gatherAlong, scatterAddAlong, scatterWinner } from "./kernels/gather.ts";
import { geluBackward, geluForward } from "./kernels/gelu.ts";
import { gruBackward, gruForward } from "./kernels/gru.ts";
import { addWindows, concatenate, place, windowOn, windowsOn } from "./kernels/layout.ts";
import { crossEntropyBackward, crossEntropyForward } from "./kernels/losses.ts";
import { multiply } from "./kernels/matmul.ts";
import { generalKernels } from "./kernels/mixer/general.ts";
import { mixerBackward, mixerForward } from "./kernels/mixer/mixer.ts";
import { hasBlocks } from "./kernels/mixer/operands.ts";
import { rotationKernels } from "./kernels/mixer/rotation.ts";
import { multiplyMultivectors } from "./kernels/multivectors.ts";
import { multiplyNeighbours, sumNeighbours } from "./kernels/neighbours.ts";
import { normKernels } from "./kernels/norm.ts";
import {
  argmaxOver,
  argminOver,
  logsumexpOver,
  maxOver,
  minOver,
  normOver,
  sumOver,
} from "./kernels/reduce.ts";
import { softmaxKernels } from "./kernels/softmax.ts";
import * as updates from "./kernels/updates.ts";
import { type Handle, handleDType, Registration } from "./registration.ts";

/** The reason of a backward kernel that declines because its forward kept no residual. */
const nothingKept = "its forward kept nothing";
/** The reason of the mixer's kernels that decline. */
const noBlocks = "a mixer without blocks";

/** The kernels of every primitive, on one executor. */
export function kernelTable(executor: Executor): KernelTable<Handle> {
  const kernels = new Registration(executor);
  addElementwise(kernels);
  addLayout(kernels);
  addReductions(kernels);
  addProducts(kernels);
  addMixers(kernels);
  addAdaptiveMixer(kernels);
  addLayers(kernels);
  if (executor.wgsl !== null) {
    addRowKernels(kernels, executor.wgsl);
    addAttention(kernels, executor.wgsl);
  }
  addUpdates(kernels);
  return kernels.table;
}

function addElementwise(kernels: Registration): void {
  for (const [primitive, body] of functions)
    kernels.addElementwise(primitive, body, ([x]) => handleDType(x));
  for (const [primitive, body] of comparisons)
    kernels.addElementwise(primitive, body, () => "bool");
  kernels.addElementwise(extend.whereOp.primitive, "return x0 === 0 ? x2 : x1;", ([, a]) =>
    handleDType(a),
  );
}

/** Casts, views, copies, padding and concatenation. */
function addLayout(kernels: Registration): void {
  const { executor } = kernels;
  kernels.add(extend.castOp.primitive, ([x], dtype) => [castTo(executor, x, dtype)]);
  kernels.add(extend.aliasOp.primitive, ([x]) => [x]);
  kernels.add(extend.reshapeOp.primitive, ([x], shape) => {
    if (isDense(x)) return [{ ...rowMajor(x.memory, shape, x.dtype), offset: x.offset }];
    return [rowMajor(copyOf(executor, x).memory, shape, x.dtype)];
  });
  kernels.add(extend.transposeOp.primitive, ([x], axes) => [permuted(x, axes)]);
  kernels.add(extend.broadcastOp.primitive, ([x], shape) => [
    { ...x, shape, stride: broadcastStrides(x, shape) },
  ]);
  kernels.add(extend.sliceOp.primitive, ([x], window) => [windowOn(x, window)]);
  kernels.add(extend.splitOp.primitive, ([x], { axis, sizes }) => {
    const [origin, step] = [x.shape.map(() => 0), x.shape.map(() => 1)];
    let at = 0;
    return sizes.map((n) => {
      const start = origin.with(axis, at);
      at += n;
      return windowOn(x, { shape: x.shape.with(axis, n), start, step });
    });
  });
  kernels.add(extend.padOp.primitive, ([x], { into, value, ...window }) => [
    place(executor, x, window, into, value),
  ]);
  kernels.add(extend.concatOp.primitive, (xs, axis) => [concatenate(executor, xs, axis)]);
}

/** Reductions, and the kernels that walk one axis. */
function addReductions(kernels: Registration): void {
  const { executor } = kernels;
  const reduction =
    (kernel: (e: Executor, x: DeviceArray, axes: readonly number[], shape: Shape) => DeviceArray) =>
    ([x]: readonly [x: DeviceArray], { axes, keepdims }: extend.Reduction): [DeviceArray] => {
      const reduced = extend.reducedShape(x.shape, axes, keepdims);
      if (sizeOf(reduced) === 0) return [zeros(executor, reduced, x.dtype)];
      return [kernel(executor, x, axes, reduced)];
    };
  kernels.add(extend.sumOp.primitive, reduction(sumOver));
  kernels.add(core.max.primitive, reduction(maxOver));
  kernels.add(core.min.primitive, reduction(minOver));
  kernels.add(core.argmax.primitive, reduction(argmaxOver));
  kernels.add(core.argmin.primitive, reduction(argminOver));
  kernels.add(core.logsumexp.primitive, reduction(logsumexpOver));
  kernels.add(core.norm.primitive, reduction(normOver));
  kernels.add(extend.cumsumOp.primitive, ([x], axis) => [cumulate(executor, x, axis)]);
  kernels.add(extend.argsortOp.primitive, ([x], { axis, descending }) => [
    sortPositions(executor, x, axis, descending),
  ]);
  kernels.add(numeric.fftOp.primitive, ([x], sign) => [fourier(executor, x, sign)]);
}

/** Matrix products, and reading and adding by index. */
function addProducts(kernels: Registration): void {
  const { executor } = kernels;
  kernels.add(extend.matmulOp.primitive, ([a, b]) => [multiply(executor, a, b)]);
  kernels.add(nn.affineOp.primitive, ([x, weight, bias]) =>
    withWhole(executor, [bias], ([bias]) => [
      multiply(executor, x, permuted(weight, [1, 0]), bias),
    ]),
  );
  kernels.add(extend.gatherOp.primitive, ([x, index], axis) => [
    gatherAlong(executor, x, index, axis),
  ]);
  kernels.add(extend.scatterAddOp.primitive, ([x, index], { axis, shape }) => [
    scatterAddAlong(executor, x, index, axis, shape),
  ]);
  kernels.add(numeric.scatterWinnerOp.primitive, ([x, index], options) => [
    scatterWinner(executor, x, index, options),
  ]);
}

function addMixers(kernels: Registration): void {
  const { executor } = kernels;
  for (const kind of [rotationKernels, generalKernels]) {
    kernels.add(kind.op.primitive, (inputs, options, recorded) =>
      hasBlocks(inputs) ? mixerForward(executor, kind, inputs, options, recorded) : noBlocks,
    );
    kernels.add(kind.op.backward, ([ct, , ...inputs], options, _, residual) =>
      hasBlocks(inputs) ? mixerBackward(executor, kind, ct, inputs, options, residual) : noBlocks,
    );
  }
}

function addAdaptiveMixer(kernels: Registration): void {
  const { executor } = kernels;
  kernels.add(adaptiveOp.primitive, (inputs, options, recorded) =>
    hasBlocks(inputs) ? adaptiveForward(executor, inputs, options, recorded) : noBlocks,
  );
  kernels.add(adaptiveOp.backward, ([ct, , ...inputs], options, _, residual) =>
    hasBlocks(inputs) ? adaptiveBackward(executor, ct, inputs, options, residual) : noBlocks,
  );
}

/** Windows, neighbours, multivectors, the GRU's step and the cross-entropy. */
function addLayers(kernels: Registration): void {
  const { executor } = kernels;
  kernels.add(nn.windowsOp.primitive, ([x], sliding) => [windowsOn(x, sliding)]);
  kernels.add(nn.addWindowsOp.primitive, ([x], { into, ...sliding }) => [
    addWindows(executor, x, sliding, into),
  ]);
  kernels.add(nn.neighbourSumOp.primitive, ([w, v], links) => [
    sumNeighbours(executor, w, v, links),
  ]);
  kernels.add(nn.neighbourProductsOp.primitive, ([a, b], links) => [
    multiplyNeighbours(executor, a, b, links),
  ]);
  kernels.add(nn.geometricProductOp.primitive, ([a, b]) => [multiplyMultivectors(executor, a, b)]);
  kernels.add(nn.geluOp.primitive, ([x], form) => [geluForward(executor, x, form)]);
  kernels.add(nn.geluOp.backward, ([ct, , x], form) => [geluBackward(executor, ct, x, form)]);
  kernels.add(nn.gruStepOp.primitive, (inputs) => [gruForward(executor, inputs)]);
  kernels.add(nn.gruStepOp.backward, ([ct, , ...inputs]) => gruBackward(executor, ct, inputs));
  kernels.add(nn.crossEntropyOp.primitive, (inputs, settings, recorded) =>
    crossEntropyForward(executor, inputs, settings, recorded),
  );
  kernels.add(
    nn.crossEntropyOp.backward,
    ([ct, , ...inputs], settings, _, [top, total, count] = []) =>
      top === undefined || total === undefined || count === undefined
        ? nothingKept
        : [crossEntropyBackward(executor, ct, inputs, settings, [top, total, count])],
  );
}

/** Softmax and norms in WGSL; without it they are composed. */
function addRowKernels(kernels: Registration, launcher: WgslLauncher): void {
  const { executor } = kernels;
  for (const [op, logarithm] of [
    [nn.softmaxOp, false],
    [nn.logSoftmaxOp, true],
  ] as const) {
    const softmax = softmaxKernels(executor, launcher, logarithm);
    kernels.add(op.primitive, ([x], axis) => [softmax.forward(x, axis)]);
    kernels.add(op.backward, ([ct, y], axis) => [softmax.backward(ct, y, axis)]);
  }
  const layer = normKernels(executor, launcher, true);
  kernels.add(nn.layerNormOp.primitive, layer.forward);
  kernels.add(nn.layerNormOp.backward, ([ct, , ...inputs], _, __, residual) =>
    residual === undefined ? nothingKept : layer.backward(ct, inputs, residual),
  );
  const rms = normKernels(executor, launcher, false);
  kernels.add(nn.rmsNormOp.primitive, rms.forward);
  kernels.add(nn.rmsNormOp.backward, ([ct, , ...inputs], _, __, residual) =>
    residual === undefined ? nothingKept : rms.backward(ct, inputs, residual),
  );
}

/** Attention in WGSL; the largest kernel has eight buffers, and another for a mask. */
function addAttention(kernels: Registration, launcher: WgslLauncher): void {
  const { executor } = kernels;
  kernels.add(nn.attentionOp.primitive, (inputs, settings, recorded) =>
    attentionForward(executor, launcher, inputs, settings, recorded),
  );
  kernels.add(nn.attentionOp.backward, ([ct, y, ...inputs], settings, _, [logs] = []) =>
    attentionBackward(executor, launcher, ct, y, inputs, settings, logs),
  );
  if (launcher.buffers < 9) return;
  kernels.add(nn.maskedAttentionOp.primitive, (inputs, settings, recorded) =>
    attentionForward(executor, launcher, inputs, settings, recorded),
  );
  kernels.add(nn.maskedAttentionOp.backward, ([ct, y, ...inputs], settings, _, [logs] = []) =>
    attentionBackward(executor, launcher, ct, y, inputs, settings, logs),
  );
}

function addUpdates(kernels: Registration): void {
  const { executor } = kernels;
  const add = <S extends Places, Options extends object>(
    { primitive }: Op<[parameter: 1, grad: 1, ...S], [parameter: 1, ...S], Options>,
    rule: (slots: number, options: Options) => updates.UpdateRule,
  ): void =>
    kernels.add(primitive, (inputs, options) =>
      updates.update(executor, inputs, rule(inputs.length - 2, options), options),
    );
  add(optim.adamUpdate, updates.adamRule);
  add(optim.sgdUpdate, (slots, { nesterov }) => updates.sgdRule(slots, nesterov));
  add(optim.rmspropUpdate, (_, { centered, momentum }) =>
    updates.rmspropRule(centered, momentum > 0),
  );
  add(optim.adagradUpdate, () => updates.adagradRule);
  add(optim.nadamUpdate, () => updates.nadamRule);
  add(optim.radamUpdate, (_, { adaptive }) => updates.radamRule(adaptive));
  add(optim.adamaxUpdate, () => updates.adamaxRule);
  add(optim.lionUpdate, () => updates.lionRule);
  add(optim.averageUpdate, () => updates.averageRule);
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
