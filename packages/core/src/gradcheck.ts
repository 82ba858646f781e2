/** @file Derivatives against central differences, in float64. */
import { elements, wrap } from "./array.ts";
import { DTypeError, ValueError } from "./errors.ts";
import { type Differentiable, vjp } from "./grad.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { sum } from "./ops/broadcast.ts";
import { normal, rng } from "./ops/random.ts";
import { fromArray } from "./primitive.ts";
import { noGrad } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** What a check may be told. */
export interface GradcheckOptions {
  /** Half the difference quotient's width; 1e-6 unless said. */
  readonly step?: number;
  /** Largest error allowed, absolute below 1 and relative above; 1e-6 unless said. */
  readonly tolerance?: number;
  readonly seed?: number;
}

/** The worst disagreement of a check. */
export interface GradcheckReport {
  /** |analytic − numeric| / max(1, |numeric|) */
  readonly error: number;
  /** Which input, which element of it (row-major). */
  readonly input: number;
  readonly element: number;
  readonly analytic: number;
  readonly numeric: number;
}

/**
 * Checks the vjp of `f` at `inputs` element by element: ⟨v, f(x + hεᵢ) − f(x − hεᵢ)⟩ / 2h against (Jᵀv)ᵢ, v random.
 * @param inputs - float64 tensors, away from kinks
 * @returns the worst element
 * @throws ValueError when it disagrees, naming it; DTypeError unless everything is float64
 * @example gradcheck(tanh, [tensor(new Float64Array([0.3, -1]))]);
 */
export function gradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const { step = 1e-6, tolerance = 1e-6, seed = 1 } = options;
  const odd = inputs.find((x) => x.dtype !== "float64");
  if (odd) throw new DTypeError("gradcheck", "float64 inputs", odd.dtype, 'cast(x, "float64")');
  const { value, pullback } = vjp(f, ...inputs);
  const v = normal(rng(seed), value.shape, 0, 1, { dtype: "float64" });
  const exact = pullback(v).map((g) => elements(g.ndarray()));
  const project = (xs: readonly Tensor[]) => noGrad(() => elements(sum(mul(f(...xs), v)).ndarray())[0]!);
  let worst: GradcheckReport = { error: 0, input: -1, element: -1, analytic: 0, numeric: 0 };
  for (const [input, x] of inputs.entries())
    for (let element = 0; element < exact[input]!.length; element++) {
      const shifted = (by: number) => {
        const moved = elements(x.ndarray()).slice();
        moved[element]! += by;
        return project(inputs.with(input, fromArray(wrap(moved, x.shape))));
      };
      const numeric = (shifted(step) - shifted(-step)) / (2 * step);
      const analytic = exact[input]![element]!;
      const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(numeric));
      if (!(error <= worst.error)) worst = { error, input, element, analytic, numeric };
    }
  if (worst.error <= tolerance) return worst;
  const where = `${worst.analytic} at element ${worst.element} of input ${worst.input}`;
  throw new ValueError("gradcheck", `a derivative within ${tolerance} of the quotient ${worst.numeric}`, where);
}

/** {@link gradcheck} of the vjp itself: the second derivatives, also by the cotangent. */
export function gradgradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const random = rng((options.seed ?? 1) + 1);
  const [ct, ...weights] = [noGrad(() => f(...inputs)), ...inputs].map((x) =>
    normal(random, x.shape, 0, 1, { dtype: "float64" }),
  );
  const first: Differentiable = (seed, ...xs) =>
    vjp(f, ...xs)
      .pullback(seed!)
      .map((g, i) => sum(mul(g, weights[i]!)))
      .reduce(add);
  return gradcheck(first, [ct!, ...inputs], options);
}
