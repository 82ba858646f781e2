/**
 * @file One step of a gated recurrent unit: gates [rows, 3 · width] of input and state, states
 * [rows, width], without gaps.
 */
import { sigmoid, tanh } from "./functions";
import { add, fma, mul, storeUpTo, sub } from "./simd";

/** out = (1 − z) ⊙ n + z ⊙ h */
export function gruForward(
  x: usize,
  u: usize,
  h: usize,
  out: usize,
  rows: usize,
  width: usize,
): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      const reset = sigmoid(add(v128.load(x + k), v128.load(u + k)));
      const z = sigmoid(add(v128.load(x + bytes + k), v128.load(u + bytes + k)));
      const n = tanh(fma(reset, v128.load(u + 2 * bytes + k), v128.load(x + 2 * bytes + k)));
      v128.store(out + k, fma(z, sub(v128.load(h + k), n), n));
    }
    x += 3 * bytes;
    u += 3 * bytes;
    h += bytes;
    out += bytes;
  }
}

/** Cotangents of the gates and of the state; the gates are computed again. */
export function gruBackward(
  ct: usize,
  x: usize,
  u: usize,
  h: usize,
  xBar: usize,
  uBar: usize,
  hBar: usize,
  rows: usize,
  width: usize,
): void {
  const one = f32x4.splat(1);
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      const un = v128.load(u + 2 * bytes + k);
      const reset = sigmoid(add(v128.load(x + k), v128.load(u + k)));
      const z = sigmoid(add(v128.load(x + bytes + k), v128.load(u + bytes + k)));
      const n = tanh(fma(reset, un, v128.load(x + 2 * bytes + k)));
      const g = v128.load(ct + k);
      const nBar = mul(mul(g, sub(one, z)), sub(one, mul(n, n)));
      const resetBar = mul(mul(nBar, un), mul(reset, sub(one, reset)));
      const zBar = mul(mul(g, sub(v128.load(h + k), n)), mul(z, sub(one, z)));
      const left = bytes - k; // the next gate follows: no vector may be written past the end
      storeUpTo(xBar + k, resetBar, left);
      storeUpTo(uBar + k, resetBar, left);
      storeUpTo(xBar + bytes + k, zBar, left);
      storeUpTo(uBar + bytes + k, zBar, left);
      storeUpTo(xBar + 2 * bytes + k, nBar, left);
      storeUpTo(uBar + 2 * bytes + k, mul(nBar, reset), left);
      storeUpTo(hBar + k, mul(g, z), left);
    }
    ct += bytes;
    x += 3 * bytes;
    u += 3 * bytes;
    h += bytes;
    xBar += 3 * bytes;
    uBar += 3 * bytes;
    hBar += bytes;
  }
}
