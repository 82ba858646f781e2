/** @file The models of the experiment: a hidden map of each kind, and nets around it. */
import { type Rng, relu, reshape, type Tensor, tanh } from "@spm/core";
import { butterfly, generalMixer, rotationMixer } from "@spm/mixer";
import {
  AdaptiveMixer,
  Embedding,
  type Layer,
  Linear,
  MixerLayer,
  type Module,
  Sequential,
} from "@spm/nn";

/** Makes a map in → out. */
type MapMaker = (inFeatures: number, outFeatures: number, random: Rng, bias: boolean) => Module;

/** Coordinates of a mixer in → out, and the stages in which a butterfly mixes them fully. */
function sizeOfMixer(inFeatures: number, outFeatures: number): { n: number; stages: number } {
  const stages = Math.ceil(Math.log2(Math.max(inFeatures, outFeatures)));
  return { n: 2 ** stages, stages };
}

/** A static mixer with so many times the stages of the adaptive one. */
const still =
  (kind: typeof rotationMixer | typeof generalMixer, times: number): MapMaker =>
  (inFeatures, outFeatures, random, bias) => {
    const { n, stages } = sizeOfMixer(inFeatures, outFeatures);
    const schedule = butterfly(n, Math.round(times * stages));
    return kind === generalMixer
      ? new MixerLayer(generalMixer, inFeatures, outFeatures, { random, bias, schedule })
      : new MixerLayer(rotationMixer, inFeatures, outFeatures, { random, bias, schedule });
  };

const adaptive =
  (mode: "input" | "local" | "bottleneck"): MapMaker =>
  (inFeatures, outFeatures, random, bias) =>
    new AdaptiveMixer(inFeatures, outFeatures, { random, bias, mode, rank: BOTTLENECK });

/** The rank of a bottleneck that has about the numbers of mode local. */
const BOTTLENECK = 2;

const dense: MapMaker = (inFeatures, outFeatures, random, bias) =>
  new Linear(inFeatures, outFeatures, { random, bias });

/** A net by name, made from a seed's random numbers. */
export type Nets = Readonly<Record<string, (random: Rng) => Module>>;

/** Nets n → n, without biases but in the MLPs, of which one has about so many numbers. */
export function studentNets(n: number, numbers: number): Nets {
  const alone = (make: MapMaker) => (random: Rng) => make(n, n, random, false);
  const mlp = (hidden: number) => (random: Rng) =>
    new Sequential([dense(n, hidden, random, true), tanh, dense(hidden, n, random, true)]);
  return {
    input: alone(adaptive("input")),
    local: alone(adaptive("local")),
    rotation: alone(still(rotationMixer, 1)),
    dense: alone(dense),
    mlp: mlp(Math.max(1, Math.round((numbers - n) / (2 * n + 1)))),
    "wide-mlp": mlp(128),
  };
}

/**
 * Hidden maps of about equal numbers: adaptive ones, rotations of three times as many stages,
 * general blocks of three quarters of them, whose outputs each read a quarter of the coordinates;
 * and beside them general blocks and a rotation of equal stages, and dense.
 */
const hiddenMaps: Readonly<Record<string, MapMaker>> = {
  local: adaptive("local"),
  bottleneck: adaptive("bottleneck"),
  "rotation-deep": still(rotationMixer, 3),
  general: still(generalMixer, 3 / 4),
  "general-full": still(generalMixer, 1),
  rotation: still(rotationMixer, 1),
  dense,
};

/** Two hidden maps with ReLU, and a dense head. */
function classifier(make: MapMaker, features: number, classes: number, random: Rng): Layer[] {
  const [first, second] = [
    make(features, HIDDEN, random, true),
    make(HIDDEN, HIDDEN, random, true),
  ];
  return [first, relu, second, relu, dense(HIDDEN, classes, random, true)];
}

const HIDDEN = 256;
const EMBEDDING = 16;

/** x [batch, features] → logits [batch, classes]. */
export const imageNets = (features: number, classes: number): Nets =>
  eachMap((make, random) => new Sequential(classifier(make, features, classes, random)));

/** Windows [batch, context] of characters → logits of the next [batch, vocabulary]. */
export const textNets = (context: number, vocabulary: number): Nets =>
  eachMap((make, random) => {
    const table = new Embedding(vocabulary, EMBEDDING, { random });
    const flat = (x: Tensor): Tensor => reshape(x, [x.shape[0] ?? 0, context * EMBEDDING]);
    const hidden = classifier(make, context * EMBEDDING, vocabulary, random);
    return new Sequential([table, flat, ...hidden]);
  });

const eachMap = (net: (make: MapMaker, random: Rng) => Module): Nets =>
  Object.fromEntries(
    Object.entries(hiddenMaps).map(([name, make]) => [name, (random: Rng) => net(make, random)]),
  );

/** All of their names. */
export const modelNames: readonly string[] = [
  ...new Set([...Object.keys(studentNets(2, 2)), ...Object.keys(hiddenMaps)]),
];
