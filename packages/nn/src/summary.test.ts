/** @file The summary: every module once, shapes, parameters, FLOP; the model is left as it was. */
import { relu, rng, type Tensor, zeros } from "@spm/core";
import { expect, test } from "vitest";
import { Linear } from "./linear.ts";
import type { LinearMap } from "./linear-map.ts";
import { Module } from "./module.ts";
import { Residual, Sequential } from "./sequential.ts";
import { summary } from "./summary.ts";

const random = rng(1);
const shared = new Linear(16, 16, { random, bias: false });
const model = new Sequential([new Linear(8, 16, { random }), relu, new Residual(shared), shared]);

test("prints a table", () => {
  expect(String(summary(model, zeros([5, 8])))).toMatchInlineSnapshot(`
    "path             module       shapes             parameters   FLOP
    ──────────────────────────────────────────────────────────────────
                     Sequential   [5, 8] → [5, 16]
    layers.0         Linear       [5, 8] → [5, 16]          144  1,360
    layers.2         Residual     [5, 16] → [5, 16]
    layers.2.branch  Linear       [5, 16] → [5, 16]         256  5,120
    total            1,600 bytes                            400  6,480"
  `);
});

test("counts a layer that is called twice once for its parameters, twice for its FLOP", () => {
  const { rows, total } = summary(model, zeros([1, 8]));
  const row = rows.find(({ path }) => path === "layers.2.branch")!;
  expect([row.parameters, row.flops]).toEqual([256, 2 * 512]);
  expect(total).toEqual({
    parameters: model.parameterCount(),
    bytes: 4 * model.parameterCount(),
    flops: 272 + 1024,
  });
});

class Fussy extends Module {
  readonly unused: LinearMap = new Linear(2, 2, { random });
  override training = false;
  forward(x: Tensor): Tensor {
    if (x.shape[0] === 0) throw new Error("nothing to do");
    return x;
  }
}

test("leaves no trace, even of a forward that throws; a module not called has no shapes", () => {
  const fussy = new Fussy();
  expect(() => summary(fussy, zeros([0]))).toThrow("nothing to do");
  expect(Object.keys(fussy)).not.toContain("forward");
  expect(fussy.unused.training).toBe(true);
  expect(fussy.training).toBe(false);
  expect(summary(fussy, zeros([1])).rows[1]).toMatchObject({
    inputs: null,
    output: null,
    parameters: 6,
    flops: 0,
  });
});
