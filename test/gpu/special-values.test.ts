/**
 * @file Element-wise functions and softmax where floating point ends: NaN, infinities, zeros of
 * either sign, subnormal and negative numbers.
 */
import * as c from "@spm/core";
import { noGrad, type Tensor, tensor } from "@spm/core";
import { fromArray } from "@spm/core/extend";
import { gpu } from "@spm/gpu";
import { logSoftmax, softmax } from "@spm/nn";
import * as numeric from "@spm/numeric";
import { afterAll, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "./software-gpu.ts";

const subnormal = 1e-40;
const special = [
  ...[Number.NaN, Infinity, -Infinity, 0, -0, subnormal, -subnormal],
  ...[1, -1, 0.3, -0.3, 2, -2, 2.5, -2.5, 3, -3, 99, -99, 1e30, -1e30],
];

const unary = {
  ...{
    neg: c.neg,
    sign: c.sign,
    abs: c.abs,
    square: c.square,
    sqrt: c.sqrt,
    exp: c.exp,
    expm1: c.expm1,
  },
  ...{
    log: c.log,
    log1p: c.log1p,
    relu: c.relu,
    sigmoid: c.sigmoid,
    softplus: c.softplus,
    tanh: c.tanh,
  },
  ...{ floor: c.floor, ceil: c.ceil, round: c.round },
  ...{
    erf: numeric.erf,
    asinh: numeric.asinh,
    sinh: numeric.sinh,
    cosh: numeric.cosh,
    log2: numeric.log2,
    log10: numeric.log10,
    trunc: numeric.trunc,
  },
};
const binary = {
  ...{
    add: c.add,
    sub: c.sub,
    mul: c.mul,
    div: c.div,
    pow: c.pow,
    maximum: c.maximum,
    minimum: c.minimum,
  },
  ...{ hypot: numeric.hypot },
  ...{ equal: c.equal, notEqual: c.notEqual, greater: c.greater, greaterEqual: c.greaterEqual },
};

/** Rows for softmax: one NaN makes all of a row NaN, −∞ is a probability of 0. */
const rows = [
  ...[
    [Number.NaN, 1, 2],
    [1, Number.NaN, 2],
    [-Infinity, 1, 2],
    [-Infinity, -Infinity],
  ],
  Array.from({ length: 300 }, (_, i) => (i === 299 ? Number.NaN : i / 100)),
];

const opened = await Promise.all([
  openSoftwareGpu(),
  gpu({ mode: "webasm" }),
  gpu({ mode: "cpu" }),
]);
const devices = opened.filter((device) => device !== null);
afterAll(() => Promise.all(devices.map((device) => device.dispose())));

const flushed = (x: number): number => (Math.abs(x) < 2 ** -126 ? 0 : x);

/** Whether a float32 is another up to its rounding; 0 and −0 are one. */
const close = (got: number, want: number): boolean =>
  Object.is(got, want) || got === want || Math.abs(got - want) <= 2e-6 * Math.abs(want);

type Named = readonly [
  name: string,
  f: (...xs: Tensor[]) => Tensor,
  inputs: readonly (readonly number[])[],
];
const calls: readonly Named[] = [
  ...Object.entries(unary).map(([name, f]) => [name, f, [special]] as Named),
  // beyond 10⁴ the argument's reduction is not good
  ...(
    [
      ["sin", c.sin],
      ["cos", c.cos],
    ] as const
  ).map(
    ([name, f]) =>
      [name, f, [special.filter((x) => !(Math.abs(x) > 1e4 && Math.abs(x) < Infinity))]] as Named,
  ),
  ...rows.flatMap((row): Named[] => [
    [`softmax of ${row.slice(0, 3)}`, (x) => softmax(x), [row]],
    [`log softmax of ${row.slice(0, 3)}`, (x) => logSoftmax(x), [row]],
  ]),
  ...Object.entries(binary).map(
    ([name, f]) =>
      [
        name,
        f,
        [special.flatMap((x) => special.map(() => x)), special.flatMap(() => special)],
      ] as unknown as Named,
  ),
];

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test.each(calls)("%s", async (_, f, inputs) => {
    const [want, onZeros] = await Promise.all(
      [inputs, inputs.map((xs) => xs.map(flushed))].map(async (given) => [
        ...(await noGrad(() => f(...given.map((xs) => tensor([...xs])))).data()),
      ]),
    );
    const got = await noGrad(() =>
      f(...inputs.map((xs) => fromArray(tensor([...xs]).ndarray(), device))),
    ).data();
    // Hardware may take a subnormal number for 0, and make 0 of one.
    const wrong = Array.from(got, (value, i) => ({
      of: inputs.map((xs) => xs[i]),
      value,
      want: want![i]!,
    })).filter(
      ({ value }, i) =>
        !close(value, want![i]!) &&
        !close(value, onZeros![i]!) &&
        !(value === 0 && flushed(want![i]!) === 0),
    );
    expect(wrong.map(({ of, value, want }) => `${of} → ${value}, want ${want}`)).toEqual([]);
  });
});
