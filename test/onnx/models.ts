/** @file Models to export, each with a batch of its inputs. */
import * as c from "@spm/core";
import {
  brick,
  butterfly,
  generalMixer,
  randomMatching,
  rotationMixer,
  type Schedule,
  shuffle,
} from "@spm/mixer";
import { Gpt, Mlp, ResNet } from "@spm/models";
import {
  BatchNorm2d,
  Embedding,
  Gru,
  type LinearKind,
  Lstm,
  linear,
  linearKinds,
  logSoftmax,
  MixerLayer,
  type Module,
  RmsNorm,
  Sequential,
  softmax,
} from "@spm/nn";
import { asinh, cosh, erf, fft, ifft, log2, log10, sinh } from "@spm/numeric";
import { type ExportOnnxOptions, exportOnnx, type OnnxFile } from "@spm/onnx";

/** A model, its export and what it makes of a batch. */
export interface Exported {
  readonly name: string;
  readonly file: OnnxFile;
  readonly input: c.Tensor;
  /** The type of the input in the file. */
  readonly type: string;
  readonly output: c.Tensor;
}

/** A model to export, and a batch of its input. */
interface Case {
  readonly model: Module;
  readonly input: c.Tensor;
  readonly options: ExportOnnxOptions;
}

const random = c.rng(24);
const draw = (...shape: number[]): c.Tensor => c.normal(random, shape);
const integers = (below: number, ...shape: number[]): c.Tensor =>
  c.tensor(
    Int32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (7 * i) % below),
    { shape },
  );

/** A model of one input x, whose batch is the first axis. */
const of = (model: Module, input: c.Tensor, more: Partial<ExportOnnxOptions> = {}): Case => ({
  model,
  input,
  options: {
    inputs: {
      x: { shape: input.shape.slice(1), dtype: input.dtype },
    },
    ...more,
  },
});

const mlp = (kind: LinearKind): Case =>
  of(new Mlp({ sizes: [96, 300, 64, 10], linear: kind, random }), draw(5, 96));

const gpt = (kind: LinearKind, positions: "learned" | "rotary"): Case => {
  const sizes = { vocabulary: 65, context: 16, width: 32, heads: 4, layers: 2 };
  return of(new Gpt({ ...sizes, linear: kind, positions, random }), integers(65, 3, 16));
};

/** Pixels to probabilities, as of a classifier of one's own images. */
function classifier(): Case {
  const standardised = (pixels: c.Tensor): c.Tensor =>
    c.div(c.sub(c.div(c.reshape(pixels, [pixels.shape[0] ?? 0, -1]), 255), 0.3), 0.2);
  const model = new Mlp({ sizes: [3 * 8 * 8, 64, 4], linear: "general", random });
  const pixels = c.cast(integers(256, 3, 3, 8, 8), "float32");
  const inputs = { x: { shape: [3, 8, 8], dtype: "uint8" } } as const;
  return {
    model: new Sequential([standardised, model, softmax]),
    input: pixels,
    options: { inputs },
  };
}

const mixer = (schedule: Schedule, inputs: number, outputs: number, more = {}): Case => {
  const kind = schedule.n % 2 === 0 ? generalMixer : rotationMixer;
  const layer = new MixerLayer<string[]>(kind, inputs, outputs, { schedule, random });
  return of(layer, draw(3, inputs), more);
};

/** The models that people take away. */
export const models: Readonly<Record<string, () => Case>> = {
  "mlp, rotation": () => mlp("rotation"),
  "gru, general": () => of(new Gru(6, 32, { linear: "general", random }), draw(3, 8, 6)),
  "gpt, rotation": () => gpt("rotation", "learned"),
  "image classifier": classifier,
};

/** Every linear kind, every form of a mixer, other models. */
export const variants: Readonly<Record<string, () => Case>> = {
  ...Object.fromEntries(
    Object.keys(linearKinds).map((kind) => [`mlp, ${kind}`, () => mlp(kind as LinearKind)]),
  ),
  "linear, circulant": () => of(linear("circulant", 64, 48, { random }), draw(2, 64)),
  "lstm, dense": () => of(new Lstm(6, 32, { random }), draw(3, 8, 6)),
  "gru, dense, both ways": () => of(new Gru(6, 8, { bidirectional: true, random }), draw(3, 8, 6)),
  "gpt, dense, rotary": () => gpt("dense", "rotary"),
  "mixer, butterfly": () => mixer(butterfly(512), 512, 512, { largestMatrix: 0 }),
  "mixer, butterfly, two passes": () => mixer(butterfly(256, 16), 256, 256, { largestMatrix: 16 }),
  "mixer, three axes": () => mixer(butterfly(2 ** 13), 100, 300),
  "mixer, part of a butterfly": () => mixer(butterfly(512, 5), 500, 400),
  "mixer, shuffle": () => mixer(shuffle(300), 300, 260),
  "mixer, shuffle of an odd number": () => mixer(shuffle(301), 300, 301),
  "mixer, brick": () => mixer(brick(16), 12, 16, { largestMatrix: 0 }),
  "mixer, random": () => mixer(randomMatching(300, 12, random), 300, 300),
  "mixer, split": () =>
    of(new MixerLayer(rotationMixer, 784, 256, { rectangular: "split", random }), draw(2, 784)),
  "mixer on tokens": () => of(new MixerLayer(rotationMixer, 300, 300, { random }), draw(2, 3, 300)),
  embedding: () => of(new Embedding(9, 4, { random }), integers(9, 4, 3)),
  resnet: () => {
    const model = new ResNet({ channels: 3, width: 4, blocks: [1], classes: 4, random });
    return of(model, draw(2, 3, 8, 8));
  },
};

