/**
 * @file Calls that together reach every primitive, with the accuracy that is asked of each on a
 * GPU.
 */
import * as c from "@spm/core";
import { type Rng, rng, type Tensor, tensor } from "@spm/core";
import {
  adaptiveMixer,
  butterfly,
  initialAdaptive,
  initialParameters,
  type MixerCallOptions,
  type MixerKind,
  perSampleMixer,
  randomMatching,
  rotationMixer,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { inOrder } from "@spm/mixer/extend";
import {
  type AttentionMaskOptions,
  conv2d,
  convTranspose2d,
  crossEntropy,
  gelu,
  geometricProduct,
  gruStep,
  layerNorm,
  logSoftmax,
  neighbourSum,
  rmsNorm,
  rotor,
  scaledDotProductAttention,
  softmax,
} from "@spm/nn";
import { affine } from "@spm/nn/extend";
import * as numeric from "@spm/numeric";
import * as optim from "@spm/optim/extend";
import { kinds, modesOf } from "../mixer/kinds.ts";

/** One call. */
export interface Sample {
  readonly name: string;
  readonly f: (...xs: Tensor[]) => Tensor;
  /** On the reference backend. */
  readonly inputs: readonly Tensor[];
  /** Largest error, relative to the largest element of the result. */
  readonly tolerance: number;
  /** Whether derivatives are compared too: by the float32 inputs. */
  readonly differentiable: boolean;
  /** Of a call of a mixer: its kind, and which of the fused kernels' layouts it is for. */
  readonly mixer?: MixerKind;
  readonly layout?: number;
  /** Whether its kernels take long to compile: it runs in `npm run test:full`. */
  readonly long?: boolean;
}

/** Rounding of one operation, of sums over a few hundred terms, and of chains of rotations. */
const exact = 1e-6;
const summed = 5e-6;

const random: Rng = rng(7);
const normal = (...shape: number[]): Tensor => c.normal(random, shape);
const positive = (...shape: number[]): Tensor => c.uniform(random, shape, 0.1, 3);
const int32 = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });

function sample<T extends Tensor[]>(
  name: string,
  f: (...xs: T) => Tensor,
  inputs: readonly [...T],
  tolerance?: number,
  differentiable?: boolean,
): Sample;
function sample(
  name: string,
  f: Sample["f"],
  inputs: readonly Tensor[],
  tolerance: number = exact,
  differentiable = true,
): Sample {
  return { name, f, inputs, tolerance, differentiable };
}

/** A sample whose kernels take long to compile. */
const longer = (sample: Sample): Sample => ({ ...sample, long: true });

/** The derivative of the squared gradient of a sum: second order, in a forward. */
const twice = (f: (x: Tensor) => Tensor, x: Tensor): Tensor => {
  const slope = c.grad((t: Tensor) => c.sum(f(t)));
  return c.grad((t: Tensor) => c.sum(c.square(slope(t))))(x);
};

const secondOrder: readonly Sample[] = [
  sample(
    "gather and scatterAdd, second order",
    (x, i) => twice((t) => c.pow(c.scatterAdd(c.square(c.gather(t, i, 1)), i, 1, [3, 5]), 2), x),
    [
      positive(3, 5),
      int32([
        [1, 1, 0],
        [2, -1, 4],
        [0, 0, 0],
      ]),
    ],
    2e-5,
  ),
  sample(
    "take and segmentSum, second order",
    (x, i) => twice((t) => c.exp(c.segmentSum(c.square(c.take(t, i)), i, 4)), c.mul(x, 0.3)),
    [normal(4, 3), int32([3, 0, 3, -1, 1])],
    2e-5,
  ),
  sample(
    "einsum, second order",
    (x, y) => twice((t) => c.square(c.einsum("...ij,kj->...ik", c.square(t), y)), x),
    [normal(2, 3, 4), normal(5, 4)],
    2e-5,
  ),
  sample(
    "where, second order",
    (x, y) => twice((t) => c.where(c.greater(t, 0), c.exp(t), c.mul(c.square(t), y)), x),
    [normal(4, 9), normal(9)],
    2e-5,
  ),
];

