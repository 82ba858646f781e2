/**
 * @file The calls whose float32 accuracy is measured, here and in PyTorch: their operands, our
 * function, and PyTorch's as Python.
 */

import type { Tensor } from "@spm/core";
import * as c from "@spm/core";
import * as linalg from "@spm/linalg";
import * as mixer from "@spm/mixer";
import * as nn from "@spm/nn";
import * as n from "@spm/numeric";

/** A case: operands as float32 numbers, and what is called with them. */
export interface Case {
  readonly family: "core" | "nn" | "numeric" | "linalg" | "mixer";
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly here: (...xs: Tensor[]) => Tensor;
  /** Python, of the operands a, b, c, d. */
  readonly torch: string;
  /** An ulp of each element of the result, or of the largest. */
  readonly ulpOf: "each" | "largest";
}

/** Uniform numbers of a range; `identity` times the identity is added. */
interface Operand {
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly identity?: number;
}

const points = 4096;
const of = (shape: readonly number[], low = -1, high = 1, identity = 0): Operand => ({
  shape,
  low,
  high,
  identity,
});

const each = (
  family: Case["family"],
  name: string,
  here: (...xs: Tensor[]) => Tensor,
  torch: string,
  ...ranges: readonly (readonly [low: number, high: number])[]
): Case => ({
  family,
  name,
  here,
  torch,
  operands: ranges.map(([low, high]) => of([points], low, high)),
  ulpOf: "each",
});

const whole = (
  family: Case["family"],
  name: string,
  here: (...xs: Tensor[]) => Tensor,
  torch: string,
  ...operands: readonly Operand[]
): Case => ({ family, name, here, torch, operands, ulpOf: "largest" });

const rows = of([64, 512]);
const square = of([64, 64]);
const near = of([8, 32, 32], -1, 1, 8);
const definite = "a @ a.mT + torch.eye(32)";
const positive = (a: Tensor): Tensor =>
  c.add(
    c.matmul(a, c.transpose(a, [0, 2, 1])),
    c.eye(32, 32, { dtype: a.dtype, backend: a.backend }),
  );

const core: readonly Case[] = [
  each("core", "exp", c.exp, "torch.exp(a)", [-80, 80]),
  each("core", "expm1", c.expm1, "torch.expm1(a)", [-2, 2]),
  each("core", "log", c.log, "torch.log(a)", [0, 100]),
  each("core", "log1p", c.log1p, "torch.log1p(a)", [-0.5, 1]),
  each("core", "sin", c.sin, "torch.sin(a)", [-100, 100]),
  each("core", "cos", c.cos, "torch.cos(a)", [-100, 100]),
  each("core", "tanh", c.tanh, "torch.tanh(a)", [-5, 5]),
  each("core", "sigmoid", c.sigmoid, "torch.sigmoid(a)", [-20, 20]),
  each("core", "softplus", c.softplus, "F.softplus(a)", [-15, 15]),
  each("numeric", "erf", n.erf, "torch.erf(a)", [-3, 3]),
  each("core", "sqrt", c.sqrt, "torch.sqrt(a)", [0, 100]),
  each("core", "reciprocal", c.reciprocal, "torch.reciprocal(a)", [0.1, 10]),
  each("core", "div", c.div, "a / b", [-10, 10], [0.1, 10]),
  each("core", "pow", (x, y) => c.pow(x, y), "a ** b", [0.1, 10], [-3, 3]),
  whole("core", "sum", (x) => c.sum(x, 1), "a.sum(1)", rows),
  whole("core", "mean", (x) => c.mean(x, 1), "a.mean(1)", rows),
  whole("core", "variance", (x) => c.variance(x, 1), "a.var(1)", of([64, 512], 9, 11)),
  whole("core", "norm", (x) => c.norm(x, 1), "a.norm(dim=1)", rows),
  whole("core", "logsumexp", (x) => c.logsumexp(x, 1), "a.logsumexp(1)", of([64, 512], -9, 9)),
  whole("core", "cumsum", (x) => c.cumsum(x, 1), "a.cumsum(1)", rows),
  whole("core", "prod", (x) => c.prod(x, 1), "a.prod(1)", of([64, 128], 0.8, 1.25)),
  whole("core", "matmul", (x, y) => c.matmul(x, y), "a @ b", of([64, 512]), of([512, 64])),
];

const layers: readonly Case[] = [
  whole("nn", "softmax", (x) => nn.softmax(x), "a.softmax(-1)", of([64, 512], -9, 9)),
  whole("nn", "logSoftmax", (x) => nn.logSoftmax(x), "a.log_softmax(-1)", of([64, 512], -9, 9)),
  each("nn", "gelu", (x) => nn.gelu(x), "F.gelu(a)", [-3, 3]),
  each("nn", "silu", nn.silu, "F.silu(a)", [-9, 9]),
  each("nn", "elu", (x) => nn.elu(x), "F.elu(a)", [-3, 3]),
  whole(
    "nn",
    "layerNorm",
    (x, w, b) => nn.layerNorm(x, w, b),
    "F.layer_norm(a, (512,), b, c)",
    rows,
    of([512]),
    of([512]),
  ),
  whole(
    "nn",
    "conv2d",
    (x, k) => nn.conv2d(x, k),
    "F.conv2d(a, b)",
    of([2, 8, 16, 16]),
    of([16, 8, 3, 3]),
  ),
];

