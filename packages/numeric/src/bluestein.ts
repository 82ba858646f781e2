/**
 * @file Fourier transforms of lengths other than powers of two, as convolutions with a chirp
 * (Bluestein 1970): jk = (j² + k² − (k − j)²) / 2, so that Xₖ = w̄ₖ Σⱼ (xⱼ w̄ⱼ) w₍ₖ₋ⱼ₎ with wⱼ =
 * e^(πi j²/n).
 */
import { at, div, pad, type Tensor, tensor } from "@spm/core";
import { complexMul } from "./complex.ts";

/**
 * The transform of n pairs by three of a power of two of at least 2n − 1.
 * @param x - [..., n, 2], floating
 * @param sign - −1 forward, 1 inverse; not scaled
 * @param powerOfTwo - the transform of such a length
 * @returns [..., n, 2]. Cost about 15 m log₂ m FLOP a row, m < 4n
 */
export function bluestein(
  x: Tensor,
  sign: 1 | -1,
  powerOfTwo: (x: Tensor, sign: 1 | -1) => Tensor,
): Tensor {
  const n = x.shape.at(-2) ?? 1;
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const turn = (j: number) => (Math.PI * ((j * j) % (2 * n))) / n; // the angle of wⱼ
  const constant = (length: number, angle: (j: number) => number | null, conjugate: 1 | -1) => {
    const numbers = new Float64Array(2 * length);
    for (let j = 0; j < length; j++) {
      const phase = angle(j);
      if (phase === null) continue;
      numbers[2 * j] = Math.cos(phase);
      numbers[2 * j + 1] = conjugate * Math.sin(phase);
    }
    return tensor(numbers, { dtype: x.dtype, shape: [length, 2], backend: x.backend });
  };
  const inward = sign === 1 ? 1 : -1;
  const chirp = constant(n, turn, inward);
  const wrapped = (j: number) => (j < n ? turn(j) : j > m - n ? turn(m - j) : null);
  const filter = powerOfTwo(constant(m, wrapped, inward === 1 ? -1 : 1), -1);
  const none = x.shape.map(() => 0);
  const input = pad(complexMul(x, chirp), none, none.with(-2, m - n));
  const product = complexMul(powerOfTwo(input, -1), filter);
  const convolved = at(powerOfTwo(product, 1), "...", { stop: n }, {});
  return div(complexMul(convolved, chirp), m);
}
