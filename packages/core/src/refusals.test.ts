/** @file What the core refuses, and in which words. */

import { expect, test } from "vitest";
import * as c from "./index.ts";
import { Rng } from "./ops/random.ts";

const { tensor, zeros } = c;
const ints = (...values: number[]) => tensor(Int32Array.from(values));
const double = { dtype: "float64" } as const;

/** What each call says, a line each: `what → class: message`. */
async function said(...calls: readonly [what: string, f: () => unknown][]): Promise<string> {
  const lines = calls.map(async ([what, f]) => {
    try {
      return `${what} → no error but ${await f()}`;
    } catch (error) {
      return `${what} → ${error instanceof c.SpmError ? error : `not ours: ${error}`}`;
    }
  });
  const all = (await Promise.all(lines)).join("\n");
  expect(all).not.toMatch(/→ (no error|not ours)/);
  return all;
}

test("an error about a value without a text is that error", () => {
  for (const got of [{ toString: 1 }, Object.create(null)])
    expect(new c.SpmError("read", "a number", got).message).toBe(
      "read: expected a number, got an object without a text",
    );
});

test("creation", async () => {
  const all = await said(
    ["ragged arrays", () => tensor([[1, 2], [3]])],
    ["ragged depths", () => tensor([1, [2]] as number[])],
    ["something else than numbers", () => tensor(["1"] as unknown as number[])],
    ["a wrong length", () => tensor([1, 2, 3], { shape: [2, 2] })],
    ["a shape that is none", () => zeros([2, -1])],
    ["half an element", () => zeros([1.5])],
    ["more than there can be", () => zeros([1e6, 1e6])],
    ["a fraction as int32", () => tensor([0.5], { dtype: "int32" })],
    ["2 as bool", () => tensor([2], { dtype: "bool" })],
    ["a dtype that there isn't", () => tensor([1], { dtype: "float16" as "float32" })],
    ["a dtype that there isn't, of nothing", () => zeros([0], { dtype: "toString" as "float32" })],
    ["an unknown typed array", () => tensor(new Uint16Array(2) as unknown as Float32Array)],
    ["an endless range", () => c.arange(Number.POSITIVE_INFINITY)],
    ["steps of 0", () => c.arange(3, { step: 0 })],
    ["no count", () => c.linspace(0, 1, 0)],
    ["an integer parameter", () => c.parameter(ints(1))],
    ["a seed that is no integer", () => c.rng(0.5)],
    ["a generator without state", () => new Rng([0, 0, 0, 0])],
    ["an empty interval", () => c.uniform(c.rng(1), [1], 1, 1)],
    ["a negative deviation", () => c.normal(c.rng(1), [1], 0, -1)],
    ["a permutation of less than nothing", () => c.permutation(c.rng(1), -1)],
  );
  expect(all).toMatchInlineSnapshot(`
    "ragged arrays → ShapeError: tensor: expected arrays of 2 at depth 1 (not ragged), got an array of 1
    ragged depths → ShapeError: tensor: expected numbers at depth 1 (not ragged), got an array of 1
    something else than numbers → ShapeError: tensor: expected numbers at depth 1 (not ragged), got "1"
    a wrong length → ShapeError: tensor: expected 4 elements for shape [2, 2], got 3
    a shape that is none → ShapeError: zeros: expected a shape of non-negative integers, at most 2^32 elements, got [2, -1]
    half an element → ShapeError: zeros: expected a shape of non-negative integers, at most 2^32 elements, got [1.5]
    more than there can be → ShapeError: zeros: expected a shape of non-negative integers, at most 2^32 elements, got [1000000, 1000000]
    a fraction as int32 → ValueError: tensor: expected 32-bit integers for int32, got 0.5
    help: take another dtype
    2 as bool → ValueError: tensor: expected 0 or 1 for bool, got 2
    help: take another dtype
    a dtype that there isn't → DTypeError: array: expected a dtype of float32, float64, int32, bool, got "float16"
    a dtype that there isn't, of nothing → DTypeError: array: expected a dtype of float32, float64, int32, bool, got "toString"
    an unknown typed array → DTypeError: array: expected Float32Array, Float64Array, Int32Array or Uint8Array, got Uint16Array
    an endless range → ValueError: arange: expected finite numbers and a step other than 0, got 0, Infinity, 1
    steps of 0 → ValueError: arange: expected finite numbers and a step other than 0, got 0, 3, 0
    no count → ValueError: linspace: expected a count ≥ 1, got 0
    an integer parameter → DTypeError: parameter: expected float32 or float64, got int32
    a seed that is no integer → ValueError: rng: expected a safe integer as seed, got 0.5
    a generator without state → ValueError: rng: expected a state of four 32-bit integers, not all zero, got [0, 0, 0, 0]
    an empty interval → ValueError: uniform: expected finite low < high, got 1 and 1
    a negative deviation → ValueError: normal: expected a standard deviation ≥ 0, got -1
    a permutation of less than nothing → ShapeError: permutation: expected a shape of non-negative integers, at most 2^32 elements, got [-1]"
  `);
});

