/**
 * @file The contract of every primitive on wasm: the reference's values and gradients, however the
 * inputs lie, and the same bits again.
 */
import {
  type Backend,
  cast,
  type NdArray,
  noGrad,
  type Shape,
  type Tensor,
  tensor,
  vjp,
} from "@spm/core";
import {
  elements,
  fromArray,
  isFloating,
  primitives,
  sizeOf,
  stridesOf,
  wrap,
} from "@spm/core/extend";
import * as linalg from "@spm/linalg/extend";
import type { MixerKind } from "@spm/mixer";
import { affineOp, attentionOp, geluOp, maskedAttentionOp } from "@spm/nn/extend";
import { wasmSync } from "@spm/wasm";
import { describe, expect, test } from "vitest";
import type { Sample } from "../gpu/samples.ts";
import { kinds } from "../mixer/kinds.ts";
import { samples } from "./wasm-samples.ts";

const backend = wasmSync({ bytes: 2 ** 28 });

/** Primitives that the reference runs on purpose, and why. */
const onTheReference: Readonly<Record<string, string>> = {
  logNdtr: "a continued fraction in float64, for log-probabilities",
  "mixer per sample": "for attribution and private training, not for a step of training",
  ...Object.fromEntries(
    Object.values(linalg)
      .filter((op) => "primitive" in op && !backend.kernels.has(op.primitive))
      .map((op) => [op.primitive.name, "seldom in a training step, and in float64 there"]),
  ),
};

/** Calls that the reference runs on purpose, by what the kernel says, and why. */
const declined: Readonly<Record<string, string>> = {
  int32: "integers are indices: few, and counted exactly",
  bool: "masks are compared and cast, seldom chosen between or gathered",
  "angles from a whole stage": "they are dense: the mode that a mixer is not for",
  "rows of no elements": "there is nothing to compute",
  "its forward ran on the reference": "what that kept is its own",
};

/** Whether a kind of mixer has no kernels here, and its blocks go to those of the general one. */
const lowered = ({ op }: MixerKind): boolean => !kernels.has(op.primitive);

/** Every kernel that a sample asked for. */
const reached = new Set<object>();
const { kernels } = backend;
const noting: Backend["kernels"] = {
  get: (p) => {
    reached.add(p);
    return kernels.get(p);
  },
  has: (p) => kernels.has(p),
};
Object.defineProperty(backend, "kernels", { value: noting });

/** Where the elements of an array of some shape lie. */
type Layout = (shape: Shape) => { stride: number[]; offset: number; room: number };

/** Ways for an array to lie in memory; what lies between its elements must not matter. */
const layouts: Record<string, Layout> = {
  "row-major": (shape) => ({ stride: stridesOf(shape), offset: 0, room: sizeOf(shape) }),
  "column-major": (shape) => ({
    stride: stridesOf([...shape].reverse()).reverse(),
    offset: 0,
    room: sizeOf(shape),
  }),
  "back to front": (shape) => ({
    stride: stridesOf(shape).map((s) => -s),
    offset: Math.max(0, sizeOf(shape) - 1),
    room: sizeOf(shape),
  }),
  "every third": (shape) => ({
    stride: stridesOf(shape).map((s) => 3 * s),
    offset: 5,
    room: 3 * sizeOf(shape) + 5,
  }),
};

function laid(x: NdArray, layout: Layout): NdArray {
  const { stride, offset, room } = layout(x.shape);
  const values = elements(x);
  const data = new (values.constructor as new (n: number) => typeof values)(room).fill(99);
  const order = stridesOf(x.shape);
  for (let k = 0; k < values.length; k++) {
    let at = offset;
    for (let axis = 0, rest = k; axis < order.length; rest %= order[axis++]!)
      at += Math.floor(rest / order[axis]!) * stride[axis]!;
    data[at] = values[k]!;
  }
  return wrap(data, x.shape, stride, offset);
}

