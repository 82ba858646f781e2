/**
 * @file `recurrent.json`: recurrent networks and cells with the state dict of PyTorch's, which is
 * loaded by its names: results, and gradients of inputs, first states and weights.
 */
import {
  add,
  cast,
  concat,
  mul,
  Parameter,
  parameter,
  rng,
  sum,
  type Tensor,
  valueAndGrad,
} from "@spm/core";
import * as nn from "@spm/nn";
import { places } from "@spm/nn/extend";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { goldenTensor, type Precision, toIntegers, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asObject,
  asString,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

/** The cases of the file. @throws MalformedError */
export function recurrentCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) => {
    const at = `${where}.cases[${i}]`;
    const fields = asObject(item, at);
    return {
      name: asString(fields.name, `${at}.name`),
      run: (precision) => comparisons(fields, at, precision),
    };
  });
}

/** Our word for PyTorch's, where it is not the same. */
const renamed: Readonly<Record<string, string>> = { num_layers: "layers" };

type Run = (x: Tensor, lengths: Tensor | undefined, ...start: Tensor[]) => readonly Tensor[];

/** @throws MalformedError where there is none */
function nth<T>(items: readonly T[], k: number): T {
  const item = items[k];
  if (item === undefined)
    throw new MalformedError("recurrent.json", `${k + 1} items`, items.length);
  return item;
}

/** A model and what it makes of x: its output and states. */
function modelOf(fields: JsonObject, where: string): { model: nn.Module; run: Run } {
  const width = asNumber(fields.width, `${where}.width`);
  const given = Object.entries(asObject(fields.options, `${where}.options`));
  const options = {
    random: rng(1),
    ...Object.fromEntries(given.map(([key, value]) => [renamed[key] ?? key, value])),
  };
  const network = <M extends nn.Gru | nn.Rnn | nn.Lstm>(model: M) => {
    const run: Run = (x, lengths, ...start) => {
      const more = { ...(start.length > 0 && { state: start }), ...(lengths && { lengths }) };
      const { output, state } = model.scan(x, more as never);
      return [output, ...state];
    };
    return { model, run };
  };
  const single = <M extends nn.GruCell | nn.RnnCell>(model: M) => ({
    model,
    run: ((x, _, h) => model.step(x, [h])) as Run,
  });
  const kind = asString(fields.kind, `${where}.kind`);
  if (kind === "RNN") return network(new nn.Rnn(2, width, options));
  if (kind === "LSTM") return network(new nn.Lstm(2, width, options));
  if (kind === "GRU") return network(new nn.Gru(2, width, options));
  if (kind === "RNNCell") return single(new nn.RnnCell(2, width, options));
  if (kind === "GRUCell") return single(new nn.GruCell(2, width, options));
  if (kind !== "LSTMCell") throw new MalformedError(`${where}.kind`, "a known kind", kind);
  const model = new nn.LstmCell(2, width, options);
  return { model, run: (x, _, h, c) => model.step(x, [h, c]) };
}

function comparisons(fields: JsonObject, where: string, precision: Precision): Comparison[] {
  const golden = (value: Json | undefined) => goldenTensor(value, where);
  const listed = (key: string) => asList(fields[key], `${where}.${key}`);
  const ours = (value: Json | undefined) => toTensor(golden(value), precision);
  const { model, run } = modelOf(fields, where);
  for (const { value, replace } of places(model))
    if (value instanceof Parameter) replace(parameter(cast(value, precision)));
  const weights = Object.entries(asObject(fields.state_dict, `${where}.state_dict`));
  model.loadStateDict(Object.fromEntries(weights.map(([name, value]) => [name, ours(value)])));

  const inputs = [ours(fields.x), ...listed("start").map(ours)].map((value) => parameter(value));
  const [x, ...start] = inputs as [Parameter, ...Parameter[]];
  const lengths =
    fields.lengths === null
      ? undefined
      : toIntegers({ shape: [x.shape[0]!], data: listed("lengths").map(Number) });
  const cotangents = listed("cotangents").map(ours);
  const results = run(x, lengths, ...start);
  const named = [...model.namedParameters()];
  const products = () => run(x, lengths, ...start).map((y, k) => sum(mul(y, nth(cotangents, k))));
  const { grads } = valueAndGrad(
    () => products().reduce((a, b) => add(a, b)),
    [...inputs, ...named.map(([, p]) => p)],
  );
  const byPath = new Map(named.map(([path], k) => [path, nth(grads, inputs.length + k)]));
  const expected = asObject(fields.grads, `${where}.grads`);
  return [
    ...listed("results").map((y, k) => compare(`result ${k}`, nth(results, k), golden(y))),
    ...listed("input_grads").map((g, k) =>
      compare(`gradient of input ${k}`, nth(grads, k), golden(g)),
    ),
    ...Object.entries(model.pytorchNames).flatMap(([name, paths]) => {
      const parts = paths.flatMap((path) => byPath.get(path) ?? []);
      if (parts.length === 0) return [];
      return [compare(`gradient of ${name}`, concat(parts), golden(expected[name]))];
    }),
  ];
}
