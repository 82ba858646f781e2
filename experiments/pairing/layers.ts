/** @file Layers of a trained network in mixers, inputs and outputs in found orders. */
import { noGrad, pad, relu, rng, type Tensor, tensor, transpose } from "@spm/core";
import { elements } from "@spm/core/extend";
import { DataLoader, imageDataset, pixelStatistics, subset } from "@spm/data";
import { loadMnist } from "@spm/data/mnist";
import { butterfly } from "@spm/mixer";
import { fromDense, pairingFromData } from "@spm/mixer/analysis";
import { Mlp } from "@spm/models";
import { adam, cosine } from "@spm/optim";
import { classification, fit } from "@spm/trainer";
import { uninterrupted } from "../parts/steps.ts";

/** The orders of a layer's inputs and outputs. */
export const layerOrders = {
  natural: "as they are",
  random: "random",
  activations: "found from what inputs and outputs are on training images, by correlation",
  weights: "found from the matrix: inputs by its columns, outputs by its rows",
} as const;

/** One of {@link layerOrders}. */
export type LayerOrder = keyof typeof layerOrders;

/** The nearest mixer that was found to a layer in an order. */
export interface LayerError {
  readonly layer: number;
  readonly order: LayerOrder;
  readonly seed: number;
  /** ‖W′ − W‖ / ‖W‖ */
  readonly error: number;
}

/** Options of the projections. */
export interface LayerPlan {
  readonly orders: readonly LayerOrder[];
  readonly seed: number;
  readonly hidden: number;
  readonly images: number;
  readonly epochs: number;
  /** Images whose activations are read. */
  readonly samples: number;
  readonly sweeps: number;
  readonly signal: AbortSignal;
}

/** Trains a dense network 784-hidden-hidden-10 and projects its first two layers. */
export async function layerRecords(plan: LayerPlan): Promise<LayerError[]> {
  const { orders, seed, hidden, images, epochs, samples, sweeps, signal } = plan;
  const { train } = await loadMnist();
  const set = subset(imageDataset(train, pixelStatistics(train.pixels)), images);
  const loader = new DataLoader(set, { batchSize: 128, seed, dropLast: true });
  const model = new Mlp({ sizes: [train.features, hidden, hidden, 10], random: rng(seed) });
  const learningRate = cosine({ learningRate: 0.003, steps: epochs * loader.batchesPerEpoch });
  const optimizer = adam(model.parameters(), { learningRate });
  await fit(model, loader, { loss: classification, optimizer, epochs, signal });
  const x = imageDataset(train, pixelStatistics(train.pixels)).batch(
    rng(seed).permutation(images).slice(0, samples),
  ).x;
  const layers = model.layers.slice(0, 2);
  const records: LayerError[] = [];
  let inputs = x;
  for await (const [k, layer] of uninterrupted(layers.entries(), signal)) {
    const outputs = noGrad(() => relu(layer.forward(inputs)));
    const w = noGrad(() => layer.toDense());
    for await (const order of uninterrupted(orders, signal)) {
      const error = projected({ w, inputs, outputs }, order, seed, sweeps);
      records.push({ layer: k + 1, order, seed, error });
    }
    inputs = outputs;
  }
  return records;
}

/** A layer's matrix [out, in], and its inputs and outputs on samples. */
interface Layer {
  readonly w: Tensor;
  readonly inputs: Tensor;
  readonly outputs: Tensor;
}

/** ‖W′ − W‖ / ‖W‖ of the nearest mixer to the layer with its inputs and outputs in an order. */
function projected(layer: Layer, order: LayerOrder, seed: number, sweeps: number): number {
  const [rows = 1, columns = 1] = layer.w.shape;
  const width = 2 ** Math.ceil(Math.log2(Math.max(rows, columns)));
  const from = orderOf(order, layer.inputs, layer.w, width, seed);
  const to = orderOf(order, layer.outputs, transpose(layer.w), rows, seed + 1);
  const values = elements(layer.w.ndarray());
  const moved = new Float32Array(rows * width);
  to.forEach((row, i) => {
    from.forEach((column, j) => {
      moved[i * width + j] = column < columns ? (values[row * columns + column] ?? 0) : 0;
    });
  });
  const w = tensor(moved, { shape: [rows, width] });
  return fromDense(w, { schedule: butterfly(width), sweeps, random: rng(seed) }).error;
}

/** An order of `width` units, constant beyond those of x, [samples, units] (or of w the same). */
function orderOf(
  order: LayerOrder,
  activations: Tensor,
  weights: Tensor,
  width: number,
  seed: number,
): readonly number[] {
  if (order === "natural") return Array.from({ length: width }, (_, k) => k);
  if (order === "random") return Array.from(rng(seed).permutation(width));
  const x = order === "weights" ? weights : activations;
  const [samples = 0, units = 0] = x.shape;
  const padded = noGrad(() => pad(x, [0, 0], [0, width - units]));
  return pairingFromData(padded, null, { samples, permutations: 0 }).order;
}
