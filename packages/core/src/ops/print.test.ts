/** @file Tensors as text and as nested arrays, on the reference and where nothing can be read. */
import { format, inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elements, sizeOf } from "../extend.ts";
import * as c from "../index.ts";
import { type Backend, type DType, parameter, reference, Tensor } from "../index.ts";

const { arange, keep, noGrad, normal, rng, scope, tensor, transpose, zeros } = c;

describe("numbers, as NumPy's array2string with commas prints them", () => {
  test("of each rank", () => {
    expect(String(tensor(0.1))).toMatchInlineSnapshot(`"Tensor float32[] on reference: 0.1"`);
    expect(String(tensor([1, 2.5, -3]))).toMatchInlineSnapshot(`
      "Tensor float32[3] on reference
      [ 1.0,  2.5, -3.0]"
    `);
    expect(String(arange(6).reshape([2, 3]))).toMatchInlineSnapshot(`
      "Tensor float32[2, 3] on reference
      [[0., 1., 2.],
       [3., 4., 5.]]"
    `);
    expect(String(arange(12, { dtype: "int32" }).reshape([2, 3, 2]))).toMatchInlineSnapshot(`
      "Tensor int32[2, 3, 2] on reference
      [[[ 0,  1],
        [ 2,  3],
        [ 4,  5]],

       [[ 6,  7],
        [ 8,  9],
        [10, 11]]]"
    `);
  });

  test("none", () => {
    expect(String(zeros([0]))).toMatchInlineSnapshot(`
      "Tensor float32[0] on reference
      []"
    `);
    expect(String(zeros([1000000, 0, 2]))).toMatchInlineSnapshot(`
      "Tensor float32[1000000, 0, 2] on reference
      []"
    `);
  });

  test("of each dtype", () => {
    expect(String(tensor([1 / 3, -2 / 3, 1e-3]))).toMatchInlineSnapshot(`
      "Tensor float32[3] on reference
      [ 0.33333334, -0.66666669,  0.00100000]"
    `);
    expect(String(tensor(Float64Array.of(1 / 3, -2 / 3, 1e-3)))).toMatchInlineSnapshot(`
      "Tensor float64[3] on reference
      [ 0.33333333, -0.66666667,  0.00100000]"
    `);
    expect(String(tensor(Int32Array.of(1, -20, 300)))).toMatchInlineSnapshot(`
      "Tensor int32[3] on reference
      [  1, -20, 300]"
    `);
    expect(String(tensor([[true, false]]))).toMatchInlineSnapshot(`
      "Tensor bool[1, 2] on reference
      [[ true, false]]"
    `);
  });

  test("float32 with the digits that tell it from its neighbours, float64 with eight", () => {
    expect(String(tensor([0.1, 0.2]))).toMatchInlineSnapshot(`
      "Tensor float32[2] on reference
      [0.1, 0.2]"
    `);
    expect(String(tensor(Float64Array.of(0.1 + 0.2, Math.PI)))).toMatchInlineSnapshot(`
      "Tensor float64[2] on reference
      [0.30000000, 3.14159265]"
    `);
  });

  test("exponents where they are far apart, large or small", () => {
    expect(String(tensor([1, 1000]))).toMatchInlineSnapshot(`
      "Tensor float32[2] on reference
      [   1., 1000.]"
    `);
    expect(String(tensor([1, 1001]))).toMatchInlineSnapshot(`
      "Tensor float32[2] on reference
      [1.000e+00, 1.001e+03]"
    `);
    expect(String(tensor([1e8, 2e8]))).toMatchInlineSnapshot(`
      "Tensor float32[2] on reference
      [1.e+08, 2.e+08]"
    `);
    expect(String(tensor([1e-5, -0.5e-4, 0]))).toMatchInlineSnapshot(`
      "Tensor float32[3] on reference
      [ 1.e-05, -5.e-05,  0.e+00]"
    `);
    expect(String(tensor(Float64Array.of(1e-300, 2.5e200)))).toMatchInlineSnapshot(`
      "Tensor float64[2] on reference
      [1.0e-300, 2.5e+200]"
    `);
  });

  test("what is no number, and the sign of zero", () => {
    const values = [Number.NaN, -Infinity, Infinity, -0, 1.5];
    expect(String(tensor(values))).toMatchInlineSnapshot(`
      "Tensor float32[5] on reference
      [      NaN, -Infinity,  Infinity,      -0.0,       1.5]"
    `);
    expect(String(tensor([Number.NaN]))).toMatchInlineSnapshot(`
      "Tensor float32[1] on reference
      [NaN]"
    `);
  });

  test("long rows are broken, more than 1000 elements abridged", () => {
    expect(String(arange(30))).toMatchInlineSnapshot(`
      "Tensor float32[30] on reference
      [ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13., 14., 15., 16.,
       17., 18., 19., 20., 21., 22., 23., 24., 25., 26., 27., 28., 29.]"
    `);
    expect(String(arange(1000)).split("\n").length).toBeGreaterThan(50);
    expect(String(arange(1001, { dtype: "int32" }))).toMatchInlineSnapshot(`
      "Tensor int32[1001] on reference
      [   0,    1,    2, ...,  998,  999, 1000]"
    `);
    expect(String(normal(rng(1), [40, 50]))).toMatchInlineSnapshot(`
      "Tensor float32[40, 50] on reference
      [[-1.74743009, -1.50035191, -0.65697318, ...,  2.57787299, -0.33274388,  0.25032058],
       [ 0.09555101,  0.72069281,  0.01884529, ...,  1.95343459, -0.37599456, -1.27457047],
       [-1.33048832, -0.42386457, -1.74203110, ..., -0.18106191,  0.42336079,  0.46896318],
       ...,
       [ 1.00166440, -1.53256941,  1.83886349, ...,  0.30973139, -0.71769261, -0.93830466],
       [ 0.34158042, -0.93070483,  0.90693754, ...,  0.79391021, -0.69462466,  0.44209826],
       [-1.32025242,  1.27028787,  0.48910376, ...,  0.52483618, -0.23657401,  0.01021001]]"
    `);
    expect(String(zeros([2, 7, 90]))).toMatchInlineSnapshot(`
      "Tensor float32[2, 7, 90] on reference
      [[[0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.],
        ...,
        [0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.]],

       [[0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.],
        ...,
        [0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.],
        [0., 0., 0., ..., 0., 0., 0.]]]"
    `);
  });

  test("views as what they look at", () => {
    const x = arange(6, { dtype: "int32" }).reshape([2, 3]);
    expect(String(transpose(x))).toMatchInlineSnapshot(`
      "Tensor int32[3, 2] on reference
      [[0, 3],
       [1, 4],
       [2, 5]]"
    `);
    expect(String(x.slice([{}, { step: -2 }]))).toMatchInlineSnapshot(`
      "Tensor int32[2, 2] on reference
      [[2, 0],
       [5, 3]]"
    `);
    expect(String(tensor([1, 2]).broadcastTo([2, 2]))).toMatchInlineSnapshot(`
      "Tensor float32[2, 2] on reference
      [[1., 2.],
       [1., 2.]]"
    `);
  });
});

