/** @file Sums, means and maxima of rows of a table, for bags of tokens. */
import {
  cast,
  div,
  expandDims,
  greater,
  logicalAnd,
  max,
  maximum,
  mean,
  mul,
  notEqual,
  reshape,
  sum,
  Tensor,
  take,
  tensor,
  where,
  zeros,
} from "@spm/core";
import {
  checkDTypes,
  checkList,
  checkOptions,
  checkTensors,
  DTypeError,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  showSpec,
  ValueError,
} from "@spm/core/extend";
import { checkChoice } from "../options.ts";
import { embedding } from "./affine.ts";

/** The way from a bag to one vector, in PyTorch's words. */
export type BagMode = "mean" | "sum" | "max";

/** Options of {@link embeddingBag}. */
export interface EmbeddingBagOptions {
  /** @defaultValue "mean" */
  readonly mode?: BagMode;
  /**
   * The first token of each bag, where the tokens of all bags stand one after another: ascending
   * from 0. An empty bag gives zeros.
   */
  readonly offsets?: readonly number[] | Int32Array;
  /**
   * A factor for each token, of the tokens' shape, where `mode` is "sum".
   * @defaultValue 1 for each
   */
  readonly weights?: Tensor;
  /**
   * The token that is left out of bags, whose row gets no gradient; a negative one counts from the
   * end of the table.
   */
  readonly paddingIndex?: number;
}

const names: OptionNames<EmbeddingBagOptions> = {
  mode: true,
  offsets: true,
  weights: true,
  paddingIndex: true,
};

const MODES = ["mean", "sum", "max"] as const;

/** The padding token, counted from the start. @throws ValueError unless the table has it */
export function checkPadding(op: string, index: number, vocabulary: number): number {
  if (Number.isInteger(index) && index >= -vocabulary && index < vocabulary)
    return index < 0 ? index + vocabulary : index;
  throw new ValueError(op, `a paddingIndex in [${-vocabulary}, ${vocabulary})`, index);
}

/** The tokens that are not the padding, which a negative token may name, too. */
function unpadded(ids: Tensor, index: number, vocabulary: number): Tensor {
  const padding = checkPadding("embeddingBag", index, vocabulary);
  return logicalAnd(notEqual(ids, padding), notEqual(ids, padding - vocabulary));
}

/** The places of each bag's tokens, [bags, longest], and whether there is one. */
function placesOf(
  given: readonly number[] | Int32Array,
  { shape: [count = 0], backend }: Tensor,
): { readonly places: Tensor; readonly present: Tensor } {
  if (given instanceof Tensor)
    throw new DTypeError(
      "embeddingBag",
      "offsets as numbers",
      "a tensor",
      "Array.from(await offsets.data())",
    );
  const offsets =
    given instanceof Int32Array ? [...given] : checkList("embeddingBag", given, "offsets");
  const ends = [...offsets.slice(1), count];
  const bags = offsets.map((from, k) => ({ from, end: ends[k] ?? count }));
  const ascending = bags.every(({ from, end }) => Number.isInteger(from) && from <= end);
  if (!ascending || (offsets[0] ?? 0) !== 0)
    throw new ValueError(
      "embeddingBag",
      `whole offsets that ascend from 0 to at most ${count}`,
      `[${offsets.join(", ")}]`,
    );
  const longest = bags.reduce((most, { from, end }) => Math.max(most, end - from), 0);
  const shape = [offsets.length, longest];
  const at = bags.flatMap(({ from, end }) =>
    Array.from({ length: longest }, (_, i) => (from + i < end ? from + i : -1)),
  );
  const places = Int32Array.from(at, (place) => Math.max(place, 0));
  const present = Float32Array.from(at, (place) => (place < 0 ? 0 : 1));
  return {
    places: tensor(places, { shape, backend }),
    present: tensor(present, { shape, dtype: "bool", backend }),
  };
}

/** Of rows [bags, n, width] those that are present [bags, n, 1], as one vector each. */
function reduced(rows: Tensor, present: Tensor | undefined, mode: BagMode): Tensor {
  const [bags = 0, length = 0, width = 0] = rows.shape;
  const { backend } = rows;
  if (length === 0)
    return zeros([bags, width], {
      dtype: rows.dtype === "float64" ? "float64" : "float32",
      backend,
    });
  if (present === undefined) {
    if (mode === "max") return max(rows, 1);
    return mode === "sum" ? sum(rows, 1) : mean(rows, 1);
  }
  const count = sum(cast(present, rows.dtype), 1);
  if (mode === "max") return where(greater(count, 0), max(where(present, rows, -Infinity), 1), 0);
  const total = sum(where(present, rows, 0), 1);
  return mode === "sum" ? total : div(total, maximum(count, 1));
}

/**
 * The mean, sum or maximum of the rows of a table that the tokens of each bag name; an empty bag
 * gives zeros (torch.nn.functional.embedding_bag).
 * @param weight - [vocabulary, width]
 * @param tokens - int32: [bags, n], or [n] of all bags one after another, with `offsets`
 * @returns [bags, width]
 * @throws ValueError for a token, padding or offsets out of range, or weights of another mode than
 * "sum"; ShapeError, DTypeError where operands do not fit
 * @example
 * const table = tensor([[1, 2], [3, 4], [5, 6]]);
 * const tokens = tensor([0, 1, 2], { dtype: "int32" });
 * embeddingBag(table, tokens, { offsets: [0, 2] }); // [[2, 3], [5, 6]]
 */
export function embeddingBag(
  weight: Tensor,
  tokens: Tensor,
  options: EmbeddingBagOptions = {},
): Tensor {
  const op = "embeddingBag";
  checkTensors(op, weight, tokens);
  checkOptions(op, options, names);
  const { mode = "mean", offsets, weights, paddingIndex } = options;
  checkChoice(op, MODES, mode);
  if (tokens.dtype !== "int32") throw new DTypeError(op, "int32 tokens", showSpec(tokens));
  const axes = offsets === undefined ? 2 : 1;
  if (tokens.shape.length !== axes)
    throw new ShapeError(
      op,
      axes === 2 ? "tokens [bags, n]" : "tokens [n] with offsets",
      showShape(tokens.shape),
      axes === 2
        ? "with the first token of each bag: { offsets }; a layer's bags(tokens, { offsets })"
        : undefined,
    );
  if (weights !== undefined) {
    checkTensors(op, weights);
    checkDTypes(op, [weight, weights]);
    if (mode !== "sum") throw new ValueError(op, 'the mode "sum" for weights', mode);
    if (!sameShape(weights.shape, tokens.shape))
      throw new ShapeError(
        op,
        `weights of shape ${showShape(tokens.shape)}`,
        showShape(weights.shape),
      );
  }
  const layout = offsets && placesOf(offsets, tokens);
  const inBags = (x: Tensor): Tensor => {
    if (layout === undefined) return x;
    return x.shape[0] === 0 ? reshape(x, layout.places.shape) : take(x, layout.places, 0);
  };
  const ids = inBags(tokens);
  const vocabulary = weight.shape[0] ?? 0;
  const real = paddingIndex === undefined ? undefined : unpadded(ids, paddingIndex, vocabulary);
  const both = layout && real ? logicalAnd(layout.present, real) : (layout?.present ?? real);
  const rows = embedding(weight, ids);
  const scaled = weights === undefined ? rows : mul(rows, expandDims(inBags(weights), -1));
  return reduced(scaled, both && expandDims(both, -1), mode);
}
