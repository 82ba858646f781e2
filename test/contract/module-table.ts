/**
 * @file The one table of modules: a small instance of every module of `@spm/nn` and `@spm/models`,
 * with inputs to call it on. A module without a row fails `modules.test.ts`.
 */
import {
  add,
  mul,
  normal,
  type Rng,
  relu,
  rng,
  square,
  type Tensor,
  tanh,
  tensor,
} from "@spm/core";
import {
  AttentionBlock,
  Bottleneck,
  edgesWithin,
  Gpt,
  type GptOptions,
  ImageFlow,
  type InvertibleKind,
  type InvertibleMap,
  invertible,
  LayerNormResNet,
  LayerNormTransformer,
  Mlp,
  Paramixer,
  ParamixerBlock,
  ResidualBlock,
  ResNet,
  RotorNet,
  TensorNet,
  Transformer,
} from "@spm/models";
import * as nn from "@spm/nn";
import { type LinearKind, linear, linearKinds, Module } from "@spm/nn";
import { kinds } from "../mixer/kinds.ts";
import { functionRows } from "./function-rows.ts";
import { type ModuleRow, row } from "./module-row.ts";
import { recurrentRows } from "./recurrent-rows.ts";

/** Draws the same mask on every call, as a function has to. */
class FrozenDropout extends Module {
  readonly dropout: nn.Dropout;
  constructor(random: Rng) {
    super();
    this.dropout = new nn.Dropout(0.4, { random });
  }
  forward(x: Tensor): Tensor {
    const { random } = this.dropout;
    const { state } = random;
    const y = this.dropout.forward(x);
    random.state = state;
    return y;
  }
}