/** Values that say much in few digits, of every size. */
const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -9, max: 9 }),
  fc.integer({ min: -1000, max: 1000 }).map((v) => v / 8),
);

test("the rows are JavaScript, which makes the same numbers again, to the digits shown", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
  const arbitrary = sizes.chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.constantFrom<DType>("float32", "float64"),
      fc.array(value, { minLength: sizeOf(shape), maxLength: sizeOf(shape) }),
    ),
  );
  fc.assert(
    fc.property(arbitrary, ([shape, dtype, values]) => {
      const flat = dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
      const text = String(tensor(flat, { shape, dtype }));
      const rows = text.replace(/^Tensor [^\n:]*/, "").replace(/^:/, "");
      const read = tensor(new Function(`return (${rows})`)(), { dtype: "float64" });
      expect(read.shape).toEqual(shape);
      for (const [i, v] of elements(read.ndarray()).entries()) {
        const want = flat[i]!;
        const half = 0.5e-8 * (rows.includes("e+") || rows.includes("e-") ? Math.abs(want) : 1);
        const same = Object.is(v, want) || (dtype === "float32" && Math.fround(v) === want);
        if (!same) expect(Math.abs(v - want)).toBeLessThanOrEqual(half * 1.0001);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

describe("what can't be read is said", () => {
  const { arrayOf: _, ...rest } = reference;
  const device: Backend = { ...rest, name: "a device" };

  test("on a device: how to await it", async () => {
    const x = tensor([[1, 2]], { backend: device });
    expect(String(x)).toMatchInlineSnapshot(`
      "Tensor float32[1, 2] on a device
      to read it: await t.toArray(); to print it: await to(t, reference)"
    `);
    expect(await x.toArray()).toEqual([[1, 2]]);
    expect(String(await c.to(x, reference))).toContain("[[1., 2.]]");
  });

  test("released, or a view of a parameter that was assigned", () => {
    const gone = tensor([1, 2]);
    gone.dispose();
    expect(String(gone)).toMatchInlineSnapshot(`
      "Tensor float32[2] on reference
      released"
    `);
    const p = parameter([1, 2]);
    const view = noGrad(() => keep(p.reshape([2, 1])));
    expect(String(p)).toMatchInlineSnapshot(`
      "Parameter float32[2] on reference
      [1., 2.]"
    `);
    p.assign(tensor([3, 4]));
    expect(String(view)).toMatchInlineSnapshot(`
      "Tensor float32[2, 1] on reference
      a view of a parameter that was assigned since"
    `);
    expect(String(p)).toContain("[3., 4.]");
  });
});

describe("consoles", () => {
  const x = tensor([[1, 2]]);

  test("show the text, inside of other values, too", () => {
    expect(inspect(x)).toBe(String(x));
    expect(format("%s", x)).toBe(String(x));
    // JavaScript has one question for %d and for x * 2, which is refused
    expect(() => format("%d", x)).toThrow("to print it: %s, not %d");
    expect(`${x}`).toBe(String(x));
    expect(inspect({ loss: tensor(0.5), list: [x] })).toMatchInlineSnapshot(`
      "{
        loss: Tensor float32[] on reference: 0.5,
        list: [
          Tensor float32[1, 2] on reference
          [[1., 2.]]
        ]
      }"
    `);
    const deno = Reflect.get(x, Symbol.for("Deno.customInspect"));
    expect(deno.call(x)).toBe(String(x));
  });

  test("that show fields find a shape and a dtype, and nothing of the machinery", () => {
    expect(Object.keys(x)).toEqual(["shape", "dtype"]);
    const keys: string[] = [];
    for (const key in x) keys.push(key);
    expect(keys).toEqual(["shape", "dtype"]);
  });

  test("show the text of a subclass that has its own", () => {
    class Named extends Tensor {
      override toString(): string {
        return "a name";
      }
    }
    expect(inspect(new Named(x, reference, x.ndarray()))).toBe("a name");
  });

  test("show a report", () => {
    const { name, ...counts } = reference.report();
    expect(inspect(reference.report())).toMatch(
      /^reference \{ liveStorages: \d+, liveBytes: \d+ \}$/,
    );
    expect(name).toBe("reference");
    expect(Object.keys(counts)).toEqual(["liveStorages", "liveBytes", "fallbacks"]);
  });
});

describe("nested arrays", () => {
  test.each<[Tensor, unknown]>([
    [tensor(3), 3],
    [tensor(true), true],
    [tensor([[true], [false]]), [[true], [false]]],
    [tensor(Int32Array.of(1, 2)), [1, 2]],
    [
      transpose(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [zeros([2, 0]), [[], []]],
    [zeros([0, 2]), []],
    [tensor([Number.NaN, -Infinity]), [Number.NaN, -Infinity]],
  ])("%#", async (x, expected) => expect(await x.toArray()).toEqual(expected));

  test("are copies of all, which tensor() reads again", async () => {
    const x = scope(() => normal(rng(1), [3, 500]));
    const again = tensor(await x.toArray());
    expect(again.shape).toEqual([3, 500]);
    expect(await again.data()).toEqual(await x.data());
  });
});

test("toEqual sees the elements of tensors, not their shape and dtype alone", () => {
  expect({ x: tensor([1, Number.NaN]) }).toEqual({ x: tensor([1, Number.NaN]) });
  expect({ x: tensor([1, 2]) }).not.toEqual({ x: tensor([1, 3]) });
  expect(tensor([0])).not.toEqual(tensor([false]));
});
