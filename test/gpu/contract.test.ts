/**
 * @file The contract of every primitive on the GPU: the reference's values and gradients, and a
 * kernel for each.
 */
import { type Backend, eye, noGrad, type Tensor, tensor, vjp, withBackend } from "@spm/core";
import { fromArray, type Kernel, primitives } from "@spm/core/extend";
import { gpu } from "@spm/gpu";
import { eigh } from "@spm/linalg";
import { eighOp, pinvOp, svdOp } from "@spm/linalg/extend";
import { rotationMixer } from "@spm/mixer";
import { capture } from "@spm/optim";
import { afterAll, describe, expect, test } from "vitest";
import { full } from "../full.ts";
import { coreSamples, mixerSamples, nnSamples, optimSamples, type Sample } from "./samples.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
const onCpu = await Promise.all((["webasm", "cpu"] as const).map((mode) => gpu({ mode })));
afterAll(() => Promise.all([device, ...onCpu].map((backend) => backend?.dispose())));

/** Every kernel that a sample asked for. */
const reached = new Set<object>();
const table = device?.kernels ?? new Map<object, Kernel>();
if (device !== null) {
  const get = (p: object): Kernel | undefined => {
    reached.add(p);
    return table.get(p);
  };
  Object.defineProperty(device, "kernels", { value: { get, has: (p: object) => table.has(p) } });
}

/** Iterations run on the host alone: a device refuses them. */
const onTheHost: readonly object[] = [eighOp, svdOp, pinvOp].map(({ primitive }) => primitive);

// A kind without kernels runs those of general blocks: one layout shows that it reaches them. The
// kernels of rotations and of general blocks have the same layouts: each kind shows some of them,
// and all in `npm run test:full`, since rotations' large kernels take long to compile.
const shown = ({ mixer, layout = 0, long = false }: Sample): boolean =>
  full ||
  (layout === 0 && !long) ||
  (layout > 0 && table.has(mixer!.op.primitive) && (mixer === rotationMixer) === layout < 3);
const samples = [...coreSamples, ...mixerSamples, ...nnSamples, ...optimSamples].filter(shown);

const moved = (x: Tensor, backend: Backend): Tensor => fromArray(x.ndarray(), backend);

/** The value, and for differentiable samples what a fixed cotangent pulls back to. */
function computed({ f, differentiable }: Sample, inputs: readonly Tensor[]): Tensor[] {
  const all: Tensor[] = [];
  if (differentiable) {
    const floats = inputs.filter((x) => x.dtype === "float32");
    const { value, pullback } = vjp(
      (...xs: Tensor[]) => {
        const given = [...xs];
        return f(...inputs.flatMap((x) => (x.dtype === "float32" ? given.splice(0, 1) : [x])));
      },
      ...floats,
    );
    const weights = Float32Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.cos(i),
    );
    all.push(value, ...pullback(tensor(weights, { shape: value.shape, backend: value.backend })));
  } else all.push(noGrad(() => f(...inputs)));
  return all;
}

/** Their elements. */
async function elementsOf(all: readonly Tensor[]): Promise<(readonly number[])[]> {
  const read = await Promise.all(all.map(async (t) => Array.from(await t.data())));
  for (const t of all) t.dispose();
  return read;
}

const results = (sample: Sample, inputs: readonly Tensor[]): Promise<(readonly number[])[]> =>
  elementsOf(computed(sample, inputs));

/** Largest difference, relative to the largest element, at least 1. */
function distance(got: readonly number[], want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  const scale = want.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
  return got.reduce((worst, v, i) => {
    const gap = Math.abs(v - want[i]!) / scale;
    return Number.isNaN(gap) ? Number.NaN : Math.max(worst, gap);
  }, 0);
}

describe.runIf(device !== null)("on WebGPU", () => {
  test.each(samples)("$name", async (sample) => {
    const want = await results(sample, sample.inputs);
    const got = await results(
      sample,
      sample.inputs.map((x) => moved(x, device!)),
    );
    expect(device!.report().fallbacks).toEqual([]);
    got.forEach((values, k) => {
      expect(distance(values, want[k]!)).toBeLessThanOrEqual(sample.tolerance);
    });
  });

  test.each(samples.filter((_, k) => full || k % 8 === 0))("$name, captured", async (sample) => {
    const inputs = sample.inputs.map((x) => moved(x, device!));
    const want = await results(sample, inputs);
    using step = withBackend(device!, () => capture((...xs: Tensor[]) => computed(sample, xs)));
    for (let k = 0; k < 4; k++) expect(await elementsOf(step(...inputs))).toEqual(want);
    expect(step.counts.refusal).toBe(null);
    expect(step.counts.repeated).toBeGreaterThanOrEqual(1);
  });

  test("every primitive has a kernel, runs composed, or is the host's", () => {
    const without = primitives().filter(
      (p) => !table.has(p) && p.composed === undefined && !onTheHost.includes(p),
    );
    expect(without.map((p) => p.name)).toEqual([]);
  });

  test("no sample left a primitive with a kernel out", () => {
    const left = primitives().filter((p) => table.has(p) && !reached.has(p));
    expect(left.map((p) => p.name)).toEqual([]);
  });
});

describe.each(onCpu.map((backend) => [backend.name, backend] as const))(
  "through %s",
  (name, backend) => {
    test("what runs on the host alone is refused by name", () => {
      expect(() => eigh(moved(eye(2), backend))).toThrow("eigh: expected a kernel on");
    });

    test.each(samples)("$name, forward", async (sample) => {
      const forward = { ...sample, differentiable: false };
      const [want] = await results(forward, sample.inputs);
      const [got] = await results(
        forward,
        sample.inputs.map((x) => moved(x, backend)),
      );
      expect(distance(got!, want!)).toBeLessThanOrEqual(sample.tolerance);
      expect(backend.report().fallbacks, `${name} degraded`).toEqual([]);
    });
  },
);
