/**
 * @file The one table of derivatives: a row for every primitive of every package, with calls to
 * check it by, or why it has none. A primitive without a row fails `derivatives.test.ts`.
 */
import * as c from "@spm/core";
import { normal, rng, type Tensor, tensor, uniform } from "@spm/core";
import * as extend from "@spm/core/extend";
import { primitives } from "@spm/core/extend";
import * as linalg from "@spm/linalg";
import * as linalgExtend from "@spm/linalg/extend";
import { butterfly, type MixerKind, shuffle } from "@spm/mixer";
import { adaptiveOp, perSampleOp } from "@spm/mixer/extend";
import * as nn from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import * as numeric from "@spm/numeric";
import * as optim from "@spm/optim/extend";
import { kinds, modesOf } from "../mixer/kinds.ts";

/** A call whose floating inputs are differentiated by; everything else is bound. */
interface Call {
  readonly what?: string;
  readonly f: (...xs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
}

/** What is checked together: the primitives, and calls that run them. */
export interface Row {
  readonly name: string;
  readonly primitives: readonly object[];
  readonly calls: readonly Call[];
  /** Why nothing flows through: the derivative is then zero, or an error. */
  readonly none?: "piecewise constant" | "an update, outside of what is differentiated";
}

const random = rng(20);
const draw = (...shape: number[]): Tensor => normal(random, shape, 0, 1, { dtype: "float64" });
const between = (low: number, high: number, ...shape: number[]): Tensor =>
  uniform(random, shape, low, high, { dtype: "float64" });
const integers = (shape: readonly number[], ...values: number[]): Tensor =>
  tensor(Int32Array.from(values), { shape });
const mask = (...values: number[]): Tensor => tensor(Uint8Array.from(values));

const unary = (op: extend.UnaryOp, ...inputs: Tensor[]): Row => {
  // a scalar, too
  const shapes = [...inputs, ...inputs.map((x) => c.clone(c.at(c.reshape(x, [-1]), 0)))];
  return {
    name: op.primitive.name,
    primitives: [op.primitive],
    calls: shapes.map((x) => ({ f: op, inputs: [x] })),
  };
};

/** Same shape, both broadcast, a scalar, an empty one, a tensor with itself. */
const binary = (op: extend.BinaryOp, make: (...shape: number[]) => Tensor): Row => {
  const pairs = [
    [make(2, 3), make(2, 3)],
    [make(2, 1, 2), make(3, 1)],
    [make(), make(2)],
    [make(0, 2), make(2)],
  ];
  const calls: Call[] = pairs.map((inputs) => ({ what: inputs.join(" and "), f: op, inputs }));
  return {
    name: op.primitive.name,
    primitives: [op.primitive],
    calls: [...calls, { what: "with itself", f: (x) => op(x, x), inputs: [make(3)] }],
  };
};

const constant = (name: string, primitive: object, f: Call["f"], ...inputs: Tensor[]): Row => ({
  name,
  primitives: [primitive],
  calls: [{ f, inputs }],
  none: "piecewise constant",
});

const row = (name: string, op: { readonly primitive: object }, ...calls: Call[]): Row => ({
  name,
  primitives: [op.primitive],
  calls,
});

const fused = (
  name: string,
  op: { readonly primitive: object; readonly backward: object },
  ...calls: Call[]
): Row => ({
  name,
  primitives: [op.primitive, op.backward],
  calls,
});

const update = (name: string, primitive: object): Row => ({
  name,
  primitives: [primitive],
  calls: [],
  none: "an update, outside of what is differentiated",
});

const elementwise: Row[] = [
  unary(c.neg, draw(2, 3)),
  unary(c.abs, draw(2, 3)),
  unary(c.square, draw(2, 3)),
  unary(c.sqrt, between(0.5, 2, 3)),
  unary(c.exp, draw(3)),
  unary(c.expm1, draw(3)),
  unary(c.log, between(0.5, 2, 3)),
  unary(c.log1p, between(-0.5, 2, 3)),
  unary(c.sin, draw(3)),
  unary(c.cos, draw(3)),
  unary(numeric.erf, draw(4)),
  unary(c.tanh, draw(3)),
  unary(c.sigmoid, draw(3)),
  unary(c.softplus, draw(3)),
  unary(c.relu, draw(4)),
  binary(c.add, draw),
  binary(c.sub, draw),
  binary(c.mul, draw),
  binary(c.div, (...shape) => between(0.5, 2, ...shape)),
  binary(c.pow, (...shape) => between(0.5, 2, ...shape)),
  unary(numeric.asinh, draw(3)),
  unary(numeric.sinh, draw(3)),
  unary(numeric.cosh, draw(3)),
  unary(numeric.log2, between(0.5, 2, 3)),
  unary(numeric.log10, between(0.5, 2, 3)),
  unary(numeric.logNdtr, c.mul(draw(4), 3)),
  binary(numeric.atan2, (...shape) => between(0.5, 2, ...shape)),
  binary(numeric.hypot, draw),
  row("remainder", numeric.remainder, {
    f: numeric.remainder as Call["f"],
    inputs: [tensor([4.2, -4.3, 1.1], { dtype: "float64" }), between(0.9, 1, 2, 1)],
  }),
  binary(c.maximum, draw),
  binary(c.minimum, draw),
  row(
    "where",
    extend.whereOp,
    { f: (a, b) => c.where(mask(1, 0, 1), a, b), inputs: [draw(3), draw(3)] },
    { what: "broadcast", f: (a, b) => c.where(mask(1, 0), a, b), inputs: [draw(3, 1), draw()] },
  ),
  row("cast", extend.castOp, {
    what: "there and back",
    f: (x) => c.clone(c.cast(c.cast(x, "float64"), "float64")),
    inputs: [draw(3)],
  }),
  ...[c.sign, c.floor, c.ceil, c.round, numeric.trunc].map((op) =>
    constant(op.primitive.name, op.primitive, (x) => op(x), draw(3)),
  ),
  ...[c.equal, c.notEqual, c.greater, c.greaterEqual, c.logicalAnd, c.logicalOr].map((op) =>
    constant(
      op.primitive.name,
      op.primitive,
      (a, b) => c.cast(op(a, b), "float64"),
      draw(2, 2),
      draw(2),
    ),
  ),
];

const layout: Row[] = [
  row("reshape", extend.reshapeOp, {
    f: (x) => c.reshape(c.transpose(x), [4, -1]),
    inputs: [draw(2, 6)],
  }),
  row("transpose", extend.transposeOp, {
    f: (x) => c.transpose(x, [2, 0, 1]),
    inputs: [draw(2, 3, 2)],
  }),
  row("alias", extend.aliasOp, { f: (x) => extend.alias(x), inputs: [draw(2)] }),
  row("broadcastTo", extend.broadcastOp, {
    f: (x) => c.broadcastTo(x, [2, 3, 4]),
    inputs: [draw(3, 1)],
  }),
  row(
    "slice",
    extend.sliceOp,
    { f: (x) => c.slice(x, [{ start: 1 }, { step: -2 }]), inputs: [draw(3, 4)] },
    { what: "nothing", f: (x) => c.slice(x, [{ start: 2, stop: 1 }]), inputs: [draw(3)] },
  ),
  row("pad", extend.padOp, {
    f: (x) => c.pad(x, [1, 0], [0, 2], { value: 0.5 }),
    inputs: [draw(2, 2)],
  }),
  row(
    "concat",
    extend.concatOp,
    { f: (a, b) => c.concat([a, b], 1), inputs: [draw(2, 1), draw(2, 3)] },
    { what: "one tensor twice", f: (a) => c.concat([a, c.neg(a), a]), inputs: [draw(2)] },
  ),
  row(
    "split",
    extend.splitOp,
    { f: (x) => c.mul(...(c.split(x, 2, 1) as [c.Tensor, c.Tensor])), inputs: [draw(2, 4)] },
    {
      what: "a part unused",
      f: (x) => c.square(c.concat(c.split(x, [1, 0, 2]).slice(2))),
      inputs: [draw(3)],
    },
  ),
  row(
    "gather",
    extend.gatherOp,
    { f: (x) => c.gather(x, integers([2, 2], 0, 2, -1, 2), 1), inputs: [draw(2, 3)] },
    {
      what: "take",
      f: (x) => c.take(x, integers([2, 2], 0, 2, -1, 2), 1),
      inputs: [draw(2, 3, 2)],
    },
    {
      what: "pairs of indices",
      f: (x) => c.at(x, integers([2, 1], 0, -1), {}, integers([3], 2, 0, 0)),
      inputs: [draw(2, 2, 3)],
    },
    { what: "a mask", f: (x) => c.at(x, {}, mask(1, 0, 1)), inputs: [draw(2, 3, 2)] },
    { what: "repeat", f: (x) => c.repeat(x, [2, 0, 1], 1), inputs: [draw(2, 3, 2)] },
    { what: "topk", f: (x) => c.topk(x, 2, 0).values, inputs: [draw(4, 2)] },
    { what: "sort", f: (x) => c.sort(x, { descending: true }), inputs: [draw(2, 4)] },
  ),
  row(
    "scatterAdd",
    extend.scatterAddOp,
    {
      f: (x) => c.scatterAdd(x, integers([2, 2], 0, 2, -1, 2), 1, [2, 3]),
      inputs: [draw(2, 2)],
    },
    {
      what: "segmentSum",
      f: (x) => c.segmentSum(x, integers([3], 1, -1, 1), 3, 1),
      inputs: [draw(2, 3, 2)],
    },
    { what: "of no slices", f: (x) => c.segmentSum(x, integers([0]), 2), inputs: [draw(0, 3)] },
    {
      what: "indexAdd",
      f: (x, src) => c.indexAdd(x, integers([3], 1, -1, 1), src),
      inputs: [draw(2, 2), draw(3, 2)],
    },
  ),
  {
    name: "compositions",
    primitives: [],
    calls: [
      { what: "roll", f: (x) => c.roll(x, [1, -2], [0, 1]), inputs: [draw(2, 3)] },
      { what: "tile", f: (x) => c.tile(x, [2, 1, 2]), inputs: [draw(2, 2)] },
      {
        what: "einsum with dots",
        f: (a, b) => c.einsum("...ij,j...->i", a, b),
        inputs: [draw(2, 2, 3), draw(3, 2)],
      },
      {
        what: "einsum of repeated and broadcast letters",
        f: (a, b) => c.einsum("iij,ij->j", a, b),
        inputs: [draw(2, 2, 3), draw(1, 3)],
      },
    ],
  },
];

const reductions: Row[] = [
  row(
    "sum",
    extend.sumOp,
    { f: (x) => c.sum(x, { axis: [0, 2] }), inputs: [draw(2, 3, 2)] },
    { what: "nothing", f: (x) => c.sum(x), inputs: [draw(0)] },
    { what: "a scalar", f: (x) => c.sum(x), inputs: [draw()] },
  ),
  ...([c.max, c.min, c.logsumexp, c.norm] as const).map((op) =>
    row(
      op.primitive.name,
      op,
      { f: (x) => op(x, { axis: 1 }), inputs: [draw(2, 3)] },
      { what: "all, axes kept", f: (x) => op(x, { keepdims: true }), inputs: [draw(2, 2)] },
    ),
  ),
  row("cumsum", extend.cumsumOp, { f: (x) => c.cumsum(x, 0), inputs: [draw(3, 2)] }),
  row(
    "cumprod",
    numeric.cumprodOp,
    { f: (x) => numeric.cumprod(x, 0), inputs: [draw(3, 2)] },
    {
      what: "zeros",
      f: (x) => numeric.cumprod(c.mul(x, tensor([1, 0, 1, 0, 1], { dtype: "float64" })), 0),
      inputs: [draw(5)],
    },
  ),
  row(
    "matmul",
    extend.matmulOp,
    { f: c.matmul as Call["f"], inputs: [draw(2, 3), draw(3, 2)] },
    {
      what: "batches that broadcast",
      f: c.matmul as Call["f"],
      inputs: [draw(2, 1, 2, 3), draw(3, 3, 2)],
    },
    { what: "vectors", f: c.matmul as Call["f"], inputs: [draw(3), draw(3)] },
    { what: "no inner size", f: c.matmul as Call["f"], inputs: [draw(2, 0), draw(0, 3)] },
  ),
  row("fft", numeric.fftOp, { f: numeric.fft as Call["f"], inputs: [draw(2, 4, 2)] }),
  constant(
    "argmax",
    c.argmax.primitive,
    (x) => c.cast(c.argmax(x, { axis: 0 }), "float64"),
    draw(3, 2),
  ),
  constant("argmin", c.argmin.primitive, (x) => c.cast(c.argmin(x), "float64"), draw(3, 2)),
  constant(
    "argsort",
    extend.argsortOp.primitive,
    (x) => c.cast(c.argsort(x), "float64"),
    draw(3, 2),
  ),
];

const places = integers([2, 2], 0, 2, 2, 2);

/** Ops of @spm/numeric that are compositions, but whose derivatives are no plain ones. */
const composed: Row[] = [
  constant(
    "scatterWinner",
    numeric.scatterWinnerOp.primitive,
    (x) =>
      c.cast(
        numeric.scatterWinnerOp([x, places], { axis: 1, shape: [2, 3], best: "largest" })[0],
        "float64",
      ),
    draw(2, 2),
  ),
  ...(["set", "add", "mean", "max"] as const).map(
    (reduce): Row => ({
      name: `scatter, ${reduce}`,
      primitives: [],
      calls: [true, false].map((includeSelf) => ({
        what: includeSelf ? "with what is there" : "without it",
        f: (x, src) => numeric.scatter(x, places, src, { axis: 1, reduce, includeSelf }),
        inputs: [draw(2, 3), draw(2, 2)],
      })),
    }),
  ),
  {
    name: "numeric",
    primitives: [],
    calls: [
      {
        what: "asin, acos, atan, tan",
        inputs: [between(-0.9, 0.9, 3)],
        f: (x) => {
          const { acos, asin, atan, tan } = numeric;
          return c.concat([asin(x), acos(x), c.mul(atan(x), tan(x))]);
        },
      },
      {
        what: "acosh of cosh, atanh",
        inputs: [between(0.1, 0.9, 3)],
        f: (x) => {
          const { acosh, atanh, cosh } = numeric;
          return c.concat([atanh(x), acosh(cosh(x))]);
        },
      },
      { what: "lgamma", f: numeric.lgamma as Call["f"], inputs: [between(0.5, 12, 5)] },
      { what: "logaddexp", f: numeric.logaddexp as Call["f"], inputs: [draw(3), draw(2, 1)] },
      { what: "logaddexp of a tie", f: (x) => numeric.logaddexp(x, x), inputs: [draw(3)] },
      { what: "cummax", f: (x) => numeric.cummax(x, -1).values, inputs: [draw(2, 5)] },
      {
        what: "diagonals",
        f: (x) => numeric.diagEmbed(numeric.diagonal(x, { offset: 1 })),
        inputs: [draw(3, 3)],
      },
      { what: "fft of 5", f: (x) => c.square(numeric.fft(x)), inputs: [draw(5, 2)] },
      {
        what: "rfft and irfft of 7",
        f: (x) => numeric.irfft(c.square(numeric.rfft(x)), { n: 7 }),
        inputs: [draw(7)],
      },
      {
        what: "gammaLogProb",
        f: numeric.gammaLogProb as Call["f"],
        inputs: [between(0.5, 2, 3), between(0.5, 2, 3), between(0.5, 2, 1)],
      },
      {
        what: "truncatedNormalLogProb",
        f: (x, mean, deviation) =>
          numeric.truncatedNormalLogProb(x, mean, deviation, { low: -1, high: 2 }),
        inputs: [between(-0.8, 1.8, 3), draw(3), between(0.5, 2, 3)],
      },
      {
        what: "choiceLogProb",
        f: (w) => numeric.choiceLogProb(integers([3], 0, 3, 1), w, { replacement: false }),
        inputs: [between(0.5, 2, 4)],
      },
    ],
  },
];

/** A symmetric matrix from any, and a positive definite one. */
const symmetric = (x: Tensor): Tensor => c.add(x, c.transpose(x, swapped(x)));
const definite = (x: Tensor): Tensor =>
  c.add(c.matmul(x, c.transpose(x, swapped(x))), c.eye(x.shape.at(-1) ?? 0, undefined, double));
const swapped = ({ shape }: Tensor): number[] =>
  shape.map((_, k) => (k < shape.length - 2 ? k : 2 * shape.length - 3 - k));
const double = { dtype: "float64" } as const;
/** All results in one. */
const together = (...xs: Tensor[]): Tensor => c.concat(xs.map((x) => c.reshape(x, [-1])));

const matrices: Row[] = [
  row(
    "solve",
    linalgExtend.solveOp,
    { f: linalg.solve as Call["f"], inputs: [draw(3, 3), draw(3, 2)] },
    { what: "batches", f: linalg.solve as Call["f"], inputs: [draw(2, 1, 2, 2), draw(3, 2, 2)] },
    { what: "a vector", f: linalg.solve as Call["f"], inputs: [draw(3, 3), draw(3)] },
    {
      what: "from the right",
      f: (a, b) => linalg.solve(a, b, { left: false }),
      inputs: [draw(2, 2), draw(3, 2)],
    },
    { what: "the inverse", f: linalg.inverse, inputs: [draw(2, 3, 3)] },
    { what: "no matrices", f: linalg.solve as Call["f"], inputs: [draw(0, 2, 2), draw(2, 1)] },
  ),
  row(
    "triangularSolve",
    linalgExtend.triangularSolveOp,
    ...[true, false].flatMap((upper) =>
      [true, false].flatMap((left) =>
        [true, false].map((unitriangular) => ({
          what: `upper ${upper}, left ${left}, unitriangular ${unitriangular}`,
          f: (a: Tensor, b: Tensor) => linalg.triangularSolve(a, b, { upper, left, unitriangular }),
          inputs: [c.add(draw(2, 3, 3), c.mul(3, c.eye(3, 3, double))), draw(3, 3)],
        })),
      ),
    ),
  ),
  row(
    "cholesky",
    linalgExtend.choleskyOp,
    { f: (x) => linalg.cholesky(definite(x)), inputs: [draw(2, 3, 3)] },
    {
      what: "upper",
      f: (x) => linalg.cholesky(definite(x), { upper: true }),
      inputs: [draw(2, 2)],
    },
    { what: "1×1", f: (x) => linalg.cholesky(definite(x)), inputs: [draw(1, 1)] },
  ),
  row(
    "lu",
    linalgExtend.luOp,
    ...[draw(2, 3, 3), draw(2, 4), draw(4, 2), draw(1, 1)].map((x) => ({
      what: `of ${x.shape.join("×")}`,
      f: (a: Tensor) => {
        const { p, l, u } = linalg.lu(a);
        return together(p, l, u);
      },
      inputs: [x],
    })),
    { what: "det", f: linalg.det, inputs: [draw(2, 3, 3)] },
    { what: "slogdet", f: (a) => linalg.slogdet(a).logabsdet, inputs: [draw(3, 3)] },
  ),
  row(
    "qr",
    linalgExtend.qrOp,
    ...[draw(2, 3, 3), draw(2, 4), draw(4, 2), draw(1, 1)].map((x) => ({
      what: `of ${x.shape.join("×")}`,
      f: (a: Tensor) => {
        const { q, r } = linalg.qr(a);
        return together(q, r);
      },
      inputs: [x],
    })),
    { what: "R alone", f: (a) => linalg.qr(a).r, inputs: [draw(3, 2)] },
  ),
  row("complement", linalgExtend.complementOp, {
    what: "the space that it spans",
    f: (a) => {
      const rest = c.slice(linalg.qr(a, { mode: "complete" }).q, [{}, { start: 2 }]);
      return c.matmul(rest, c.transpose(rest));
    },
    inputs: [draw(4, 2)],
  }),
  row(
    "eigh",
    linalgExtend.eighOp,
    {
      f: (x) => {
        const { eigenvalues, eigenvectors } = linalg.eigh(symmetric(x));
        return together(eigenvalues, eigenvectors);
      },
      inputs: [draw(2, 3, 3)],
    },
    { what: "values", f: (x) => linalg.eigh(symmetric(x)).eigenvalues, inputs: [draw(3, 3)] },
    { what: "1×1", f: (x) => linalg.eigh(x).eigenvalues, inputs: [draw(1, 1)] },
  ),
  row(
    "svd",
    linalgExtend.svdOp,
    ...[draw(2, 3, 3), draw(2, 4), draw(4, 2), draw(1, 1)].map((x) => ({
      what: `of ${x.shape.join("×")}`,
      f: (a: Tensor) => {
        const { u, s, vh } = linalg.svd(a, { fullMatrices: false });
        return together(u, s, vh);
      },
      inputs: [x],
    })),
    { what: "values", f: (a) => linalg.svd(a).s, inputs: [draw(3, 2)] },
    {
      what: "the space of added columns",
      f: (a) => {
        const rest = c.slice(linalg.svd(a).vh, [{ start: 2 }]);
        return c.matmul(c.transpose(rest), rest);
      },
      inputs: [draw(2, 4)],
    },
  ),
  row(
    "pinv",
    linalgExtend.pinvOp,
    ...[draw(2, 3, 3), draw(2, 4), draw(4, 2)].map((x) => ({
      what: `of ${x.shape.join("×")}`,
      f: (a: Tensor) => linalg.pinv(a),
      inputs: [x],
    })),
    {
      what: "of rank 2",
      f: (a, b) => linalg.pinv(c.matmul(a, b), { rtol: 1e-4 }),
      inputs: [draw(4, 2), draw(2, 3)],
    },
    {
      what: "least squares",
      f: (a, b) => {
        const { solution, residuals } = linalg.lstsq(a, b);
        return together(solution, residuals);
      },
      inputs: [draw(2, 4, 2), draw(4, 2)],
    },
  ),
  row(
    "matrixExponential",
    linalgExtend.matrixExponentialOp,
    { f: linalg.matrixExponential, inputs: [draw(2, 3, 3)] },
    { what: "1×1", f: linalg.matrixExponential, inputs: [draw(1, 1)] },
    { what: "of 0", f: linalg.matrixExponential, inputs: [c.zeros([2, 2], double)] },
  ),
];

const labels = integers([3], 1, 0, -100);

const functions: Row[] = [
  fused("softmax", nnExtend.softmaxOp, { f: (x) => nn.softmax(x), inputs: [draw(2, 3)] }),
  fused("logSoftmax", nnExtend.logSoftmaxOp, {
    f: (x) => nn.logSoftmax(x, 0),
    inputs: [draw(2, 3)],
  }),
  fused("crossEntropy", nnExtend.crossEntropyOp, {
    f: (x) => nn.crossEntropy(x, labels, { labelSmoothing: 0.1 }),
    inputs: [draw(3, 4)],
  }),
  fused("layerNorm", nnExtend.layerNormOp, {
    f: (x, w, b) => nn.layerNorm(x, w, b),
    inputs: [draw(2, 4), draw(4), draw(4)],
  }),
  fused("rmsNorm", nnExtend.rmsNormOp, {
    f: (x, w) => nn.rmsNorm(x, w),
    inputs: [draw(2, 4), draw(4)],
  }),
  row(
    "affine",
    nnExtend.affineOp,
    { f: (x, w, b) => nnExtend.affineOp([x, w, b])[0], inputs: [draw(2, 3), draw(4, 3), draw(4)] },
    {
      what: "of no rows",
      f: (x, w, b) => nnExtend.affineOp([x, w, b])[0],
      inputs: [draw(0, 1), draw(2, 1), draw(2)],
    },
  ),
  fused(
    "attention",
    nnExtend.attentionOp,
    {
      f: (q, k, v) => nnExtend.attentionOp([q, k, v], { causal: false, scale: 0.7 }),
      inputs: [draw(2, 2, 3), draw(2, 3, 3), draw(2, 3, 2)],
    },
    {
      what: "causal, to fewer sources",
      f: (q, k, v) => nnExtend.attentionOp([q, k, v], { causal: true, scale: 1 }),
      inputs: [draw(3, 2), draw(2, 2), draw(2, 1)],
    },
  ),
  fused("masked attention", nnExtend.maskedAttentionOp, {
    f: (q, k, v) => {
      const seen = c.reshape(mask(1, 0, 1, 0, 0, 0), [2, 3]);
      return nnExtend.maskedAttentionOp([q, k, v, seen], { causal: false, scale: 0.7 });
    },
    inputs: [draw(2, 2, 3), draw(2, 3, 3), draw(2, 3, 2)],
  }),
  fused(
    "gelu",
    nnExtend.geluOp,
    { f: (x) => nnExtend.geluOp([x], "none"), inputs: [draw(2, 3)] },
    { what: "by tanh", f: (x) => nnExtend.geluOp([x], "tanh"), inputs: [draw(4)] },
  ),
  fused("gruStep", nnExtend.gruStepOp, {
    f: nn.gruStep as Call["f"],
    inputs: [draw(2, 6), draw(2, 6), draw(2, 2)],
  }),
  row(
    "geometricProduct",
    nnExtend.geometricProductOp,
    { f: nn.geometricProduct as Call["f"], inputs: [draw(2, 8), draw(8)] },
    { what: "scalars", f: nn.geometricProduct as Call["f"], inputs: [draw(1), draw(1)] },
    { what: "none", f: nn.geometricProduct as Call["f"], inputs: [draw(0, 4), draw(4)] },
  ),
  {
    name: "windows",
    primitives: [nnExtend.windowsOp.primitive, nnExtend.addWindowsOp.primitive],
    calls: [
      {
        f: (x) => nnExtend.windows("windows", x, [2, 2], { stride: [1, 2] }),
        inputs: [draw(3, 5)],
      },
      {
        what: "dilated, with a rest",
        f: (x) => nnExtend.windows("windows", x, [3], { dilation: 2, stride: 2, ceilMode: true }),
        inputs: [draw(2, 6)],
      },
    ],
  },
  {
    name: "neighbourSum",
    primitives: [nnExtend.neighbourSumOp.primitive, nnExtend.neighbourProductsOp.primitive],
    calls: [
      { f: (w, v) => nn.neighbourSum(w, v, [0, 1, -2]), inputs: [draw(2, 5, 3), draw(2, 5, 2)] },
      {
        what: "links that coincide",
        f: (w, v) => nn.neighbourSum(w, v, [1, 4, -2]),
        inputs: [draw(3, 3), draw(3, 2)],
      },
      {
        what: "no rows",
        f: (w, v) => nn.neighbourSum(w, v, [1]),
        inputs: [draw(0, 1), draw(0, 2)],
      },
      {
        what: "along the inverse links",
        f: (w, v) => nnExtend.neighbourSumOp([w, v], { shifts: [1, 3], transposed: true })[0],
        inputs: [draw(4, 2), draw(4, 1)],
      },
      {
        what: "products",
        f: (a, b) => nnExtend.neighbourProductsOp([a, b], { shifts: [0, 2, 2] })[0],
        inputs: [draw(3, 2), draw(3, 2)],
      },
    ],
  },
];

const stages = [butterfly(4), shuffle(5)];

const mixerRow = ([name, mixer]: readonly [string, MixerKind]): Row =>
  fused(
    `${name} mixer`,
    mixer.op,
    ...stages.flatMap((schedule) =>
      modesOf(mixer).map((backward): Call => {
        const { n } = schedule;
        const own = mixer.parameterisation.shapes(schedule).map((shape) => draw(...shape));
        return {
          what: `n = ${n}, ${backward}`,
          f: (x, dIn, dOut, bias, ...own) =>
            mixer.op([x, dIn, dOut, bias, ...own], { schedule, backward }),
          inputs: [draw(2, n), draw(n), draw(n), draw(n), ...own],
        };
      }),
    ),
  );
const mixers: Row[] = [
  ...kinds.map(mixerRow),
  fused(
    "adaptive mixer",
    adaptiveOp,
    ...stages.flatMap((schedule) => {
      const [{ n }, P] = [schedule, schedule.first.length];
      const own = { rows: [[2, P]], stage: [[P], [P, n]], pair: [[P], [P, 2]] };
      return (["rows", "stage", "pair"] as const).map((source): Call => {
        return {
          what: `n = ${n}, ${source}`,
          f: (x, dIn, dOut, bias, ...own) =>
            adaptiveOp([x, dIn, dOut, bias, ...own], { schedule, source }),
          inputs: [[2, n], [n], [n], [n], ...own[source]].map((shape) => draw(...shape)),
        };
      });
    }),
  ),
  row(
    "mixer per sample",
    perSampleOp,
    ...kinds.map(([what, mixer]): Call => {
      const kind = mixer.parameterisation;
      const [schedule, backward] = [shuffle(3), kind.orthogonal ? "reverse" : "recompute"] as const;
      return {
        what,
        f: (ct, x, dIn, dOut, bias, ...own) =>
          perSampleOp([ct, x, dIn, dOut, bias, ...own], { kind, schedule, backward })
            .map((y) => c.sum(c.sin(y)))
            .reduce((a, b) => c.add(a, b)),
        inputs: [
          ...[draw(2, 3), draw(2, 3), draw(3), draw(3), draw(3)],
          ...kind.shapes(schedule).map((shape) => draw(...shape)),
        ],
      };
    }),
  ),
];

const updates: Row[] = primitives()
  .filter((p) => Object.values<unknown>(optim).some((op) => Object(op).primitive === p))
  .map((p) => update(p.name, p));

export const rows: readonly Row[] = [
  ...elementwise,
  ...layout,
  ...reductions,
  ...composed,
  ...matrices,
  ...functions,
  ...mixers,
  ...updates,
];
