/** @file The fast Fourier transform of pairs [re, im], and the products of circulant layers. */

import type { Tensor } from "@spm/core";
import { add, at, concat, div, expandDims, flip, mul, pad, stack, sub } from "@spm/core";
import {
  checkDTypes,
  definePrimitive,
  elements,
  type Op,
  ShapeError,
  showShape,
  wrap,
} from "@spm/core/extend";

/**
 * The primitive of {@link fft} and {@link ifft}: Xₖ = Σⱼ xⱼ e^(sign·2πi jk/n), not scaled,
 * [..., n, 2] → [..., n, 2]. Its option is the sign; its transpose has the other sign.
 * @example fftOp([tensor([[1, 0], [0, 0]])], -1)[0]; // [1, 0, 1, 0]
 */
export const fftOp: Op<[x: 1], [y: 1], 1 | -1> = definePrimitive({
  name: "fft",
  infer: ([x]) => {
    const [n = 0, pair] = x.shape.slice(-2);
    if (pair !== 2 || n < 1 || !Number.isInteger(Math.log2(n)))
      throw new ShapeError("fft", "pairs [..., n, 2] with n a power of two", showShape(x.shape));
    return [{ shape: x.shape, dtype: checkDTypes("fft", [x]) }];
  },
  forward: ([x], sign) => {
    const out = elements(x).slice();
    const width = 2 * x.shape.at(-2)!;
    for (let start = 0; start < out.length; start += width) {
      const z = Float64Array.from(out.subarray(start, start + width));
      transform(z, sign);
      out.set(z, start);
    }
    return [wrap(out, x.shape)];
  },
  vjp: ([ct], { options: sign }) => fftOp([ct], sign === 1 ? -1 : 1),
});

/**
 * Cooley and Tukey's radix-2 transform of n pairs in place: order by reversed bits, then log₂ n
 * stages of butterflies.
 */
function transform(z: Float64Array, sign: 1 | -1): void {
  const n = z.length / 2;
  for (let i = 0, j = 0; i < n; i++) {
    if (i < j)
      for (const k of [0, 1]) [z[2 * i + k], z[2 * j + k]] = [z[2 * j + k]!, z[2 * i + k]!];
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
  }
  for (let half = 1; half < n; half *= 2)
    for (let k = 0; k < half; k++) {
      const [re, im] = [Math.cos((Math.PI * k) / half), sign * Math.sin((Math.PI * k) / half)];
      for (let p = 2 * k, q = p + 2 * half; p < z.length; p += 4 * half, q += 4 * half) {
        const x = re * z[q]! - im * z[q + 1]!;
        const y = re * z[q + 1]! + im * z[q]!;
        z[q] = z[p]! - x;
        z[q + 1] = z[p + 1]! - y;
        z[p]! += x;
        z[p + 1]! += y;
      }
    }
}

/**
 * The discrete Fourier transform, Xₖ = Σⱼ xⱼ e^(−2πi jk/n).
 * @param x - [..., n, 2], pairs of real and imaginary part, n a power of two
 * @returns [..., n, 2]. Cost 5 n log₂ n FLOP a row
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example fft(tensor([[1, 0], [0, 0]])); // [[1, 0], [1, 0]]
 */
export const fft = (x: Tensor): Tensor => fftOp([x], -1)[0];

/**
 * The inverse of {@link fft}, xⱼ = 1/n Σₖ Xₖ e^(2πi jk/n).
 * @param x - [..., n, 2], n a power of two
 * @returns [..., n, 2]. Cost 5 n log₂ n FLOP a row
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example ifft(tensor([[1, 0], [1, 0]])); // [[1, 0], [0, 0]]
 */
export const ifft = (x: Tensor): Tensor => div(fftOp([x], 1)[0], x.shape.at(-2) ?? 1);

/**
 * The first n/2 + 1 terms of the transform of a real signal, which determine the others.
 * @param x - [..., n], n a power of two
 * @returns [..., n/2 + 1, 2]; [..., 1, 2] for n = 1
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example rfft(tensor([1, 0, 0, 0])); // [[1, 0], [1, 0], [1, 0]]
 */
export function rfft(x: Tensor): Tensor {
  const pairs = pad(expandDims(x, -1), [...x.shape.map(() => 0), 0], [...x.shape.map(() => 0), 1]);
  return at(fft(pairs), "...", { stop: Math.floor((x.shape.at(-1) ?? 0) / 2) + 1 }, {});
}

/**
 * The inverse of {@link rfft}: the real signal of n/2 + 1 terms.
 * @param x - [..., n/2 + 1, 2], n a power of two
 * @returns [..., n]
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example irfft(tensor([[1, 0], [1, 0], [1, 0]])); // [1, 0, 0, 0]
 */
export function irfft(x: Tensor): Tensor {
  const mirrored = flip(at(x, "...", { start: 1, stop: -1 }, {}), -2); // X₋ₖ is the conjugate of Xₖ
  const conjugate = stack([at(mirrored, "...", 0), mul(-1, at(mirrored, "...", 1))], -1);
  return at(ifft(concat([x, conjugate], -2)), "...", 0);
}

/**
 * The product of complex numbers, (a + bi)(c + di).
 * @param x - [..., 2], pairs of real and imaginary part
 * @param y - [..., 2]; both broadcast
 * @returns [..., 2]
 * @throws ShapeError unless they broadcast
 * @example complexMul(tensor([0, 1]), tensor([0, 1])); // [-1, 0]
 */
export function complexMul(x: Tensor, y: Tensor): Tensor {
  const [a, b, c, d] = [at(x, "...", 0), at(x, "...", 1), at(y, "...", 0), at(y, "...", 1)];
  return stack([sub(mul(a, c), mul(b, d)), add(mul(a, d), mul(b, c))], -1);
}
