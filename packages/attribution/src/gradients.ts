/**
 * @file Compressed gradients of each sample: by whole parameters, a piece of the batch at a time,
 * or of linear layers by their factors, from one backward pass.
 */
import {
  add,
  concat,
  keep,
  logsumexp,
  mul,
  oneHot,
  reshape,
  scope,
  slice,
  sub,
  sum,
  type Tensor,
  where,
} from "@spm/core";
import {
  alias,
  checkFunction,
  checkList,
  checkOptions,
  checkTensors,
  kindOf,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";
import { Linear, Module, perSampleGradients } from "@spm/nn";
import { withTaps } from "@spm/nn/extend";
import { type Compressor, checkCompressor, checkSize } from "./compressor.ts";
import { checkLayerCompressor, type LayerCompressor } from "./factored.ts";

/**
 * Compressed gradients of n samples by block, [n, k] each: a block is a part of a model, by its
 * path; the whole model is the block "".
 */
export type GradientBlocks = Readonly<Record<string, Tensor>>;

/** Options of {@link compressedGradients}. */
export interface CompressedOptions {
  /** Samples whose whole gradients are there at a time. @defaultValue 64 */
  readonly batchSize?: number;
}
const compressedNames: OptionNames<CompressedOptions> = { batchSize: true };

/**
 * The gradients of each of n samples, compressed: those by all parameters of a block, each
 * flattened row by row, one after the other in the order of `namedParameters`.
 * @param loss - of one sample, a batch [1, ...] of each tensor, to a scalar []: its loss, or its
 * {@link margin}
 * @param batch - [n, ...] each
 * @param compressors - by block: `{ "": sjlt(model.parameterCount(), k, options) }` is the model as
 * one, `{ "layers.0": …, head: … }` takes two parts of it
 * @returns by block [n, k]. Memory: batchSize · p numbers beside the result
 * @throws ShapeError for a block without parameters or a compressor of another p; ValueError for
 * wrong options; OptionError
 * @example
 * const model = new Linear(3, 2, { random: rng(1) });
 * const loss = (x: Tensor) => sum(square(model.forward(x)));
 * const compressors = { "": randomMask(8, 4, { random: rng(2) }) };
 * compressedGradients(model, loss, [ones([5, 3])], compressors)[""]?.shape; // [5, 4]
 */
export function compressedGradients(
  model: Module,
  loss: (...sample: Tensor[]) => Tensor,
  batch: readonly Tensor[],
  compressors: Readonly<Record<string, Compressor>>,
  options: CompressedOptions = {},
): GradientBlocks {
  const op = "compressedGradients";
  checkParts(op, model, compressors);
  checkFunction(op, loss);
  checkTensors(op, ...checkList(op, batch, "tensors"));
  checkOptions(op, options, compressedNames);
  const { batchSize = 64 } = options;
  checkSize(op, "batchSize", batchSize);
  const n = batch[0]?.shape[0] ?? 0;
  if (n === 0 || batch.some(({ shape }) => shape[0] !== n))
    throw new ShapeError(
      op,
      "n ≥ 1 samples in each tensor",
      batch.map((x) => showShape(x.shape)),
    );
  const blocks = Object.entries(compressors).map(([block, compressor]) => ({
    block,
    compressor: checkCompressor(op, compressor),
    paths: pathsIn(op, model, block),
  }));
  return scope(() => {
    const pieces: Tensor[][] = [];
    for (let start = 0; start < n; start += batchSize) {
      const piece = batch.map((x) => slice(x, [{ start, stop: start + batchSize }]));
      const compressed = scope(() => {
        const { grads } = perSampleGradients(model, loss, piece);
        return blocks.map(({ compressor, paths }) => compressor.compress(flat(grads, paths)));
      });
      pieces.push(compressed);
    }
    const joined = blocks.map(({ block }, k) => [block, concat(column(pieces, k), 0)] as const);
    return Object.fromEntries(joined);
  });
}

const column = (rows: readonly (readonly Tensor[])[], k: number): Tensor[] =>
  rows.flatMap((row) => row[k] ?? []);

/** Gradients [B, ...] by path as one [B, p]. */
function flat(grads: GradientBlocks, paths: readonly string[]): Tensor {
  const parts = paths.flatMap((path) => grads[path] ?? []);
  return concat(
    parts.map((g) => reshape(g, [g.shape[0] ?? 0, -1])),
    1,
  );
}

/** The paths of the parameters in a block. */
function pathsIn(op: string, model: Module, block: string): string[] {
  const inBlock = (path: string) => block === "" || path === block || path.startsWith(`${block}.`);
  const paths = [...model.namedParameters().keys()].filter(inBlock);
  if (paths.length === 0) throw new ShapeError(op, "blocks with parameters", `"${block}"`);
  return paths;
}

/** @throws ValueError unless they are a module, and an object by path */
function checkParts(op: string, model: Module, compressors: object): void {
  if (!(model instanceof Module)) throw new ValueError(op, "a module", kindOf(model));
  if (typeof compressors !== "object" || compressors === null || Array.isArray(compressors))
    throw new ValueError(op, "compressors by path", kindOf(compressors), '{ "": sjlt(p, k, …) }');
}

/** Options of {@link factoredGradients}. */
export interface FactoredGradientsOptions {
  /** The way from the losses of samples to the loss. @defaultValue "mean" */
  readonly reduction?: "mean" | "sum";
}
const factoredGradientsNames: OptionNames<FactoredGradientsOptions> = { reduction: true };

/**
 * The gradients of each of B samples by dense layers, compressed by their factors, which taps of
 * one pass forward and back give: no gradient [out, in] is formed. A layer that is called several
 * times has the sum.
 * @param loss - a scalar [] of a batch of B, of which each layer sees [B, ...]; a mean's cotangents
 * are multiplied by B, so that the gradients are those of each sample's own loss
 * @param compressors - by the paths of layers `Linear`
 * @returns by path [B, k]. Cost: a backward pass without the gradients of parameters, and the
 * compressors'
 * @throws ShapeError for a path that is no `Linear` or is not called; ValueError for compressors
 * that don't add; OptionError
 * @example
 * const model = new Linear(30, 20, { random: rng(1) });
 * const loss = () => mean(square(model.forward(ones([5, 30]))));
 * const compressors = { "": factGrass(30, 20, 4, { random: rng(2) }) };
 * factoredGradients(model, loss, compressors)[""]?.shape; // [5, 4]
 */
export function factoredGradients(
  model: Module,
  loss: () => Tensor,
  compressors: Readonly<Record<string, LayerCompressor>>,
  options: FactoredGradientsOptions = {},
): GradientBlocks {
  const op = "factoredGradients";
  checkParts(op, model, compressors);
  checkFunction(op, loss);
  checkOptions(op, options, factoredGradientsNames);
  const { reduction = "mean" } = options;
  if (reduction !== "mean" && reduction !== "sum")
    throw new ValueError(op, "mean or sum", `"${reduction}"`);
  const layers = new Map(model.namedModules());
  for (const [path, compressor] of Object.entries(compressors)) {
    checkLayerCompressor(op, compressor);
    if (!(layers.get(path) instanceof Linear))
      throw new ShapeError(op, "paths of layers Linear", `"${path}"`);
  }
  const sums = new Map<string, Tensor>();
  withTaps(model, loss, ({ path, inputs: [input], cotangent }) => {
    const compressor = compressors[path];
    if (compressor === undefined || input === undefined) return;
    const own = reduction === "mean" ? mul(cotangent, input.shape[0] ?? 0) : cotangent;
    const before = sums.get(path);
    const compressed = compressor.compress(input, own);
    sums.set(path, keep(before === undefined ? compressed : add(before, compressed)));
    before?.dispose();
  });
  return Object.fromEntries(
    Object.keys(compressors).map((path) => {
      const kept = sums.get(path);
      if (kept === undefined) throw new ShapeError(op, "a loss that calls each layer", `"${path}"`);
      const owned = alias(kept); // the caller's scope owns it
      kept.dispose();
      return [path, owned];
    }),
  );
}

/**
 * The margin that TRAK takes gradients of, log p_y − log(1 − p_y) = z_y − log Σ_{c ≠ y} exp z_c,
 * which does not overflow where p_y → 1.
 * @param logits - z, [n, classes], at least two classes
 * @param labels - y, int32 [n]
 * @returns [n]
 * @throws ShapeError, DTypeError unless they fit; ValueError for a label out of range
 * @example margin(tensor([[0, 2, 0]]), tensor(Int32Array.of(1))); // [1.3069]
 */
export function margin(logits: Tensor, labels: Tensor): Tensor {
  checkTensors("margin", logits, labels);
  const [n, classes = 0] = logits.shape;
  if (
    logits.shape.length !== 2 ||
    classes < 2 ||
    labels.shape.length !== 1 ||
    labels.shape[0] !== n
  )
    throw new ShapeError(
      "margin",
      "logits [n, classes ≥ 2] and labels [n]",
      `${showShape(logits.shape)} and ${showShape(labels.shape)}`,
    );
  const own = oneHot(labels, classes).greater(0);
  const ownLogit = sum(where(own, logits, 0), 1);
  return sub(ownLogit, logsumexp(where(own, -Infinity, logits), 1));
}
