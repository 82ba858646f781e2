/**
 * @file Layer norm and RMS norm of rows [rows, width] without gaps, both passes; statistics in
 * float64.
 */
import { doubleToFloat } from "./convert";
import { rowSum, squaresAbout } from "./reduce";
import { add, fma, mul, sub } from "./simd";

/** (x − mean) · scale of four elements, computed in float64. */
function normal(x: v128, mean: v128, scale: v128): v128 {
  const low = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(x), mean), scale);
  const high = f64x2.mul(
    f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1)), mean),
    scale,
  );
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/**
 * y = (x − mean) · scale ⊙ weight (+ bias), scale = 1/√(mean square + ε); `means` and `bias` are 0
 * for RMS norm, which has neither.
 */
export function normForward(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  means: usize,
  scales: usize,
  rows: usize,
  width: usize,
  epsilon: f64,
): void {
  const bytes = width << 2;
  const nothing = f32x4.splat(0);
  for (let r: usize = 0; r < rows; r++) {
    const mean = means ? rowSum(x, width) / <f64>width : 0;
    const scale = 1 / Math.sqrt(squaresAbout(mean, x, width) / <f64>width + epsilon);
    const m = f64x2.splat(mean);
    const s = f64x2.splat(scale);
    for (let k: usize = 0; k < bytes; k += 16) {
      const shift = bias ? v128.load(bias + k) : nothing;
      v128.store(y + k, fma(normal(v128.load(x + k), m, s), v128.load(weight + k), shift));
    }
    if (means) {
      store<f64>(means, mean);
      means += 8;
    }
    store<f64>(scales, scale);
    scales += 8;
    x += bytes;
    y += bytes;
  }
}

/**
 * With g = ȳ ⊙ weight: x̄ = scale · (g − mean(g) − x̂ mean(g x̂)), the mean of g for layer norm
 * alone; the cotangents of weight and bias are Σ ȳ ⊙ x̂ and Σ ȳ over the rows. `spare` holds 3
 * (width + 4) floats and twice as many float64 as `width` + 4.
 */
export function normBackward(
  ct: usize,
  x: usize,
  weight: usize,
  means: usize,
  scales: usize,
  out: usize,
  weightBar: usize,
  biasBar: usize,
  rows: usize,
  width: usize,
  spare: usize,
): void {
  const bytes = width << 2;
  const weightSums = spare;
  const biasSums = weightSums + ((width + 4) << 3);
  const hats = biasSums + ((width + 4) << 3);
  const gs = hats + ((width + 4) << 2);
  const products = gs + ((width + 4) << 2);
  memory.fill(weightSums, 0, (width + 4) << 4);
  for (let r: usize = 0; r < rows; r++) {
    const scale = load<f64>(scales);
    const m = f64x2.splat(means ? load<f64>(means) : 0);
    const s = f64x2.splat(scale);
    for (let k: usize = 0; k < bytes; k += 16) {
      const hat = normal(v128.load(x + k), m, s);
      const c = v128.load(ct + k);
      const g = mul(c, v128.load(weight + k));
      v128.store(hats + k, hat);
      v128.store(gs + k, g);
      v128.store(products + k, mul(g, hat));
      addTo(weightSums + 2 * k, mul(c, hat));
      if (biasBar) addTo(biasSums + 2 * k, c);
    }
    const total = f32x4.splat(means ? <f32>(rowSum(gs, width) / <f64>width) : 0);
    const inner = f32x4.splat(<f32>(rowSum(products, width) / <f64>width));
    const factor = f32x4.splat(<f32>scale);
    for (let k: usize = 0; k < bytes; k += 16) {
      const along = add(total, mul(v128.load(hats + k), inner));
      v128.store(out + k, mul(factor, sub(v128.load(gs + k), along)));
    }
    if (means) means += 8;
    scales += 8;
    ct += bytes;
    x += bytes;
    out += bytes;
  }
  doubleToFloat(weightBar, weightSums, width);
  if (biasBar) doubleToFloat(biasBar, biasSums, width);
}

/** Four float64 sums and what is added to them. */
function addTo(sums: usize, v: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v)));
  const high = f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1));
  v128.store(sums, f64x2.add(v128.load(sums, 16), high), 16);
}