test("arrays inside of themselves, and more axes than 64", async () => {
  const endless: c.Nested[] = [];
  endless.push(endless);
  let deep: c.Nested = 1;
  let large: c.Nested = [1, 2];
  for (let k = 0; k < 1e5; k++) deep = [deep];
  for (let k = 0; k < 40; k++) large = [large, large];
  const axes = new Array<number>(1000).fill(1);
  const all = await said(
    ["an array inside of itself", () => tensor(endless)],
    ["as a shape", () => zeros(endless as unknown as number[])],
    ["one nested 100,000 deep", () => tensor(deep)],
    ["such a one beside a number", () => tensor([1, deep])],
    ["one with itself twice, 40 times", () => tensor(large)],
    ["zeros of 1000 axes", () => zeros(axes)],
    ["another shape of 1000 axes", () => c.reshape(zeros([1]), axes)],
    ["a broadcast to 1000 axes", () => c.broadcastTo(zeros([1]), axes)],
    ["one axis too many", () => c.expandDims(zeros(axes.slice(0, 64)), 0)],
  );
  expect(all).toMatchInlineSnapshot(`
    "an array inside of itself → ShapeError: tensor: expected at most 64 axes, got 65
    as a shape → ShapeError: zeros: expected a shape of non-negative integers, at most 2^32 elements, got [an array of 1]
    one nested 100,000 deep → ShapeError: tensor: expected at most 64 axes, got 65
    such a one beside a number → ShapeError: tensor: expected numbers at depth 1 (not ragged), got an array of 1
    one with itself twice, 40 times → ShapeError: tensor: expected a shape of non-negative integers, at most 2^32 elements, got [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    zeros of 1000 axes → ShapeError: zeros: expected at most 64 axes, got 1000
    another shape of 1000 axes → ShapeError: reshape: expected at most 64 axes, got 1000
    a broadcast to 1000 axes → ShapeError: broadcastTo: expected at most 64 axes, got 1000
    one axis too many → ShapeError: reshape: expected at most 64 axes, got 65"
  `);
  expect(c.scope(() => c.sum(c.square(c.ones(axes.slice(0, 64))))).shape).toEqual([]);
});

test("what is no backend", async () => {
  const promise = Promise.resolve(c.reference) as unknown as c.Backend;
  const all = await said(
    ["the promise of one", () => c.setBackend(promise)],
    ["a name", () => c.setBackend("wasm" as unknown as c.Backend)],
    ["nothing", () => c.setBackend(undefined as unknown as c.Backend)],
    ["the promise of one, for a tensor", () => zeros([2], { backend: promise })],
    ["to a promise", () => c.to(zeros([2]), promise)],
    ["to a name", () => c.to(zeros([2]), "wasm" as unknown as c.Backend)],
  );
  expect(all).toMatchInlineSnapshot(`
    "the promise of one → BackendError: setBackend: expected a backend, got a promise
    help: wait for it: await wasm()
    a name → BackendError: setBackend: expected a backend, got "wasm"
    help: open one: await wasm(), await gpu()
    nothing → BackendError: setBackend: expected a backend, got undefined
    help: open one: await wasm(), await gpu()
    the promise of one, for a tensor → BackendError: fromArray: expected a backend, got a promise
    help: wait for it: await wasm()
    to a promise → BackendError: to: expected a backend, got a promise
    help: wait for it: await wasm()
    to a name → BackendError: to: expected a backend, got "wasm"
    help: open one: await wasm(), await gpu()"
  `);
  expect(c.currentBackend()).toBe(c.reference);
});

