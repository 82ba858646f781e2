/** @file What a primitive of one's own may do, and what is noticed when it does something else. */
import { describe, expect, test } from "vitest";
import {
  add,
  definePrimitive,
  elements,
  exp,
  fromArray,
  grad,
  gradcheck,
  gradgradcheck,
  mapArray,
  mul,
  type Primitive,
  primitives,
  ShapeError,
  square,
  sum,
  type Tensor,
  tensor,
  transpose,
  wrap,
  zerosArray,
} from "./index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const x64 = tensor([0.5, -1, 2], { dtype: "float64" });

/** x ↦ (sin x, cos x): two outputs, each the other's derivative. */
const sincos = definePrimitive<void>({
  name: "sincos",
  outputs: 2,
  infer: ([x]) => [x!, x!],
  forward: ([x]) => [mapArray(Math.sin, x!), mapArray(Math.cos, x!)],
  vjp: ([s, c], { outputs: [sin, cos] }) => {
    const parts = [...(s ? [mul(s, cos!)] : []), ...(c ? [mul(mul(c, -1), sin!)] : [])];
    return [parts.reduce((a, b) => add(a, b))];
  },
});

describe("several outputs", () => {
  test("both have derivatives, alone and together; an output that nobody uses has none", () => {
    gradcheck((x) => sincos([x!], undefined)[0]!, [x64]);
    gradcheck((x) => sincos([x!], undefined)[1]!, [x64]);
    const both = (x: Tensor) => {
      const [s, c] = sincos([x], undefined);
      return mul(s!, exp(c!));
    };
    gradcheck(both as (...xs: Tensor[]) => Tensor, [x64]);
    gradgradcheck(both as (...xs: Tensor[]) => Tensor, [x64]);
  });
});

describe("residuals", () => {
  const kept: boolean[] = [];
  const expKept = definePrimitive<void>({
    name: "exp with a residual",
    infer: ([x]) => [x!, x!],
    forward: ([x], _, keep) => {
      kept.push(keep);
      const y = mapArray(Math.exp, x!);
      return keep ? [y, mapArray((v) => 2 * v, y)] : [y];
    },
    vjp: ([ct], { residuals: [twice] }) => [mul(ct!, mul(0.5, twice!))],
  });
  const f = (x: Tensor) => sum(expKept([x], undefined)[0]!);

  test("are asked for only where someone will differentiate, and are no outputs", () => {
    expect(expKept([x64], undefined)).toHaveLength(1);
    expect(numbers(grad(f)(x64))[0]).toBeCloseTo(Math.exp(0.5), 12);
    expect(kept).toEqual([false, true]);
  });
});

describe("views", () => {
  const firstHalf = definePrimitive<void>({
    name: "first half",
    infer: ([x]) => [{ ...x!, shape: [x!.shape[0]! / 2] }],
    forward: ([x]) => [wrap(x!.data, [x!.shape[0]! / 2], x!.stride, x!.offset)],
    vjp: () => [null],
  });
  test("an output that looks at an input's memory shares its storage", () => {
    const x = tensor([1, 2, 3, 4]);
    const [half] = firstHalf([x], undefined);
    expect(half!.storage).toBe(x.storage);
    expect(numbers(half!)).toEqual([1, 2]);
    expect(numbers(transpose(half!))).toEqual([1, 2]);
  });
});

describe("a mistake is noticed", () => {
  const identity: Primitive<void> = {
    name: "mistaken",
    infer: ([x]) => [x!],
    forward: ([x]) => [x!],
    vjp: ([ct]) => [ct!],
  };
  const define = (change: Partial<Primitive<void>>) =>
    definePrimitive<void>({ ...identity, ...change });
  const count = primitives().length;

  test("a forward that returns another shape or dtype than was inferred", () => {
    const shape = define({ forward: () => [zerosArray("float64", [2])] });
    expect(() => shape([x64], undefined)).toThrow(
      "mistaken: expected a forward that returns float64 [3] as inferred, got float64 [2]",
    );
    const dtype = define({ forward: () => [zerosArray("float32", [3])] });
    expect(() => dtype([x64], undefined)).toThrow("got float32 [3]");
  });

  test("a vjp that returns another shape or dtype than its input has", () => {
    const scalar = define({ vjp: ([ct]) => [sum(ct!)] });
    expect(() => grad((x) => sum(scalar([x!], undefined)[0]!))(x64)).toThrow(
      "mistaken: expected a cotangent of [3], got []",
    );
    // the second to arrive, too
    const again = (x: Tensor) => add(sum(square(x)), sum(scalar([x], undefined)[0]!));
    expect(() => grad(again as (...xs: Tensor[]) => Tensor)(x64)).toThrow(
      "mistaken: expected a cotangent of [3], got []",
    );
  });

  test.each<[unknown, string]>([
    [[], "0"],
    [[x64, x64], "2"],
    [undefined, "undefined"],
    [x64, "object"],
    [[undefined], "undefined for input 0"],
    [[3], "number for input 0"],
  ])("a vjp that returns other than a cotangent for each input: %#", (returned, got) => {
    const wrong = define({ vjp: () => returned as readonly Tensor[] });
    expect(() => grad((x) => sum(wrong([x!], undefined)[0]!))(x64)).toThrow(
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
