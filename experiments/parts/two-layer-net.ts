/** @file Two linear maps around a nonlinearity, as teachers and as students. */
import { normal, type Rng, type Tensor, tanh } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { butterfly, rotationMixer, type Schedule, shuffle } from "@spm/mixer";
import { Linear, type LinearKind, type LinearMap, linear, MixerLayer, Module } from "@spm/nn";
import { fasterForm } from "./through-matrix.ts";

/** y = W₂ φ(W₁ x), φ by default tanh. x [..., n] → [..., outputs] */
export class TwoLayerNet extends Module {
  readonly first: LinearMap;
  readonly second: LinearMap;
  readonly #activation: (h: Tensor) => Tensor;

  constructor(first: LinearMap, second: LinearMap, activation: (h: Tensor) => Tensor = tanh) {
    super();
    this.first = first;
    this.second = second;
    this.#activation = activation;
  }

  forward(x: Tensor): Tensor {
    return this.second.forward(this.#activation(this.first.forward(x)));
  }
}

/** The kinds of teachers, by the origin of both layers. */
export const teacherKinds: readonly ["same schedule", "other schedule", "dense"] = [
  "same schedule",
  "other schedule",
  "dense",
];

/** One of {@link teacherKinds}. */
export type TeacherKind = (typeof teacherKinds)[number];

/**
 * A teacher n → n → outputs: rotations with Haar angles over a butterfly, over a shuffle (the same
 * distances in falling order), or Gaussian matrices of the same scale.
 * @throws ValueError for an unknown kind
 */
export function teacherNet(
  kind: TeacherKind,
  n: number,
  outputs: number,
  random: Rng,
): TwoLayerNet {
  if (!teacherKinds.includes(kind))
    throw new ValueError("teacher", teacherKinds.join(", "), `"${kind}"`);
  const schedule: Record<TeacherKind, Schedule | null> = {
    "same schedule": butterfly(n),
    "other schedule": shuffle(n),
    dense: null,
  };
  const over = schedule[kind];
  const layer = (outFeatures: number): LinearMap =>
    over === null
      ? gaussian(n, outFeatures, random)
      : new MixerLayer(rotationMixer, n, outFeatures, { random, bias: false, schedule: over });
  return new TwoLayerNet(layer(n), layer(outputs));
}

function gaussian(inFeatures: number, outFeatures: number, random: Rng): Linear {
  const layer = new Linear(inFeatures, outFeatures, { random, bias: false });
  layer.weight.assign(normal(random, [outFeatures, inFeatures], 0, 1 / Math.sqrt(inFeatures)));
  return layer;
}

/** A student n → n → outputs whose layers are of one kind, without biases. */
export function studentNet(kind: LinearKind, n: number, outputs: number, random: Rng): TwoLayerNet {
  const layer = (outFeatures: number): LinearMap =>
    fasterForm(kind, linear(kind, n, outFeatures, { random, bias: false }));
  return new TwoLayerNet(layer(n), layer(outputs));
}