test("shapes", async () => {
  const all = await said(
    ["shapes that don't broadcast", () => c.add(zeros([2, 3]), zeros([2]))],
    ["another number of elements", () => c.reshape(zeros([2, 3]), [4])],
    ["sizes that don't divide", () => c.reshape(zeros([2, 3]), [4, -1])],
    ["two open sizes", () => c.reshape(zeros([2, 3]), [-1, -1])],
    ["a smaller shape", () => c.broadcastTo(zeros([3]), [2])],
    ["an axis twice", () => c.sum(zeros([2, 2]), { axis: [0, -2] })],
    ["an axis that is not there", () => c.sum(zeros([2, 2]), 2)],
    ["an axis of a scalar", () => c.flip(tensor(1), 0)],
    ["axes left out", () => c.transpose(zeros([2, 3]), [0, 0])],
    ["an axis that is not 1", () => c.squeeze(zeros([2, 1]), 0)],
    ["more ranges than axes", () => c.slice(zeros([2]), [{}, {}])],
    ["a step of 0", () => c.slice(zeros([2]), [{ step: 0 }])],
    ["half a position", () => c.slice(zeros([2]), [{ start: 0.5 }])],
    ["too few sizes of padding", () => c.pad(zeros([2, 2]), [1], [1])],
    ["nothing to join", () => c.concat([])],
    ["parts of other sizes", () => c.concat([zeros([1, 2]), zeros([1, 3])])],
    ["rows of other shapes", () => c.stack([zeros([2]), zeros([3])])],
    ["parts that don't make up the axis", () => c.split(zeros([4]), [1, 2])],
    ["no elements to choose from", () => c.max(zeros([0]))],
    ["inner sizes that differ", () => c.matmul(zeros([2, 3]), zeros([2, 3]))],
    ["a product with a scalar", () => c.matmul(zeros([2]), tensor(1))],
    ["an equation for other operands", () => c.einsum("ij,jk->ik", zeros([2, 3]), zeros([2, 3]))],
    ["a letter of two sizes", () => c.einsum("ij,ij->i", zeros([2, 3]), zeros([2, 2]))],
    ["two dots", () => c.einsum("...i...->i", zeros([2, 3]))],
    ["two arrows", () => c.einsum("i->i->i", zeros([2]))],
    ["more indices than axes", () => c.at(zeros([2]), 0, 0)],
    ["a mask of other sizes", () => c.at(zeros([2, 3]), {}, tensor([true, false]))],
    ["indices that don't broadcast", () => c.at(zeros([2, 3]), ints(0, 1), ints(0, 1, 2))],
    ["ids for other slices", () => c.segmentSum(zeros([2, 3]), ints(0, 1, 1), 2)],
    ["less than no segments", () => c.segmentSum(zeros([2, 3]), ints(0, 1), -1)],
    ["slices of another width", () => c.indexAdd(zeros([4, 3]), ints(1), zeros([1, 2]))],
    ["a negative count", () => c.tile(zeros([2]), [-1])],
    ["counts for other slices", () => c.repeat(zeros([2]), [1, 2, 3], 0)],
  );
  expect(all).toMatchInlineSnapshot(`
    "shapes that don't broadcast → ShapeError: add: expected shapes that broadcast (sizes equal or 1 from the last axis), got [2, 3] and [2]
    another number of elements → ShapeError: reshape: expected a shape of 6 elements for [2, 3], got [4]
    sizes that don't divide → ShapeError: reshape: expected at most one −1, and sizes that divide 6 elements, got [4, -1]
    two open sizes → ShapeError: reshape: expected at most one −1, and sizes that divide 6 elements, got [-1, -1]
    a smaller shape → ShapeError: broadcastTo: expected a shape that broadcasts to [2], got [3]
    an axis twice → ShapeError: sum: expected each axis once, got [0,-2]
    an axis that is not there → ShapeError: sum: expected an axis in [-2, 2), got 2
    an axis of a scalar → ShapeError: flip: expected no axis for a scalar, got 0
    axes left out → ShapeError: transpose: expected each of 2 axes once, got [0, 0]
    an axis that is not 1 → ShapeError: squeeze: expected size 1 at axis 0, got [2, 1]
    more ranges than axes → ShapeError: slice: expected at most 1 ranges for [2], got 2
    a step of 0 → ValueError: slice: expected a step other than 0, got 0
    half a position → ValueError: slice: expected integers for start, stop and step, got 0.5
    too few sizes of padding → ShapeError: pad: expected 2 sizes before and after, got 1 and 1
    nothing to join → ShapeError: concat: expected at least one tensor, got 0
    parts of other sizes → ShapeError: concat: expected shapes like [1, 2] but for axis 0, got [1, 3]
    rows of other shapes → ShapeError: stack: expected tensors of shape [2], got [3]
    parts that don't make up the axis → ShapeError: split: expected sizes that make up 4, got [1, 2]
    no elements to choose from → ShapeError: max: expected at least one element to reduce, got none
    inner sizes that differ → ShapeError: matmul: expected inner sizes to agree, got [2, 3] and [2, 3]
    a product with a scalar → ShapeError: matmul: expected no scalars, got float32[2] and float32[]
    help: mul() scales
    an equation for other operands → ShapeError: einsum: expected operands and a result that fit "ij,jk->ik", got float32[2, 3] and float32[2, 3]
    a letter of two sizes → ShapeError: einsum: expected operands and a result that fit "ij,ij->i", got float32[2, 3] and float32[2, 2]
    two dots → ShapeError: einsum: expected operands and a result that fit "...i...->i", got float32[2, 3]
    two arrows → ShapeError: einsum: expected operands and a result that fit "i->i->i", got float32[2]
    more indices than axes → ShapeError: at: expected at most 1 indices and one "..." for [2], got 2
    a mask of other sizes → ShapeError: at: expected a mask of shape [3], got [2]
    indices that don't broadcast → ShapeError: at: expected shapes that broadcast (sizes equal or 1 from the last axis), got [2] and [3]
    ids for other slices → ShapeError: segmentSum: expected ids of shape [2], got [3]
    less than no segments → ShapeError: segmentSum: expected a shape of non-negative integers, at most 2^32 elements, got [-1, 3]
    slices of another width → ShapeError: indexAdd: expected slices of [4, 3], got [1, 2]
    a negative count → ShapeError: tile: expected a shape of non-negative integers, at most 2^32 elements, got [-1]
    counts for other slices → ShapeError: repeat: expected 2 numbers, one for each slice, got 3"
  `);
});

