/**
 * @file The checks of whole modules: they pass what is right, and name what is wrong, to the second
 * order.
 */
import {
  add,
  clone,
  mul,
  normal,
  ones,
  parameter,
  rng,
  stopGradient,
  type Tensor,
} from "@spm/core";
import { definePrimitive, elements, mapArray, type Op } from "@spm/core/extend";
import { expect, test } from "vitest";
import { gradcheckModule, gradgradcheckModule } from "./gradcheck-module.ts";
import { Module } from "./module.ts";

/** x², whose derivative forgets one thing or another. */
const square = (slope: (x: Tensor) => Tensor): Op<[x: 1]> =>
  definePrimitive({
    name: "square under test",
    infer: ([x]) => [{ shape: x.shape, dtype: "float64" }],
    forward: ([x]) => [mapArray((v) => v * v, x)],
    vjp: ([ct], { inputs: [x] }) => [mul(ct, slope(x))],
  });

class Squared extends Module {
  readonly weight = parameter(ones([2]));
  readonly #op: Op<[x: 1]>;
  constructor(slope: (x: Tensor) => Tensor) {
    super();
    this.#op = square(slope);
  }
  forward(x: Tensor): Tensor {
    return this.#op([mul(x, this.weight)])[0];
  }
}

const x = normal(rng(1), [3, 2]);

test("passes a right derivative, and leaves the module as it was", () => {
  const model = new Squared((v) => add(v, v));
  expect(gradcheckModule(model, [x]).error).toBeLessThan(1e-6);
  expect(gradgradcheckModule(model, [x]).error).toBeLessThan(1e-6);
  expect([model.weight.dtype, ...elements(clone(model.weight).ndarray())]).toEqual([
    "float32",
    1,
    1,
  ]);
});

test("names the element of a wrong first derivative", () => {
  expect(() => gradcheckModule(new Squared((v) => v), [x])).toThrow(
    /gradcheck: expected a derivative within .* of input/,
  );
});

test("finds a second derivative that is cut off, which the first order cannot see", () => {
  const model = new Squared((v) => stopGradient(add(v, v)));
  expect(gradcheckModule(model, [x]).error).toBeLessThan(1e-6);
  expect(() => gradgradcheckModule(model, [x])).toThrow(/gradcheck: expected a derivative within/);
});
