/**
 * @file L-BFGS in WebAssembly and on a GPU: the reference's steps, nothing falls back, nothing is
 * held but the history.
 */
import {
  type Backend,
  normal,
  parameter,
  reference,
  rng,
  scope,
  square,
  sub,
  sum,
  valueAndGrad,
  withBackend,
} from "@spm/core";
import { affine } from "@spm/nn/extend";
import { lbfgs } from "@spm/optim";
import { wasm } from "@spm/wasm";
import { afterAll, expect, test } from "vitest";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
const memory = await wasm();
afterAll(async () => {
  await device?.dispose();
  await memory.dispose();
});

/** The losses of two steps on a least-squares problem, and the bytes that they left behind. */
async function losses(backend: Backend): Promise<readonly [number[], left: number]> {
  const made = withBackend(backend, () =>
    scope(() => {
      const x = normal(rng(1), [8, 3]);
      return {
        x,
        y: normal(rng(2), [8, 2]),
        w: parameter(normal(rng(3), [2, 3])),
        b: parameter([0, 0]),
      };
    }),
  );
  const { x, y, w, b } = made;
  const before = backend.report().liveBytes;
  const optimizer = lbfgs([w, b], { lineSearch: "strong_wolfe", maxIterations: 3 });
  const evaluate = () => valueAndGrad(() => sum(square(sub(affine(x, w, b), y))), [w, b]);
  const found = [await optimizer.step(evaluate), await optimizer.step(evaluate)];
  optimizer.dispose();
  const left = backend.report().liveBytes - before;
  for (const tensor of [x, y, w, b]) tensor.dispose();
  return [found, left];
}

test.each(
  [memory, device].flatMap((backend) =>
    backend === null ? [] : [[backend.name, backend] as const],
  ),
)("%s", async (_, backend) => {
  const [want] = await losses(reference);
  const [got, left] = await losses(backend);
  expect(backend.report().fallbacks).toEqual([]);
  expect(left).toBe(0);
  for (const [k, loss] of want.entries()) expect(got[k]).toBeCloseTo(loss, 3);
});
