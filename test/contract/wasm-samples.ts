/**
 * @file Calls of the ops that have fused kernels on wasm, and of what composes them: beside those
 * that every device is asked for.
 */
import * as c from "@spm/core";
import { rng, type Tensor, tensor } from "@spm/core";
import * as linalg from "@spm/linalg";
import * as nn from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import * as numeric from "@spm/numeric";
import { coreSamples, mixerSamples, nnSamples, optimSamples, type Sample } from "../gpu/samples.ts";

const random = rng(17);
const normal = (...shape: number[]): Tensor => c.normal(random, shape);
const tokens = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

/** Rounding of one result, and of sums over a few dozen terms. */
const exact = 1e-6;
const summed = 5e-6;

const sample = (
  name: string,
  f: Sample["f"],
  inputs: Tensor[],
  tolerance = summed,
  differentiable = true,
): Sample => ({
  name,
  f,
  inputs,
  tolerance,
  differentiable,
});

const identityLike = ({ shape, dtype, backend }: Tensor): Tensor =>
  c.eye(shape.at(-1) ?? 0, undefined, { dtype: dtype === "float64" ? dtype : "float32", backend });

/** A positive definite matrix from any. */
const definite = (x: Tensor): Tensor =>
  c.add(c.matmul(x, c.transpose(x, [0, 2, 1])), identityLike(x));

