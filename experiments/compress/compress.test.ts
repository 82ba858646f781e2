/**
 * @file Compression: checkpoints of other programs, and the matrices that each family represents
 * exactly.
 */
import { readFileSync } from "node:fs";
import { matmul, noGrad, normal, rng, setBackend, type Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { butterfly, generalMixer, initialParameters, toDense } from "@spm/mixer";
import { Mlp } from "@spm/models";
import { encodeSafetensors, parseSafetensors } from "@spm/trainer";
import { wasm } from "@spm/wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { mlpFrom } from "./checkpoint.ts";
import { methods } from "./methods.ts";

beforeAll(async () => setBackend(await wasm()));

const numbers = (x: Tensor): number[] => Array.from(elements(x.ndarray()));
const outputs = (model: Mlp, x: Tensor): number[] => noGrad(() => numbers(model.forward(x)));

describe("mlpFrom", () => {
  test("reads what PyTorch wrote, beside tensors that are no layers", () => {
    const file = readFileSync(new URL("../../test/golden/pytorch.safetensors", import.meta.url));
    const [layer, ...rest] = mlpFrom(file).layers;
    expect(rest).toEqual([]);
    expect([layer!.inFeatures, layer!.outFeatures]).toEqual([3, 4]);
    expect(numbers(layer!.toDense())).toEqual(
      numbers(parseSafetensors(file).tensor("layers.0.weight")),
    );
  });

  test.each(["model.layers.", "", "net."])(
    "layers named %sN, in the order of their numbers",
    (prefix) => {
      const model = new Mlp({
        sizes: [4, ...Array.from({ length: 11 }, () => 4), 3],
        random: rng(1),
      });
      const state = Object.entries(model.stateDict()).map(([name, value]) => [
        name.replace("layers.", prefix),
        value,
      ]);
      const read = mlpFrom(encodeSafetensors(Object.fromEntries(state.reverse())));
      const x = normal(rng(2), [5, 4]);
      expect(outputs(read, x)).toEqual(outputs(model, x));
    },
  );

  test("says what does not fit", () => {
    const weight = (rows: number, columns: number) => normal(rng(1), [rows, columns]);
    const bias = normal(rng(1), [3]);
    expect(() => mlpFrom(encodeSafetensors({ bias }))).toThrow(/expected layers, NAME.weight/);
    expect(() => mlpFrom(encodeSafetensors({ "0.weight": weight(3, 4) }))).toThrow(
      /expected "0.bias", got none/,
    );
    const broken = {
      "0.weight": weight(3, 4),
      "0.bias": bias,
      "1.weight": weight(3, 5),
      "1.bias": bias,
    };
    expect(() => mlpFrom(encodeSafetensors(broken))).toThrow(/expected 5 outputs of "0.", got 3/);
  });
});

describe("each family holds its own kind exactly, and not the other's", () => {
  const n = 16;
  const error = (name: string, w: Tensor): number =>
    noGrad(() =>
      methods
        .find((method) => method.name === name)!
        .create(n, n, { random: rng(5) })
        .assignDense(w),
    );

  test("a butterfly", () => {
    const schedule = butterfly(n);
    const parameters = initialParameters(generalMixer, schedule, rng(1));
    const w = noGrad(() => toDense({ mixer: generalMixer, schedule, parameters }));
    expect(error("general", w)).toBeLessThan(1e-5);
    expect(error("monarch", w)).toBeLessThan(1e-5);
    expect(error("svd-4", w)).toBeGreaterThan(0.5);
  });

  test("a matrix of low rank", () => {
    const w = noGrad(() => matmul(normal(rng(2), [n, 4]), normal(rng(3), [4, n])));
    expect(error("svd-4", w)).toBeLessThan(1e-5);
    expect(error("general", w)).toBeGreaterThan(0.3);
    expect(error("monarch", w)).toBeGreaterThan(0.3);
  });
});
