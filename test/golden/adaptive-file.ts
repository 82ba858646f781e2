/** @file `adaptive.json`: the adaptive mixer with explicit pairs, its value and all gradients. */
import { type Tensor, vjp } from "@spm/core";
import { each } from "@spm/core/extend";
import { type AdaptiveMode, adaptiveMixer, fromPairs } from "@spm/mixer";
import { compare, type GoldenCase } from "./case.ts";
import { type GoldenTensor, goldenTensor, toTensor } from "./golden-tensor.ts";
import { joined, stagesOf } from "./mixer-file.ts";
import {
  asList,
  asNumber,
  asObject,
  asString,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

const known: readonly AdaptiveMode[] = ["input", "stage", "local"];

/** The cases of the file. @throws MalformedError */
export const adaptiveCases = (file: JsonObject, where: string): GoldenCase[] =>
  asList(file.cases, `${where}.cases`).map((item, i) => adaptiveCase(item, `${where}.cases[${i}]`));

function adaptiveCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const [inputs, slopes] = [
    asObject(fields.inputs, `${where}.inputs`),
    asObject(fields.grads, `${where}.grads`),
  ];
  const word = asString(fields.mode, `${where}.mode`);
  const named = known.find((mode) => mode === word);
  if (named === undefined) throw new MalformedError(`${where}.mode`, known.join(" or "), word);
  const mode = inputs.V === undefined ? named : "bottleneck";
  const schedule = fromPairs(
    asNumber(fields.n, `${where}.n`),
    stagesOf(fields.pairs, `${where}.pairs`),
  );
  const keys = ["x", "d_in", "d_out", "bias", "theta0", "weights"] as const;
  const golden = (from: JsonObject, at: string) => (key: string) => {
    if (key === "theta0") return joined(from.theta0, `${at}.theta0`);
    if (key !== "weights") return goldenTensor(from[key], `${at}.${key}`);
    if (mode !== "local") return joined(from.A, `${at}.A`);
    return columns(joined(from.alpha, `${at}.alpha`), joined(from.beta, `${at}.beta`));
  };
  const own = mode === "bottleneck" ? ["V"] : [];
  const given = each(keys, golden(inputs, `${where}.inputs`));
  const bottleneck = own.map(golden(inputs, `${where}.inputs`));
  const grads = [...keys, ...own].map(golden(slopes, `${where}.grads`));
  const y = goldenTensor(fields.output, `${where}.output`);
  const ct = goldenTensor(fields.grad_output, `${where}.grad_output`);
  const f = (
    x: Tensor,
    dIn: Tensor,
    dOut: Tensor,
    bias: Tensor,
    angles: Tensor,
    weights: Tensor,
    ...[v]: Tensor[]
  ) => {
    const parameters = { angles, weights, ...(v && { bottleneck: v }) };
    return adaptiveMixer(x, parameters, { schedule, mode, dIn, dOut, bias });
  };
  return {
    name: asString(fields.name, `${where}.name`),
    run: (precision) => {
      const made = (t: GoldenTensor) => toTensor(t, precision);
      const { value, pullback } = vjp(f, ...each(given, made), ...bottleneck.map(made));
      const ours = pullback(made(ct));
      return [
        compare("y", value, y),
        ...ours.map((slope, k) => compare(`gradient of ${[...keys, ...own][k]}`, slope, grads[k]!)),
      ];
    },
  };
}

/** Two vectors as the columns of a matrix. */
const columns = (a: GoldenTensor, b: GoldenTensor): GoldenTensor => ({
  shape: [a.data.length, 2],
  data: a.data.flatMap((v, k) => [v, b.data[k]!]),
});