/** Element-wise ops, views, reductions, indexing, products. */
export const coreSamples: readonly Sample[] = [
  sample("add, a row to each", (x, b) => c.add(x, b), [normal(5, 7), normal(7)]),
  sample("sub, ranks 5 and 4", (x, b) => c.sub(x, b), [normal(2, 3, 4, 2, 3), normal(3, 1, 2, 1)]),
  sample(
    "mul, transposed",
    (x, b) => c.mul(c.transpose(x, [2, 0, 3, 1]), b),
    [normal(2, 3, 4, 5), normal(5, 3)],
    summed,
  ),
  sample("div", (x, b) => c.div(x, b), [normal(40), positive(40)]),
  sample("neg, square", (x) => c.neg(c.square(x)), [normal(9)]),
  sample("sqrt", c.sqrt, [positive(30)]),
  sample("exp", c.exp, [normal(30)]),
  sample("log", c.log, [positive(30)]),
  sample("sin far out", c.sin, [c.uniform(random, [200], -500, 500)]),
  sample("cos", c.cos, [normal(200)]),
  sample("tanh", c.tanh, [c.uniform(random, [200], -4, 4)]),
  sample("relu", c.relu, [normal(30)]),
  sample("sigmoid", c.sigmoid, [normal(30)]),
  sample("clamp", (x) => c.clamp(x, { min: -0.5, max: 0.7 }), [normal(30)]),
  sample(
    "comparisons",
    (x, y) =>
      c.add(
        c.cast(c.equal(x, y), "float32"),
        c.mul(c.cast(c.greater(x, y), "float32"), c.cast(c.notEqual(x, 2), "float32")),
      ),
    [tensor([1, 2, 3]), tensor([1, 3, 2])],
    exact,
    false,
  ),
  sample(
    "cast",
    (x) => c.cast(c.cast(x, "int32"), "float32"),
    [tensor([-1.7, -0.2, 0.9, 3.5])],
    0,
    false,
  ),
  sample("pow", (x, y) => c.pow(x, y), [positive(40), normal(40)], summed),
  sample("pow of negative numbers", (x) => c.pow(x, 3), [normal(40)], summed),
  sample("maximum, minimum", (x, y) => c.sub(c.maximum(x, y), c.minimum(x, 0.3)), [
    normal(40),
    normal(40),
  ]),
  sample(
    "floor, ceil, round",
    (x) => c.add(c.floor(x), c.add(c.ceil(x), c.round(x))),
    [tensor([0.5, 1.5, 2.5, -0.5, -1.5, 0.3, -7.7, 4, 1e9, 0.49999997])],
    0,
  ),
  sample("sign, abs", (x) => c.add(c.sign(x), c.abs(x)), [normal(40)]),
  sample("expm1, log1p near 0", (x) => c.add(c.expm1(c.mul(x, 1e-3)), c.log1p(c.mul(x, 1e-4))), [
    normal(40),
  ]),
  sample("expm1, log1p", (x) => c.add(c.expm1(x), c.log1p(x)), [positive(40)]),
  sample("erf", numeric.erf, [normal(60)]),
  sample("softplus", c.softplus, [c.uniform(random, [60], -30, 30)]),
  sample(
    "where",
    (x, y) =>
      c.where(
        c.logicalOr(c.greaterEqual(x, 1), c.logicalAnd(c.greaterEqual(y, 0), c.notEqual(x, 0))),
        x,
        y,
      ),
    [normal(4, 9), normal(9)],
  ),
  sample("cumprod", (x) => numeric.cumprod(x, 1), [positive(3, 9, 2)], summed),
  sample("cumsum", (x) => c.cumsum(x, 1), [normal(3, 40, 2)], summed),
  sample("argmin", (x) => c.cast(c.argmin(x, { axis: 0 }), "float32"), [normal(9, 20)], 0, false),
  sample(
    "argsort, both ways, with ties and NaN",
    (x) => c.cast(c.concat([c.argsort(x), c.argsort(x, { descending: true })]), "float32"),
    [
      tensor([
        [3, 1, Number.NaN, 1, -2],
        [0, Number.NaN, Number.NaN, 5, 0],
      ]),
    ],
    0,
    false,
  ),
  sample("sinh, cosh", (x) => c.add(numeric.sinh(x), numeric.cosh(c.neg(x))), [normal(80)]),
  sample("asinh", numeric.asinh, [c.uniform(random, [200], -9, 9)]),
  sample("asinh near 0 and far out", numeric.asinh, [
    tensor([1e-20, -1e-6, 0.02, 1e9, -1e19, 3e38]),
  ]),
  sample("log2, log10", (x) => c.add(numeric.log2(x), numeric.log10(x)), [positive(60)]),
  sample("atan2", (x, y) => numeric.atan2(x, y), [normal(200), normal(200)]),
  sample("atan2 on the axes", (x, y) => numeric.atan2(x, y), [
    tensor([0, 0, 0, 1, -1, 1e-30, 1e30]),
    tensor([0, 1, -1, 0, 0, 1, 1]),
  ]),
  sample("hypot", (x, y) => numeric.hypot(x, y), [
    tensor([3, 0, 1e30, -1e-30, 5]),
    tensor([4, 0, 1e30, 1e-30, 0]),
  ]),
  sample("remainder, trunc", (x, y) => c.add(numeric.remainder(x, y), numeric.trunc(c.mul(x, 3))), [
    tensor([7.25, -7.25, 7.25, -7.25, 0.7]),
    tensor([3, 3, -3, -3, 1]),
  ]),
  sample("logNdtr", numeric.logNdtr, [c.uniform(random, [200], -6, 6)], summed),
  sample(
    "scatterWinner",
    (x, i) =>
      c.add(
        numeric.scatter(c.mul(x, 0.5), i, x, { axis: 0 }),
        numeric.scatter(c.mul(x, 0), i, x, { axis: 0, reduce: "max" }),
      ),
    [
      normal(4, 3),
      int32([
        [0, 1, 2],
        [0, 3, 2],
        [-1, 1, 2],
        [3, 1, 0],
      ]),
    ],
  ),
  sample("fft and back", (x) => numeric.ifft(c.mul(numeric.fft(x), 2)), [normal(3, 16, 2)]),
  sample("sum over the rows", (x) => c.sum(x, { axis: 0 }), [normal(300, 5)], summed),
  sample(
    "sum over the columns",
    (x) => c.sum(x, { axis: 1, keepdims: true }),
    [normal(5, 300)],
    summed,
  ),
  sample("sum over axes apart", (x) => c.sum(x, { axis: [0, 2] }), [normal(6, 7, 8)], summed),
  sample("sum of all", (x) => c.sum(x), [normal(20000)], 2e-5),
  sample("max, min", (x) => c.sub(c.max(x, { axis: 1 }), c.min(x, { axis: 1 })), [normal(9, 200)]),
  sample("argmax", (x) => c.cast(c.argmax(x), "float32"), [normal(9, 20)], 0, false),
  sample("logsumexp", (x) => c.logsumexp(x, { axis: 1 }), [normal(9, 20)]),
  sample("norm", (x) => c.norm(x, { axis: [0, 2] }), [normal(9, 20, 7)], summed),
  sample("norm of all, far out", (x) => c.norm(c.mul(x, 1e25)), [normal(9, 20)], summed),
  sample("matmul", c.matmul, [normal(12, 40), normal(40, 9)], summed),
  sample(
    "matmul, transposed and batched",
    (a, b) => c.matmul(c.transpose(a, [0, 2, 1]), b),
    [normal(3, 20, 6), normal(3, 20, 5)],
    summed,
  ),
  sample(
    "matmul, tiles, both transposed",
    (a, b) => c.matmul(c.transpose(a), c.transpose(b)),
    [normal(40, 67), normal(68, 40)],
    summed,
    false,
  ),
  sample(
    "matmul, tiles of a deep product",
    c.matmul,
    [normal(5, 2000), normal(2000, 10)],
    2e-5,
    false,
  ),
  sample(
    "matmul, few long products",
    (a, b) => c.matmul(c.transpose(a), b),
    [normal(1500, 2), normal(1500, 3)],
    summed,
  ),
  sample(
    "matmul, tiles, batched, one side shared and flipped",
    (a, b) => c.matmul(a, c.flip(c.transpose(b, [0, 2, 1]), 1)),
    [normal(2, 3, 49, 40), normal(1, 35, 40)],
    summed,
    false,
  ),
  sample("take", (x, i) => c.take(x, i, 1), [normal(3, 9, 4), int32([0, 8, -1, 3, 3])], summed),
  sample(
    "gather",
    (x, i) => c.gather(x, i, 1),
    [
      normal(3, 5),
      int32([
        [1, 1, 0],
        [2, -1, 4],
        [0, 0, 0],
      ]),
    ],
    summed,
  ),
  sample(
    "scatterAdd",
    (x, i) => c.scatterAdd(x, i, 0, [6, 3]),
    [
      normal(4, 3),
      int32([
        [0, 1, 2],
        [0, 5, 2],
        [-1, 1, 2],
        [3, 1, 4],
      ]),
    ],
    summed,
  ),
  sample(
    "pairs of indices",
    (x, i, j) => c.at(x, i, {}, j),
    [normal(3, 4, 5), int32([[0], [-1]]), int32([4, 0, -2])],
    summed,
  ),
  sample(
    "a mask as index",
    (x) => c.at(x, {}, tensor([true, false, true], { backend: c.reference })),
    [normal(2, 3, 4)],
  ),
  sample(
    "segmentSum",
    (x, ids) => c.segmentSum(x, ids, 5),
    [normal(7, 3), int32([4, 0, -1, 0, 2, 2, 0])],
    summed,
  ),
  sample(
    "segmentSum of many, along a middle axis",
    (x, ids) => c.segmentSum(x, ids, 300, 1),
    [normal(2, 700, 3), tensor(Int32Array.from({ length: 700 }, (_, i) => ((i * i) % 301) - 1))],
    summed,
  ),
  sample(
    "roll, tile, repeat",
    (x) => c.tile(c.repeat(c.roll(x, [1, -2], [0, 1]), 2, 0), [2, 1]),
    [normal(3, 5)],
    summed,
  ),
  ...secondOrder,
  sample("slice", (x) => c.mul(c.slice(x, [{ step: -2 }, { start: 1 }]), 2), [normal(9, 5)]),
  sample(
    "split",
    (x) =>
      c.mul(
        c.split(x, [2, 3, 4]).reduce((_, last) => last),
        2,
      ),
    [normal(9, 5)],
  ),
  sample("pad", (x) => c.pad(x, [1, 0, 2], [0, 3, 1], { value: 7 }), [normal(3, 4, 2)]),
  sample(
    "concat of nine",
    (...xs) => c.concat(xs, 1),
    Array.from({ length: 9 }, (_, i) => normal(2, i + 1, 2)),
  ),
  sample("reshape, broadcast", (x) => c.broadcastTo(c.reshape(c.transpose(x), [1, 12]), [3, 12]), [
    normal(3, 4),
  ]),
  sample("sizes 0 and 1", (x, y) => c.add(c.sum(x), c.sum(c.mul(y, y))), [
    normal(0, 3),
    normal(1, 1),
  ]),
];

