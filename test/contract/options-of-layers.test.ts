/**
 * @file Every exported function and class of mixer, nn and models that takes options refuses an
 * unknown one, in its own name; the checker finds them by their types.
 */
import { normal, ones, type Rng, rng, type Tensor, zeros } from "@spm/core";
import { OptionError } from "@spm/core/extend";
import * as mixer from "@spm/mixer";
import * as analysis from "@spm/mixer/analysis";
import * as mixerExtend from "@spm/mixer/extend";
import * as models from "@spm/models";
import * as nn from "@spm/nn";
import * as nnExtend from "@spm/nn/extend";
import { describe, expect, test } from "vitest";
import { exportsOf } from "./exports.ts";

const random: Rng = rng(1);
const float32 = { dtype: "float32" } as const;
const schedule = mixer.butterfly(4);
const factors = mixer.hadamard(4, float32);
const x = ones([2, 4]);
const labels = zeros([2], { dtype: "int32" });
const image = ones([1, 1, 4, 4]);

/** A call with valid options and some more. */
type Call = (more: object) => unknown;

const applied =
  (kind: mixer.MixerKind): Call =>
  (more) => {
    const parameters = mixer.initialParameters(kind, schedule, random);
    const operands = mixerExtend.inOrder<Tensor>(kind.parameterisation, parameters);
    return Reflect.apply(kind as never, undefined, [x, ...operands, { schedule, ...more }]);
  };

const tiling = mixerExtend.planTiling(4, 4);
const tiled = {
  ...factors,
  schedule: tiling.schedule,
  dIn: ones(tiling.dIn),
  dOut: ones(tiling.dOut),
};

const adaptive = mixer.initialAdaptive(schedule, random, { mode: "local" });

const ofMixer: Readonly<Record<string, Call>> = {
  adaptiveMixer: (more) => mixer.adaptiveMixer(x, adaptive, { schedule, mode: "local", ...more }),
  apply: (more) => mixer.apply(factors, x, { backward: "stored", ...more }),
  applyTiled: (more) => mixerExtend.applyTiled(tiling, tiled, x, { backward: "stored", ...more }),
  buildSchedule: (more) => mixerExtend.buildSchedule("own", 4, 1, () => {}, { name: "a", ...more }),
  circularConvolution: (more) => mixer.circularConvolution([1, 2], { ...float32, ...more }),
  condition: (more) => analysis.condition(factors, { steps: 1, ...more }),
  dct: (more) => mixer.dct(4, { ...float32, ...more }),
  degreesOfFreedom: (more) =>
    analysis.degreesOfFreedom(mixer.rotationMixer, schedule, { diagonals: false, ...more }),
  dft: (more) => mixer.dft(4, { inverse: true, ...more }),
  flops: (more) => analysis.flops(mixer.rotationMixer, schedule, { backward: "stored", ...more }),
  fromDense: (more) => analysis.fromDense(mixer.toDense(factors), { sweeps: 1, ...more }),
  fromPairs: (more) => mixer.fromPairs(2, [[[0, 1]]], { name: "one", ...more }),
  fromPermutation: (more) => mixer.fromPermutation([1, 0], { network: "involutions", ...more }),
  generalMixer: applied(mixer.generalMixer),
  hadamard: (more) => mixer.hadamard(4, { order: "walsh", ...more }),
  initialAdaptive: (more) =>
    mixer.initialAdaptive(schedule, random, { mode: "bottleneck", rank: 1, ...more }),
  initialParameters: (more) =>
    mixer.initialParameters(mixer.rotationMixer, schedule, random, { init: "haar", ...more }),
  pairingFromData: (more) =>
    analysis.pairingFromData(zeros([2, 2], { dtype: "int32" }), null, { permutations: 0, ...more }),
  parameterCount: (more) =>
    analysis.parameterCount(mixer.rotationMixer, schedule, { bias: false, ...more }),
  planTiling: (more) => mixerExtend.planTiling(4, 8, { rectangular: "split", ...more }),
  reflectionMixer: applied(mixer.reflectionMixer),
  rotationMixer: applied(mixer.rotationMixer),
};

class OwnMap extends nnExtend.StructuredMap {
  readonly productFlops = 0;
  multiply(x: Tensor): Tensor {
    return x;
  }
  assignNearest(): void {}
  toDense(): Tensor {
    return ones([4, 4]);
  }
}

const linear = new nn.Linear(4, 4, { random });
const model = () => new nn.Sequential([new nn.Linear(4, 4, { random })]);

