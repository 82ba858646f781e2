/** @file Reductions of matrices [rows, width] without gaps, sums in float64. */
import { exp } from "./functions";
import { sub, swap1, swap2 } from "./simd";

/** out[r] = Σ_c x[r][c]: four float64 sums, two vectors. */
export function sumRows(x: usize, out: usize, rows: usize, width: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    store<f32>(out, <f32>rowSum(x, width));
    x += width << 2;
    out += 4;
  }
}

/** Σ x of a row. */
export function rowSum(x: usize, width: usize): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = x + (width << 2);
  while (x + 16 <= end) {
    const v = v128.load(x);
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1)));
    x += 16;
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  while (x < end) {
    sum += load<f32>(x);
    x += 4;
  }
  return sum;
}

/** out[c] = Σ_r x[r][c]; `sums` is scratch of width + 4 float64. */
export function sumColumns(x: usize, out: usize, rows: usize, width: usize, sums: usize): void {
  memory.fill(sums, 0, (width + 4) << 3);
  for (let r: usize = 0; r < rows; r++) {
    let s = sums;
    let from = x;
    x += width << 2;
    while (from < x) {
      const v = v128.load(from);
      v128.store(s, f64x2.add(v128.load(s), f64x2.promote_low_f32x4(v)));
      v128.store(
        s,
        f64x2.add(v128.load(s, 16), f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1))),
        16,
      );
      from += 16;
      s += 32;
    }
  }
  for (let k: usize = 0; k < width; k++)
    store<f32>(out + (k << 2), <f32>load<f64>(sums + (k << 3)));
}

/** out[r] = the largest (`sign` 1) or smallest (−1) of a row; NaN wins. */
export function extremeRows(x: usize, out: usize, rows: usize, width: usize, sign: f32): void {
  for (let r: usize = 0; r < rows; r++) {
    let best: f32 = load<f32>(x) * sign;
    for (let k: usize = 1; k < width; k++) best = max<f32>(best, load<f32>(x + (k << 2)) * sign);
    store<f32>(out, best * sign);
    x += width << 2;
    out += 4;
  }
}

/** The largest of a row; NaN wins. */
export function rowMax(x: usize, width: usize): f32 {
  const end = x + (width << 2);
  let best: f32 = load<f32>(x);
  if (width >= 4) {
    let four = v128.load(x);
    for (; x + 16 <= end; x += 16) four = f32x4.max(four, v128.load(x));
    const two = f32x4.max(four, swap2(four));
    best = f32x4.extract_lane(f32x4.max(two, swap1(two)), 0);
  }
  for (; x < end; x += 4) best = max<f32>(best, load<f32>(x));
  return best;
}

/**
 * out[r] = the place of the largest (`sign` 1) or smallest (−1) of a row, the first of equal ones;
 * the first NaN wins.
 */
export function extremePlaces(x: usize, out: usize, rows: usize, width: usize, sign: f32): void {
  for (let r: usize = 0; r < rows; r++) {
    let at: i32 = 0;
    let best = load<f32>(x) * sign;
    for (let k: usize = 1; k < width; k++) {
      const value = load<f32>(x + (k << 2)) * sign;
      if (value > best || (isNaN<f32>(value) && !isNaN<f32>(best))) {
        best = value;
        at = <i32>k;
      }
    }
    store<i32>(out, at);
    x += width << 2;
    out += 4;
  }
}

/** out[r] = ln Σ_c e^x[r][c], shifted by the largest; `spare` holds width + 4 floats. */
export function logSumExpRows(x: usize, out: usize, rows: usize, width: usize, spare: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    store<f32>(out, <f32>logSumExp(x, width, spare));
    x += width << 2;
    out += 4;
  }
}

function logSumExp(x: usize, width: usize, spare: usize): f64 {
  const top = rowMax(x, width);
  if (!isFinite<f32>(top)) return top;
  return <f64>top + Math.log(shiftedExponentials(x, top, spare, width));
}

/** ln 2⁻¹²⁶: below it eˣ is subnormal in float32. */
const LEAST = f32x4.splat(-87.33654);

/**
 * y = e^(x − top), and their sum; y holds width + 4 floats. Subnormal ones are 0: CPUs take many
 * times as long to make and to multiply them.
 */
