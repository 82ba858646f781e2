/**
 * @file A loss of energies and forces, whose gradients are of the second order, on wasm and on a
 * GPU: the reference's numbers, nothing falls back.
 */
import {
  type Backend,
  normal,
  reference,
  rng,
  type Tensor,
  tensor,
  to,
  valueAndGrad,
} from "@spm/core";
import { edgesWithin, energyAndForces, energyForceLoss, TensorNet } from "@spm/models";
import { wasmSync } from "@spm/wasm";
import { afterAll, expect, test } from "vitest";
import { distance } from "../contract/value-and-gradients.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());

/** The loss of two small molecules, and its gradients by all parameters. */
async function lossAndGradients(backend: Backend): Promise<Float32Array[]> {
  const sizes = { width: 4, radial: 4, cutoff: 3, species: 3, linear: "rotation" } as const;
  const model = await new TensorNet({ ...sizes, random: rng(2) }).to(backend);
  const molecules = tensor(Int32Array.of(0, 0, 0, 0, 1, 1, 1));
  const at = normal(rng(3), [7, 3]);
  const species = tensor(Int32Array.of(0, 1, 2, 1, 2, 0, 0));
  const on = (x: Tensor): Promise<Tensor> => to(x, backend);
  const [positions, energies, forces, ...rest] = await Promise.all([
    on(at),
    on(normal(rng(4), [2])),
    on(normal(rng(5), [7, 3])),
    on(species),
    on(edgesWithin(at, 3, { molecules })),
    on(molecules),
    on(tensor([0, 1])),
  ]);
  const loss = () =>
    energyForceLoss(
      energyAndForces((r) => model.forward(r, ...rest), positions),
      { energies, forces },
    );
  const { value, grads } = valueAndGrad(loss, model.parameters());
  return Promise.all([value, ...grads].map(async (x) => Float32Array.from(await x.data())));
}

const wasm = wasmSync({ bytes: 2 ** 26 });
const onReference = lossAndGradients(reference);

async function compare(backend: Backend): Promise<void> {
  const want = await onReference;
  const got = await lossAndGradients(backend);
  expect(backend.report().fallbacks).toEqual([]);
  expect(got.length).toBe(want.length);
  for (const [k, values] of got.entries())
    expect(distance(values, want[k]!), `result ${k}`).toBeLessThan(2e-5);
  expect(Math.max(...want.slice(1).map((g) => Math.max(...g.map(Math.abs))))).toBeGreaterThan(0.1);
}

test("on wasm", () => compare(wasm));
test.runIf(device !== null)("on WebGPU", () => compare(device!));