const ofNn: Readonly<Record<string, Call>> = {
  AdaptiveMixer: (more) => new nn.AdaptiveMixer(4, 4, { random, mode: "input", ...more }),
  AvgPool1d: (more) => new nn.AvgPool1d(2, { stride: 1, ...more }),
  AvgPool2d: (more) => new nn.AvgPool2d(2, { stride: 1, ...more }),
  BatchNorm1d: (more) => new nn.BatchNorm1d(4, { momentum: 0.5, ...more }),
  BatchNorm2d: (more) => new nn.BatchNorm2d(4, { trackRunningStats: false, ...more }),
  BlockDiagonal: (more) => new nn.BlockDiagonal(4, 4, { random, blocks: 2, ...more }),
  BlockHadamard: (more) => new nn.BlockHadamard(4, 4, { random, blocks: 2, ...more }),
  Butterfly: (more) => new nn.Butterfly(4, 4, { random, ...more }),
  Circulant: (more) => new nn.Circulant(4, 4, { random, ...more }),
  CirculantDiagonal: (more) =>
    new nn.CirculantDiagonal(4, 4, { random, init: "identity", ...more }),
  Conv1d: (more) => new nn.Conv1d(1, 1, { kernel: 3, random, ...more }),
  Conv2d: (more) => new nn.Conv2d(1, 1, { kernel: 3, random, ...more }),
  ConvTranspose1d: (more) =>
    new nn.ConvTranspose1d(1, 1, { kernel: 3, stride: 2, random, ...more }),
  ConvTranspose2d: (more) =>
    new nn.ConvTranspose2d(1, 1, { kernel: 3, outputPadding: 1, stride: 2, random, ...more }),
  DecoderBlock: (more) => new nn.DecoderBlock(4, { random, heads: 2, keyValueHeads: 1, ...more }),
  Dropout: (more) => new nn.Dropout(0.5, { random, ...more }),
  Embedding: (more) => new nn.Embedding(3, 4, { random, deviation: 0.02, ...more }),
  EmbeddingBag: (more) => new nn.EmbeddingBag(3, 4, { random, mode: "max", ...more }),
  FeedForward: (more) => new nn.FeedForward(4, { random, hidden: 8, ...more }),
  GroupNorm: (more) => new nn.GroupNorm(2, 4, { affine: false, ...more }),
  Gru: (more) => new nn.Gru(4, 4, { random, linear: "rotation", layers: 2, ...more }),
  GruCell: (more) => new nn.GruCell(4, 4, { random, linear: "rotation", ...more }),
  InstanceNorm1d: (more) => new nn.InstanceNorm1d(4, { trackRunningStats: true, ...more }),
  InstanceNorm2d: (more) => new nn.InstanceNorm2d(4, { momentum: null, ...more }),
  LayerNorm: (more) => new nn.LayerNorm(4, { epsilon: 0, ...more }),
  LearnedPositions: (more) => new nn.LearnedPositions(4, 4, { random, ...more }),
  Linear: (more) => new nn.Linear(4, 4, { random, init: "orthogonal", ...more }),
  Lstm: (more) => new nn.Lstm(4, 4, { random, bidirectional: true, ...more }),
  LstmCell: (more) => new nn.LstmCell(4, 4, { random, linear: "rotation", ...more }),
  LowRank: (more) => new nn.LowRank(4, 4, { random, rank: 2, ...more }),
  MaxPool1d: (more) => new nn.MaxPool1d(2, { stride: 1, ...more }),
  MaxPool2d: (more) => new nn.MaxPool2d(2, { stride: 1, ...more }),
  MixerLayer: (more) =>
    new nn.MixerLayer(mixer.rotationMixer, 4, 4, { random, init: "identity", noise: 0, ...more }),
  Monarch: (more) => new nn.Monarch(4, 4, { random, blocks: 2, ...more }),
  MultiHeadAttention: (more) =>
    new nn.MultiHeadAttention(4, { random, heads: 2, causal: true, ...more }),
  Prelu: (more) => new nn.Prelu({ channels: 3, ...more }),
  Rnn: (more) => new nn.Rnn(4, 4, { random, nonlinearity: "relu", ...more }),
  RnnCell: (more) => new nn.RnnCell(4, 4, { random, nonlinearity: "relu", ...more }),
  RmsNorm: (more) => new nn.RmsNorm(4, { epsilon: 0, ...more }),
  RotorLinear: (more) => new nn.RotorLinear(4, 4, { random, window: 4, ...more }),
  Toeplitz: (more) => new nn.Toeplitz(4, 4, { random, ...more }),
  TransformerBlock: (more) =>
    new nn.TransformerBlock(4, { random, heads: 2, hidden: 8, norm: "rms", rotary: true, ...more }),
  Upsample: (more) => new nn.Upsample({ scaleFactor: 2, mode: "bilinear", ...more }),
  avgPool1d: (more) => nn.avgPool1d(x, 2, { stride: 1, ...more }),
  avgPool2d: (more) => nn.avgPool2d(image, 2, { stride: 1, ...more }),
  bceWithLogits: (more) => nn.bceWithLogits(x, x, { reduction: "sum", ...more }),
  cosineEmbedding: (more) => nn.cosineEmbedding(x, x, ones([2]), { margin: 0.5, ...more }),
  cosineSimilarity: (more) => nn.cosineSimilarity(x, x, { axis: 0, ...more }),
  buildModel: (more) => {
    const own = { kinds: nnExtend.moduleKinds, numbers: 8, random };
    return nnExtend.buildModel(nnExtend.describeModel(new nn.LayerNorm(4)), { ...own, ...more });
  },
  conv1d: (more) => nn.conv1d(ones([1, 1, 4]), ones([1, 1, 2]), null, { padding: 1, ...more }),
  conv2d: (more) => nn.conv2d(image, ones([1, 1, 2, 2]), null, { padding: 1, ...more }),
  convTranspose1d: (more) =>
    nn.convTranspose1d(ones([1, 1, 4]), ones([1, 1, 2]), null, { stride: 2, ...more }),
  convTranspose2d: (more) =>
    nn.convTranspose2d(image, ones([1, 1, 2, 2]), null, { groups: 1, ...more }),
  crossEntropy: (more) => nn.crossEntropy(x, labels, { labelSmoothing: 0.1, ...more }),
  dropout: (more) => nn.dropout(x, 0.5, { random, ...more }),
  embeddingBag: (more) =>
    nn.embeddingBag(x, zeros([1], { dtype: "int32" }), { offsets: [0], ...more }),
  gelu: (more) => nn.gelu(x, { approximate: "tanh", ...more }),
  groupNorm: (more) => nn.groupNorm(image, 1, null, null, { epsilon: 0.1, ...more }),
  instanceNorm: (more) => nn.instanceNorm(image, null, null, { epsilon: 0.1, ...more }),
  interpolate: (more) => nn.interpolate(image, { size: 3, alignCorners: false, ...more }),
  gradcheckModule: (more) => nn.gradcheckModule(linear, [x], { seed: 2, ...more }),
  gradgradcheckModule: (more) => nn.gradgradcheckModule(linear, [x], { seed: 2, ...more }),
  hardtanh: (more) => nn.hardtanh(x, { max: 2, ...more }),
  huber: (more) => nn.huber(x, x, { delta: 2, ...more }),
  initialWeights: (more) => nnExtend.initialWeights("normal", random, [4, 4], { gain: 2, ...more }),
  klDiv: (more) => nn.klDiv(x, x, { logTarget: true, ...more }),
  l1: (more) => nn.l1(x, x, { reduction: "sum", ...more }),
  layerNorm: (more) => nn.layerNorm(x, ones([4]), zeros([4]), { epsilon: 0.1, ...more }),
  linear: (more) => nn.linear("rotation", 4, 4, { random, gain: 2, ...more }),
  maxPool1d: (more) => nn.maxPool1d(x, 2, { stride: 1, ...more }),
  maxPool2d: (more) => nn.maxPool2d(image, 2, { stride: 1, ...more }),
  mse: (more) => nn.mse(x, x, { reduction: "sum", ...more }),
  nll: (more) => nn.nll(x, labels, { ignoreIndex: 1, ...more }),
  replaceLinear: (more) => nn.replaceLinear(model(), "rotation", { random, gain: 2, ...more }),
  rmsNorm: (more) => nn.rmsNorm(x, ones([4]), { epsilon: 0.1, ...more }),
  rotary: (more) => nn.rotary(ones([1, 2, 4]), { offset: 1, ...more }),
  scaledDotProductAttention: (more) =>
    nn.scaledDotProductAttention(x, x, x, { causal: true, ...more }),
  smoothL1: (more) => nn.smoothL1(x, x, { beta: 2, ...more }),
  tripletMargin: (more) => nn.tripletMargin(x, x, x, { swap: true, ...more }),
  windows: (more) => nnExtend.windows("windows", x, [2], { value: 1, ...more }),
};

