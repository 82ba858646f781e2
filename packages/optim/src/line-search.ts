/**
 * @file A line search for the strong Wolfe conditions, by cubic interpolation, with the constants
 * and safeguards of torch.optim.LBFGS.
 */
import type { Tensor } from "@spm/core";

/** A point of the line. */
export interface LinePoint {
  /** The step that leads there. */
  readonly t: number;
  readonly loss: number;
  /** The gradient, [n]. */
  readonly grad: Tensor;
  /** The largest size of its elements. */
  readonly largest: number;
  /** The derivative along the line. */
  readonly slope: number;
}

/** The loss falls by at least this part of what the slope at the start promises. */
const SUFFICIENT = 1e-4;
/** The slope's size becomes at most this part of that at the start. */
const CURVATURE = 0.9;
const MOST_STEPS = 25;
/** A bracket is done when it moves no parameter farther than this. */
const NARROWEST = 1e-9;

/** The minimum between bounds of the cubic through two points with their slopes, in any order. */
function cubicMinimum(a: LinePoint, b: LinePoint, low: number, high: number): number {
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const mean = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = mean * mean - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const root = Math.sqrt(square);
  const part = (right.slope + root - mean) / (right.slope - left.slope + 2 * root);
  return Math.min(Math.max(right.t - (right.t - left.t) * part, low), high);
}

/** The line of a search. */
interface SearchLine {
  readonly start: LinePoint;
  /** The largest size of an element of the direction. */
  readonly size: number;
  readonly at: (t: number) => Promise<LinePoint>;
}

const tooHigh = ({ start }: SearchLine, { t, loss }: LinePoint): boolean =>
  loss > start.loss + SUFFICIENT * t * start.slope;

const isFlat = ({ start }: SearchLine, { slope }: LinePoint): boolean =>
  Math.abs(slope) <= -CURVATURE * start.slope;

/** Two points between which a good one lies, or a good one; and the steps that it took. */
interface LineBracket {
  readonly points: readonly [LinePoint, LinePoint];
  readonly done: boolean;
  readonly steps: number;
}

/** Goes on until a good point lies behind. */
async function bracketed(line: SearchLine, t: number): Promise<LineBracket> {
  let before = line.start;
  let now = await line.at(t);
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (tooHigh(line, now) || (steps > 1 && now.loss >= before.loss))
      return { points: [before, now], done: false, steps };
    if (isFlat(line, now)) return { points: [now, now], done: true, steps };
    if (now.slope >= 0) return { points: [before, now], done: false, steps };
    const [low, high] = [now.t + 0.01 * (now.t - before.t), 10 * now.t];
    const next = await line.at(cubicMinimum(before, now, low, high));
    before = now;
    now = next;
  }
  return { points: [line.start, now], done: false, steps: MOST_STEPS };
}

/** A step within a bracket; one near an end twice in a row is moved inwards. */
function interpolated(
  [a, b]: readonly [LinePoint, LinePoint],
  stuck: boolean,
): { readonly t: number; readonly stuck: boolean } {
  const [low, high] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
  const t = cubicMinimum(a, b, low, high);
  const edge = 0.1 * (high - low);
  if (Math.min(high - t, t - low) >= edge) return { t, stuck: false };
  if (!stuck && t < high && t > low) return { t, stuck: true };
  return { t: high - t < t - low ? high - edge : low + edge, stuck: false };
}

/**
 * A step along a line from its start, at which the loss and its slope meet the strong Wolfe
 * conditions; after 25 evaluations or in a narrow bracket the best so far.
 * @param t - the first step to try
 * Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6
 */
export async function strongWolfe(line: SearchLine, t: number): Promise<LinePoint> {
  const { points, done, steps } = await bracketed(line, t);
  const pair: [LinePoint, LinePoint] = [...points];
  const lower = (): 0 | 1 => (pair[0].loss <= pair[1].loss ? 0 : 1);
  let low = lower();
  let stuck = false;
  for (let k = steps; !done && k < MOST_STEPS; k++) {
    if (Math.abs(pair[1].t - pair[0].t) * line.size < NARROWEST) break;
    const found = interpolated(pair, stuck);
    stuck = found.stuck;
    const now = await line.at(found.t);
    const high = low === 0 ? 1 : 0;
    if (tooHigh(line, now) || now.loss >= pair[low].loss) {
      pair[high] = now;
      low = lower();
      continue;
    }
    if (isFlat(line, now)) return now;
    if (now.slope * (pair[high].t - pair[low].t) >= 0) pair[high] = pair[low];
    pair[low] = now;
  }
  return pair[low];
}
