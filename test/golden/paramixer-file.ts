/**
 * @file `paramixer.json`: the columns of the links, the block's output, its gradients by V, X and
 * all weights; a model of two layers with its loss and gradients.
 */
import { ones, reshape, rng, type Tensor, vjp } from "@spm/core";
import { linkShifts, Paramixer, ParamixerBlock } from "@spm/models";
import { functionalCall, type Module, mse } from "@spm/nn";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import {
  type GoldenTensor,
  goldenTensor,
  numbersError,
  type Precision,
  toTensor,
} from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
} from "./python-json.ts";

/** Tensors by name. */
type Named = ReadonlyMap<string, GoldenTensor>;

const named = (value: Json | undefined, where: string): Named =>
  new Map(
    Object.entries(asObject(value, where)).map(([name, item]) => [
      name,
      goldenTensor(item, `${where}.${name}`),
    ]),
  );

/** The path here of a weight of the official code. */
const ours = (name: string): string =>
  name
    .replace("init_linear.", "embedding.")
    .replace("final.", "head.")
    .replace("attention.", "blocks.")
    .replace(/\bfs\.(\d+)\./, "weights.$1.")
    .replace(/\bg\./, "value.")
    .replace("network.0.", "layers.0.")
    .replace("network.2.", "layers.1.");

/** The cases of the file. @throws MalformedError */
export function paramixerCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) => {
    const at = `${where}.cases[${i}]`;
    const fields = asObject(item, at);
    const name = asString(fields.name, `${at}.name`);
    const make = fields.layers === undefined ? blockCase : modelCase;
    return { name, run: make(fields, at) };
  });
}

/** A module as a function of inputs and weights, in the order of the golden values. */
const asFunction =
  (module: Module, inputs: Named, weights: Named) =>
  (...xs: Tensor[]): Tensor => {
    const state = [...weights.keys()].map((name, k) => [ours(name), xs[inputs.size + k]] as const);
    const given = state.flatMap(([path, x]) => (x === undefined ? [] : [[path, x] as const]));
    return functionalCall(module, Object.fromEntries(given), ...xs.slice(0, inputs.size));
  };

const tensors = (precision: Precision, ...of: readonly Named[]): Tensor[] =>
  of.flatMap((values) => [...values.values()].map((value) => toTensor(value, precision)));

/** Every gradient by its name. @throws Error where one is missing */
const gradients = (names: readonly string[], got: readonly Tensor[], want: Named): Comparison[] =>
  names.map((name, k) => {
    const [mine, golden] = [got[k], want.get(name)];
    if (mine === undefined || golden === undefined) throw new Error(`no gradient by ${name}`);
    return compare(`the gradient by ${name}`, mine, golden);
  });

function blockCase(fields: JsonObject, where: string): (precision: Precision) => Comparison[] {
  const [n, width, factors] = ["N", "d", "factors"].map((key) =>
    asNumber(fields[key], `${where}.${key}`),
  ) as [number, number, number];
  const links = asString(fields.protocol, `${where}.protocol`) as "chord" | "cdil";
  const columns = asList(fields.columns, `${where}.columns`).map((of, m) =>
    asList(of, where).map((row, i) => asNumbers(row, `${where}.columns[${m}][${i}]`)),
  );
  const [inputs, weights, grads] = ["inputs", "weights", "grads"].map((key) =>
    named(fields[key], `${where}.${key}`),
  ) as [Named, Named, Named];
  const output = goldenTensor(fields.output, `${where}.output`);
  const ct = goldenTensor(fields.grad_output, `${where}.grad_output`);
  return (precision) => {
    // the official code of these tasks rounds down
    const options = { links, rounding: "floor" } as const;
    const shifts = linkShifts(links, n, { rounding: "floor" });
    const read = shifts.flatMap((of) =>
      Array.from({ length: n }, (_, i) => of.map((shift) => (i + shift + 4 * n) % n)).flat(),
    );
    const expected = shifts.flatMap((_, m) => (columns[m] ?? columns[0] ?? []).flat());
    const block = new ParamixerBlock(n, width, { ...options, random: rng(1) });
    const operands = tensors(precision, inputs, weights);
    const { value, pullback } = vjp(asFunction(block, inputs, weights), ...operands);
    return [
      { what: "the factors", error: numbersError([shifts.length], [factors]) },
      { what: "the columns", error: numbersError(read, expected) },
      compare("the output", value, output),
      ...gradients([...inputs.keys(), ...weights.keys()], pullback(toTensor(ct, precision)), grads),
    ];
  };
}

function modelCase(fields: JsonObject, where: string): (precision: Precision) => Comparison[] {
  const [length, width, layers, loss] = ["N", "d", "layers", "loss"].map((key) =>
    asNumber(fields[key], `${where}.${key}`),
  ) as [number, number, number, number];
  const [inputs, weights, grads] = ["inputs", "weights", "grads"].map((key) =>
    named(fields[key], `${where}.${key}`),
  ) as [Named, Named, Named];
  const target = goldenTensor(fields.target, `${where}.target`);
  const prediction = goldenTensor(fields.prediction, `${where}.prediction`);
  return (precision) => {
    const sizes = { features: 2, length, width, layers, outputs: 1 };
    const model = asFunction(new Paramixer({ ...sizes, random: rng(1) }), inputs, weights);
    const [y, operands] = [toTensor(target, precision), tensors(precision, inputs, weights)];
    const predict = (...xs: Tensor[]): Tensor => reshape(model(...xs), [-1]);
    const { value, pullback } = vjp((...xs) => mse(predict(...xs), y), ...operands);
    const got = pullback(ones([], { dtype: precision })).slice(inputs.size);
    return [
      compare("the prediction", predict(...operands), prediction),
      compare("the loss", value, { shape: [], data: [loss] }),
      ...gradients([...weights.keys()], got, grads),
    ];
  };
}
