/** @file The compressors that are compared, and the compressed gradients that each makes. */
import {
  type Compressor,
  compressedGradients,
  factGrass,
  factoredGradients,
  fjlt,
  type GradientBlocks,
  gaussianProjection,
  grass,
  type LayerCompressor,
  logra,
  margin,
  rademacherProjection,
  randomMask,
  selectiveMask,
  sjlt,
  spanCoordinates,
  wholeGradient,
} from "@spm/attribution";
import {
  add,
  concat,
  keep,
  matmul,
  mul,
  type Rng,
  scope,
  slice,
  sum,
  type Tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import type { LabelledBatch } from "@spm/data";
import { Linear } from "@spm/nn";
import { withTaps } from "@spm/nn/extend";
import type { Classifier } from "./half-models.ts";

/** Compressed gradients of margins, and the seconds of compressing. */
interface Compressed {
  readonly blocks: GradientBlocks;
  readonly seconds: number;
}

/** What a row may learn from before it compresses. */
interface RowSetting {
  readonly k: number;
  readonly random: Rng;
  readonly model: Classifier;
  readonly train: LabelledBatch;
  readonly heldOut: LabelledBatch;
}

/** A row: from its setting to what compresses the gradients of a batch at a checkpoint. */
export type Row = (setting: RowSetting) => (model: Classifier, batch: LabelledBatch) => Compressed;

/** Whole gradients of at most this many numbers are kept as they are. */
const KEPT = 32_768;
/** Training images that a selective mask looks at. */
const SELECTING = 128;
/** Images and columns that the seconds of a dense projection are measured on. */
const [PIECE_IMAGES, PIECE_COLUMNS] = [64, 256];
/** Images whose factors are there at a time. */
const FACTORED = 500;

/** The names of rows, in the order of the table. */
export const rowNames = [
  "random mask",
  "selective mask",
  "SJLT",
  "GraSS",
  "FJLT",
  "Rademacher",
  "Gaussian",
  "FactGraSS",
  "LoGra",
  "whole",
] as const;
export type RowName = (typeof rowNames)[number];
/** Rows whose k is that of each layer. */
export const isByLayer = (row: RowName): boolean => row === "FactGraSS" || row === "LoGra";

/** All rows by name. */
export const rows: Readonly<Record<RowName, Row>> = {
  "random mask": drawn((p, k, random) => randomMask(p, k, { random })),
  "selective mask": ({ k, random, model, train, heldOut }) => {
    const gradients = (batch: LabelledBatch) => keptGradients(model, batch);
    const mask = selectiveMask(gradients(firstOf(train, SELECTING)), gradients(heldOut), k, {
      random,
    });
    return (model, batch) => compressed(mask, model, batch);
  },
  SJLT: drawn((p, k, random) => sjlt(p, k, { random })),
  GraSS: drawn((p, k, random) => grass(p, k, { random })),
  FJLT: drawn((p, k, random) => fjlt(p, k, { random })),
  Rademacher: drawn((p, k, random) => rademacherProjection(p, k, { random })),
  Gaussian:
    ({ k, random }) =>
    (model, batch) => {
      const coordinates = coordinatesOf(model, batch);
      const projection = gaussianProjection(coordinates.shape[0] ?? 0, k, { random });
      const blocks = { "": projection.compress(coordinates) };
      return { blocks, seconds: denseSeconds(model, batch, k, random) };
    },
  FactGraSS: ({ k, random }) =>
    factored((layer) => factGrass(layer.inFeatures, layer.outFeatures, k, { random })),
  LoGra: ({ k, random }) =>
    factored((layer) => logra(layer.inFeatures, layer.outFeatures, k, { random })),
  whole: () => (model, batch) => {
    const small = model.parameterCount() <= KEPT;
    const gradients = small ? keptGradients(model, batch) : coordinatesOf(model, batch);
    return { blocks: { "": gradients }, seconds: 0 };
  },
};

/** A row that draws another compressor at each checkpoint. */
function drawn(make: (p: number, k: number, random: Rng) => Compressor): Row {
  return ({ k, random }) =>
    (model, batch) =>
      compressed(make(model.parameterCount(), k, random), model, batch);
}

/** The sum of the margins of a batch. */
const marginOf = (model: Classifier) => (x: Tensor, y: Tensor) => sum(margin(model.forward(x), y));

/** The gradients of a batch by one compressor. */
function compressed(
  compressor: Compressor,
  model: Classifier,
  { x, y }: LabelledBatch,
): Compressed {
  let seconds = 0;
  const compress = (gradients: Tensor): Tensor => {
    const started = performance.now();
    const result = compressor.compress(gradients);
    seconds += (performance.now() - started) / 1000;
    return result;
  };
  const timed = { "": { ...compressor, compress } };
  const blocks = compressedGradients(model, marginOf(model), [x, y], timed);
  return { blocks, seconds };
}

/** Whole gradients, [n, p]. */
function keptGradients(model: Classifier, batch: LabelledBatch): Tensor {
  const whole = wholeGradient(model.parameterCount());
  return compressed(whole, model, batch).blocks[""] ?? batch.x;
}

/**
 * The coordinates of whole gradients in their span, from products by the factors of dense layers:
 * Σ_layers (⟨aᵢ, aⱼ⟩ + 1) ⟨δᵢ, δⱼ⟩.
 */
export function coordinatesOf(model: Classifier, { x, y }: LabelledBatch): Tensor {
  const terms: Tensor[] = [];
  withTaps(
    model,
    () => marginOf(model)(x, y),
    ({ layer, inputs: [a], cotangent }) => {
      if (layer instanceof Linear && a)
        terms.push(keep(mul(add(ownProducts(a), 1), ownProducts(cotangent))));
    },
  );
  return scope(() => {
    const products = terms.reduce((a, b) => add(a, b));
    for (const term of terms) if (term !== products) term.dispose();
    const squares = elements(products.ndarray());
    const n = products.shape[0] ?? 1;
    const mean = Array.from({ length: n }, (_, i) => squares[i * (n + 1)] ?? 0).reduce(
      (a, b) => a + b / n,
      0,
    );
    return spanCoordinates(products, { damping: 1e-3 * mean });
  });
}

const ownProducts = (x: Tensor): Tensor => matmul(x, transpose(x, [1, 0]));

/** Seconds of a dense projection to k numbers of a batch, from a piece of both. */
function denseSeconds(model: Classifier, batch: LabelledBatch, k: number, random: Rng): number {
  const columns = Math.min(k, PIECE_COLUMNS);
  const projection = gaussianProjection(model.parameterCount(), columns, { random });
  const piece = firstOf(batch, PIECE_IMAGES);
  const { seconds } = compressed(projection, model, piece);
  const share = (piece.x.shape[0] ?? 1) / (batch.x.shape[0] ?? 1);
  return ((seconds / share) * k) / columns;
}

/** A row that compresses the gradients of each dense layer by their factors. */
function factored(
  make: (layer: Linear) => LayerCompressor,
): (model: Classifier, batch: LabelledBatch) => Compressed {
  return (model, batch) => {
    let seconds = 0;
    const compressors = Object.fromEntries(
      [...model.namedModules()].flatMap(([path, layer]) => {
        if (!(layer instanceof Linear)) return [];
        const compressor = make(layer);
        const compress = (inputs: Tensor, cotangents: Tensor): Tensor => {
          const started = performance.now();
          const result = compressor.compress(inputs, cotangents);
          seconds += (performance.now() - started) / 1000;
          return result;
        };
        return [[path, { ...compressor, compress }] as const];
      }),
    );
    const options = { reduction: "sum" } as const;
    const pieces = piecesOf(batch, FACTORED).map(({ x, y }) =>
      factoredGradients(model, () => marginOf(model)(x, y), compressors, options),
    );
    const blocks = Object.keys(compressors).map((path) => {
      const parts = pieces.flatMap((piece) => piece[path] ?? []);
      return [path, concat(parts, 0)] as const;
    });
    return { blocks: Object.fromEntries(blocks), seconds };
  };
}

/** The samples from `start` on, at most `length`. */
const part = ({ x, y }: LabelledBatch, start: number, length: number): LabelledBatch => ({
  x: slice(x, [{ start, stop: start + length }]),
  y: slice(y, [{ start, stop: start + length }]),
});
const firstOf = (batch: LabelledBatch, length: number): LabelledBatch => part(batch, 0, length);
const piecesOf = (batch: LabelledBatch, length: number): LabelledBatch[] =>
  Array.from({ length: Math.ceil((batch.y.shape[0] ?? 0) / length) }, (_, i) =>
    part(batch, i * length, length),
  );
