/** @file What a module gives on a backend, and what a fixed cotangent pulls back to. */
import { type Backend, type Tensor, tensor, to, vjp } from "@spm/core";
import { isFloating } from "@spm/core/extend";
import { functionalCall, type Module } from "@spm/nn";

/**
 * The module moves to the backend. Its value, then the cotangents of its floating inputs and of its
 * parameters for the cotangent cos 0, cos 1, … of the value.
 */
export async function valueAndGradients(
  model: Module,
  inputs: readonly Tensor[],
  backend: Backend,
): Promise<Float32Array[]> {
  await model.to(backend);
  const given = await Promise.all(inputs.map((x) => to(x, backend)));
  const floats = given.filter(({ dtype }) => isFloating(dtype));
  const names = [...model.namedParameters().keys()];
  const { value, pullback } = vjp(
    (...xs) => {
      const moved = [...xs];
      const called = given.map((x) => (isFloating(x.dtype) ? (moved.shift() ?? x) : x));
      return functionalCall(
        model,
        Object.fromEntries(moved.map((p, k) => [names[k]!, p])),
        ...called,
      );
    },
    ...floats,
    ...model.parameters(),
  );
  const weights = Float32Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.cos(i),
  );
  const results = [value, ...pullback(tensor(weights, { shape: value.shape, backend }))];
  const read = await Promise.all(results.map(async (x) => Float32Array.from(await x.data())));
  for (const x of [...results, ...Object.values(model.stateDict())]) x.dispose();
  return read;
}

/** Largest difference, relative to the largest element, at least 1. */
export function distance(got: Float32Array, want: Float32Array): number {
  const scale = want.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
  return got.reduce((worst, v, k) => {
    const gap = Math.abs(v - want[k]!) / scale;
    return Number.isNaN(gap) ? Number.NaN : Math.max(worst, gap);
  }, 0);
}
