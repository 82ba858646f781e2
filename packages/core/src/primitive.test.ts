/** @file What a primitive of one's own may do, and what is noticed when it does something else. */
import { describe, expect, test } from "vitest";
import {
  definePrimitive,
  elements,
  fromArray,
  mapArray,
  type Op,
  type Primitive,
  primitives,
  ShapeError,
  wrap,
  zerosArray,
} from "./extend.ts";
import {
  add,
  exp,
  grad,
  gradcheck,
  gradgradcheck,
  mul,
  square,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "./index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const x64 = tensor([0.5, -1, 2], { dtype: "float64" });

/** x ↦ (sin x, cos x): two outputs, each the other's derivative. */
const sincos: Op<[x: 1], [sin: 1, cos: 1]> = definePrimitive({
  name: "sincos",
  infer: ([x]) => [x, x],
  forward: ([x]) => [mapArray(Math.sin, x), mapArray(Math.cos, x)],
  vjp: ([s, c], { outputs: [sin, cos] }) => {
    const parts = [...(s ? [mul(s, cos)] : []), ...(c ? [mul(mul(c, -1), sin)] : [])];
    return [parts.reduce((a, b) => add(a, b))];
  },
});

describe("several outputs", () => {
  test("both have derivatives, alone and together; an output that nobody uses has none", () => {
    gradcheck((x) => sincos([x])[0], [x64]);
    gradcheck((x) => sincos([x])[1], [x64]);
    const both = (x: Tensor) => {
      const [s, c] = sincos([x]);
      return mul(s, exp(c));
    };
    gradcheck(both, [x64]);
    gradgradcheck(both, [x64]);
  });
});

describe("views", () => {
  const firstHalf: Op<[x: 1]> = definePrimitive({
    name: "first half",
    infer: ([x]) => [{ ...x, shape: [x.shape[0]! / 2] }],
    forward: ([x]) => [wrap(x.data, [x.shape[0]! / 2], x.stride, x.offset)],
    vjp: () => [null],
  });
  test("an output that looks at an input's memory shares its storage", () => {
    const x = tensor([1, 2, 3, 4]);
    const [half] = firstHalf([x]);
    expect(half.storage).toBe(x.storage);
    expect(numbers(half)).toEqual([1, 2]);
    expect(numbers(transpose(half))).toEqual([1, 2]);
  });
});

describe("a mistake is noticed", () => {
  const identity: Primitive<[x: 1], [y: 1], void> = {
    name: "mistaken",
    infer: ([x]) => [x],
    forward: ([x]) => [x],
    vjp: ([ct]) => [ct],
  };
  const define = (change: Partial<typeof identity>) =>
    definePrimitive<[x: 1]>({ ...identity, ...change });
  const count = primitives().length;

  test("a forward that returns another shape or dtype than was inferred", () => {
    const shape = define({ forward: () => [zerosArray("float64", [2])] });
    expect(() => shape([x64])).toThrow(
      "mistaken: expected a forward that returns float64[3] as inferred, got float64[2]",
    );
    const dtype = define({ forward: () => [zerosArray("float32", [3])] });
    expect(() => dtype([x64])).toThrow("got float32[3]");
  });

  test("a vjp that returns another shape or dtype than its input has", () => {
    const scalar = define({ vjp: ([ct]) => [sum(ct)] });
    expect(() => grad((x) => sum(scalar([x])[0]))(x64)).toThrow(
      "mistaken: expected a cotangent of [3], got []",
    );
    // the second to arrive, too
    const again = (x: Tensor) => add(sum(square(x)), sum(scalar([x])[0]));
    expect(() => grad(again)(x64)).toThrow("mistaken: expected a cotangent of [3], got []");
  });

  test.each<[unknown, string]>([
    [[], "an array of 0"],
    [[x64, x64], "an array of 2"],
    [undefined, "undefined"],
    [x64, "a tensor float64[3]"],
    [[undefined], "undefined for input 0"],
    [[3], "3 for input 0"],
  ])("a vjp that returns other than a cotangent for each input: %#", (returned, got) => {
    const wrong = define({ vjp: () => returned as [Tensor] });
    expect(() => grad((x) => sum(wrong([x])[0]))(x64)).toThrow(
      new ShapeError("mistaken", "a cotangent (or null) for each of 1 inputs", got),
    );
  });

  test("every definition is listed, by identity and not by name", () => {
    expect(primitives().length).toBeGreaterThan(count);
    expect(primitives().filter((p) => p.name === "mistaken").length).toBeGreaterThanOrEqual(3);
  });
});

test("fromArray takes an array as it is", () => {
  const array = wrap(Float64Array.of(1, 2, 3, 4), [2, 2], [1, 2]);
  expect(numbers(fromArray(array))).toEqual([1, 3, 2, 4]);
});
