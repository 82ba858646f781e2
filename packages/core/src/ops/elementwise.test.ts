/** @file Element-wise ops of one's own: what they do, and the definitions that are refused. */
import { describe, expect, test } from "vitest";
import { type BinaryDefinition, binary, elements, unary, wrap, zipLoop } from "../extend.ts";
import {
  div,
  exp,
  grad,
  gradcheck,
  gradgradcheck,
  mul,
  normal,
  rng,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../index.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const float64 = { dtype: "float64" } as const;

/** ln(eᵃ + eᵇ) */
const forward = (a: number, b: number): number =>
  Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
const vjp: NonNullable<BinaryDefinition["vjp"]> = (ct, a, b, y) => [
  () => mul(ct, exp(sub(a, y))),
  () => mul(ct, exp(sub(b, y))),
];
const logAddExp = binary({ name: "logAddExp", forward, vjp });

describe("a binary op from a function of two numbers", () => {
  test("computes, broadcasts, and differentiates twice", () => {
    const a = normal(rng(1), [2, 3], 0, 1, float64);
    const b = normal(rng(2), [3], 0, 1, float64);
    const [first = 0] = numbers(logAddExp(tensor([0], float64), tensor([0], float64)));
    expect(first).toBeCloseTo(Math.LN2, 14);
    expect(logAddExp(a, b).shape).toEqual([2, 3]);
    gradcheck(logAddExp, [a, b]);
    gradgradcheck(logAddExp, [a, b]);
  });

  test("takes floats only, unless it names other dtypes", () => {
    const one = tensor(Int32Array.of(1));
    expect(() => logAddExp(one, 1)).toThrowErrorMatchingInlineSnapshot(`
      [DTypeError: logAddExp: expected float32 or float64, got int32
      help: cast it: cast(x, "float32")]
    `);
    const looped = binary({ name: "looped", loop: zipLoop(forward), vjp });
    expect(() => looped(one, 1)).toThrow("looped: expected float32 or float64, got int32");
    const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
    const whole = binary({ name: "gcd", dtypes: ["int32"], forward: gcd });
    expect(numbers(whole(tensor(Int32Array.of(12, 35)), 21))).toEqual([3, 7]);
  });
});

/** As plain JavaScript would call it. */
const define = (definition: object) => binary(definition as BinaryDefinition);
const defineUnary = (definition: object) => unary(definition as Parameters<typeof unary>[0]);

describe("refuses at its definition", () => {
  test.each([
    ["neither forward nor loop", { vjp }, "got undefined"],
    ["both", { forward, loop: zipLoop(forward), vjp }, "got a function of 3 arguments"],
    [
      "a scalar function as a loop",
      { loop: forward, vjp },
      "got the function forward of 2 arguments",
    ],
    ["no function", { forward: 3, vjp }, "got 3"],
  ])("%s", (_, definition, got) => {
    expect(() => define({ name: "wrong", ...definition })).toThrow(
      `wrong: expected forward: (a, b) => number, or else a loop, ${got}\n` +
        "help: a loop is (out, a, b) => void; a function of two numbers is a forward",
    );
  });

  test("no vjp, where there would be a derivative", () => {
    expect(() => define({ name: "wrong", forward })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: wrong: expected vjp: (ct, a, b, y) => [() => ā, () => b̄], got undefined]`,
    );
    expect(() => define({ name: "same", forward, result: "bool" })).not.toThrow();
    expect(() => defineUnary({ name: "wrong", forward: Math.atan })).toThrow(
      "wrong: expected vjp: (ct, x, y) => x̄, got undefined",
    );
    expect(() => defineUnary({ name: "wrong", vjp: (ct: Tensor) => ct })).toThrow(
      "wrong: expected forward: (x) => number, got undefined",
    );
  });
});

describe("refuses what a vjp should not return", () => {
  const x = tensor([1, 2], float64);
  const slope = (found: unknown) => () =>
    grad((a: Tensor) => sum(define({ name: "logAddExp", forward, vjp: () => found })(a, x)))(x);

  test("a tensor, or other things than functions", () => {
    expect(slope(x)).toThrow("logAddExp: expected two functions from vjp, got a tensor float64[2]");
    expect(slope([x, x])).toThrow(
      "logAddExp: expected two functions from vjp, got a tensor float64[2]",
    );
    expect(slope([])).toThrow("logAddExp: expected two functions from vjp, got undefined");
  });

  test("functions that return no tensor", () => {
    expect(slope([() => 1, () => 1])).toThrow(
      "logAddExp: expected a cotangent (or null) for each of 2 inputs, got 1 for input 0",
    );
    const halved = unary({ name: "halved", forward: (v) => v / 2, vjp: (() => 0.5) as never });
    expect(() => grad((a: Tensor) => sum(halved(a)))(x)).toThrow(
      "halved: expected a cotangent (or null) for each of 1 inputs, got 0.5 for input 0",
    );
  });

  test("nothing of what is right", () => {
    const quotient = binary({
      name: "quotient",
      forward: (a, b) => a / b,
      vjp: (ct, _, b, y) => [() => div(ct, b), () => mul(-1, mul(ct, div(y, b)))],
    });
    gradcheck(quotient, [x, tensor(3, float64)]);
  });
});

test("zipLoop refuses arrays of other shapes than the result's", () => {
  const [six, three] = [6, 3].map((size) => wrap(new Float64Array(size), [size]));
  if (six === undefined || three === undefined) throw new Error("two arrays");
  const add = zipLoop((a, b) => a + b);
  add(six, six, six);
  for (const [operands, got] of [
    [[six, three], "[6] and [3]"],
    [[three, six], "[3] and [6]"],
  ] as const)
    expect(() => add(six, ...operands)).toThrow(
      `zipLoop: expected operands of the result's shape [6], got ${got}\n` +
        "help: broadcastArray(array, shape) repeats one",
    );
});
