/**
 * @file The backend as a place: what lives where, what is freed when, and what it says of itself.
 */

import { inspect } from "node:util";
import {
  add,
  type Backend,
  cast,
  keep,
  matmul,
  mul,
  type NdArray,
  normal,
  parameter,
  reference,
  rng,
  scope,
  setBackend,
  square,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGrad,
} from "@spm/core";
import { BackendError, fromArray, ValueError, wrap } from "@spm/core/extend";
import { mixers } from "@spm/mixer";
import { Mlp } from "@spm/models";
import { crossEntropy, type LinearKind } from "@spm/nn";
import { adam } from "@spm/optim";
import { afterEach, expect, test } from "vitest";
import { full } from "../../../test/full.ts";
import { wasm, wasmSync } from "./backend.ts";

afterEach(() => setBackend(reference));

const on = (backend: Backend, values: number[]): Tensor => tensor(values, { backend });

test("made at once or in its own time, it is the same", async () => {
  for (const backend of [wasmSync(), await wasm()]) {
    expect(await add(on(backend, [1, 2]), on(backend, [3, 4])).data()).toEqual(
      Float32Array.of(4, 6),
    );
    expect(backend.report()).toEqual({
      name: "wasm simd",
      liveStorages: 0,
      liveBytes: 0,
      copiedIn: 0,
      fallbacks: [],
    });
    await backend.dispose();
  }
});

test("what leaves the outermost scope is the collector's, and its views read right", async () => {
  const backend = wasmSync();
  const x = fromArray(
    wrap(
      Float32Array.from({ length: 40 }, (_, i) => i),
      [8, 5],
    ),
    backend,
  );
  const [product, turned] = scope(() => {
    const y = mul(x, x);
    return [y, transpose(y)] as const;
  });
  for (let k = 0; k < 20; k++) scope(() => mul(x, 2)); // writes over whatever was freed
  expect((await product.data())[39]).toBe(39 * 39);
  expect((await turned.data())[1]).toBe(25);
  expect(backend.report().liveStorages).toBe(0);
});

test("kept tensors and parameters stay until they are disposed of or assigned", async () => {
  const backend = wasmSync();
  const w = parameter(on(backend, [1, 2, 3]));
  const kept = scope(() => keep(square(w)));
  expect(backend.report().liveStorages).toBe(2);
  scope(() => w.assign(add(w, 1)));
  expect(await w.data()).toEqual(Float32Array.of(2, 3, 4));
  expect(await kept.data()).toEqual(Float32Array.of(1, 4, 9));
  kept.dispose();
  w.dispose();
  expect(backend.report().liveStorages).toBe(0);
});

test("an array from elsewhere is copied in once", () => {
  const backend = wasmSync();
  const x = normal(rng(1), [10, 10]);
  const there = fromArray(x.ndarray() as NdArray, backend);
  for (let k = 0; k < 5; k++) scope(() => sum(mul(there, there)));
  expect(backend.report().copiedIn).toBe(1);
});

test("float64 goes to the reference, and the report says so", async () => {
  const backend = wasmSync();
  const x = tensor(Float64Array.of(0.1, 0.2), { backend });
  expect(await scope(() => mul(x, x)).data()).toEqual(Float64Array.of(0.1 * 0.1, 0.2 * 0.2));
  const y = cast(x, "float32");
  expect(y.backend).toBe(backend);
  expect(backend.report().fallbacks).toEqual([
    { primitive: "mul", reason: "not float32", count: 1 },
    { primitive: "cast", reason: "float64 to float32", count: 1 },
  ]);
});

test("a full memory is an error that says what to do, and leaves the backend usable", async () => {
  const backend = wasmSync({ bytes: 2 ** 20 });
  const x = fromArray(wrap(new Float32Array(300).fill(1), [300]), backend);
  expect(() =>
    scope(() => {
      const column = transpose(fromArray(wrap(new Float32Array(300).fill(1), [1, 300]), backend));
      return mul(column, x); // 300 × 300 × 4 bytes, and the same again for a copy
    }),
  ).not.toThrow();
  expect(() => scope(() => matmul(big(backend), big(backend)))).toThrowErrorMatchingInlineSnapshot(`
    [BackendError: wasm: expected 1000000 bytes free in wasm memory, got 0 in use of 917248
    help: run each step in a scope, use smaller batches, or ask for more: wasm({ bytes })]
  `);
  expect(await scope(() => add(x, x)).data()).toEqual(new Float32Array(300).fill(2));
});

