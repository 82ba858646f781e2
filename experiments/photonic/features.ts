/** @file Images as light in 128 modes: the Fourier coefficients of the lowest frequencies. */
import { setImmediate } from "node:timers/promises";
import { div, matmul, noGrad, norm, scope, type Tensor, tensor } from "@spm/core";
import type { Dataset, LabelledBatch, LabelledImages } from "@spm/data";

/** The edge of an image, and of the square of frequencies −4 … 3 that is kept. */
const [EDGE, KEPT] = [28, 8];

/** Modes: real and imaginary parts of the coefficients. */
export const MODES: number = 2 * KEPT * KEPT;

/** Images that are transformed at once. */
const BATCH = 1000;

/** [784, 128]: column k the wave of mode k, so that pixels times it are the coefficients. */
function waves(): Float32Array {
  const matrix = new Float32Array(EDGE * EDGE * MODES);
  const half = MODES / 2;
  for (let row = 0; row < EDGE; row++)
    for (let column = 0; column < EDGE; column++)
      for (let mode = 0; mode < half; mode++) {
        const [u, v] = [Math.floor(mode / KEPT) - KEPT / 2, (mode % KEPT) - KEPT / 2];
        const phase = (-2 * Math.PI * (u * row + v * column)) / EDGE;
        const at = (row * EDGE + column) * MODES + mode;
        matrix[at] = Math.cos(phase);
        matrix[at + half] = Math.sin(phase);
      }
  return matrix;
}

/**
 * Some images as vectors of norm 1: x [batch, 128], and their labels. Those after an interruption
 * stay 0.
 */
export async function fourierFeatures(
  { pixels, labels, features }: LabelledImages,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Dataset<LabelledBatch>> {
  const basis = tensor(waves(), { shape: [features, MODES] });
  const all = new Float32Array(count * MODES);
  for (let from = 0; from < count && !signal?.aborted; from += BATCH) {
    await setImmediate(); // an interruption comes through
    const rows = Math.min(BATCH, count - from);
    const part = pixels.subarray((start + from) * features, (start + from + rows) * features);
    const x = scope(() => noGrad(() => normalised(matmul(images(part, features), basis))));
    all.set(await x.data(), from * MODES);
    x.dispose();
  }
  basis.dispose();
  return {
    length: count,
    batch(indices) {
      const x = new Float32Array(indices.length * MODES);
      indices.forEach((index, row) => {
        x.set(all.subarray(index * MODES, (index + 1) * MODES), row * MODES);
      });
      const y = indices.map((index) => labels[start + index] ?? 0);
      return { x: tensor(x, { shape: [indices.length, MODES] }), y: tensor(y) };
    },
  };
}

const images = (pixels: Uint8Array, features: number): Tensor =>
  tensor(Float32Array.from(pixels), { shape: [pixels.length / features, features] });

const normalised = (x: Tensor): Tensor => div(x, norm(x, { axis: -1, keepdims: true }));