/** A kind of mixer, and its name. */
type Kind = (typeof kinds)[number];

/** Any parameters of an orthogonal kind; of others those of a start, lest depth blows them up. */
const stagesOf = (mixer: MixerKind, schedule: Schedule): Tensor[] =>
  mixer.parameterisation.orthogonal
    ? anyStages(mixer, schedule)
    : inOrder(mixer.parameterisation, initialParameters(mixer, schedule, random));
const anyStages = (mixer: MixerKind, schedule: Schedule): Tensor[] =>
  mixer.parameterisation.shapes(schedule).map((shape) => normal(...shape));

/** A call with diagonals and bias: `rows` in → out. */
function mixing(
  [kind, mixer]: Kind,
  what: string,
  options: MixerCallOptions,
  [rows, fanIn, fanOut]: readonly [rows: number, fanIn: number, fanOut: number],
  stages: readonly Tensor[],
  tolerance = summed,
): Sample {
  const around = [normal(rows, fanIn), normal(fanIn), normal(fanOut), normal(fanOut)] as const;
  const call = sample<[Tensor, Tensor, Tensor, Tensor, ...Tensor[]]>(
    `${kind} mixer, ${what}`,
    (x, dIn, dOut, bias, ...own) => mixer.run(x, own, { ...options, dIn, dOut, bias }),
    [...around, ...stages],
    tolerance,
  );
  return { ...call, mixer };
}

