/**
 * @file What the spectra of symmetric and of other matrices have in common: QR steps on two bands
 * until their values are decoupled, and the order of what comes out.
 */
import { axpy, type Rotations } from "./vectors.ts";

/** The rounding of one operation, relative. */
export const epsilon: number = Number.EPSILON;
/** QR steps for one value; two or three are usual. */
const mostSteps = 60;

/** Room for n rotations. */
export const rotations = (n: number): Rotations => ({
  cos: new Float64Array(n),
  sin: new Float64Array(n),
});

/** Sets rotation k to the one that takes (f, g) to (r, 0). @returns r */
export function rotation({ cos, sin }: Rotations, k: number, f: number, g: number): number {
  const r = Math.sqrt(f * f + g * g);
  cos[k] = r === 0 ? 1 : f / r;
  sin[k] = r === 0 ? 0 : g / r;
  return r;
}

/** A diagonal and the one above it. */
export interface Bands {
  readonly d: Float64Array;
  readonly e: Float64Array;
}

/** Whether what couples the values k and k + 1 is rounding, or below a floor. */
const decoupled = ({ d, e }: Bands, k: number, floor: number): boolean =>
  Math.abs(e[k]!) <= floor + epsilon * (Math.abs(d[k]!) + Math.abs(d[k + 1]!));

/**
 * QR steps on coupled blocks until none is left, from the bottom up.
 * @returns whether they converge
 */
export function decouple(
  bands: Bands,
  floor: number,
  step: (first: number, last: number) => void,
): boolean {
  let steps = 0;
  for (let last = bands.d.length - 1; last > 0; ) {
    if (decoupled(bands, last - 1, floor)) {
      bands.e[last - 1] = 0;
      last--;
      steps = 0;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !decoupled(bands, first - 1, floor)) first--;
    if (first > 0) bands.e[first - 1] = 0;
    if (++steps > mostSteps) return false;
    step(first, last);
  }
  return true;
}

/** Values in order, and the columns of what belongs to them. */
export interface OrderedSpectrum {
  readonly values: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/**
 * Values scaled back and in order, their vectors (columns) with them. The sign of a pair, which the
 * matrix leaves open, is the one with Σⱼ cos(j) vⱼ ≥ 0 for the right vector v.
 */
export function ordered(
  d: Float64Array,
  scale: number,
  left: Float64Array,
  right: Float64Array,
  ascending: boolean,
): OrderedSpectrum {
  const n = d.length;
  const order = Array.from(d.keys());
  order.sort((i, j) => (ascending ? d[i]! - d[j]! : d[j]! - d[i]!));
  const signs = new Float64Array(n);
  for (let at = 0; at < right.length; at += n) axpy(Math.cos(at / n), right, at, signs, 0, n);
  for (let k = 0; k < n; k++) signs[k] = signs[k]! < 0 ? -1 : 1;
  const arranged = (x: Float64Array) => {
    const y = new Float64Array(x.length);
    for (let row = 0; row < x.length; row += n)
      for (let k = 0; k < n; k++) y[row + k] = signs[order[k]!]! * x[row + order[k]!]!;
    return y;
  };
  const values = Float64Array.from(order, (k) => d[k]! * scale);
  return { values, left: arranged(left), right: arranged(right) };
}

/** The n×n identity. */
export function identity(n: number): Float64Array {
  const x = new Float64Array(n * n);
  for (let at = 0; at < x.length; at += n + 1) x[at] = 1;
  return x;
}