test("dtypes", async () => {
  const all = await said(
    ["mixed dtypes", () => c.mul(zeros([2]), zeros([2], double))],
    ["a text for a tensor", () => c.add("1" as unknown as number, zeros([1]))],
    ["an array for a tensor", () => c.add([1, 2] as unknown as number, zeros([1]))],
    ["null for a tensor", () => c.add(null as unknown as number, zeros([1]))],
    ["nothing for a tensor", () => c.add(zeros([1]), undefined as unknown as number)],
    ["labels of floats", () => c.oneHot(zeros([1]), 3)],
    ["numbers without a tensor", () => c.add(1, 2)],
    ["integers where floats are needed", () => c.exp(ints(1))],
    ["a fraction beside integers", () => c.add(ints(1), 0.5)],
    ["a mask of numbers", () => c.where(zeros([2]), 1, zeros([2]))],
    ["an index of floats", () => c.take(zeros([2]), zeros([1]))],
    ["a mask where positions are taken", () => c.take(zeros([2]), tensor([true, false]))],
    ["joined dtypes", () => c.concat([zeros([1]), ints(1)])],
  );
  expect(all).toMatchInlineSnapshot(`
    "mixed dtypes → DTypeError: mul: expected one dtype for all operands, got float32 and float64
    help: cast one: cast(x, "float32")
    a text for a tensor → DTypeError: add: expected tensors and numbers, got "1"
    help: make it one: tensor(value)
    an array for a tensor → DTypeError: add: expected tensors and numbers, got an array of 2
    help: make it one: tensor(value)
    null for a tensor → DTypeError: add: expected tensors and numbers, got null
    help: make it one: tensor(value)
    nothing for a tensor → DTypeError: add: expected tensors and numbers, got undefined
    help: make it one: tensor(value)
    labels of floats → DTypeError: oneHot: expected int32 labels, got float32
    help: tensor(labels, { dtype: "int32" })
    numbers without a tensor → DTypeError: add: expected a tensor among the operands, got number and number
    integers where floats are needed → DTypeError: exp: expected float32 or float64, got int32
    help: cast it: cast(x, "float32")
    a fraction beside integers → ValueError: add: expected 32-bit integers for int32, got 0.5
    help: take another dtype
    a mask of numbers → DTypeError: where: expected a bool mask, got float32
    help: notEqual(mask, 0)
    an index of floats → DTypeError: take: expected an int32 index, got float32
    help: tensor(places, { dtype: "int32" })
    a mask where positions are taken → DTypeError: take: expected an int32 index, got bool
    help: at(x, mask)
    joined dtypes → DTypeError: concat: expected one dtype for all operands, got float32 and int32
    help: cast one: cast(x, "float32")"
  `);
});