// The fused kernels' layouts: one span; a second one of one round; a second one of two, padded;
// more than one kernel adds up; a row that workgroups share.
const fusedLayouts = [
  [butterfly(64), 64, 64],
  [butterfly(128), 128, 128],
  [butterfly(128, 9), 100, 70],
  [butterfly(64, 30), 64, 64],
  [butterfly(4096), 4096, 4096],
] as const;

/** The mixer: one launch and by passes, each way to the backward pass, of every kind. */
export const mixerSamples: readonly Sample[] = kinds.flatMap((kind): Sample[] => {
  const [name, mixer] = kind;
  const modes = modesOf(mixer);
  const withDiagonal = (schedule: Schedule): Sample => ({
    ...sample<[Tensor, Tensor, ...Tensor[]]>(
      `${name} mixer, ${schedule.name} ${schedule.n}`,
      (x, dIn, ...own) => mixer.run(x, own, { schedule, dIn }),
      [normal(5, schedule.n), normal(schedule.n), ...anyStages(mixer, schedule)],
      summed,
    ),
    mixer,
  });
  const bare = (schedule: Schedule): Sample => ({
    ...sample<[Tensor, ...Tensor[]]>(
      `${name} mixer, ${schedule.name} ${schedule.n}, ${schedule.stages} stages`,
      (x, ...own) => mixer.run(x, own, { schedule }),
      [normal(3, schedule.n), ...stagesOf(mixer, schedule)],
      summed,
    ),
    mixer,
  });
  return [
    ...modes.flatMap((backward) =>
      [butterfly(16, 5), shuffle(11)].map((schedule) => {
        const { n } = schedule;
        const what = `${schedule.name} ${n}, ${backward}`;
        return mixing(kind, what, { schedule, backward }, [5, n, n], anyStages(mixer, schedule));
      }),
    ),
    ...fusedLayouts.flatMap(([schedule, fanIn, fanOut], layout) =>
      modes.map((backward) => {
        const size = `${fanIn} → ${schedule.n} → ${fanOut}, ${schedule.stages} stages`;
        const what = `fused, ${size}, ${backward}`;
        const stages = stagesOf(mixer, schedule);
        const call = { schedule, backward };
        return { ...mixing(kind, what, call, [3, fanIn, fanOut], stages), layout };
      }),
    ),
    ...[butterfly(16), randomMatching(9, 4, random)].map(withDiagonal),
    // Every partner is at a distance of one bit, yet n is no power of two.
    ...[butterfly(100, 2), butterfly(96, 5)].map(bare),
    // No rows: gradients are sums of nothing.
    ...[butterfly(64), shuffle(11)].map((schedule) => {
      const { n } = schedule;
      const what = `${schedule.name} ${n}, no rows`;
      return mixing(kind, what, { schedule }, [0, n, n], stagesOf(mixer, schedule), 0);
    }),
  ];
});

