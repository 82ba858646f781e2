/** @file Checks of derivatives against central differences, in float64. */
import { elements } from "./array.ts";
import { DTypeError, ValueError } from "./errors.ts";
import { type Differentiable, dot, vjp } from "./grad.ts";
import { checkFunction, checkList } from "./ops/check.ts";
import { tensor } from "./ops/create.ts";
import { add, mul } from "./ops/families.ts";
import { checkOptions, type OptionNames } from "./ops/options.ts";
import { normal, rng } from "./ops/random.ts";
import { noGrad } from "./scope.ts";
import { sizeOf } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Options of a check. */
export interface GradcheckOptions {
  /**
   * Half the width of the difference quotient.
   * @defaultValue 1e-6
   */
  readonly step?: number;
  /**
   * The largest error allowed, absolute below 1 and relative above.
   * @defaultValue 1e-6
   */
  readonly tolerance?: number;
  /**
   * The seed of the random directions.
   * @defaultValue 1
   */
  readonly seed?: number;
}
const names: OptionNames<GradcheckOptions> = { step: true, tolerance: true, seed: true };

/** The worst disagreement of a check. */
export interface GradcheckReport {
  /** |analytic − numeric| / max(1, |numeric|) */
  readonly error: number;
  /** The element (row-major) and input that was moved, or all along a random direction. */
  readonly moved: string;
  readonly analytic: number;
  readonly numeric: number;
}

const dtype = "float64";
const read = (scalar: Tensor): number => elements(scalar.ndarray())[0]!;

/**
 * Checks the vjp of `f` at `inputs`, along a random direction u of all inputs and then along each
 * element: ⟨v, f(x + hu) − f(x − hu)⟩ / 2h against ⟨Jᵀv, u⟩ with v random. It runs f twice for
 * every element.
 * @param inputs - float64 [...] each, away from kinks
 * @returns the worst disagreement
 * @throws ValueError when it exceeds the tolerance; DTypeError unless everything is float64
 * @example gradcheck(tanh, [tensor(new Float64Array([0.3, -1]))]);
 */
export function gradcheck<Xs extends readonly Tensor[]>(
  f: Differentiable<Xs>,
  inputs: readonly [...Xs],
  options: GradcheckOptions = {},
): GradcheckReport {
  checkOptions("gradcheck", options, names);
  const { step = 1e-6, tolerance = 1e-6, seed = 1 } = options;
  const random = rng(seed);
  const { value, pullback } = vjp<Xs>(f, ...checkList("gradcheck", inputs, "tensors"));
  for (const t of [...inputs, value])
    if (t.dtype !== dtype) throw new DTypeError("gradcheck", dtype, t.dtype);
  const like = (x: Tensor) => normal(random, x.shape, 0, 1, { dtype });
  const v = like(value);
  const cotangents = pullback(v);
  let worst: GradcheckReport = { error: 0, moved: "nothing", analytic: 0, numeric: 0 };
  const probe = (moved: string, us: (Tensor | null)[]) => {
    const shifted = (h: number) =>
      inputs.map((x, k) => (us[k] ? add(x, mul(us[k], h)) : x)) as unknown as Xs;
    const at = (h: number) => noGrad(() => read(dot("gradcheck", [f(...shifted(h))], [v])));
    const numeric = (at(step) - at(-step)) / (2 * step);
    const analytic = noGrad(() => read(dot("gradcheck", cotangents, us)));
    const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(numeric));
    if (!(error <= worst.error)) worst = { error, moved, analytic, numeric };
  };
  probe("all inputs along a random direction", inputs.map(like));
  for (const [k, { shape }] of inputs.entries())
    for (let i = 0; i < sizeOf(shape); i++) {
      const unit = tensor(new Float64Array(sizeOf(shape)).fill(1, i, i + 1), { shape });
      const us = inputs.map((_, m) => (m === k ? unit : null));
      probe(`element ${i} of input ${k}`, us);
    }
  if (worst.error <= tolerance) return worst;
  const expected = `a derivative within ${tolerance} of the difference quotient ${worst.numeric}`;
  throw new ValueError("gradcheck", expected, `${worst.analytic} (moved ${worst.moved})`);
}

/**
 * {@link gradcheck} of the vjp itself: checks the second derivatives, also by the cotangent.
 * @param inputs - float64 [...] each, away from kinks
 * @returns the worst disagreement
 * @throws ValueError when it exceeds the tolerance; DTypeError unless everything is float64
 * @example gradgradcheck(tanh, [tensor(new Float64Array([0.3, -1]))]);
 */
export function gradgradcheck<Xs extends readonly Tensor[]>(
  f: Differentiable<Xs>,
  inputs: readonly [...Xs],
  options: GradcheckOptions = {},
): GradcheckReport {
  checkOptions("gradgradcheck", options, names);
  checkFunction("gradgradcheck", f);
  const random = rng((options.seed ?? 1) + 1);
  const like = (x: Tensor) => normal(random, x.shape, 0, 1, { dtype });
  const us = checkList("gradgradcheck", inputs, "tensors").map(like);
  const first = (ct: Tensor, ...xs: Xs) => dot("gradgradcheck", vjp<Xs>(f, ...xs).pullback(ct), us);
  const ct = like(noGrad(() => f(...inputs)));
  return gradcheck<[Tensor, ...Xs]>(first, [ct, ...inputs], options);
}