const numeric: readonly Case[] = [
  each("numeric", "tan", n.tan, "torch.tan(a)", [-1.5, 1.5]),
  each("numeric", "asin", n.asin, "torch.asin(a)", [-1, 1]),
  each("numeric", "acos", n.acos, "torch.acos(a)", [-1, 0.9]),
  each("numeric", "atan", n.atan, "torch.atan(a)", [-10, 10]),
  each("numeric", "atan2", n.atan2, "torch.atan2(a, b)", [-10, 10], [-10, 10]),
  each("numeric", "hypot", n.hypot, "torch.hypot(a, b)", [-10, 10], [-10, 10]),
  each("numeric", "sinh", n.sinh, "torch.sinh(a)", [-10, 10]),
  each("numeric", "cosh", n.cosh, "torch.cosh(a)", [-10, 10]),
  each("numeric", "asinh", n.asinh, "torch.asinh(a)", [-10, 10]),
  each("numeric", "acosh", n.acosh, "torch.acosh(a)", [1.1, 10]),
  each("numeric", "atanh", n.atanh, "torch.atanh(a)", [-0.99, 0.99]),
  each("numeric", "exp2", n.exp2, "torch.exp2(a)", [-20, 20]),
  each("numeric", "log2", n.log2, "torch.log2(a)", [0, 100]),
  each("numeric", "log10", n.log10, "torch.log10(a)", [0, 100]),
  each("numeric", "logaddexp", n.logaddexp, "torch.logaddexp(a, b)", [1, 20], [1, 20]),
  each("numeric", "xlogy", n.xlogy, "torch.xlogy(a, b)", [0, 5], [0, 100]),
  each("numeric", "lgamma", n.lgamma, "torch.lgamma(a)", [2.5, 30]),
  each("numeric", "logNdtr", n.logNdtr, "torch.special.log_ndtr(a)", [-10, 3]),
  whole("numeric", "cumprod", (x) => n.cumprod(x, 1), "a.cumprod(1)", of([64, 64], 0.9, 1.1)),
  whole(
    "numeric",
    "rfft, n = 512",
    (x) => n.rfft(x),
    "torch.view_as_real(torch.fft.rfft(a))",
    rows,
  ),
  whole(
    "numeric",
    "rfft, n = 509",
    (x) => n.rfft(x),
    "torch.view_as_real(torch.fft.rfft(a))",
    of([8, 509]),
  ),
];

const algebra: readonly Case[] = [
  whole("linalg", "solve", (a, b) => linalg.solve(a, b), "L.solve(a, b)", near, of([8, 32, 4])),
  whole("linalg", "inverse", (a) => linalg.inverse(a), "L.inv(a)", near),
  whole("linalg", "slogdet", (a) => linalg.slogdet(a).logabsdet, "L.slogdet(a)[1]", near),
  whole("linalg", "cholesky", (a) => linalg.cholesky(positive(a)), `L.cholesky(${definite})`, near),
  whole("linalg", "qr, R", (a) => linalg.qr(a).r, "L.qr(a)[1]", near),
  whole(
    "linalg",
    "eigh, values",
    (a) => linalg.eigh(positive(a)).eigenvalues,
    `L.eigvalsh(${definite})`,
    near,
  ),
  whole("linalg", "svd, values", (a) => linalg.svd(a).s, "L.svdvals(a)", square),
  whole("linalg", "pinv", (a) => linalg.pinv(a), "L.pinv(a)", of([64, 16])),
  whole(
    "linalg",
    "matrixExponential",
    (a) => linalg.matrixExponential(a),
    "torch.matrix_exp(a)",
    of([8, 16, 16]),
  ),
];

const schedule = mixer.butterfly(256);
const run = (kind: mixer.MixerKind, x: Tensor, ...parameters: Tensor[]): Tensor => {
  const [first, ...more] = parameters;
  if (first === undefined) throw new Error("expected parameters");
  return kind.run(x, [first, ...more], { schedule });
};

const mixers: readonly Case[] = [
  whole(
    "mixer",
    "rotationMixer, n = 256",
    (x, angles) => run(mixer.rotationMixer, x, angles),
    "rotation(a, b)",
    of([64, 256]),
    of([1024], -Math.PI, Math.PI),
  ),
  whole(
    "mixer",
    "generalMixer, n = 256",
    (x, blocks, scales) => run(mixer.generalMixer, x, blocks, scales),
    "general(a, b)",
    of([64, 256]),
    of([1024, 4]),
    of([0]),
  ),
];

/** All of them, family by family. */
export const cases: readonly Case[] = [...core, ...layers, ...numeric, ...algebra, ...mixers];