/** The adaptive mixer in each of its modes; of `local` also a size of the fused kernels. */
const adaptiveSamples: readonly Sample[] = (
  [
    ["input", 5, shuffle(7)],
    ["input", 19, butterfly(16)],
    ["stage", 5, shuffle(7)],
    ["bottleneck", 5, shuffle(7)],
    ["local", 5, shuffle(7)],
    ["local", 19, butterfly(64)],
    ["local", 19, butterfly(64, 9)], // more coefficients than one launch can hold
  ] as const
).map(([mode, rows, schedule]) => {
  const own = initialAdaptive(schedule, random, { mode, deviation: 1 });
  const { angles, weights, bottleneck } = own;
  return sample<Tensor[]>(
    `adaptive mixer, ${mode}, ${schedule.name} ${schedule.n}, ${schedule.stages} stages`,
    (x, angles, weights, ...[v]) =>
      adaptiveMixer(x, { angles, weights, ...(v && { bottleneck: v }) }, { schedule, mode }),
    [normal(rows, schedule.n), angles, weights, ...(bottleneck ? [bottleneck] : [])],
    summed,
  );
});

/** Losses. */
export const nnSamples: readonly Sample[] = [
  ...adaptiveSamples,
  sample<[Tensor, Tensor, Tensor]>(
    "gradients of samples by a mixer",
    (x, ct, angles) => {
      const factors = { mixer: rotationMixer, schedule: shuffle(5), parameters: { angles } };
      return perSampleMixer(factors, x, ct).angles;
    },
    [normal(3, 5), normal(3, 5), normal(shuffle(5).first.length)],
    summed,
  ),
  sample(
    "convolution",
    (x, k, b) => conv2d(x, k, b, { stride: 2, padding: 1 }),
    [normal(2, 3, 6, 7), normal(4, 3, 3, 2), normal(4)],
    summed,
  ),
  sample(
    "convolution, dilated in groups, and the transposed one",
    (x, k, w) => {
      const y = conv2d(x, k, null, { groups: 2, dilation: [2, 1], padding: 1 });
      return convTranspose2d(y, w, null, {
        stride: [2, 1],
        dilation: [1, 3],
        outputPadding: [1, 0],
      });
    },
    [normal(2, 2, 5, 4), normal(4, 1, 2, 3), normal(4, 1, 2, 2)],
    summed,
  ),
  sample(
    "softmax and layer norm",
    (x, g, b) => layerNorm(softmax(x), g, b),
    [normal(4, 6), normal(6), normal(6)],
    2e-5,
  ),
  sample(
    "neighbourSum",
    (w, v) => neighbourSum(w, v, [0, 1, 2, 4, -3]),
    [normal(2, 7, 5), normal(2, 7, 6)],
    summed,
  ),
  sample(
    "neighbourSum of turned operands, links that coincide",
    (w, v) => neighbourSum(c.transpose(w), c.transpose(v), [1, 4, -2]),
    [normal(3, 3), normal(9, 3)],
    summed,
  ),
  ...[2, 32].map((d) =>
    sample(
      `geometricProduct, ${d} components`,
      geometricProduct,
      [normal(3, 2, d), normal(2, d)],
      summed,
    ),
  ),
  sample(
    "geometricProduct of turned operands",
    (a, b) => geometricProduct(c.transpose(a), b),
    [normal(8, 3), normal(8)],
    summed,
  ),
  sample(
    "rotors of small and large bivectors",
    rotor,
    [c.mul(normal(2, 6), tensor([[0.1], [9]]))],
    2e-5,
  ),
  sample("softmax of a middle axis", (x) => softmax(x, 1), [normal(3, 70, 2)]),
  sample(
    "log softmax and RMS norm",
    (x, g) => logSoftmax(rmsNorm(x, g)),
    [normal(3, 150), normal(150)],
    summed,
  ),
  sample("GELU", (x) => gelu(x), [c.uniform(random, [200], -6, 6)], exact),
  sample("GELU by tanh", (x) => gelu(x, { approximate: "tanh" }), [normal(4, 30)], exact),
  sample("affine, small", affine, [normal(2, 3, 5), normal(4, 5), normal(4)], summed),
  sample("affine, tiles", affine, [normal(40, 70), normal(32, 70), normal(32)], summed),
  longer(
    sample(
      "affine, tiles of an odd width, a view as bias",
      (x, w, b) => affine(x, w, c.slice(b, [{ start: 3 }])),
      [normal(50, 50), normal(33, 50), normal(36)],
      summed,
    ),
  ),
  longer(sample("affine, deep", affine, [normal(20, 600), normal(12, 600), normal(12)], 2e-5)),
  ...attentionSamples(),
  sample("GRU step", gruStep, [normal(5, 3, 21), normal(5, 3, 21), normal(5, 3, 7)], summed),
  sample(
    "GRU step far out",
    (x, u, h) => gruStep(c.mul(x, 30), u, h),
    [normal(9, 6), normal(9, 6), normal(9, 2)],
    summed,
  ),
  sample(
    "cross-entropy",
    (x, y) => crossEntropy(x, y, { labelSmoothing: 0.1, ignoreIndex: 2 }),
    [normal(6, 5), int32([0, 4, 2, 1, 3, 0])],
    summed,
  ),
];

