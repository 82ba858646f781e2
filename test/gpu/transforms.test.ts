/**
 * @file Transforms on the other backends: gradients of samples, Hessians, recomputed layers and
 * custom derivatives have the reference's numbers on wasm and on a device, and release what they
 * take.
 */
import {
  type Backend,
  customVjp,
  exp,
  grad,
  hessian,
  jacobian,
  matmul,
  mul,
  normal,
  recompute,
  rng,
  scope,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  to,
  vmap,
} from "@spm/core";
import { gpu } from "@spm/gpu";
import { initialParameters, rotationMixer, shuffle } from "@spm/mixer";
import { crossEntropy, layerNorm, softmax } from "@spm/nn";
import { wasm } from "@spm/wasm";
import { afterAll, describe, expect, test } from "vitest";

const random = rng(2);
const backends: Backend[] = [await wasm(), await gpu({ mode: "cpu" })];
afterAll(() => Promise.all(backends.map((backend) => backend.dispose())));

const schedule = shuffle(6);
const { angles } = initialParameters(rotationMixer, schedule, random);
const label = tensor([2], { dtype: "int32" });
const x = normal(random, [4, 2, 6]);
const w = normal(random, [6, 6]);
const gain = normal(random, [6]);

const double = customVjp(
  (v: Tensor) => square(v),
  (ct, _, v) => [mul(ct, mul(3, v))],
);

/** Of x, the weight, a gain, the angles and a label. */
const calls: Record<string, (...xs: [Tensor, Tensor, Tensor, Tensor, Tensor]) => Tensor> = {
  "gradients of samples by weights": (x, w, g) =>
    vmap((one: Tensor) => grad((p) => sum(square(softmax(matmul(layerNorm(one, g, g), p)))))(w))(x),
  "gradients of samples by a mixer": (x, _w, _g, angles) =>
    vmap((one: Tensor) => grad((p) => sum(sin(rotationMixer(one, p, { schedule }))))(angles))(x),
  "gradients of samples of a loss": (x, w, _g, _a, label) =>
    vmap(
      grad((one: Tensor) => crossEntropy(matmul(sum(one, { axis: 0, keepdims: true }), w), label)),
    )(x),
  "a Jacobian by columns and a Hessian": (_x, w, g) =>
    matmul(jacobian((v) => tanh(matmul(w, v)))(g), hessian((v) => sum(exp(mul(v, sin(v)))))(g)),
  "recomputed layers": (x, w) =>
    grad((v) => sum(recompute((h) => tanh(matmul(h, w)))(recompute((h) => sin(matmul(h, w)))(v))))(
      x,
    ),
  "a derivative of its own, batched": (x) => grad((v) => sum(vmap(double)(v)))(x),
};

describe.each(backends.map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  test.each(Object.entries(calls))("%s", async (_, f) => {
    const there = await Promise.all([x, w, gain, angles, label].map((t) => to(t, backend)));
    const [a, b, c, d, e] = there as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const before = { ...backend.live };
    let result: Promise<ArrayLike<number>> | undefined;
    scope(() => {
      result = f(a, b, c, d, e).data();
    });
    expect(backend.live).toEqual(before);
    const [got, want] = [await result, await f(x, w, gain, angles, label).data()];
    expect(got?.length).toBe(want.length);
    for (const [i, v] of want.entries()) expect(got?.[i]).toBeCloseTo(v, 4);
  });

  test("nothing falls back but the kernel of mixers' samples, and integers, on wasm", () => {
    const { fallbacks } = backend.report();
    const left = fallbacks.filter(
      (f) => f.reason !== "not float32" && f.primitive !== "mixer per sample",
    );
    expect(left).toEqual([]);
  });
});
