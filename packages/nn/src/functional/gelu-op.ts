/** @file The primitives of GELU, fused. A backend without kernels of it composes it. */
import {
  add,
  mul,
  type NdArray,
  reference,
  square,
  type Tensor,
  type TypedArray,
  tanh,
} from "@spm/core";
import {
  allocate,
  checkDTypes,
  dtypeOf,
  elements,
  type FusedOp,
  fromArray,
  frontAxis,
  fused,
  wrap,
} from "@spm/core/extend";
import { erf } from "@spm/numeric";

/** The exact function, or the tanh formula. */
export type GeluForm = "none" | "tanh";

/** √(2/π), and the share of x³, of the tanh formula. */
const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** GELU [...] in ordinary ops. */
export function composedGelu(x: Tensor, form: GeluForm): Tensor {
  const inner = () => mul(ROOT, mul(x, add(1, mul(CUBIC, square(x)))));
  const twicePhi = add(1, form === "tanh" ? tanh(inner()) : erf(mul(Math.SQRT1_2, x)));
  return mul(mul(0.5, x), twicePhi);
}

/** 2Φ(x) − 1 of each number, in float64. */
function twicePhiLessOne(x: TypedArray, form: GeluForm): ArrayLike<number> {
  const inner = Float64Array.from(x, (v) =>
    form === "tanh" ? ROOT * v * (1 + CUBIC * v * v) : Math.SQRT1_2 * v,
  );
  if (form === "tanh") return inner.map(Math.tanh);
  return elements(erf(fromArray(wrap(inner, [inner.length]), reference)).ndarray());
}

/** An array like x of the numbers `of(v, 2Φ(v) − 1, i)`. */
function mapped(
  x: NdArray,
  form: GeluForm,
  of: (v: number, share: number, i: number) => number,
): NdArray {
  const values = elements(x);
  const shares = twicePhiLessOne(values, form);
  const out = allocate(dtypeOf(x), values.length);
  for (const [i, v] of values.entries()) out[i] = of(v, shares[i] ?? Number.NaN, i);
  return wrap(out, x.shape);
}

/** dy/dx = Φ(x) + x Φ′(x), from 2Φ(x) − 1. */
const slope: Readonly<Record<GeluForm, (v: number, share: number) => number>> = {
  none: (v, share) => 0.5 * (1 + share) + (v * Math.exp(-0.5 * v * v)) / Math.sqrt(2 * Math.PI),
  tanh: (v, share) =>
    0.5 * (1 + share) + 0.5 * v * (1 - share * share) * ROOT * (1 + 3 * CUBIC * v * v),
};

/**
 * The primitives of `gelu`, [...] → [...]; their option is the form.
 * @example geluOp([tensor([0, 1])], "none"); // [0, 0.8413]
 */
export const geluOp: FusedOp<[x: 1], GeluForm> = fused({
  name: "gelu",
  backwardCanRecompute: true,
  infer: ([x]) => ({ shape: x.shape, dtype: checkDTypes("gelu", [x]) }),
  forward: ([x], form) => [mapped(x, form, (v, share) => 0.5 * v * (1 + share))],
  backward: (ct, [x], _y, form) => {
    const c = elements(ct);
    return [mapped(x, form, (v, share, i) => (c[i] ?? 0) * slope[form](v, share))];
  },
  batch: frontAxis(),
  batchBackward: frontAxis(),
  composed: ([x], form) => composedGelu(x, form),
});