/** x ln |det W| + W x, of a bijection that is undone before it or isn't. */
class Invertible extends Module {
  readonly map: InvertibleMap;
  readonly #undone: boolean;
  constructor(kind: InvertibleKind, undone: boolean) {
    super();
    this.map = invertible(kind, 3, options());
    this.#undone = undone;
  }
  forward(x: Tensor): Tensor {
    const { map } = this;
    return add(map.forward(this.#undone ? map.inverse(square(x)) : x), mul(x, map.logAbsDet()));
  }
}

const options = (): { random: Rng } => ({ random: rng(1) });
const tokens = (...rows: number[][]): Tensor => tensor(rows, { dtype: "int32" });
const gpt = (name: string, given: Partial<GptOptions>): ModuleRow => ({
  name: `Gpt, ${name}`,
  make: () =>
    new Gpt({
      vocabulary: 3,
      context: 3,
      width: 2,
      heads: 1,
      layers: 1,
      hidden: 2,
      ...options(),
      ...given,
    }),
  inputs: () => [tokens([0, 2, 1])],
});
/** A molecule of two atoms and one of a single atom. */
const tensorNet: ModuleRow = {
  name: "TensorNet",
  make: () => {
    const sizes = { width: 1, radial: 1, cutoff: 2, species: 2 };
    return new TensorNet({ ...sizes, ...options() });
  },
  inputs: () => {
    const positions = tensor([
      [0.1, 0.2, 0.3],
      [-0.3, 0.9, 0.6],
      [0.5, 0, 0],
    ]);
    const molecules = tensor(Int32Array.of(0, 0, 1));
    const edges = edgesWithin(positions, 2, { molecules });
    return [positions, tensor(Int32Array.of(0, 1, 1)), edges, molecules, tensor([1, 0])];
  },
};
const mask = tensor([
  [true, true, false],
  [true, true, true],
  [false, true, true],
]);

/** What takes a kind of linear map, with each of them. */
const withMaps = (kind: LinearKind): readonly ModuleRow[] => [
  row(`${kind}, 3 → 4`, () => linear(kind, 3, 4, options()), [2, 3]),
  row(
    `LstmCell, ${kind}`,
    () => new nn.LstmCell(2, 2, { linear: kind, ...options() }),
    [2, 2],
    [2, 2],
    [2, 2],
  ),
  row(
    `MultiHeadAttention, ${kind}`,
    () => new nn.MultiHeadAttention(4, { heads: 2, linear: kind, ...options() }),
    [1, 3, 4],
  ),
  row(
    `FeedForward, ${kind}`,
    () => new nn.FeedForward(2, { hidden: 3, linear: kind, ...options() }),
    [2, 2],
  ),
  row(
    `Conv1d, ${kind}`,
    () => new nn.Conv1d(2, 2, { kernel: 2, linear: kind, ...options() }),
    [1, 2, 4],
  ),
];

/** All rows. */
export const moduleRows: readonly ModuleRow[] = [
  ...(Object.keys(linearKinds) as LinearKind[]).flatMap(withMaps),
  ...kinds.flatMap(([kind, mixer]) =>
    (
      [
        [5, 2],
        [2, 5],
      ] as const
    ).map(([inFeatures, outFeatures]) =>
      row(
        `${kind}, ${inFeatures} → ${outFeatures}, split`,
        () =>
          new nn.MixerLayer(mixer, inFeatures, outFeatures, { rectangular: "split", ...options() }),
        [2, inFeatures],
      ),
    ),
  ),
  ...(["input", "stage", "local", "bottleneck"] as const).map(
    (mode): ModuleRow => ({
      ...row(
        `AdaptiveMixer, ${mode}`,
        () => new nn.AdaptiveMixer(3, 4, { mode, deviation: 1, ...options() }),
        [3, 3],
      ),
      onTheReference: mode === "stage" ? ["adaptive mixer", "adaptive mixer backward"] : [],
    }),
  ),
  row("Mlp", () => new Mlp({ sizes: [3, 4, 2], linear: "general", ...options() }), [3, 3]),
  ...recurrentRows,
  {
    ...row("Embedding", () => new nn.Embedding(3, 2, options())),
    inputs: () => [tokens([2, 0, 2])],
  },
  row("RotorNet", () => new RotorNet(4, 4, { blocks: 1, branches: 1, ...options() }), [2, 4]),
  row("RotorLinear", () => new nn.RotorLinear(5, 6, options()), [2, 5]),
  row(
    "RotorLinear, one rotor",
    () => new nn.RotorLinear(4, 4, { rotors: 1, ...options() }),
    [2, 4],
  ),
  row("LayerNorm", () => new nn.LayerNorm(3), [2, 3]),
  row("RmsNorm", () => new nn.RmsNorm(3), [2, 3]),
  row("LayerNorm over two axes", () => new nn.LayerNorm([2, 3], { epsilon: 0.1 }), [2, 2, 3]),
  row("LayerNorm without weights", () => new nn.LayerNorm(3, { affine: false }), [2, 3]),
  row(
    "RmsNorm over two axes, without weights",
    () => new nn.RmsNorm([2, 3], { affine: false }),
    [2, 2, 3],
  ),
  row("GroupNorm", () => new nn.GroupNorm(2, 4), [2, 4, 2]),
  row("InstanceNorm1d", () => new nn.InstanceNorm1d(2, { affine: true }), [2, 2, 3]),
  row("InstanceNorm2d", () => new nn.InstanceNorm2d(2), [1, 2, 2, 3]),
  row(
    "InstanceNorm1d, averaging",
    () => new nn.InstanceNorm1d(2, { trackRunningStats: true, momentum: null }),
    [2, 2, 3],
  ),
  row(
    "InstanceNorm2d in evaluation",
    () => new nn.InstanceNorm2d(2, { affine: true, trackRunningStats: true }).eval(),
    [1, 2, 2, 1],
  ),
  row("BatchNorm1d, averaging", () => new nn.BatchNorm1d(2, { momentum: null }), [4, 2]),
  row("BatchNorm2d", () => new nn.BatchNorm2d(2), [2, 2, 2, 1]),
  row(
    "BatchNorm2d in evaluation",
    () => new nn.BatchNorm2d(2, { affine: false }).eval(),
    [1, 2, 2, 1],
  ),
  row(
    "BatchNorm1d without running statistics",
    () => new nn.BatchNorm1d(2, { trackRunningStats: false }).eval(),
    [3, 2],
  ),
  row("BatchNorm1d", () => new nn.BatchNorm1d(2), [4, 2]),
  row("BatchNorm1d in evaluation", () => new nn.BatchNorm1d(2).eval(), [3, 2, 2]),
  row("Dropout", () => new FrozenDropout(rng(3)), [3, 4]),
  row("LearnedPositions", () => new nn.LearnedPositions(4, 2, options()), [2, 3, 2]),
  {
    ...row("MultiHeadAttention, causal, masked, rotary", () => {
      return new nn.MultiHeadAttention(4, { heads: 2, causal: true, rotary: true, ...options() });
    }),
    inputs: () => [normal(rng(10), [1, 3, 4]), mask],
  },
  row(
    "MultiHeadAttention, grouped queries, an added mask",
    () => {
      const heads = { heads: 2, keyValueHeads: 1, attentionDropout: 0.5 };
      return new nn.MultiHeadAttention(2, { ...heads, ...options() }).eval();
    },
    [1, 2, 2],
    [2, 2],
  ),
  row(
    "FeedForward, swiglu",
    () => new nn.FeedForward(2, { activation: "swiglu", hidden: 3, ...options() }),
    [2, 2],
  ),
  row(
    "TransformerBlock",
    () =>
      new nn.TransformerBlock(2, {
        heads: 1,
        causal: true,
        hidden: 3,
        linear: "general",
        ...options(),
      }),
    [1, 3, 2],
  ),
  row(
    "DecoderBlock",
    () => new nn.DecoderBlock(2, { heads: 2, keyValueHeads: 1, hidden: 2, ...options() }),
    [1, 2, 2],
    [1, 3, 2],
  ),
  {
    name: "Transformer, padding",
    make: () => {
      const sizes = { sourceVocabulary: 3, targetVocabulary: 2, context: 3, width: 2, heads: 1 };
      const small = { layers: 1, hidden: 2, linear: "rotation", norm: "rms" } as const;
      return new Transformer({ ...sizes, ...small, ...options() });
    },
    inputs: () => [tokens([0, 2, 1]), tokens([1, 0]), tensor([[true, true, false]])],
  },
  row("Bottleneck", () => new Bottleneck(2, 2, { width: 1, ...options() }), [2, 2, 2, 3]),
  row("ResNet, mixers", () => {
    const sizes = { channels: 1, width: 1, blocks: [1], classes: 2, expansion: 2 };
    return new ResNet({ ...sizes, linear: "general", ...options() });
  }, [2, 1, 2, 3]),
  gpt("learned positions, GELU, tied", { linear: "rotation" }),
  gpt("rotary, SwiGLU, RMS norm, untied", {
    positions: "rotary",
    activation: "swiglu",
    norm: "rms",
    tied: false,
  }),
  row(
    "ParamixerBlock",
    () => new ParamixerBlock(3, 2, { hidden: 1, rounding: "floor", ...options() }),
    [1, 3, 2],
    [1, 3, 2],
  ),
  row("Paramixer, CDIL", () => {
    const sizes = { features: 1, length: 3, width: 1, outputs: 1, layers: 2 };
    return new Paramixer({ ...sizes, links: "cdil", rounding: "floor", ...options() });
  }, [2, 3, 1]),
  {
    name: "Paramixer, CHORD, tokens, positions, first",
    make: () => {
      const sizes = { vocabulary: 3, length: 3, width: 1, outputs: 2 };
      return new Paramixer({ ...sizes, head: "first", positions: true, ...options() });
    },
    inputs: () => [tokens([0, 2, 1])],
  },
  tensorNet,
  row("ResidualBlock, two maps", () => new ResidualBlock(3, { maps: 2, ...options() }), [2, 3]),
  row("AttentionBlock", () => new AttentionBlock(3, options()), [1, 2, 3]),
  row("LayerNormResNet", () => {
    const sizes = { features: 2, width: 3, depth: 1, classes: 2 };
    return new LayerNormResNet({ ...sizes, ...options() });
  }, [2, 2]),
  ...(["mean", "last"] as const).map((reads) => ({
    name: `LayerNormTransformer, ${reads}`,
    make: () => {
      const sizes = { vocabulary: 3, context: 3, width: 3, depth: 1, classes: 2 };
      return new LayerNormTransformer({ ...sizes, reads, ...options() });
    },
    inputs: () => [tokens([0, 2, 1])],
  })),
  ...(["circulant-diagonal", "general", "permutation"] as const).map((kind) =>
    row(`invertible ${kind}`, () => new Invertible(kind, true), [2, 3]),
  ),
  ...(["lu", "dense"] as const).map((kind) => ({
    ...row(`invertible ${kind}`, () => new Invertible(kind, true), [2, 3]),
    inCpuMemory: true as const,
  })),
  row("invertible lu, not undone", () => new Invertible("lu", false), [2, 3]),
  row("ImageFlow", () => {
    const coupling = (inChannels: number, outChannels: number, random: Rng) =>
      new nn.Linear(inChannels, outChannels, { random, bias: false });
    const sizes = { shape: [1, 4, 4], levels: 2, steps: 1, mixing: "permutation" } as const;
    const flow = new ImageFlow({ ...sizes, coupling, leastFactor: 0.1, ...options() });
    for (const p of flow.parameters()) p.assign(add(p, normal(rng(3), p.shape, 0, 0.2)));
    return flow;
  }, [1, 1, 4, 4]),
  row(
    "Conv2d",
    () => new nn.Conv2d(1, 2, { kernel: [2, 1], stride: [1, 2], padding: 1, ...options() }),
    [1, 1, 3, 3],
  ),
  row(
    "ConvTranspose1d of mixers",
    () => new nn.ConvTranspose1d(2, 2, { kernel: 2, stride: 2, linear: "rotation", ...options() }),
    [1, 2, 2],
  ),
  row(
    "Conv2d in groups, dilated, same",
    () =>
      new nn.Conv2d(2, 2, {
        kernel: 2,
        groups: 2,
        dilation: [2, 1],
        padding: "same",
        ...options(),
      }),
    [1, 2, 3, 2],
  ),
  row(
    "Conv1d in groups of mixers",
    () => new nn.Conv1d(4, 4, { kernel: 1, groups: 2, linear: "rotation", ...options() }),
    [4, 3],
  ),
  row("ConvTranspose2d in groups", () => {
    const steps = { stride: [2, 1], dilation: [1, 2], padding: 1, outputPadding: [1, 0] };
    return new nn.ConvTranspose2d(2, 2, { kernel: 2, groups: 2, ...steps, ...options() });
  }, [1, 2, 2, 3]),
  row("AdaptiveAvgPool1d", () => new nn.AdaptiveAvgPool1d(3), [2, 4]),
  row("AdaptiveAvgPool2d", () => new nn.AdaptiveAvgPool2d([2, 1]), [1, 3, 2]),
  row("AdaptiveMaxPool1d", () => new nn.AdaptiveMaxPool1d(2), [2, 5]),
  row("AdaptiveMaxPool2d", () => new nn.AdaptiveMaxPool2d([2, 3]), [1, 3, 4]),
  row("Upsample, nearest", () => new nn.Upsample({ scaleFactor: 2 }), [1, 1, 2, 2]),
  row(
    "Upsample, bilinear",
    () => new nn.Upsample({ size: [3, 4], mode: "bilinear" }),
    [1, 2, 2, 2],
  ),
  row(
    "MaxPool2d, dilated, ceil",
    () => new nn.MaxPool2d(2, { dilation: [2, 1], ceilMode: true }),
    [1, 3, 5],
  ),
  row(
    "AvgPool1d, ceil, padding not counted",
    () => new nn.AvgPool1d(3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }),
    [1, 2, 6],
  ),
  row("MaxPool1d", () => new nn.MaxPool1d(2), [1, 2, 5]),
  row("MaxPool2d", () => new nn.MaxPool2d(2, { stride: 1 }), [1, 1, 3, 4]),
  row("AvgPool1d", () => new nn.AvgPool1d(2, { padding: 1 }), [1, 2, 5]),
  row("AvgPool2d", () => new nn.AvgPool2d([2, 1]), [1, 1, 4, 3]),
  ...functionRows,
  row("Sequential and Residual", () => {
    const { random } = options();
    const branch = new nn.Sequential([new nn.Linear(3, 3, { random }), tanh]);
    return new nn.Sequential([new nn.Residual(branch), relu, new nn.Linear(3, 2, { random })]);
  }, [2, 3]),
];
