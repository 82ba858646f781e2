/** @file The normal distribution, whole and cut off. */
import {
  add,
  div,
  exp,
  expm1,
  greater,
  less,
  log,
  log1p,
  logicalOr,
  mul,
  neg,
  type Rng,
  square,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from "@spm/core";
import { checkOptions, checkTensors, ValueError } from "@spm/core/extend";
import { logNdtr } from "../normal-integral.ts";
import { beside, checkParameter, type DrawOptions, drawEach } from "./draw.ts";

/**
 * The log-density of the normal distribution: −½ ((x − μ)/σ)² − ln σ − ½ ln 2π.
 * @param x - floating [...]
 * @param mean - μ
 * @param deviation - σ > 0; all three broadcast, and derivatives are kept
 * @returns [...], the broadcast shape
 * @throws DTypeError unless all are of one floating dtype; ShapeError unless they broadcast
 * @example normalLogProb(tensor([0, 1])); // [-0.9189, -1.4189]
 */
export function normalLogProb(x: Tensor, mean: TensorLike = 0, deviation: TensorLike = 1): Tensor {
  checkTensors("normalLogProb", x);
  const sigma = beside(x, deviation);
  const z = div(sub(x, mean), sigma);
  return sub(mul(-0.5, square(z)), add(log(sigma), 0.5 * Math.log(2 * Math.PI)));
}

/** The bounds of a truncated distribution. */
export interface Interval {
  /** @defaultValue −∞ */
  readonly low?: number;
  /** @defaultValue ∞ */
  readonly high?: number;
}

/** @throws ValueError unless low < high */
function checkInterval(op: string, { low = -Infinity, high = Infinity }: Interval) {
  if (low < high) return { low, high };
  throw new ValueError(op, "low < high", `${low} and ${high}`);
}

/**
 * A standard normal draw in [a, b], by rejection (Robert 1995): of normal numbers, of uniform ones
 * in a short interval, of exponential ones in a tail.
 */
function standardDraw(random: Rng, a: number, b: number): number {
  if (b < 0 || (b === 0 && a < 0)) return -standardDraw(random, -b, -a);
  if (a > 0) {
    const rate = (a + Math.sqrt(a * a + 4)) / 2;
    const far = b - a > 2 / rate;
    for (;;) {
      const x = far ? a - Math.log1p(-random.uniform()) / rate : a + (b - a) * random.uniform();
      const loss = far ? (x - rate) ** 2 / 2 : (x * x - a * a) / 2;
      if (x <= b && Math.log1p(-random.uniform()) <= -loss) return x;
    }
  }
  for (;;) {
    const narrow = b - a < Math.sqrt(2 * Math.PI);
    const x = narrow ? a + (b - a) * random.uniform() : random.normal();
    if (narrow && Math.log1p(-random.uniform()) > (-x * x) / 2) continue;
    if (x >= a && x <= b) return x;
  }
}

/**
 * Normal draws with mean μ and deviation σ, of those in [low, high].
 * @param random - advances by two uniform numbers a draw or more, rarely above ten
 * @param mean - μ, in CPU memory
 * @param deviation - σ > 0, in CPU memory; both broadcast
 * @param options - see {@link Interval} and {@link DrawOptions}
 * @returns floating [...], of the shape of the parameters or the one given; no derivative
 * @throws ValueError unless σ > 0 and low < high; BackendError for a parameter on a device;
 * ShapeError unless they broadcast; OptionError for an unknown option
 * @example truncatedNormal(random, 0, 1, { low: -2, high: 2, shape: [3] });
 */
export function truncatedNormal(
  random: Rng,
  mean: TensorLike,
  deviation: TensorLike,
  options: Interval & DrawOptions = {},
): Tensor {
  const names = { low: true, high: true, shape: true, dtype: true } as const;
  checkOptions("truncatedNormal", options, names);
  const { low: _, high: __, ...draws } = options;
  const { low, high } = checkInterval("truncatedNormal", options);
  const sampler = { op: "truncatedNormal", random, options: draws };
  return drawEach(sampler, [mean, deviation], (random, mu = 0, sigma = 1) => {
    checkParameter("truncatedNormal", "a finite mean", Number.isFinite(mu), mu);
    checkParameter("truncatedNormal", "a deviation > 0", sigma > 0 && sigma < Infinity, sigma);
    const z = standardDraw(random, (low - mu) / sigma, (high - mu) / sigma);
    return Math.min(high, Math.max(low, mu + sigma * z));
  });
}

/** ln(1 − eˣ) for x < 0, without cancellation on either end. */
const log1mexp = (x: Tensor): Tensor =>
  where(greater(x, -Math.LN2), log(neg(expm1(x))), log1p(neg(exp(x))));

/** ln(Φ(b) − Φ(a)): in the upper tail that of the mirrored interval. */
function logMass(a: Tensor | null, b: Tensor | null): Tensor | null {
  if (a === null) return b && logNdtr(b);
  if (b === null) return logNdtr(neg(a));
  const upper = greater(a, 0);
  const top = logNdtr(where(upper, neg(a), b));
  return add(top, log1mexp(sub(logNdtr(where(upper, neg(b), a)), top)));
}

/**
 * The log-density of {@link truncatedNormal}: that of the normal distribution, less the logarithm
 * of its share in [low, high]; −∞ outside.
 * @param x - floating [...]
 * @param mean - μ
 * @param deviation - σ > 0; all three broadcast, and derivatives are kept
 * @param options - see {@link Interval}
 * @returns [...], the broadcast shape
 * @throws ValueError unless low < high; DTypeError unless all are of one floating dtype; ShapeError
 * unless they broadcast; OptionError for an unknown option
 * @example truncatedNormalLogProb(tensor([1]), 0, 1, { low: 0 }); // [-0.7258]
 */
export function truncatedNormalLogProb(
  x: Tensor,
  mean: TensorLike,
  deviation: TensorLike,
  options: Interval = {},
): Tensor {
  checkTensors("truncatedNormalLogProb", x);
  checkOptions("truncatedNormalLogProb", options, { low: true, high: true });
  const { low, high } = checkInterval("truncatedNormalLogProb", options);
  const [mu, sigma] = [beside(x, mean), beside(x, deviation)];
  const standard = (end: number) => (Number.isFinite(end) ? div(sub(end, mu), sigma) : null);
  const mass = logMass(standard(low), standard(high));
  const density = normalLogProb(x, mu, sigma);
  const outside = logicalOr(less(x, low), greater(x, high));
  return where(outside, -Infinity, mass === null ? density : sub(density, mass));
}
