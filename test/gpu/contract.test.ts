/**
 * @file The contract of every primitive on the GPU: the reference's values and gradients, and a
 * kernel for each.
 */
import {
  type Backend,
  eye,
  noGrad,
  normal,
  rng,
  type Tensor,
  tensor,
  vjp,
  withBackend,
} from "@spm/core";
import { fromArray, type Kernel, primitives } from "@spm/core/extend";
import { gpu } from "@spm/gpu";
import { eigh } from "@spm/linalg";
import { eighOp, pinvOp, svdOp } from "@spm/linalg/extend";
import {
  type AdaptiveMode,
  adaptiveMixer,
  butterfly,
  initialAdaptive,
  rotationMixer,
  type Schedule,
  shuffle,
} from "@spm/mixer";
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
// and all in `npm run test:full`, since large kernels take long to compile: there alone is the last
// layout, of a row that workgroups share.
const shown = ({ mixer, layout = 0, long = false }: Sample): boolean =>
  full ||
  (layout === 0 && !long) ||
  (layout > 0 &&
    layout < 4 &&
    table.has(mixer!.op.primitive) &&
    (mixer === rotationMixer) === layout < 3);
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

/** y and x̄, d̄_in, d̄_out, b̄, θ̄⁰: of the adaptive mixer at A = 0, and of the static one. */
async function still(backend: Backend, mode: AdaptiveMode, schedule: Schedule) {
  const random = rng(5);
  const { n } = schedule;
  const own = initialAdaptive(schedule, random, { mode, deviation: 0 });
  const weights = moved(own.weights, backend);
  const draw = (shape: number[], mean = 0): Tensor => normal(random, shape, mean);
  const operands = [draw([5, n]), draw([n], 1), draw([n], 1), draw([n]), own.angles];
  const placed = operands.map((x) => moved(x, backend));
  const ct = moved(draw([5, n]), backend);
  type Mixer = (...operands: Tensor[]) => Tensor;
  const adaptive: Mixer = (x: Tensor, dIn, dOut, bias, angles: Tensor) =>
    adaptiveMixer(x, { angles, weights }, { schedule, mode, dIn, dOut, bias });
  const fixed: Mixer = (x: Tensor, dIn, dOut, bias, angles: Tensor) =>
    rotationMixer(x, angles, { schedule, dIn, dOut, bias, backward: "recompute" });
  const [got, want] = await Promise.all(
    [adaptive, fixed].map((mixer) => {
      const { value, pullback } = vjp(mixer, ...placed);
      return elementsOf([value, ...pullback(ct)]);
    }),
  );
  return { got: got ?? [], want: want ?? [] };
}

// A sum over rows has the bits of the static mixer's where both kernels have the same form.
describe.each<[mode: AdaptiveMode, schedule: Schedule, same: number, form: string]>([
  ["input", shuffle(7), 5, "all but θ̄, both by stages"],
  ["local", butterfly(64), 6, "all, both fused"],
  ["input", butterfly(64), 2, "y and x̄, by stages beside fused"],
])("at A = 0, mode %s", (mode, schedule, same, form) => {
  const named = `${schedule.name} ${schedule.n}`;
  test.runIf(device !== null)(`on WebGPU: the static mixer's bits, ${named}, ${form}`, async () => {
    const { got, want } = await still(device!, mode, schedule);
    expect(got.slice(0, same)).toEqual(want.slice(0, same));
    got.forEach((values, k) => {
      expect(distance(values, want[k]!)).toBeLessThanOrEqual(1e-6);
    });
  });

  test(`through ${onCpu[1]!.name}, ${named}: within 1e-6 of the static mixer`, async () => {
    const { got, want } = await still(onCpu[1]!, mode, schedule);
    expect(got.length).toBe(6);
    got.forEach((values, k) => {
      expect(distance(values, want[k]!)).toBeLessThanOrEqual(1e-6);
    });
  });
});