test("memory that is none, or more than there can be, is refused", () => {
  for (const bytes of [0, -1, 2 ** 20 - 1, Number.NaN, Infinity])
    expect(() => wasmSync({ bytes })).toThrow(
      new ValueError("wasm", "bytes of memory ≥ 1048576", bytes, "the default is 2147483648"),
    );
  expect(() => wasmSync({ bytes: 2 ** 33 })).toThrow(BackendError);
  expect(() => wasmSync({ bytes: 2 ** 33 })).toThrow(
    new RegExp(
      /^wasm: expected room for 8589934592 bytes of memory, got .*/.source +
        /\nhelp: ask for less: wasm\(\{ bytes \}\)$/.source,
    ),
  );
});

const big = (backend: Backend): Tensor =>
  fromArray(wrap(new Float32Array(250_000), [500, 500]), backend);

test.each(["dense", ...Object.keys(mixers)] as LinearKind[])(
  "training a %s model: as the reference, and flat",
  { timeout: 60_000 },
  async (linear) => {
    const losses = (backend: Backend, steps: number): { loss: number; live: number[] } => {
      setBackend(backend);
      const model = new Mlp({ sizes: [20, 32, 32, 4], linear, random: rng(1) });
      const optimizer = adam(model.parameters(), { learningRate: 1e-2 });
      const images = normal(rng(2), [16, 20]).ndarray().data;
      let loss = 0;
      const live: number[] = [];
      for (let k = 0; k < steps; k++) {
        scope(() => {
          const x = tensor(images, { shape: [16, 20] });
          const labels = tensor(Int32Array.from({ length: 16 }, (_, i) => i % 4));
          const { value, grads } = valueAndGrad(
            () => crossEntropy(model.forward(x), labels),
            model.parameters(),
          );
          optimizer.step(grads);
          loss = value.ndarray().data[0]!;
        });
        live.push(backend.report().liveBytes);
      }
      return { loss, live };
    };
    const backend = wasmSync({ bytes: 2 ** 22 });
    const few = losses(backend, 20);
    expect(Math.abs(few.loss - losses(reference, 20).loss)).toBeLessThan(1e-4);
    const many = losses(wasmSync({ bytes: 2 ** 22 }), full ? 300 : 60);
    expect(new Set(many.live).size).toBe(1);
    expect(backend.report().fallbacks).toEqual([]);
    expect(losses(wasmSync(), 20).loss).toBe(few.loss); // same seed, same bits
  },
);

const manySteps = full ? 10_000 : 600;
test(`${manySteps} training steps in one MiB: memory stays flat`, { timeout: 120_000 }, () => {
  const backend = wasmSync({ bytes: 2 ** 20 });
  setBackend(backend);
  const model = new Mlp({ sizes: [8, 16, 4], linear: "rotation", random: rng(1) });
  const optimizer = adam(model.parameters(), { learningRate: 1e-3 });
  const x = normal(rng(2), [8, 8]);
  const labels = tensor(Int32Array.from({ length: 8 }, (_, i) => i % 4));
  const live = new Set<number>();
  for (let k = 0; k < manySteps; k++) {
    scope(() => {
      const { grads } = valueAndGrad(
        () => crossEntropy(model.forward(x), labels),
        model.parameters(),
      );
      optimizer.step(grads);
    });
    live.add(backend.report().liveBytes);
  }
  expect(live.size).toBe(1);
});

test("tensors print as on the reference, views too; the report prints in lines", async () => {
  const backend = await wasm({ bytes: 2 ** 24 });
  setBackend(backend);
  const there = normal(rng(1), [40, 30], 0, 1);
  const here = fromArray(there.ndarray(), reference);
  const rows = (x: Tensor) => String(x).replace(/^.*\n/, "");
  for (const view of [(x: Tensor) => x, transpose, (x: Tensor) => x.slice([{ stop: 2 }])]) {
    expect(rows(view(there))).toBe(rows(view(here)));
    expect(await view(there).toArray()).toEqual(await view(here).toArray());
  }
  expect(inspect(there.slice([{ stop: 2 }, { stop: 2 }]).add(1))).toMatchInlineSnapshot(`
    "Tensor float32[2, 2] on wasm
    [[-0.74743009, -0.50035191],
     [-0.17965996,  1.71268964]]"
  `);
  square(tensor(Float64Array.of(1, 2)));
  expect(inspect(backend.report())).toMatchInlineSnapshot(`
    "wasm simd { liveStorages: 0, liveBytes: 0, copiedIn: 1 }
    fallback: square × 1, not float32"
  `);
});