/** Attention of narrow and wide heads, of tiles of several sizes. */
function attentionSamples(): Sample[] {
  const heads = (x: Tensor, count: number): Tensor => {
    const [batch = 1, time = 1, width = 1] = x.shape;
    return c.transpose(c.reshape(x, [batch, time, count, width / count]), [0, 2, 1, 3]);
  };
  const seen = (...shape: number[]): Tensor => c.greater(normal(...shape), -0.2);
  const long = (
    name: string,
    options: AttentionMaskOptions,
    [q, k, v, ...more]: readonly [q: Tensor, k: Tensor, v: Tensor, seen?: Tensor],
  ): Sample => {
    const f = (q: Tensor, k: Tensor, v: Tensor, mask?: Tensor): Tensor =>
      scaledDotProductAttention(q, k, v, { ...options, ...(mask && { mask }) });
    const inputs = [q, k, v, ...more.flatMap((mask) => mask ?? [])];
    return { name, f: f as Sample["f"], inputs, tolerance: 2e-5, differentiable: true, long: true };
  };
  return [
    sample(
      "attention, causal, of heads",
      (q, k, v) =>
        c.transpose(
          scaledDotProductAttention(heads(q, 2), heads(k, 2), heads(v, 2), { causal: true }),
          [0, 2, 1, 3],
        ),
      [normal(2, 6, 8), normal(2, 6, 8), normal(2, 6, 8)],
      summed,
    ),
    sample(
      "attention, causal, with a mask, some tokens of nothing",
      (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask, causal: true }),
      [normal(2, 20, 6), normal(2, 20, 6), normal(2, 20, 6), seen(20, 20)],
      summed,
    ),
    long("attention of more sources than tokens", { scale: 0.4 }, [
      normal(3, 40, 9),
      normal(3, 70, 9),
      normal(3, 70, 22),
    ]),
    long("attention, causal, of more sources", { causal: true }, [
      normal(67, 64),
      normal(75, 64),
      normal(75, 3),
    ]),
    long("attention, causal, of fewer sources", { causal: true }, [
      normal(2, 70, 4),
      normal(2, 40, 4),
      normal(2, 40, 4),
    ]),
    long("attention of wide heads, with a mask", {}, [
      normal(2, 2, 35, 128),
      normal(2, 2, 35, 128),
      normal(2, 2, 35, 128),
      seen(2, 1, 1, 35),
    ]),
    long("attention of large scores", { scale: 10 }, [normal(9, 8), normal(12, 8), normal(12, 8)]),
  ];
}

