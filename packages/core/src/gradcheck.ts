/** @file Derivatives against central differences, in float64. */
import { elements, wrap } from "./array.ts";
import { DTypeError, ValueError } from "./errors.ts";
import { vjp } from "./grad.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { sum } from "./ops/broadcast.ts";
import { fromArray } from "./primitive.ts";
import { rng } from "./random.ts";
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
  f: (...xs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const { step = 1e-6, tolerance = 1e-6, seed = 1 } = options;
  for (const x of inputs)
    if (x.dtype !== "float64") throw new DTypeError("gradcheck", "float64 inputs", x.dtype, 'cast(x, "float64")');
  const random = rng(seed);
  const { value, pullback } = vjp(f, ...inputs);
  const weights = Float64Array.from({ length: elements(value.ndarray()).length }, () => random.normal());
  const analytic = pullback(fromArray(wrap(weights, value.shape.slice()))).map((g) => elements(g.ndarray()));
  const project = (xs: readonly Tensor[]) =>
    noGrad(() => {
      const values = elements(f(...xs).ndarray());
      return weights.reduce((total, w, i) => total + w * values[i]!, 0);
    });
  let worst: GradcheckReport = { error: 0, input: -1, element: -1, analytic: 0, numeric: 0 };
  inputs.forEach((x, input) => {
    const data = elements(x.ndarray());
    for (let element = 0; element < data.length; element++) {
      const shifted = (by: number) => {
        const moved = Float64Array.from(data);
        moved[element]! += by;
        return project(inputs.map((y, k) => (k === input ? fromArray(wrap(moved, x.shape.slice())) : y)));
      };
      const numeric = (shifted(step) - shifted(-step)) / (2 * step);
      const exact = analytic[input]![element]!;
      const error = Math.abs(exact - numeric) / Math.max(1, Math.abs(numeric));
      if (!(error <= worst.error)) worst = { error, input, element, analytic: exact, numeric };
    }
  });
  if (!(worst.error <= tolerance))
    throw new ValueError(
      "gradcheck",
      `a derivative within ${tolerance} of the difference quotient ${worst.numeric}`,
      `${worst.analytic} at element ${worst.element} of input ${worst.input}`,
    );
  return worst;
}

/** {@link gradcheck} of the vjp itself: the second derivatives, also by the cotangent. */
export function gradgradcheck(
  f: (...xs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const value = noGrad(() => f(...inputs));
  const random = rng((options.seed ?? 1) + 1);
  const ct = fromArray(
    wrap(
      Float64Array.from({ length: elements(value.ndarray()).length }, () => random.normal()),
      value.shape.slice(),
    ),
  );
  const weights = inputs.map((x) =>
    fromArray(
      wrap(
        Float64Array.from({ length: elements(x.ndarray()).length }, () => random.normal()),
        x.shape.slice(),
      ),
    ),
  );
  const first = (ctIn: Tensor, ...xs: Tensor[]) =>
    vjp(f, ...xs)
      .pullback(ctIn)
      .map((g, i) => sum(mul(g, weights[i]!)))
      .reduce(add);
  return gradcheck(first, [ct, ...inputs], options);
}