/** The value, and for differentiable samples what a fixed cotangent pulls back to. */
function results(
  { f, differentiable }: Sample,
  inputs: readonly Tensor[],
): Promise<(readonly number[])[]> {
  const all: Tensor[] = [];
  if (differentiable) {
    const places = inputs.flatMap(({ dtype }, k) => (isFloating(dtype) ? [k] : []));
    const { value, pullback } = vjp(
      (...xs: Tensor[]) => f(...inputs.map((x, k) => xs[places.indexOf(k)] ?? x)),
      ...inputs.filter((_, k) => places.includes(k)),
    );
    const weights =
      value.dtype === "float64"
        ? new Float64Array(sizeOf(value.shape))
        : new Float32Array(sizeOf(value.shape));
    weights.forEach((_, i) => {
      weights[i] = Math.cos(i);
    });
    all.push(value, ...pullback(tensor(weights, { shape: value.shape, backend: value.backend })));
  } else all.push(noGrad(() => f(...inputs)));
  return Promise.all(all.map(async (t) => Array.from(await t.data())));
}

const on = (where: Backend, sample: Sample, layout: Layout): Tensor[] =>
  sample.inputs.map((x) => fromArray(laid(x.ndarray(), layout), where));

/** Largest difference, relative to the largest element, at least 1. NaN equals NaN. */
function distance(got: readonly number[], want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  const scale = want.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
  return got.reduce((worst, v, i) => {
    if (Object.is(v, want[i])) return worst;
    const gap = Math.abs(v - want[i]!) / scale;
    return Number.isNaN(gap) ? Number.NaN : Math.max(worst, gap);
  }, 0);
}

/** What the reference ran so far without being meant to. */
const unexpected = (): string[] =>
  backend
    .report()
    .fallbacks.filter(
      ({ primitive, reason }) => !(primitive in onTheReference) && !(reason in declined),
    )
    .map(({ primitive, reason, count }) => `${primitive}: ${reason}, ${count} times`);

describe.each(Object.entries(layouts))("%s", (_, layout) => {
  test.each(samples)("$name", async (sample) => {
    const before = unexpected();
    const want = await results(sample, sample.inputs);
    const got = await results(sample, on(backend, sample, layout));
    got.forEach((values, k) => {
      expect(distance(values, want[k] ?? [])).toBeLessThanOrEqual(sample.tolerance);
    });
    const again = await results(sample, on(backend, sample, layout));
    expect(again).toEqual(got);
    expect(unexpected()).toEqual(before);
  });
});

const double = wasmSync({ bytes: 2 ** 26 });
const factorisations = Object.values(linalg).flatMap((op) =>
  "primitive" in op ? [op.primitive.name] : [],
);

test.each(samples)("float64 on the reference, bit by bit: $name", async (sample) => {
  const inputs = sample.inputs.map((x) => (x.dtype === "float32" ? cast(x, "float64") : x));
  const want = await results(sample, inputs);
  const got = await results(
    sample,
    inputs.map((x) => fromArray(x.ndarray(), double)),
  );
  // Blocks that are composed there, and factorisations, which have float64 kernels: other sums.
  const mixed = sample.mixer !== undefined && lowered(sample.mixer);
  if (mixed || factorisations.includes(sample.name))
    got.forEach((values, k) => {
      expect(distance(values, want[k] ?? [])).toBeLessThanOrEqual(1e-12);
    });
  else expect(got).toEqual(want);
});

/** Those that nothing calls where they have no kernels: it is composed of others there. */
const composedThere: readonly object[] = [
  ...kinds.flatMap(([, mixer]) => (lowered(mixer) ? [mixer.op] : [])),
  ...[attentionOp, maskedAttentionOp, geluOp],
]
  .flatMap(({ primitive, backward }): object[] => [primitive, backward])
  .concat(affineOp.primitive);

test("every primitive has a kernel, goes to one composed, or is named with the reason", () => {
  const without = primitives().filter((p) => !kernels.has(p) && !composedThere.includes(p));
  expect(without.map((p) => p.name).sort()).toEqual(Object.keys(onTheReference).sort());
});

test("no sample left a primitive out", () => {
  const called = new Set(samples.flatMap(({ mixer }) => (mixer ? [mixer] : [])));
  expect([...called]).toEqual(kinds.map(([, mixer]) => mixer));
  const left = primitives().filter((p) => !reached.has(p) && !composedThere.includes(p));
  expect(left.map((p) => p.name)).toEqual([]);
});