test("values", async () => {
  const all = await said(
    ["integers that overflow", () => c.add(ints(2147483647), 1)],
    ["a sum that overflows", () => c.sum(ints(2147483647, 1))],
    ["a float that no int32 holds", () => c.cast(tensor([3e9]), "int32")],
    ["NaN as int32", () => c.cast(tensor([Number.NaN]), "int32")],
    ["an index out of range", () => c.take(zeros([2]), ints(-3))],
    ["a position out of range", () => c.at(zeros([2]), 2)],
    ["one of a pair of positions out of range", () => c.at(zeros([3, 2]), ints(1, 0), ints(0, 2))],
    ["an id out of range", () => c.segmentSum(zeros([2]), ints(0, 2), 2)],
    ["half a place", () => c.roll(zeros([2]), 0.5)],
    ["shifts for other axes", () => c.roll(zeros([2, 2]), [1, 1], 0)],
    ["less than nothing", () => c.repeat(zeros([2]), -1)],
    ["a label out of range", () => c.oneHot(ints(3), 3)],
    ["a label below 0", () => c.oneHot(ints(-1), 3)],
    ["more than there is", () => c.topk(zeros([2]), 3)],
    ["an empty clamp", () => c.clamp(zeros([2]), { min: 1, max: 0 })],
  );
  expect(all).toMatchInlineSnapshot(`
    "integers that overflow → ValueError: add: expected numbers in [-2^31, 2^31) for int32, got 2147483648
    a sum that overflows → ValueError: sum: expected numbers in [-2^31, 2^31) for int32, got 2147483648
    a float that no int32 holds → ValueError: cast: expected numbers in [-2^31, 2^31) for int32, got 3000000000
    NaN as int32 → ValueError: cast: expected numbers in [-2^31, 2^31) for int32, got NaN
    an index out of range → ValueError: take: expected indices in [-2, 2), got -3
    a position out of range → ValueError: at: expected indices in [-2, 2), got 2
    one of a pair of positions out of range → ValueError: at: expected indices in [-2, 2), got 2
    an id out of range → ValueError: segmentSum: expected indices in [-2, 2), got 2
    half a place → ValueError: roll: expected an integer for each axis, got [0.5] for [0]
    shifts for other axes → ValueError: roll: expected an integer for each axis, got [1,1] for [0]
    less than nothing → ValueError: repeat: expected integers ≥ 0, got [-1,-1]
    a label out of range → ValueError: oneHot: expected labels in [0, 3), got 3
    a label below 0 → ValueError: oneHot: expected labels in [0, 3), got -1
    more than there is → ValueError: topk: expected k in [0, 2], got 3
    an empty clamp → ValueError: clamp: expected min ≤ max, got 1 and 0"
  `);
});

