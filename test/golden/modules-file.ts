/**
 * @file `modules.json`: layers and models with the state dict of PyTorch's, which is loaded by its
 * names: the output, gradients of inputs and weights, and running statistics afterwards.
 */
import {
  cast,
  concat,
  keep,
  mul,
  Parameter,
  parameter,
  rng,
  sum,
  type Tensor,
  valueAndGrad,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { ResNet, Transformer } from "@spm/models";
import * as nn from "@spm/nn";
import { ModuleBuffer, places } from "@spm/nn/extend";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asObject,
  asString,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

/** The cases of the file. @throws MalformedError */
export function moduleCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) => {
    const at = `${where}.cases[${i}]`;
    const fields = asObject(item, at);
    const name = asString(fields.name, `${at}.name`);
    return { name, run: (precision) => comparisons(fields, at, precision) };
  });
}

/** Our names of PyTorch's options. */
const renamed: Readonly<Record<string, string>> = {
  kernel_size: "kernel",
  output_padding: "outputPadding",
  eps: "epsilon",
  elementwise_affine: "affine",
  track_running_stats: "trackRunningStats",
};

const layers = {
  Conv1d: nn.Conv1d,
  Conv2d: nn.Conv2d,
  ConvTranspose1d: nn.ConvTranspose1d,
  ConvTranspose2d: nn.ConvTranspose2d,
  BatchNorm1d: nn.BatchNorm1d,
  BatchNorm2d: nn.BatchNorm2d,
  GroupNorm: nn.GroupNorm,
  InstanceNorm1d: nn.InstanceNorm1d,
  InstanceNorm2d: nn.InstanceNorm2d,
  LayerNorm: nn.LayerNorm,
};

/** Models under the names of the file, of their numbers and options. */
const models: Readonly<Record<string, (numbers: readonly number[], options: object) => nn.Module>> =
  {
    attention: ([width = 0, heads = 0], options) =>
      new nn.MultiHeadAttention(width, { heads, ...options, random: rng(1) }),
    "encoder layer": ([width = 0, heads = 0, hidden = 0]) =>
      new nn.TransformerBlock(width, { heads, hidden, random: rng(1) }),
    "decoder layer": ([width = 0, heads = 0, hidden = 0]) =>
      new nn.DecoderBlock(width, { heads, hidden, random: rng(1) }),
    transformer: ([sourceVocabulary = 0, targetVocabulary = 0, context = 0, width = 0]) => {
      const sizes = { sourceVocabulary, targetVocabulary, context, width, heads: 2, hidden: 6 };
      return new Transformer({ ...sizes, layers: 2, decoderLayers: 1, random: rng(1) });
    },
    resnet: ([channels = 0, width = 0, classes = 0, expansion = 0], options) => {
      const sizes = { channels, width, classes, expansion, blocks: [2, 1] };
      return new ResNet({ ...sizes, ...options, random: rng(1) });
    },
  };

/** A new module of the case, in a precision. */
function moduleOf(fields: JsonObject, where: string, precision: Precision): nn.Module {
  const name = asString(fields.module, `${where}.module`);
  const given = asObject(fields.options, `${where}.options`);
  const options = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [renamed[key] ?? key, value]),
  );
  const numbers = asList(fields.arguments, `${where}.arguments`);
  const make = models[name];
  const windows = name.startsWith("Conv");
  let model: nn.Module;
  if (make !== undefined) model = make(numbers.map(Number), options);
  else if (name in layers)
    model = Reflect.construct(layers[name as keyof typeof layers], [
      ...numbers,
      windows ? { ...options, random: rng(1) } : options,
    ]);
  else throw new MalformedError(`${where}.module`, "a known module", name);
  for (const { value, replace } of places(model)) {
    if (value instanceof ModuleBuffer) replace(new ModuleBuffer(cast(value, precision)));
    else if (!(value instanceof nn.Module)) replace(parameter(cast(value, precision)));
  }
  return model.train(fields.training === true);
}

/** An input as a tensor of its dtype. */
function inputOf(value: Json, where: string, precision: Precision): Tensor {
  const dtype = asString(asObject(value, where).dtype, `${where}.dtype`);
  const x = toTensor(goldenTensor(value, where), precision);
  if (dtype === "torch.float64") return parameter(x);
  return cast(x, dtype === "torch.bool" ? "bool" : "int32");
}

/** Values by PyTorch's names as tensors. */
function stateOf(value: Json | undefined, where: string, precision: Precision): nn.StateDict {
  const named = Object.entries(asObject(value, where));
  const tensors = named.map(([name, item]) => [
    name,
    toTensor(goldenTensor(item, `${where}.${name}`), precision),
  ]);
  return Object.fromEntries(tensors);
}

/** The values of paths, one after another. */
const joined = (values: Readonly<Record<string, Tensor>>, paths: readonly string[]): Tensor =>
  concat(paths.flatMap((path) => values[path]?.reshape([-1]) ?? []));

/** Compares values by our paths with those under each of PyTorch's names, which a module loads. */
function compareAll(
  what: string,
  ours: Readonly<Record<string, Tensor>>,
  fields: JsonObject,
  where: string,
): Comparison[] {
  const theirs = Object.entries(stateOf(fields[what], `${where}.${what}`, "float64"));
  const model = moduleOf(fields, where, "float64");
  return theirs.flatMap(([name, value]) => {
    const { missing, unexpected } = model.loadStateDict({ [name]: value }, { strict: false });
    if (unexpected.length > 0) throw new MalformedError(`${where}.${what}`, "names", unexpected);
    const state = model.stateDict();
    const paths = Object.keys(state).filter((path) => !missing.includes(path));
    if (paths.length === 0) return []; // num_batches_tracked
    const want = joined(state, paths);
    const data = [...elements(want.ndarray())];
    return [compare(`${what} ${name}`, joined(ours, paths), { shape: want.shape, data })];
  });
}

function comparisons(fields: JsonObject, where: string, precision: Precision): Comparison[] {
  const given = (key: string) => asList(fields[key], `${where}.${key}`);
  const model = moduleOf(fields, where, precision);
  model.loadStateDict(stateOf(fields.state_dict, where, precision));
  const inputs = given("inputs").map((x) => inputOf(x, where, precision));
  const cotangent = toTensor(goldenTensor(fields.grad_output, where), precision);
  const floating = inputs.filter((x) => x instanceof Parameter);
  const outputs: Tensor[] = [];
  const named = [...model.namedParameters()];
  const { grads } = valueAndGrad(() => {
    const y = model.forward(...inputs);
    outputs.push(keep(y));
    return sum(mul(y, cotangent));
  }, [...floating, ...named.map(([, p]) => p)]);
  const ofState = grads.slice(floating.length);
  const slopes = named.flatMap(([path], k) => {
    const slope = ofState[k];
    return slope === undefined ? [] : [[path, slope] as const];
  });
  return [
    ...outputs.map((y) => compare("output", y, goldenTensor(fields.output, where))),
    ...grads
      .slice(0, floating.length)
      .map((slope, k) =>
        compare(`gradient of input ${k}`, slope, goldenTensor(given("input_grads")[k], where)),
      ),
    ...compareAll("grads", Object.fromEntries(slopes), fields, where),
    ...compareAll("buffers", model.stateDict(), fields, where),
  ];
}