/** Slots of an update, of so many. */
interface Slots {
  0: [];
  1: [Tensor];
  2: [Tensor, Tensor];
  3: [Tensor, Tensor, Tensor];
}
const slotsOf: { readonly [N in keyof Slots]: () => Slots[N] } = {
  0: () => [],
  1: () => [positive(40)],
  2: () => [positive(40), positive(40)],
  3: () => [positive(40), positive(40), positive(40)],
};

const update = <N extends keyof Slots>(
  name: string,
  f: (
    xs: readonly [parameter: Tensor, grad: Tensor, ...slots: Slots[N]],
  ) => readonly (Tensor | undefined)[],
  slots: N,
): Sample =>
  sample<[Tensor, Tensor, ...Slots[N]]>(
    `${name}, ${slots} slots`,
    // The gradient is a view of a longer vector, as clipping makes them.
    (p, grad, ...rest) => {
      const next = f([p, c.slice(grad, [{ start: 3 }]), ...rest]).filter((t) => t !== undefined);
      return c.concat(next.map((t) => c.reshape(t, [-1])));
    },
    [normal(40), normal(43), ...slotsOf[slots]()],
    exact,
    false,
  );

const betas = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0.01 };

/** Optimizers' updates, each with the slots it may have. */
export const optimSamples: readonly Sample[] = [
  update("adam", (xs) => optim.adamUpdate(xs, { ...betas, stepSize: 0.1, keep: 0.99 }), 2),
  update("adam", (xs) => optim.adamUpdate(xs, { ...betas, stepSize: 0.1, keep: 0.99 }), 3),
  update(
    "sgd",
    (xs) => optim.sgdUpdate(xs, { learningRate: 0.1, l2: 0.01, momentum: 0, nesterov: false }),
    0,
  ),
  update(
    "sgd",
    (xs) => optim.sgdUpdate(xs, { learningRate: 0.1, l2: 0.01, momentum: 0.9, nesterov: true }),
    1,
  ),
  update(
    "rmsprop",
    (xs) =>
      optim.rmspropUpdate(xs, {
        learningRate: 0.1,
        l2: 0.01,
        alpha: 0.9,
        epsilon: 1e-8,
        momentum: 0.5,
        centered: true,
      }),
    3,
  ),
  update(
    "rmsprop",
    (xs) =>
      optim.rmspropUpdate(xs, {
        learningRate: 0.1,
        l2: 0,
        alpha: 0.9,
        epsilon: 1e-8,
        momentum: 0,
        centered: false,
      }),
    1,
  ),
  update(
    "adagrad",
    (xs) => optim.adagradUpdate(xs, { stepSize: 0.1, l2: 0.01, epsilon: 1e-10 }),
    1,
  ),
  update("nadam", (xs) => optim.nadamUpdate(xs, { ...betas, gradRate: 0.1, momentRate: 0.2 }), 2),
  update("radam", (xs) => optim.radamUpdate(xs, { ...betas, stepSize: 0.1, adaptive: true }), 2),
  update("radam", (xs) => optim.radamUpdate(xs, { ...betas, stepSize: 0.1, adaptive: false }), 2),
  update("adamax", (xs) => optim.adamaxUpdate(xs, { ...betas, stepSize: 0.1 }), 2),
  update(
    "lion",
    (xs) => optim.lionUpdate(xs, { learningRate: 0.1, beta1: 0.9, beta2: 0.99, keep: 0.99 }),
    1,
  ),
  update("moving average", (xs) => optim.averageUpdate(xs, { decay: 0.9 }), 0),
];
