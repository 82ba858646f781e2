/** @file A sample of an op, forward and backward, as a call whose requests are refused. */
import { keep, scope, setBackend, type Tensor, tensor, vjp } from "@spm/core";
import { fromArray, isFloating } from "@spm/core/extend";
import type { Sample } from "../gpu/samples.ts";
import type { Place, Trial } from "./failing-allocations.ts";

/** The value of a sample, and what a fixed cotangent pulls back to. */
function computed({ f, differentiable }: Sample, inputs: readonly Tensor[]): Tensor[] {
  if (!differentiable) return [f(...inputs)];
  const floats = inputs.filter(({ dtype }) => isFloating(dtype));
  const { value, pullback } = vjp(
    (...xs: Tensor[]) => {
      const given = [...xs];
      return f(...inputs.map((x) => (isFloating(x.dtype) ? (given.shift() ?? x) : x)));
    },
    ...floats,
  );
  const weights = Float32Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.cos(i),
  );
  return [value, ...pullback(tensor(weights, { shape: value.shape, backend: value.backend }))];
}

/** The inputs lie, in turn, where new tensors do and in the backend's own memory. */
export function sampleTrial(
  { backend }: Place,
  sample: Sample,
): Trial & { readonly inputs: readonly Tensor[] } {
  const inputs = sample.inputs.map((x, k) => {
    const there = scope(() => keep(fromArray(x.ndarray(), backend)));
    if (k % 2 === 0) return there;
    const inMemory = scope(() => keep(there.clone()));
    there.dispose();
    return inMemory;
  });
  let made: Tensor[] = [];
  return {
    inputs,
    act() {
      setBackend(backend);
      made = [];
      made = scope(() => computed(sample, inputs).map(keep));
    },
    async finish() {
      const bits = await Promise.all(made.map((t) => t.data()));
      for (const t of made) if (!inputs.includes(t)) t.dispose();
      return bits;
    },
    kept: () => Promise.all(inputs.map((x) => x.data())),
  };
}
