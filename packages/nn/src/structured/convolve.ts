/** @file Circular convolution by the fast Fourier transform. */
import type { Tensor } from "@spm/core";
import { complexMul, irfft, rfft } from "@spm/numeric";

/**
 * y[i] = Σⱼ kernel[(i − j) mod n] x[j]. x [..., n], kernel [n] → [..., n]; about 10 n log₂ n FLOP
 * a row for n a power of two, the kernel's transform once a call.
 */
export const convolve = (x: Tensor, kernel: Tensor): Tensor =>
  irfft(complexMul(rfft(x), rfft(kernel)));

/** FLOP of {@link convolve} for a row: two transforms of n pairs, n/2 + 1 complex products. */
export const convolveFlops = (n: number): number => 10 * n * Math.log2(n) + 6 * (n / 2 + 1);
