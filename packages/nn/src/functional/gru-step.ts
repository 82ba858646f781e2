/** @file One step of a gated recurrent unit after its linear maps, fused: all gates in one pass. */
import { add, mul, sigmoid, split, sub, type Tensor, type TypedArray, tanh } from "@spm/core";
import {
  allocate,
  checkDTypes,
  checkTensors,
  dtypeOf,
  each,
  elements,
  type FusedOp,
  frontAxis,
  fused,
  ShapeError,
  type Spec,
  sameShape,
  showShape,
  wrap,
  zerosArray,
} from "@spm/core/extend";

type Gates<T> = readonly [x: T, u: T, h: T];

function infer(inputs: Gates<Spec>): Spec {
  const dtype = checkDTypes("gruStep", inputs);
  const [x, u, h] = inputs;
  const gates = [...h.shape.slice(0, -1), 3 * (h.shape.at(-1) ?? 1)];
  for (const { shape } of [x, u])
    if (!sameShape(shape, gates))
      throw new ShapeError("gruStep", `gates of shape ${showShape(gates)}`, showShape(shape));
  return { shape: h.shape, dtype };
}

const sigma = (v: number): number => 1 / (1 + Math.exp(-v));

/** Calls `visit` for each unit: its place in h, its places in the gates, and their values. */
function eachUnit(
  x: TypedArray,
  u: TypedArray,
  size: number,
  width: number,
  visit: (
    i: number,
    at: readonly [number, number, number],
    r: number,
    z: number,
    n: number,
  ) => void,
): void {
  for (let i = 0; i < size; i++) {
    const first = Math.floor(i / width) * 3 * width + (i % width);
    const at = [first, first + width, first + 2 * width] as const;
    const r = sigma(x[at[0]]! + u[at[0]]!);
    const z = sigma(x[at[1]]! + u[at[1]]!);
    visit(i, at, r, z, Math.tanh(x[at[2]]! + r * u[at[2]]!));
  }
}

/**
 * The primitives of {@link gruStep}: x's gates [..., 3 · width], h's gates [..., 3 · width], h
 * [..., width] → [..., width].
 * @example gruStepOp([zeros([2, 9]), zeros([2, 9]), ones([2, 3])]).shape; // [2, 3]
 */
export const gruStepOp: FusedOp<[x: 1, u: 1, h: 1]> = fused({
  name: "gruStep",
  infer,
  forward: (inputs) => {
    const [x, u, h] = each(inputs, elements);
    const { shape } = inputs[2];
    const out = allocate(dtypeOf(inputs[2]), h.length);
    eachUnit(x, u, h.length, shape.at(-1) ?? 1, (i, _, __, z, n) => {
      out[i] = (1 - z) * n + z * h[i]!;
    });
    return [wrap(out, shape)];
  },
  backward: (ct, inputs) => {
    const [x, u, h] = each(inputs, elements);
    const c = elements(ct);
    const cotangents = each(inputs, ({ shape }) => zerosArray(dtypeOf(ct), shape));
    const [xBar, uBar, hBar] = each(cotangents, ({ data }) => data);
    eachUnit(x, u, h.length, ct.shape.at(-1) ?? 1, (i, [rAt, zAt, nAt], r, z, n) => {
      const g = c[i]!;
      const nBar = g * (1 - z) * (1 - n * n);
      xBar[rAt] = uBar[rAt] = nBar * u[nAt]! * r * (1 - r);
      xBar[zAt] = uBar[zAt] = g * (h[i]! - n) * z * (1 - z);
      xBar[nAt] = nBar;
      uBar[nAt] = nBar * r;
      hBar[i] = g * z;
    });
    return cotangents;
  },
  batch: frontAxis(),
  batchBackward: frontAxis(),
  composed: ([x, u, h]) => {
    const [xr, xz, xn] = split(x, 3, -1) as [Tensor, Tensor, Tensor];
    const [ur, uz, un] = split(u, 3, -1) as [Tensor, Tensor, Tensor];
    const [r, z] = [sigmoid(add(xr, ur)), sigmoid(add(xz, uz))];
    const n = tanh(add(xn, mul(r, un)));
    return add(mul(sub(1, z), n), mul(z, h));
  },
});

/**
 * One step of a GRU, h' = (1 − z) ⊙ n + z ⊙ h with r = σ(x_r + u_r), z = σ(x_z + u_z), n =
 * tanh(x_n + r ⊙ u_n) (Cho et al. 2014, in PyTorch's form).
 * @param x - the linear maps of the input for the gates r, z, n one after another, biases included,
 * [..., 3 · width]
 * @param u - the linear maps of the state for them, biases included, [..., 3 · width]
 * @param h - the state, [..., width]
 * @returns the next state, [..., width]
 * @throws ShapeError, DTypeError where operands do not fit
 * @example gruStep(affine(x, wIh, bIh), affine(h, wHh, bHh), h);
 */
export const gruStep = (x: Tensor, u: Tensor, h: Tensor): Tensor => {
  checkTensors("gruStep", x, u, h);
  return gruStepOp([x, u, h]);
};
