/**
 * @file The deep model: points of the plane, lifted, through a stack, to two logits; the stack is
 * on the tape, or reversible.
 */
import {
  matmul,
  normal,
  type Parameter,
  parameter,
  rng,
  scope,
  stopGradient,
  type Tensor,
  valueAndGrad,
  zeros,
} from "@spm/core";
import { elements, sizeOf } from "@spm/core/extend";
import { butterfly } from "@spm/mixer";
import { crossEntropy } from "@spm/nn";
import { affine } from "@spm/nn/extend";
import { coupledRotation } from "./coupled-rotation.ts";
import { reversible } from "./reversible.ts";

/** The source of the layers' inputs in the backward: computed again, or from the tape. */
export type Mode = "reversible" | "tape";

/** Both, in the order of the tables. */
export const modes: readonly ["reversible", "tape"] = ["reversible", "tape"];

/** A classifier of points in the plane. */
export interface DeepModel {
  readonly parameters: readonly Parameter[];
  /** Points [B, 2] → logits [B, 2]. */
  logits(points: Tensor, mode: Mode): Tensor;
}

/** The same seed draws the same model, rounded to the dtype. */
export function deepModel(
  depth: number,
  width: number,
  seed: number,
  dtype: "float32" | "float64" = "float32",
): DeepModel {
  const random = rng(seed);
  const lift = parameter(normal(random, [2, width], 0, 1, { dtype }));
  const schedule = butterfly(width);
  const layers = Array.from({ length: depth }, () => coupledRotation(schedule, random, dtype));
  const weight = parameter(normal(random, [2, width], 0, 1 / Math.sqrt(width), { dtype }));
  const bias = parameter(zeros([2], { dtype }));
  return {
    parameters: [...layers.flatMap((layer) => layer.parameters), weight, bias],
    logits(points, mode) {
      const x = stopGradient(matmul(points, lift));
      const stacked = () =>
        layers.reduce((z, { forward, parameters }) => forward(z, parameters), x);
      return affine(mode === "tape" ? stacked() : reversible(layers, x), weight, bias);
    },
  };
}

/** Number of trainable values. */
export const sizeOfModel = ({ parameters }: DeepModel): number =>
  parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);

/** Gradients of the cross-entropy by all parameters, one after another. */
export const gradientOf = (
  { parameters, logits }: DeepModel,
  points: Tensor,
  parts: Tensor,
  mode: Mode,
): Float64Array =>
  scope(() => {
    const { grads } = valueAndGrad(() => crossEntropy(logits(points, mode), parts), parameters);
    return Float64Array.from(grads.flatMap((g) => [...elements(g.ndarray())]));
  });
