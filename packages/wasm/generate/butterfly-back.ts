/** @file Writes what both variants' backward butterfly kernels are made of. */
import { perRow } from "./lines.ts";

/**
 * Two stages back, in place, on `slots` vectors side by side: the transposes of the forward's, so what went from a to b as pb now goes
 * from b to a. Rotations walk z back by the same code: z̃ = S ⊙ z takes the very same steps as a cotangent.
 */
export function walk(slots: number): string {
  const step = slots * 16;
  return `
function walk${slots}(s: usize, gap: usize, p: usize, count: usize): void {
  let s1 = s + gap, s2 = s1 + gap, s3 = s2 + gap;
  do {
    const pa = v128.load(p), pb = v128.load(p, 16), pc = v128.load(p, 32), pd = v128.load(p, 48);
    const qa = v128.load(p, 64), qb = v128.load(p, 80), qc = v128.load(p, 96), qd = v128.load(p, 112);
${perRow(
  slots,
  (r) => `    {
      const a = v128.load(s, ${r * 16}), c = v128.load(s2, ${r * 16}), a1 = fma(qc, c, a), c1 = fma(qa, a, c);
      const b = v128.load(s1, ${r * 16}), d = v128.load(s3, ${r * 16}), b1 = fma(qd, d, b), d1 = fma(qb, b, d);
      v128.store(s, fma(pb, b1, a1), ${r * 16}); v128.store(s1, fma(pa, a1, b1), ${r * 16});
      v128.store(s2, fma(pd, d1, c1), ${r * 16}); v128.store(s3, fma(pc, c1, d1), ${r * 16});
    }`,
)}
    s += ${step}; s1 += ${step}; s2 += ${step}; s3 += ${step}; p += 128;
  } while (--count);
}`;
}

/** x̄ = g ⊙ scale, and the sum for d̄In; g lies `at` bytes into a vector column of `step` bytes. */
export function leave(rows: number, at: number, step: number, name: string): string {
  return `
function ${name}(s: usize, x: usize, gx: usize, row: usize, scale: usize, gIn: usize, bytes: usize): void {
  const end = scale + bytes;
  do {
    const d = v128.load(scale);
    let from = x, to = gx, sum = v128.load(gIn);
${perRow(
  rows,
  (r) =>
    `    { const g = v128.load(s, ${at + 16 * r}); sum = fma(g, v128.load(from), sum); v128.store(to, mul(g, d)); ${r < rows - 1 ? "from += row; to += row;" : ""} }`,
)}
    v128.store(gIn, sum); x += 16; gx += 16; s += ${step}; scale += 16; gIn += 16;
  } while (scale < end);
}
function ${name}Piece(s: usize, x: usize, gx: usize, inputs: usize, start: usize, columns: usize, scale: usize, gIn: usize, spare: usize): void {
  const whole = (columns & ~3) << 2, row = inputs << 2, offset = start << 2;
  x += offset; gx += offset; scale += offset; gIn += offset;
  if (whole) ${name}(s, x, gx, row, scale, gIn, whole);
  if (columns & 3) {
    const result = spare + ${32 * rows};
    takeTail(x + whole, row, ${rows}, columns & 3, spare);
    ${name}(s + (whole >> 4) * ${step}, spare, result, 32, scale + whole, gIn + whole, 16);
    putTail(gx + whole, row, ${rows}, columns & 3, result);
  }
}`;
}
