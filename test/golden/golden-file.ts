/** @file Tells the kinds of golden files apart by what they hold, and lists their cases. */

import { adaptiveCases } from "./adaptive-file.ts";
import { attributionCases } from "./attribution-file.ts";
import type { GoldenCase } from "./case.ts";
import { circulantCases } from "./circulant-file.ts";
import { collapseCases } from "./collapse-file.ts";
import { mixerCases } from "./mixer-file.ts";
import { moduleCases } from "./modules-file.ts";
import { opsCases } from "./ops-file.ts";
import { optimCases } from "./optim-file.ts";
import { paramixerCases } from "./paramixer-file.ts";
import { asList, asObject, type JsonObject, MalformedError } from "./python-json.ts";
import { recurrentCases } from "./recurrent-file.ts";
import { rotorCases } from "./rotor-file.ts";
import { safetensorsCases } from "./safetensors-file.ts";
import { secondOrderCases } from "./second-order-file.ts";
import { tensornetCases } from "./tensornet-file.ts";

/**
 * The cases of the file at a path; `where` is its name in messages.
 * @throws MalformedError when it is of no known kind
 */
export function casesOf(file: JsonObject, where: string, path: string): GoldenCase[] {
  if (file.optimizers !== undefined) return optimCases(file, where);
  if (file.lds !== undefined) return attributionCases(file, where);
  if (file.cases === undefined) {
    if (Object.values(file).every((item) => asObject(item, where).dtype !== undefined))
      return safetensorsCases(file, where, path);
    throw new MalformedError(
      where,
      "cases, optimizers or named tensors",
      Object.keys(file).slice(0, 8),
    );
  }
  if (file.residual_net !== undefined) return collapseCases(file, where);
  if (file.cl3_sign !== undefined) return rotorCases(file, where);
  if (file.half_spectrum !== undefined) return circulantCases(file, where);
  const first = asList(file.cases, `${where}.cases`)[0];
  if (first === undefined) throw new MalformedError(`${where}.cases`, "at least one case", []);
  const fields = asObject(first, `${where}.cases[0]`);
  if (fields.grad_of_sum_sq_grad !== undefined) return secondOrderCases(file, where);
  if (fields.pairs !== undefined && fields.mode !== undefined) return adaptiveCases(file, where);
  if (fields.pairs !== undefined) return mixerCases(file, where);
  if (fields.protocol !== undefined) return paramixerCases(file, where);
  if (fields.module !== undefined) return moduleCases(file, where);
  if (fields.state_dict !== undefined) return recurrentCases(file, where);
  if (fields.energy_inverted !== undefined) return tensornetCases(file, where);
  return opsCases(file, where);
}
