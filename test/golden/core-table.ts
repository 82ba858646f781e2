/** @file The op of @spm/core that each case of `core.json` is about, by the case's name. */
import * as c from "@spm/core";
import { stopGradient, type Tensor } from "@spm/core";
import { goldenTensor, toIntegers } from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

/** An op on the options of a case and its inputs, in their order. */
type GoldenOp = (options: JsonObject, ...inputs: Tensor[]) => Tensor;

const number = (options: JsonObject, key: string): number =>
  asNumber(options[key], `options.${key}`);
const numbers = (options: JsonObject, key: string): number[] =>
  asNumbers(options[key], `options.${key}`);
const oneOrMore = (options: JsonObject, key: string): number | number[] =>
  Array.isArray(options[key]) ? numbers(options, key) : number(options, key);
const axisOf = (options: JsonObject): number | undefined =>
  options.axis === null ? undefined : number(options, "axis");
const integers = (options: JsonObject, key: string): Tensor =>
  toIntegers(goldenTensor(options[key], `options.${key}`));
const as = (y: Tensor, x: Tensor): Tensor => stopGradient(c.cast(y, x.dtype));
const order = (options: JsonObject): c.SortOptions => ({
  axis: number(options, "axis"),
  descending: options.descending === true,
});

/** An index of a case: a number, a range, "...", null, or a tensor of positions or of a mask. */
function indexOf(item: Json): c.Index {
  if (item === null || item === "..." || typeof item === "number") return item;
  const fields = asObject(item, "options.index");
  if (fields.shape === undefined)
    return {
      start: number(fields, "start"),
      stop: number(fields, "stop"),
      step: number(fields, "step"),
    };
  const tensor = toIntegers(goldenTensor(fields, "options.index"));
  if (typeof fields.mask !== "boolean")
    throw new MalformedError("options.index.mask", "a boolean", fields.mask);
  return fields.mask ? c.cast(tensor, "bool") : tensor;
}

export const coreOps: Readonly<Record<string, GoldenOp>> = {
  "core_einsum_*": ({ equation }, ...xs) => c.einsum(asString(equation, "options.equation"), ...xs),
  "core_at_*": ({ index }, x) => c.at(x, ...asList(index, "options.index").map(indexOf)),
  "core_segment_sum_*": (options, x) =>
    c.segmentSum(x, integers(options, "ids"), number(options, "segments"), number(options, "axis")),
  "core_index_add_*": (options, x, src) =>
    c.indexAdd(x, integers(options, "index"), src, number(options, "axis")),
  "core_roll_*": (options, x) => {
    const axis = options.axis === null ? undefined : oneOrMore(options, "axis");
    return c.roll(x, oneOrMore(options, "shift"), axis);
  },
  "core_tile_*": (options, x) => c.tile(x, numbers(options, "counts")),
  "core_repeat_*": (options, x) => c.repeat(x, oneOrMore(options, "times"), axisOf(options)),
  "core_floor*": (_, x) => c.floor(x),
  "core_ceil*": (_, x) => c.ceil(x),
  "core_round*": (_, x) => c.round(x),
  core_is_nan: (_, x) => as(c.isNaN(x), x),
  core_is_finite: (_, x) => as(c.isFinite(x), x),
  "core_sort_*": (options, x) => c.sort(x, order(options)),
  "core_argsort_*": (options, x) => as(c.argsort(x, order(options)), x),
  "core_topk_*": (options, x) => c.topk(x, number(options, "k"), number(options, "axis")).values,
};

const int32 = (...values: number[]): Tensor => c.tensor(Int32Array.from(values));
const where = int32(2, 0, 2, 1);
const cube = (x: Tensor): Tensor => c.mul(x, c.square(x));

/** The functions of `core_second_order.json`, whose elements are summed. */
export const coreFunctions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  core_take: (x) => c.mul(cube(c.take(x, where)), x),
  core_gather: (x) => cube(c.gather(x, c.reshape(int32(0, 2, 2), [3, 1]), 1)),
  core_segment_sum: (x) => c.square(c.segmentSum(c.square(x), where, 3)),
  core_einsum: (x) => c.square(c.einsum("...ij,kj->...ik", c.square(x), c.at(x, 0))),
  core_diagonal: (x) => c.square(c.einsum("...ii->i", cube(x))),
  core_where: (x) => c.where(c.greater(x, 0), c.exp(x), cube(x)),
  core_pairs: (x) => cube(c.at(x, where, int32(1, -1, 1, 0))),
  core_mask: (x) => c.cumsum(cube(c.at(x, c.greater(x, 0))), 0),
  core_roll: (x) => c.mul(c.roll(x, 1, 0), cube(x)),
  core_sort: (x) => c.mul(c.sort(cube(x)), c.arange(6, { start: 1, dtype: x.dtype })),
};