const gpt = { vocabulary: 5, context: 4, width: 4, heads: 2, layers: 1, random };
const ofModels: Readonly<Record<string, Call>> = {
  AttentionBlock: (more) => new models.AttentionBlock(4, { random, linear: "rotation", ...more }),
  Bottleneck: (more) => new models.Bottleneck(4, 4, { random, width: 2, stride: 2, ...more }),
  Gpt: (more) => new models.Gpt({ ...gpt, linear: "rotation", hidden: 8, tied: false, ...more }),
  LayerNormResNet: (more) =>
    new models.LayerNormResNet({
      ...{ features: 3, width: 4, depth: 1, classes: 2, random },
      ...{ maps: 2, residual: false, linear: "rotation" },
      ...more,
    } as models.LayerNormResNetOptions),
  LayerNormTransformer: (more) =>
    new models.LayerNormTransformer({
      ...{ vocabulary: 3, context: 2, width: 4, depth: 1, classes: 2, random },
      ...{ maps: 2, linear: "rotation", reads: "last" },
      ...more,
    } as models.LayerNormTransformerOptions),
  FixedPermutation: (more) => new models.FixedPermutation(4, { random, ...more }),
  ImageFlow: (more) =>
    new models.ImageFlow({
      ...{ shape: [1, 4, 4], levels: 1, steps: 1, mixing: "lu", coupling: 2, random },
      leastFactor: 0.1,
      ...more,
    } as models.ImageFlowOptions),
  InvertibleDense: (more) => new models.InvertibleDense(4, { random, ...more }),
  InvertibleLu: (more) => new models.InvertibleLu(4, { random, ...more }),
  Mlp: (more) => new models.Mlp({ sizes: [4, 4, 2], linear: "rotation", random, ...more }),
  Paramixer: (more) =>
    new models.Paramixer({
      ...{ features: 2, length: 4, width: 2, outputs: 1, random },
      ...{ layers: 1, links: "cdil", rounding: "floor", hidden: 3, dropout: 0.1 },
      ...{ linear: "rotation", head: "first", positions: true },
      ...more,
    } as models.ParamixerOptions),
  ResNet: (more) =>
    new models.ResNet({
      ...{ channels: 1, width: 2, blocks: [1], classes: 2, random },
      ...{ expansion: 2, stem: "large", linear: "rotation" },
      ...more,
    } as models.ResNetOptions),
  RotorNet: (more) => new models.RotorNet(4, 4, { random, blocks: 1, branches: 2, ...more }),
  ParamixerBlock: (more) =>
    new models.ParamixerBlock(4, 2, { random, links: "cdil", hidden: 3, ...more }),
  TensorNet: (more) =>
    new models.TensorNet({
      ...{ width: 2, layers: 1, radial: 2, cutoff: 2, species: 2, group: "SO(3)", head: "energy" },
      ...{ linear: "rotation", scale: 2, shift: 1, references: [0, 1], random },
      ...more,
    } as models.TensorNetOptions),
  Transformer: (more) =>
    new models.Transformer({
      ...{ sourceVocabulary: 3, targetVocabulary: 3, context: 4, width: 4, heads: 2, layers: 1 },
      ...{ decoderLayers: 2, keyValueHeads: 1, attentionDropout: 0.1, dropout: 0.1 },
      ...{ hidden: 8, linear: "rotation", norm: "rms", random },
      ...more,
    } as models.TransformerOptions),
  edgesWithin: (more) =>
    models.edgesWithin(zeros([1, 3]), 1, { molecules: zeros([1], { dtype: "int32" }), ...more }),
  energyForceLoss: (more) => {
    const still = { energies: zeros([1]), forces: zeros([1, 3]) };
    return models.energyForceLoss(still, still, { energyWeight: 1, forceWeight: 1, ...more });
  },
  ResidualBlock: (more) => new models.ResidualBlock(4, { random, maps: 2, ...more }),
  drawToken: (more) => models.drawToken([0, 1], { random, topK: 1, ...more }),
  generate: (more) => models.generate(new models.Gpt(gpt), [0], { count: 1, random, ...more }),
  invertible: (more) => models.invertible("general", 4, { random, ...more }),
  quantisedGpt: (more) => {
    const { random: _, ...sizes } = gpt;
    const rounding = { weights: 3, activations: null, map: "mixer", seed: 1 } as const;
    return models.quantisedGpt(new models.Gpt(gpt), sizes, { ...rounding, ...more });
  },
  linkShifts: (more) => models.linkShifts("chord", 4, { rounding: "floor", ...more }),
};