type F = (x: c.Tensor) => c.Tensor;
const positive: F = (x) => c.add(c.abs(x), 0.1);
const rows = (x: c.Tensor): c.Tensor => c.reshape(x, [x.shape[0] ?? 0, -1]);
const index = (x: c.Tensor, ...places: number[]): c.Tensor =>
  c.tensor(Int32Array.from(places), { backend: x.backend });

/** Ops of x [batch, 4, 6]. */
const ops: Readonly<Record<string, F>> = {
  "unary, of any": (x) =>
    c.concat(
      [c.neg, c.sign, c.floor, c.ceil, c.round, c.abs, c.exp, c.sin, c.cos, c.tanh, c.sigmoid]
        .concat([c.softplus, c.relu, c.expm1, c.square, erf, sinh, cosh, asinh])
        .map((f) => f(x)),
      1,
    ),
  "unary, of positive": (x) =>
    c.concat(
      [c.sqrt, c.log, c.log1p, log2, log10].map((f) => f(positive(x))),
      1,
    ),
  binary: (x) => {
    const y = c.sin(x);
    const all = [c.add, c.sub, c.mul, c.div, c.maximum, c.minimum].map((f) => f(x, y));
    return c.concat([...all, c.pow(positive(x), y)], 1);
  },
  comparisons: (x) => {
    const [y, far] = [c.greater(x, 0), c.greaterEqual(c.abs(x), 1)];
    const masks = [y, far, c.equal(x, c.abs(x)), c.notEqual(x, c.abs(x)), c.isFinite(x)];
    const joined = [...masks, c.logicalAnd(y, far), c.logicalOr(y, far), c.logicalNot(y)];
    return c.concat(
      joined.map((mask) => c.where(mask, x, -1)),
      1,
    );
  },
  "where and cast": (x) => c.cast(c.cast(c.mul(x, 3), "int32"), "float32"),
  sums: (x) =>
    c.add(c.sum(x, { axis: [1, 2], keepdims: true }), c.mean(x, { axis: 2, keepdims: true })),
  reductions: (x) =>
    c.stack(
      [c.max(x, 1), c.min(x, 1), c.logsumexp(x, 1), c.norm(x, 1), c.sum(x, 1), c.prod(x, 1)],
      1,
    ),
  positions: (x) => c.stack([c.argmax(x, 2), c.argmin(x, -1)], 1),
  order: (x) => c.concat([c.sort(x, 1), c.topk(x, 4, 1).values], 2),
  cumsum: (x) => c.cumsum(x, 2),
  places: (x) =>
    c.concat(
      [
        c.flip(x, 2),
        c.roll(x, 2, 2),
        c.take(x, index(x, 5, 0, -1), 2),
        c.slice(x, [{}, {}, { step: 2 }]),
      ],
      2,
    ),
  pad: (x) => c.pad(x, [0, 1, 2], [0, 0, 3], { value: 7 }),
  split: (x) => c.concat(c.split(x, [1, 2, 3], 2).reverse(), 2),
  tile: (x) => c.tile(x, [1, 2, 1]),
  gather: (x) => c.gather(x, c.argsort(x, 2), 2),
  scatterAdd: (x) => c.scatterAdd(x, c.argsort(x, 2), 2, [x.shape[0] ?? 0, 4, 6]),
  einsum: (x) => c.einsum("bij,bkj->bik", x, x),
  matmul: (x) => c.matmul(x, c.transpose(x, [0, 2, 1])),
  "softmax along an axis": (x) => c.concat([softmax(x, 1), logSoftmax(x, 2)], 1),
  variance: (x) => c.variance(x, 2),
  "zeros of the batch": (x) =>
    c.concat([rows(x), c.zeros([x.shape[0] ?? 0, 3], { backend: x.backend })], 1),
  "sums over the batch": (x) => c.add(x, c.sum(x, 0)),
  fourier: (x) => {
    const pairs = c.reshape(x, [-1, 4, 3, 2]);
    const [first] = [c.slice(pairs, [{}, {}, { stop: 2 }])];
    return c.concat([fft(first), ifft(first)], 2);
  },
  "the input itself": (x) => x,
};

/** Models of layers that no other model here has. */
export const layers: Readonly<Record<string, () => Case>> = {
  "rms norm": () => of(new RmsNorm(6), draw(3, 4, 6)),
  "batch norm": () => of(new BatchNorm2d(3), draw(2, 3, 4, 4)),
};

/** Cases of all ops. */
export const opCases: Readonly<Record<string, () => Case>> = Object.fromEntries(
  Object.entries(ops).map(([name, f]) => [name, () => of(new Sequential([f]), draw(3, 4, 6))]),
);

/** Exports a model, and runs it here. */
export async function exported(name: string, { model, input, options }: Case): Promise<Exported> {
  const file = await exportOnnx(model, options);
  const output = c.noGrad(() => model.eval().forward(input));
  return { name, file, input, type: options.inputs.x?.dtype ?? input.dtype, output };
}
