/**
 * @file Softmax and its logarithm of rows [rows, width] without gaps, both passes; sums in float64.
 */
import { exp } from "./functions";
import { rowMax, rowSum, shiftedExponentials } from "./reduce";
import { mul, sub } from "./simd";

/** y = e^(x − top) / Σ e^(x − top) */
export function softmaxForward(x: usize, y: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++) {
    const total = shiftedExponentials(x, rowMax(x, width), y, width);
    const scale = f32x4.splat(<f32>(1 / total));
    for (let k: usize = 0; k < bytes; k += 16) v128.store(y + k, mul(v128.load(y + k), scale));
    x += bytes;
    y += bytes;
  }
}

/** x̄ = y ⊙ (ȳ − ⟨ȳ, y⟩); `out` takes the products first. */
export function softmaxBackward(ct: usize, y: usize, out: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++) {
    for (let k: usize = 0; k < bytes; k += 16)
      v128.store(out + k, mul(v128.load(ct + k), v128.load(y + k)));
    const inner = f32x4.splat(<f32>rowSum(out, width));
    for (let k: usize = 0; k < bytes; k += 16)
      v128.store(out + k, mul(v128.load(y + k), sub(v128.load(ct + k), inner)));
    ct += bytes;
    y += bytes;
    out += bytes;
  }
}

/** y = x − top − ln Σ e^(x − top), subtracted in float64; `spare` holds width + 4 floats. */
export function logSoftmaxForward(
  x: usize,
  y: usize,
  rows: usize,
  width: usize,
  spare: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const top = rowMax(x, width);
    const logSum = Math.log(shiftedExponentials(x, top, spare, width));
    for (let k: usize = 0; k < width; k++) {
      store<f32>(y, <f32>(<f64>load<f32>(x) - <f64>top - logSum));
      x += 4;
      y += 4;
    }
  }
}

/** x̄ = ȳ − eʸ Σ ȳ */
export function logSoftmaxBackward(
  ct: usize,
  y: usize,
  out: usize,
  rows: usize,
  width: usize,
): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++) {
    const total = f32x4.splat(<f32>rowSum(ct, width));
    for (let k: usize = 0; k < bytes; k += 16)
      v128.store(out + k, sub(v128.load(ct + k), mul(exp(v128.load(y + k)), total)));
    ct += bytes;
    y += bytes;
    out += bytes;
  }
}