/** Objects with optional fields that are operands, or the definition of a kind. */
const operands = /^(Factors|Parameterisation|ParameterisationDefinition)<|^AdaptiveParameters$/;
/** What leaves the check to others: an abstract class to its subclasses, an op to its callers. */
const unchecked = [
  "Recurrent",
  "RecurrentCell",
  "StructuredMap",
  "perSampleOp",
  "adaptiveOp",
  "blockValues",
];
/** A mixer's errors name its kind. */
const kinds: Readonly<Record<string, string>> = {
  generalMixer: "general",
  reflectionMixer: "reflection",
  rotationMixer: "rotation",
};

const tables = { mixer: ofMixer, nn: ofNn, models: ofModels };
const exported = exportsOf(Object.keys(tables));

describe.each(Object.entries(tables))("%s", (folder, calls) => {
  test("the table has every value that takes options", () => {
    const taking = exported
      .filter(({ from }) => from.split("/")[1] === folder)
      .filter(({ optionTypes }) => optionTypes.some((type) => !operands.test(type)))
      .map(({ name }) => name)
      .filter((name) => !unchecked.includes(name));
    expect(taking.sort()).toEqual(Object.keys(calls).sort());
  });

  test.each(Object.entries(calls))("%s", async (name, call) => {
    const outcome = async (more: object): Promise<unknown> => {
      try {
        return await call(more);
      } catch (error) {
        return error;
      }
    };
    expect(await outcome({})).not.toBeInstanceOf(Error);
    const refused = await outcome({ nonsense: 1 });
    expect(refused).toBeInstanceOf(OptionError);
    expect(String(refused)).toContain(`${kinds[name] ?? name}: unknown option "nonsense"`);
  });
});

