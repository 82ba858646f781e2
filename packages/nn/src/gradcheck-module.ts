/** @file The derivative check of a whole module. */

import {
  cast,
  type Differentiable,
  type GradcheckOptions,
  type GradcheckReport,
  gradcheck,
  gradgradcheck,
  type Tensor,
} from "@spm/core";
import { checkList, checkOptions, checkTensors, type OptionNames } from "@spm/core/extend";
import { functionalCall } from "./functional-call.ts";
import type { Module } from "./module.ts";
import { checkModule } from "./module.ts";

const names: OptionNames<GradcheckOptions> = { step: true, tolerance: true, seed: true };

/**
 * Compares a module's derivatives by its inputs and all its parameters with difference quotients,
 * in float64 for a module of any dtype.
 * @param inputs - of the forward, [...]: those of float32 or float64 are checked, too; indices and
 * masks are passed on
 * @returns the worst element; inputs count before parameters
 * @throws ValueError when it disagrees with the difference quotient
 * @example
 * const layer = new Linear(3, 2, { random: rng(1) });
 * gradcheckModule(layer, [normal(rng(2), [4, 3])]).error < 1e-6; // true
 */
export function gradcheckModule(
  model: Module,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  checkModule("gradcheckModule", model);
  checkTensors("gradcheckModule", ...checkList("gradcheckModule", inputs, "tensors"));
  checkOptions("gradcheckModule", options, names);
  return gradcheck(...asFunction(model, inputs), options);
}

/**
 * Compares a module's second derivatives with difference quotients of its gradients, in float64.
 * @param inputs - of the forward, [...]: those of float32 or float64 are checked, too; indices and
 * masks are passed on
 * @returns the worst element; its input 0 is the cotangent
 * @throws ValueError when it disagrees with the difference quotient
 * @example
 * const cell = new GruCell(3, 2, { random: rng(1) });
 * const [x, h] = [normal(rng(2), [4, 3]), normal(rng(3), [4, 2])];
 * gradgradcheckModule(cell, [x, h]).error < 1e-6; // true
 */
export function gradgradcheckModule(
  model: Module,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  checkModule("gradgradcheckModule", model);
  checkTensors("gradgradcheckModule", ...checkList("gradgradcheckModule", inputs, "tensors"));
  checkOptions("gradgradcheckModule", options, names);
  return gradgradcheck(...asFunction(model, inputs), options);
}

/**
 * The module as a function of its floating inputs and then its parameters, and their values, all in
 * float64.
 */
function asFunction(model: Module, inputs: readonly Tensor[]): [Differentiable, Tensor[]] {
  const isFloat = ({ dtype }: Tensor): boolean => dtype.startsWith("float");
  const doubled = Object.fromEntries(
    Object.entries(model.stateDict()).map(([path, value]) => [
      path,
      isFloat(value) ? cast(value, "float64") : value,
    ]),
  );
  const names = [...model.namedParameters().keys()];
  const floats = inputs.filter(isFloat);
  const f = (...xs: Tensor[]): Tensor => {
    const left = xs.slice(0, floats.length);
    const given = inputs.map((x) => (isFloat(x) ? (left.shift() ?? x) : x));
    const parameters = xs.slice(floats.length).map((p, i) => [names[i]!, p] as const);
    return functionalCall(model, { ...doubled, ...Object.fromEntries(parameters) }, ...given);
  };
  const values = names.flatMap((path) => doubled[path] ?? []);
  return [f, [...floats, ...values].map((x) => cast(x, "float64"))];
}