const fusedSamples: readonly Sample[] = [
  ...[0, 1, 2].flatMap((axis) => [
    sample(`softmax over axis ${axis}`, (x) => nn.softmax(x, axis), [normal(5, 3, 9)]),
    sample(`logSoftmax over axis ${axis}`, (x) => nn.logSoftmax(x, axis), [normal(5, 3, 9)]),
  ]),
  ...[1, 3, 4, 7, 64].flatMap((width) => [
    sample(`softmax of ${width}`, (x) => nn.softmax(x), [normal(6, width)]),
    sample(`layerNorm of ${width}`, (x, w, b) => nn.layerNorm(x, w, b), [
      normal(2, 5, width),
      normal(width),
      normal(width),
    ]),
    sample(`rmsNorm of ${width}`, (x, w) => nn.rmsNorm(x, w), [normal(2, 5, width), normal(width)]),
    sample(`gruStep of ${width}`, nn.gruStep, [
      normal(5, 3 * width),
      normal(5, 3 * width),
      normal(5, width),
    ]),
  ]),
  sample("softmax of large numbers", (x) => nn.softmax(c.mul(x, 300)), [normal(6, 11)], 3e-5),
  sample(
    "layerNorm far from 0",
    (x, w, b) => nn.layerNorm(c.add(x, 30), w, b),
    [normal(6, 33), normal(33), normal(33)],
    2e-5,
  ),
  sample("gelu", (x) => nn.gelu(x), [normal(6, 35)]),
  sample("embedding", nn.embedding, [
    normal(7, 20),
    tensor(Int32Array.of(3, 3, 0, -1, 6, 3), { shape: [2, 3] }),
  ]),
  sample(
    "attention, causal and masked",
    (q, k, v) =>
      nn.scaledDotProductAttention(q, k, v, {
        causal: true,
        mask: c.greater(c.matmul(q, c.transpose(k, [0, 1, 3, 2])), -1),
      }),
    [normal(2, 3, 7, 5), normal(2, 3, 7, 5), normal(2, 3, 7, 4)],
  ),
  sample("maxPool2d, overlapping", (x) => nn.maxPool2d(x, 3, { stride: 2, padding: 1 }), [
    normal(2, 3, 9, 8),
  ]),
  sample("avgPool1d", (x) => nn.avgPool1d(x, 2), [normal(2, 3, 9)]),
  sample("conv1d", (x, w, b) => nn.conv1d(x, w, b, { padding: 2 }), [
    normal(2, 3, 11),
    normal(4, 3, 5),
    normal(4),
  ]),
  sample("bceWithLogits", (x, y) => nn.bceWithLogits(x, c.sigmoid(y)), [normal(31), normal(31)]),
  sample("clone", (x) => c.mul(c.clone(x), 2), [normal(5, 3)], exact),
  sample(
    "logic",
    (x, y) => c.cast(c.logicalOr(c.logicalNot(c.greater(x, 0)), c.equal(y, 0)), "float32"),
    [normal(37), normal(37)],
    0,
    false,
  ),
  sample(
    "casts",
    (x) => c.cast(c.cast(c.cast(c.mul(x, 3), "int32"), "bool"), "float32"),
    [normal(37)],
    0,
    false,
  ),
  sample(
    "bool and back",
    (x) => c.cast(c.cast(c.greater(x, 0), "int32"), "float32"),
    [normal(37)],
    0,
    false,
  ),
  sample("erf, far out", (x) => numeric.erf(c.mul(x, 2)), [normal(200)], exact),
  sample("sort, topk", (x) => c.concat([c.sort(x), c.topk(x, 3).values], -1), [normal(4, 9)], 0),
  ...[1, 2, 4, 64].map((n) => sample(`fft of ${n}`, (x) => numeric.fft(x), [normal(3, n, 2)])),
  sample("fft of no rows", (x) => numeric.ifft(x), [normal(0, 8, 2)], 0),
  sample("solve", (x, y) => linalg.solve(definite(x), y), [normal(3, 5, 5), normal(5, 2)]),
  sample("cholesky", (x) => linalg.cholesky(definite(x)), [normal(3, 5, 5)]),
  sample("slogdet", (x) => linalg.slogdet(definite(x)).logabsdet, [normal(3, 5, 5)]),
  sample("qr", (x) => linalg.qr(x).r, [c.add(normal(3, 5, 4), c.mul(3, c.eye(5, 4)))]),
  sample(
    "complement",
    (x) => {
      const rest = c.slice(linalg.qr(x, { mode: "complete" }).q, [{}, { start: 3 }]);
      return c.matmul(rest, c.transpose(rest));
    },
    [c.add(normal(5, 3), c.mul(3, c.eye(5, 3)))],
  ),
  sample("eigh", (x) => linalg.eigh(definite(x)).eigenvalues, [normal(3, 5, 5)]),
  sample("svd", (x) => linalg.svd(x).s, [normal(3, 5, 4)]),
  sample("pinv", (x) => linalg.pinv(x), [c.add(normal(3, 5, 4), c.mul(3, c.eye(5, 4)))]),
  sample("matrixExponential", linalg.matrixExponential, [normal(3, 4, 4)]),
  sample("solve none", (a, b) => linalg.solve(a, b), [normal(0, 2, 2), normal(0, 2, 1)], 0),
  sample("take none", (x, i) => c.take(x, i, 1), [normal(4, 9), tensor(new Int32Array(0))], 0),
  sample(
    "scatterAdd of none",
    (x, i) => c.scatterAdd(x, i, 0, [4, 3]),
    [normal(0, 3), tensor(new Int32Array(0), { shape: [0, 3] })],
    0,
  ),
  sample("softmax of no rows", (x) => nn.softmax(x), [normal(0, 5)], 0),
  sample("softmax of empty rows", (x) => c.sum(nn.softmax(x)), [normal(3, 0)], 0),
  sample(
    "layerNorm of no rows",
    (x, w, b) => nn.layerNorm(x, w, b),
    [normal(0, 5), normal(5), normal(5)],
    0,
  ),
  sample("rmsNorm of no rows", (x, w) => nn.rmsNorm(x, w), [normal(0, 5), normal(5)], 0),
  sample("gruStep of no rows", nn.gruStep, [normal(0, 6), normal(0, 6), normal(0, 2)], 0),
  sample("cumsum of nothing", (x) => c.cumsum(x, 1), [normal(3, 0)], 0),
  sample("where of nothing", (x) => c.where(c.greater(x, 0), x, 1), [normal(3, 0)], 0),
  sample("windows of one", (x) => c.mul(nnExtend.windows("test", x, [1]), 2), [normal(1)]),
  sample("convolution of no batch", (x, w) => nn.conv1d(x, w), [normal(0, 3, 11), normal(4, 3, 5)]),
  sample(
    "tokens compared",
    (x) => c.cast(c.greaterEqual(c.expandDims(x, 1), x), "float32"),
    [tokens(4, -2, 9, 4, 0)],
    0,
    false,
  ),
];

/** Every sample. */
export const samples: readonly Sample[] = [
  ...coreSamples,
  ...mixerSamples,
  ...nnSamples,
  ...optimSamples,
  ...fusedSamples,
];