export function shiftedExponentials(x: usize, top: f32, y: usize, width: usize): f64 {
  const shift = f32x4.splat(top);
  for (let k: usize = 0; k < width << 2; k += 16) {
    const below = sub(v128.load(x + k), shift);
    v128.store(y + k, v128.andnot(exp(f32x4.max(below, LEAST)), f32x4.lt(below, LEAST)));
  }
  return rowSum(y, width);
}

/** out[r] = √Σ_c x[r][c]²; in float64 no square is out of range. */
export function normRows(x: usize, out: usize, rows: usize, width: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    store<f32>(out, <f32>Math.sqrt(squaresAbout(0, x, width)));
    x += width << 2;
    out += 4;
  }
}

/** Σ (x − centre)² of a row. */
export function squaresAbout(centre: f64, x: usize, width: usize): f64 {
  const m = f64x2.splat(centre);
  let low = f64x2.splat(0);
  let high = low;
  const end = x + (width << 2);
  for (; x + 16 <= end; x += 16) {
    const v = v128.load(x);
    const a = f64x2.sub(f64x2.promote_low_f32x4(v), m);
    const b = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1)), m);
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; x < end; x += 4) {
    const d = <f64>load<f32>(x) - centre;
    sum += d * d;
  }
  return sum;
}

/**
 * Mean cross-entropy of rows of logits; of each row the largest and Σ e^(x − it), kept in float64
 * one after the other.
 */
export function crossEntropyForward(
  x: usize,
  labels: usize,
  rows: usize,
  classes: usize,
  ignored: i32,
  smoothing: f64,
  kept: usize,
  spare: usize,
): f64 {
  let total: f64 = 0;
  let count = 0;
  for (let r: usize = 0; r < rows; r++) {
    const label = load<i32>(labels + (r << 2));
    if (label !== ignored) {
      const top = rowMax(x, classes);
      const sum = shiftedExponentials(x, top, spare, classes);
      store<f64>(kept + (r << 4), top);
      store<f64>(kept + (r << 4), sum, 8);
      const right = <f64>load<f32>(x + ((<usize>label) << 2)) - <f64>top;
      total += Math.log(sum) - (1 - smoothing) * right;
      if (smoothing > 0) total -= (smoothing * sumBelow(x, top, classes)) / <f64>classes;
      count++;
    }
    x += classes << 2;
  }
  return total / count;
}

/** Σ (x − top) of a row. */
function sumBelow(x: usize, top: f32, width: usize): f64 {
  let sum: f64 = 0;
  for (let k: usize = 0; k < width; k++) sum += <f64>load<f32>(x + (k << 2)) - <f64>top;
  return sum;
}

/**
 * x̄ = scale·(softmax(x) − smoothing/classes), less scale·(1 − smoothing) at the label; rows that
 * don't count get 0.
 */
export function crossEntropyBackward(
  x: usize,
  labels: usize,
  kept: usize,
  rows: usize,
  classes: usize,
  ignored: i32,
  smoothing: f64,
  ct: f64,
  out: usize,
): void {
  let count = 0;
  for (let r: usize = 0; r < rows; r++) if (load<i32>(labels + (r << 2)) !== ignored) count++;
  const scale = ct / <f64>count;
  const factor = f32x4.splat(<f32>scale);
  const floor = f32x4.splat(<f32>(smoothing / <f64>classes));
  for (let r: usize = 0; r < rows; r++) {
    const label = load<i32>(labels + (r << 2));
    if (label !== ignored) {
      const top = f32x4.splat(<f32>load<f64>(kept + (r << 4)));
      const share = f32x4.splat(<f32>(1 / load<f64>(kept + (r << 4), 8)));
      for (let k: usize = 0; k < classes; k += 4) {
        const p = f32x4.mul(exp(sub(v128.load(x + (k << 2)), top)), share);
        v128.store(out + (k << 2), f32x4.mul(factor, sub(p, floor)));
      }
      const at = out + ((<usize>label) << 2);
      store<f32>(at, load<f32>(at) - <f32>(scale * (1 - smoothing)));
    } else memory.fill(out, 0, classes << 2);
    x += classes << 2;
    out += classes << 2;
  }
}