const attempt = (call: Call, options: object) => () => call(options);

test("methods refuse them, too", () => {
  const lstm = new nn.Lstm(4, 4, { random });
  const scan: Call = (more) => lstm.scan(ones([2, 3, 4]), { lengths: labels, ...more });
  expect(attempt(scan, {})).not.toThrow();
  expect(attempt(scan, { nonsense: 1 })).toThrow('Lstm.scan: unknown option "nonsense"');

  const layer = new nn.MixerLayer(mixer.generalMixer, 4, 4, { random });
  const assign: Call = (more) => layer.assignDense(ones([4, 4]), { sweeps: 1, ...more });
  expect(attempt(assign, {})).not.toThrow();
  expect(attempt(assign, { nonsense: 1 })).toThrow('assignDense: unknown option "nonsense"');
});

test("an option of one linear map is none of another, whoever makes it", () => {
  for (const [name, call] of Object.entries({
    linear: ofNn.linear,
    Mlp: ofModels.Mlp,
    GruCell: ofNn.GruCell,
    Conv1d: ofNn.Conv1d,
    TransformerBlock: ofNn.TransformerBlock,
    Gpt: ofModels.Gpt,
  }))
    expect(attempt(call ?? (() => {}), { rank: 2 })).toThrow(`${name}: unknown option "rank"`);
  const thin: nn.LinearFactory = (inFeatures, outFeatures, options) =>
    new nn.LowRank(inFeatures, outFeatures, { ...options, rank: 2 });
  expect(new models.Mlp({ sizes: [4, 4, 2], linear: thin, random }).layers[0]).toBeInstanceOf(
    nn.LowRank,
  );
});

test("a class that extends an abstract one says which options it has", () => {
  expect(new OwnMap(4, 4, { random }).forward(normal(random, [2, 4])).shape).toEqual([2, 4]);
});

test.each([
  ["Conv2d", { kernel_size: 3 }, "kernel"],
  ["Gpt", { n_layer: 2 }, "layers"],
  ["Gpt", { n_head: 2 }, "heads"],
  ["Gpt", { n_embd: 8 }, "width"],
  ["Gpt", { block_size: 8 }, "context"],
  ["LayerNorm", { eps: 0.1 }, "epsilon"],
  ["scaledDotProductAttention", { is_causal: true }, "causal"],
  ["scaledDotProductAttention", { attn_mask: x }, "mask"],
  ["crossEntropy", { ignore_index: 0 }, "ignoreIndex"],
  ["generate", { max_new_tokens: 3 }, "count"],
  ["generate", { top_k: 3 }, "topK"],
])("%s: %o is known by another name", async (name, options, meant) => {
  const call = { ...ofNn, ...ofModels }[name] ?? (() => {});
  const key = Object.keys(options)[0];
  await expect(async () => call(options)).rejects.toThrow(
    `${name}: unknown option "${key}"; help: ${meant}`,
  );
});
