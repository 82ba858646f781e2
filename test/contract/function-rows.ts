/**
 * @file Rows of the table of modules for activations and losses, which are compositions: their
 * derivatives and backends are tested as those of modules are.
 */
import { normal, rng, type Tensor, tensor } from "@spm/core";
import * as nn from "@spm/nn";
import { logSoftmax, Module } from "@spm/nn";
import { type ModuleRow, row } from "./module-row.ts";

/** A function as a module. */
class Of extends Module {
  readonly #f: (...xs: Tensor[]) => Tensor;
  constructor(f: (...xs: Tensor[]) => Tensor) {
    super();
    this.#f = f;
  }
  forward(...xs: Tensor[]): Tensor {
    return this.#f(...xs);
  }
}

const of = (
  name: string,
  f: (...xs: Tensor[]) => Tensor,
  ...shapes: readonly (readonly number[])[]
): ModuleRow => row(name, () => new Of(f), ...shapes);

const labels = tensor(Int32Array.of(1, 0, 2, -100));
const withLabels = (name: string, f: (...xs: Tensor[]) => Tensor): ModuleRow => ({
  name,
  make: () => new Of(f),
  inputs: () => [normal(rng(20), [4, 3]), labels],
});
/** The factors of three classes, in the precision of x. */
const weight = (x: Tensor): Tensor =>
  tensor([0.5, 2, 1], { dtype: x.dtype as "float32", backend: x.backend });
const signs = (x: Tensor): Tensor =>
  tensor([1, -1], { dtype: x.dtype as "float32", backend: x.backend });

const tokens = tensor(Int32Array.of(0, 2, 2, 1, 0));
const bags = (name: string, options: nn.EmbeddingBagOptions): ModuleRow => ({
  name: `embeddingBag, ${name}`,
  make: () => new Of((table, at) => nn.embeddingBag(table, at, options)),
  inputs: () => [normal(rng(20), [3, 2]), tokens],
});

/** The rows. */
export const functionRows: readonly ModuleRow[] = [
  of("celu", (x) => nn.celu(x, 0.5), [3, 4]),
  of("selu", nn.selu, [3, 4]),
  of("mish", nn.mish, [3, 4]),
  of("hardswish", nn.hardswish, [3, 4]),
  of("hardtanh", (x) => nn.hardtanh(x, { min: -0.5 }), [3, 4]),
  of("modRelu", nn.modRelu, [3, 4], [4]),
  of("softsign", nn.softsign, [3, 4]),
  of("skewExponential", nn.skewExponential, [6]),
  of("glu", (x) => nn.glu(x, 0), [4, 3]),
  of("prelu", (x, w) => nn.prelu(x, w), [2, 3, 2], [3]),
  of("prelu, shared", (x, w) => nn.prelu(x, w), [2, 3], [1]),
  bags("mean, an empty one", { offsets: [0, 2, 2] }),
  bags("max, padded", { mode: "max", offsets: [0, 1, 3, 5], paddingIndex: 0 }),
  {
    ...row("EmbeddingBag", () => new nn.EmbeddingBag(3, 2, { mode: "sum", random: rng(1) })),
    inputs: () => [tensor(Int32Array.of(0, 2, 2, 1), { shape: [2, 2] }), normal(rng(21), [2, 2])],
  },
  row("Prelu", () => new nn.Prelu({ channels: 3 }), [2, 3]),
  withLabels("crossEntropy, weights, smoothed", (x, y) =>
    nn.crossEntropy(x, y, { weight: weight(x), labelSmoothing: 0.1 }),
  ),
  withLabels("crossEntropy, each", (x, y) => nn.crossEntropy(x, y, { reduction: "none" })),
  withLabels("nll, sum", (x, y) =>
    nn.nll(logSoftmax(x), y, { weight: weight(x), reduction: "sum" }),
  ),
  of(
    "crossEntropy, probabilities on axis 1",
    (x, t) => nn.crossEntropy(x, nn.softmax(t, 1), { axis: 1, weight: weight(x) }),
    [2, 3, 2],
    [2, 3, 2],
  ),
  of("smoothL1", (x, y) => nn.smoothL1(x, y, { beta: 0.5 }), [3, 4], [3, 4]),
  of(
    "bceWithLogits, weights",
    (x, t, w, q) => nn.bceWithLogits(x, t, { weight: w, posWeight: q }),
    [2, 3],
    [2, 3],
    [3],
    [2, 1],
  ),
  of("cosineSimilarity", (x, y) => nn.cosineSimilarity(x, y, { axis: 0 }), [3, 2], [3, 2]),
  of(
    "cosineEmbedding",
    (x, y) => nn.cosineEmbedding(x, y, signs(x), { margin: -0.9 }),
    [2, 3],
    [2, 3],
  ),
  of(
    "tripletMargin, p = 3, swap",
    (a, b, c) => nn.tripletMargin(a, b, c, { p: 3, swap: true, margin: 2 }),
    [2, 3],
    [2, 3],
    [2, 3],
  ),
];
