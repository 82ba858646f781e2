/** @file Composition and shortcuts. */
import { mul, normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { gradcheckModule } from "./gradcheck-module.ts";
import { Linear } from "./linear.ts";
import { Residual, Sequential } from "./sequential.ts";

test("Sequential runs modules and functions in order; Residual adds what it is around", () => {
  const double = (x: Tensor): Tensor => mul(x, 2);
  const model = new Sequential([double, new Residual(double), new Residual(new Sequential([]))]);
  expect([...elements(model.forward(tensor([1, -2])).ndarray())]).toEqual([12, -24]);
});

test("a layer that is none is refused by its place, before any forward", () => {
  const layer = new Linear(3, 3, { random: rng(1) });
  for (const [layers, message] of [
    [[layer, undefined], "Sequential: expected a module or a function as layer 1, got undefined"],
    [[null], "as layer 0, got null"],
    [[[layer]], "as layer 0, got an array of 1"],
    [[Linear], "as layer 0, got the class Linear\nhelp: make one: new Linear(…)"],
    [layer, "Sequential: expected an array of layers, got a Linear\nhelp: new Sequential([…])"],
  ] as const)
    expect(() => new Sequential(layers as never)).toThrow(message);
  expect(() => new Residual(undefined as never)).toThrow("Residual: expected a module or a fun");
});

test("both pass derivatives on", () => {
  const random = rng(1);
  gradcheckModule(
    new Residual(new Sequential([new Linear(3, 4, { random }), new Linear(4, 3, { random })])),
    [normal(rng(2), [2, 3])],
  );
});