test("derivatives", async () => {
  const all = await said(
    ["a vector to differentiate", () => c.grad((x) => x)(zeros([2]))],
    ["a number for a tensor", () => c.grad((_: c.Tensor) => 1 as unknown as c.Tensor)(zeros([]))],
    ["a number for a value", () => c.vjp(() => 1 as unknown as c.Tensor)],
    ["nothing for a loss", () => c.valueAndGrad(() => undefined as unknown as c.Tensor, [])],
    ["an argument that is not there", () => c.grad((x) => x, 1)(zeros([]))],
    ["an argument twice", () => c.grad((x: c.Tensor) => x, [0, 0])],
    ["a loss of integers", () => c.grad((x) => c.cast(x, "int32"))(zeros([]))],
    ["a pullback on its own", () => c.scope(() => c.vjp(c.neg, zeros([2]))).pullback(zeros([2]))],
    ["by a number", () => c.grad((x) => c.square(x))(3 as unknown as c.Tensor)],
    ["by an array", () => c.vjp((x: c.Tensor) => c.square(x), [3] as unknown as c.Tensor)],
    ["by integers", () => c.grad((x) => c.sum(x))(ints(1))],
    ["a cotangent of another shape", () => c.vjp(c.neg, zeros([2])).pullback(zeros([3]))],
    ["a cotangent of another dtype", () => c.vjp(c.neg, zeros([2])).pullback(zeros([2], double))],
    ["too few tangents", () => c.jvp(c.neg, [zeros([2])], [])],
    ["a tangent of another shape", () => c.jvp(c.neg, [zeros([2])], [zeros([1])])],
    ["a vector of another shape", () => c.hvp((x) => c.sum(x), [zeros([2])], [zeros([1])])],
    ["the only element of two", () => zeros([2]).item()],
  );
  expect(all).toMatchInlineSnapshot(`
    "a vector to differentiate → ShapeError: grad: expected a scalar, got [2]
    help: sum() or mean() it
    a number for a tensor → TapeError: vjp: expected a function that returns a tensor, got 1
    a number for a value → TapeError: vjp: expected a function that returns a tensor, got 1
    nothing for a loss → TapeError: valueAndGrad: expected a function that returns a tensor, got undefined
    an argument that is not there → ShapeError: grad: expected argnums below 1, the arguments, got 1
    an argument twice → ShapeError: grad: expected different argnums, got [0, 0]
    a loss of integers → DTypeError: grad: expected float32 or float64 to differentiate, got int32
    a pullback on its own → TapeError: vjp: expected the scope that recorded it to be open, got one that ended
    help: call the pullback inside of it, and return the cotangents
    by a number → DTypeError: grad: expected a tensor as argument 0, got 3
    help: make it one: tensor(value)
    by an array → DTypeError: vjp: expected a tensor as argument 0, got an array of 1
    help: make it one: tensor(value)
    by integers → DTypeError: grad: expected float32 or float64 to differentiate, got int32
    a cotangent of another shape → ShapeError: vjp: expected a cotangent of [2], got [3]
    a cotangent of another dtype → DTypeError: vjp: expected a cotangent of float32, got float64
    help: cast it: cast(x, "float32")
    too few tangents → ShapeError: jvp: expected 1 vectors, one for each argument, got 0
    a tangent of another shape → ShapeError: jvp: expected a vector of [2], got [1]
    a vector of another shape → ShapeError: hvp: expected a vector of [2], got [1]
    the only element of two → ShapeError: item: expected exactly one element, got shape [2]"
  `);
});
