/** @file `spm.json`: the mixer with explicit pairs, its value in every backward mode, all gradients, its matrix and ln|det|. */
import { type Differentiable, type Tensor, vjp } from "@spm/core";
import {
  type BackwardMode,
  type Factors,
  fromPairs,
  generalMixer,
  logAbsDet,
  type Pair,
  rotationMixer,
  toDense,
} from "@spm/mixer";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { type GoldenTensor, goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

const modes = { rotation: ["reverse", "stored", "recompute"], general: ["recompute", "stored"] } as const;

/** The cases of the file. @throws MalformedError */
export function mixerCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) => mixerCase(item, `${where}.cases[${i}]`));
}

function mixerCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const name = asString(fields.name, `${where}.name`);
  const variant = asString(fields.variant, `${where}.variant`);
  if (variant !== "rotation" && variant !== "general")
    throw new MalformedError(`${where}.variant`, "rotation or general", variant);
  const schedule = fromPairs(asNumber(fields.n, `${where}.n`), stagesOf(fields.pairs, `${where}.pairs`));
  const parameters = variant === "rotation" ? ["theta"] : ["mix", "leftover_scale"];
  const golden = (from: JsonObject, at: string) => (key: string) =>
    parameters.includes(key) ? joined(from[key], `${at}.${key}`) : goldenTensor(from[key], `${at}.${key}`);
  const keys = ["x", "d_in", "d_out", "bias", ...parameters];
  const inputs = keys.map(golden(fields, where));
  const grads = keys.map(golden(asObject(fields.grads, `${where}.grads`), `${where}.grads`));
  const [y, dense, ct] = ["y", "dense", "grad_output"].map((key) => goldenTensor(fields[key], `${where}.${key}`));
  const logdet = { shape: [], data: [asNumber(fields.logdet_abs, `${where}.logdet_abs`)] };

  const run = (precision: Precision): Comparison[] => {
    const factors: (...xs: Tensor[]) => Factors = (dIn, dOut, bias, first, scales) => {
      const ends = { schedule, dIn, dOut, bias };
      if (variant === "rotation") return { kind: variant, angles: first, ...ends };
      return { kind: variant, blocks: first, scales, ...ends };
    };
    const call =
      (backward: BackwardMode): Differentiable =>
      (x, ...rest) => {
        const f = factors(...rest);
        if (f.kind === "rotation") return rotationMixer(x, f.angles, { ...f, backward });
        return generalMixer(x, f.blocks, f.scales, { ...f, backward });
      };
    const tensors = inputs.map((t) => toTensor(t, precision));
    const derivatives = modes[variant].flatMap((backward) => {
      const { value, pullback } = vjp(call(backward), ...tensors);
      const ours = pullback(toTensor(ct!, precision));
      return [
        compare(`y, ${backward}`, value, y!),
        ...ours.map((slope, k) => compare(`gradient of ${keys[k]}, ${backward}`, slope, grads[k]!)),
      ];
    });
    const whole = factors(...tensors.slice(1));
    return [
      ...derivatives,
      compare("dense matrix", toDense(whole), dense!),
      compare("log |det|", logAbsDet(whole), logdet),
    ];
  };
  return { name, run };
}

const stagesOf = (value: Json | undefined, where: string): Pair[][] =>
  asList(value, where).map((stage, l) =>
    asList(stage, `${where}[${l}]`).map((pair, p) => {
      const [i, j] = asNumbers(pair, `${where}[${l}][${p}]`);
      return [i!, j!];
    }),
  );

/** The tensors of all stages as one, stage-major. */
function joined(value: Json | undefined, where: string): GoldenTensor {
  const parts = asList(value, where).map((item, l) => goldenTensor(item, `${where}[${l}]`));
  const inner = parts[0]?.shape.slice(1) ?? [];
  return { shape: [parts.reduce((n, p) => n + p.shape[0]!, 0), ...inner], data: parts.flatMap((p) => p.data) };
}
