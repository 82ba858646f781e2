/** @file The fast Fourier transform of pairs [re, im], of any length. */

import type { Tensor } from "@spm/core";
import { at, concat, div, expandDims, flip, mul, pad, slice, stack } from "@spm/core";
import {
  checkDTypes,
  checkOptions,
  checkTensors,
  definePrimitive,
  elements,
  frontAxis,
  type Op,
  ShapeError,
  showShape,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { bluestein } from "./bluestein.ts";

/**
 * The primitive of {@link fft} and {@link ifft} where n is a power of two: Xₖ = Σⱼ xⱼ
 * e^(sign·2πi jk/n), not scaled, [..., n, 2] → [..., n, 2]. Its option is the sign; its transpose
 * has the other sign.
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
  batch: frontAxis(),
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

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** The transform that is not scaled, of any length. */
function unscaled(op: string, x: Tensor, sign: 1 | -1): Tensor {
  const [n = 0, pair] = x.shape.slice(-2);
  if (pair !== 2 || n < 1) throw new ShapeError(op, "pairs [..., n, 2], n ≥ 1", showShape(x.shape));
  const powerOfTwo = (y: Tensor, way: 1 | -1): Tensor => fftOp([y], way)[0];
  return isPowerOfTwo(n) ? powerOfTwo(x, sign) : bluestein(x, sign, powerOfTwo);
}

/**
 * The discrete Fourier transform, Xₖ = Σⱼ xⱼ e^(−2πi jk/n).
 * @param x - [..., n, 2], pairs of real and imaginary part, n ≥ 1
 * @returns [..., n, 2]. 5 n log₂ n FLOP a row where n is a power of two; other lengths take three
 * transforms of the next power of two that is at least 2n − 1
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example fft(tensor([[1, 0], [0, 0]])); // [[1, 0], [1, 0]]
 */
export const fft = (x: Tensor): Tensor => {
  checkTensors("fft", x);
  return unscaled("fft", x, -1);
};

/**
 * The inverse of {@link fft}, xⱼ = 1/n Σₖ Xₖ e^(2πi jk/n).
 * @param x - [..., n, 2], n ≥ 1
 * @returns [..., n, 2], at the cost of {@link fft}
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example ifft(tensor([[1, 0], [1, 0]])); // [[1, 0], [0, 0]]
 */
export const ifft = (x: Tensor): Tensor => {
  checkTensors("ifft", x);
  return div(unscaled("ifft", x, 1), x.shape.at(-2) ?? 1);
};

/**
 * The first ⌊n/2⌋ + 1 terms of the transform of a real signal, which determine the others.
 * @param x - [..., n], n ≥ 1
 * @returns [..., ⌊n/2⌋ + 1, 2]
 * @throws ShapeError for other shapes; DTypeError unless x is floating
 * @example rfft(tensor([1, 0, 0, 0])); // [[1, 0], [1, 0], [1, 0]]
 */
export function rfft(x: Tensor): Tensor {
  const pairs = pad(expandDims(x, -1), [...x.shape.map(() => 0), 0], [...x.shape.map(() => 0), 1]);
  return at(fft(pairs), "...", { stop: Math.floor((x.shape.at(-1) ?? 0) / 2) + 1 }, {});
}

/** Of which length the signal is. */
export interface IrfftOptions {
  /**
   * The length n; terms beyond ⌊n/2⌋ + 1 are left out, missing ones are 0.
   * @defaultValue 2(m − 1), and 1 where that is 0
   */
  readonly n?: number;
}

/**
 * The inverse of {@link rfft}: the real signal of m terms.
 * @param x - [..., m, 2]
 * @param options - see {@link IrfftOptions}: an odd length must be given
 * @returns [..., n]
 * @throws ShapeError for other shapes; DTypeError unless x is floating; ValueError unless n is an
 * integer ≥ 1; OptionError for an unknown option
 * @example irfft(tensor([[1, 0], [1, 0], [1, 0]])); // [1, 0, 0, 0]
 */
export function irfft(x: Tensor, options: IrfftOptions = {}): Tensor {
  checkTensors("irfft", x);
  checkOptions("irfft", options, { n: true });
  const [m = 0, pair] = x.shape.slice(-2);
  if (pair !== 2 || m < 1)
    throw new ShapeError("irfft", "pairs [..., m, 2], m ≥ 1", showShape(x.shape));
  const { n = Math.max(1, 2 * (m - 1)) } = options;
  if (!Number.isSafeInteger(n) || n < 1) throw new ValueError("irfft", "n an integer ≥ 1", n);
  const half = Math.floor(n / 2) + 1;
  const [lead, none] = [x.shape.slice(0, -2).map(() => ({})), x.shape.map(() => 0)];
  const terms =
    half <= m ? slice(x, [...lead, { stop: half }]) : pad(x, none, none.with(-2, half - m));
  const doubled = slice(terms, [...lead, { start: 1, stop: n - half + 1 }]);
  const mirrored = flip(doubled, -2); // X₋ₖ is the conjugate of Xₖ
  const conjugate = stack([at(mirrored, "...", 0), mul(-1, at(mirrored, "...", 1))], -1);
  return at(ifft(concat([terms, conjugate], -2)), "...", 0);
}
