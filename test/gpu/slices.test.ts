/**
 * @file Slices taken and summed by one index: no backend stores that index for every element, and a
 * GPU takes as many as there are.
 */
import {
  type Backend,
  reference,
  rng,
  scope,
  segmentSum,
  take,
  tensor,
  to,
  uniform,
  vjp,
} from "@spm/core";
import { gpu } from "@spm/gpu";
import { wasmSync } from "@spm/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { openSoftwareGpu } from "./software-gpu.ts";

const software = await openSoftwareGpu();
const onCpu = await gpu({ mode: "cpu" });
afterAll(() => Promise.all([software?.dispose(), onCpu.dispose()]));

const backends: Backend[] = [reference, wasmSync({ bytes: 2 ** 26 }), onCpu];
if (software !== null) backends.push(software);

const [nodes, edges, width] = [40, 1000, 32];
const bytes = (...sizes: number[]): number => 4 * sizes.reduce((sum, n) => sum + n, 0);
const ids = tensor(Int32Array.from({ length: edges }, (_, i) => (i * i) % nodes));

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  "on %s",
  (_, backend) => {
    test("a result and a cotangent are all that take and segmentSum store", async () => {
      const index = await to(ids, backend);
      const x = await to(uniform(rng(1), [nodes, width]), backend);
      const messages = await to(uniform(rng(2), [edges, width]), backend);
      const stored = (f: (t: typeof x) => typeof x, t: typeof x, ct: typeof x): number =>
        scope(() => {
          const before = backend.live.bytes;
          const { value, pullback } = vjp(f, t);
          const [slope] = pullback(ct);
          expect([value.shape, slope.shape]).toEqual([ct.shape, t.shape]);
          return backend.live.bytes - before;
        });
      const both = bytes(nodes * width, edges * width);
      const taken = stored((t) => take(t, index), x, messages);
      const summed = stored((t) => segmentSum(t, index, nodes), messages, x);
      for (const growth of [taken, summed]) expect(growth).toBeLessThanOrEqual(both + bytes(edges));
      for (const t of [index, x, messages]) t.dispose();
    });
  },
);

test.runIf(software !== null)("a GPU takes more slices than a launch has rows", async () => {
  const count = 600_000;
  const many = Int32Array.from({ length: count }, (_, i) => i % 3);
  const index = await to(tensor(many), software!);
  const x = await to(tensor([1, 2, 4]), software!);
  const got = await take(x, index).data();
  expect(got.length).toBe(count);
  expect(got.every((v, i) => v === 2 ** many[i]!)).toBe(true);
});

test.runIf(software !== null)("and sums many into few, in parts, with the same bits", async () => {
  const index = await to(tensor(Int32Array.from({ length: 5000 }, (_, i) => i % 3)), software!);
  const x = await to(uniform(rng(3), [2, 5000, 2]), software!);
  const sums = () => segmentSum(x, index, 3, 1).data();
  const [first, again] = [await sums(), await sums()];
  expect(again).toEqual(first);
  const want = await segmentSum(await to(x, reference), await to(index, reference), 3, 1).data();
  for (const [i, v] of want.entries()) expect(first[i]).toBeCloseTo(v, 3);
});
