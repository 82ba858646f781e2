/**
 * @file `spm.json`: the mixer with explicit pairs, its value in every backward mode, all gradients,
 * its matrix and ln|det|.
 */
import { type Tensor, vjp } from "@spm/core";
import { each } from "@spm/core/extend";
import {
  apply,
  type Factors,
  fromPairs,
  logAbsDet,
  type MixerKind,
  mixers,
  toDense,
} from "@spm/mixer";
import { byName, type Pair } from "@spm/mixer/extend";
import { modesOf } from "../mixer/kinds.ts";
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

/** The kinds that the file knows by their names, and what it calls their parameters. */
const variants: Readonly<Record<string, { mixer: MixerKind; parameters: readonly string[] }>> = {
  rotation: { mixer: mixers.rotation, parameters: ["theta"] },
  general: { mixer: mixers.general, parameters: ["mix", "leftover_scale"] },
};

/** The cases of the file. @throws MalformedError */
export function mixerCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) =>
    mixerCase(item, `${where}.cases[${i}]`),
  );
}

function mixerCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const name = asString(fields.name, `${where}.name`);
  const variant = asString(fields.variant, `${where}.variant`);
  const known = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
  if (known === undefined)
    throw new MalformedError(`${where}.variant`, Object.keys(variants).join(" or "), variant);
  const { mixer, parameters } = known;
  const schedule = fromPairs(
    asNumber(fields.n, `${where}.n`),
    stagesOf(fields.pairs, `${where}.pairs`),
  );
  const golden = (from: JsonObject, at: string) => (key: string) =>
    parameters.includes(key)
      ? joined(from[key], `${at}.${key}`)
      : goldenTensor(from[key], `${at}.${key}`);
  const keys = ["x", "d_in", "d_out", "bias", ...parameters] as const;
  const inputs = each(keys, golden(fields, where));
  const grads = keys.map(golden(asObject(fields.grads, `${where}.grads`), `${where}.grads`));
  const [y, dense, ct] = ["y", "dense", "grad_output"].map((key) =>
    goldenTensor(fields[key], `${where}.${key}`),
  );
  const logdet = { shape: [], data: [asNumber(fields.logdet_abs, `${where}.logdet_abs`)] };

  const run = (precision: Precision): Comparison[] => {
    const factors = (dIn: Tensor, dOut: Tensor, bias: Tensor, ...own: Tensor[]): Factors => {
      const stages = byName(mixer.parameterisation, own);
      return { mixer, schedule, parameters: stages, dIn, dOut, bias };
    };
    const tensors = each(inputs, (t) => toTensor(t, precision));
    const [, ...rest] = tensors;
    const derivatives = modesOf(mixer).flatMap((backward) => {
      const f = (x: Tensor, ...rest: Parameters<typeof factors>) =>
        apply(factors(...rest), x, { backward });
      const { value, pullback } = vjp(f, ...tensors);
      const ours = pullback(toTensor(ct!, precision));
      return [
        compare(`y, ${backward}`, value, y!),
        ...ours.map((slope, k) => compare(`gradient of ${keys[k]}, ${backward}`, slope, grads[k]!)),
      ];
    });
    const whole = factors(...rest);
    return [
      ...derivatives,
      compare("dense matrix", toDense(whole), dense!),
      compare("log |det|", logAbsDet(whole), logdet),
    ];
  };
  return { name, run };
}

/** The pairs of each stage. */
export const stagesOf = (value: Json | undefined, where: string): Pair[][] =>
  asList(value, where).map((stage, l) =>
    asList(stage, `${where}[${l}]`).map((pair, p) => {
      const [i, j] = asNumbers(pair, `${where}[${l}][${p}]`);
      return [i!, j!];
    }),
  );

/** The tensors of all stages as one, stage-major. */
export function joined(value: Json | undefined, where: string): GoldenTensor {
  const parts = asList(value, where).map((item, l) => goldenTensor(item, `${where}[${l}]`));
  const inner = parts[0]?.shape.slice(1) ?? [];
  return {
    shape: [parts.reduce((n, p) => n + p.shape[0]!, 0), ...inner],
    data: parts.flatMap((p) => p.data),
  };
}
