/**
 * @file Writes the pieces of the rotation variant's backward kernel: the sums, the passes back, the
 * loading of ȳ and the storing of x̄.
 */
import { perRow } from "./lines.ts";

/**
 * z̃ = v ⊙ square and g = ȳ ⊙ dOut side by side, and the sums for bias̄ and d̄Out; without ȳ
 * (columns past the outputs) g is 0.
 */
export function seed(rows: number, withCotangent: boolean): string {
  const half = rows * 16;
  const name = withCotangent ? `seed${rows}` : `rest${rows}`;
  return `
function ${name}(gy: usize, gyRow: usize, v: usize, s: usize, square: usize,
    dOut: usize, gBias: usize, gOut: usize, bytes: usize): void {
  const end = dOut + bytes;
  do {
    const scale = v128.load(square);
    ${
      withCotangent
        ? `const d = v128.load(dOut);
    let row = gy, b = v128.load(gBias), o = v128.load(gOut);
${perRow(
  rows,
  (r) =>
    `    { const u = v128.load(v, ${16 * r}), g = v128.load(row); ` +
    `b = add(b, g); o = fma(g, u, o); v128.store(s, mul(u, scale), ${16 * r}); ` +
    `v128.store(s, mul(g, d), ${half + 16 * r}); ${r < rows - 1 ? "row += gyRow;" : ""} }`,
)}
    v128.store(gBias, b); v128.store(gOut, o);`
        : `const zero = i32x4.splat(0);
${perRow(
  rows,
  (r) =>
    `    v128.store(s, mul(v128.load(v, ${16 * r}), scale), ${16 * r}); ` +
    `v128.store(s, zero, ${half + 16 * r});`,
)}`
    }
    v += ${half}; gy += 16; s += ${2 * half}; square += 16; dOut += 16; gBias += 16; gOut += 16;
  } while (dOut < end);
}`;
}

/** z × g of two vectors. */
const cross = (i: string, j: string): string => `fnma(${j}, g${i}, mul(${i}, g${j}))`;

/**
 * Undoes two stages of z and g at once and sums z × g for each pair, taken at the outputs of its
 * stage: a rotation does not change it. The sums go through memory row by row: kept in registers
 * over the rows, they would spill.
 */
export function unmix(rows: number): string {
  const half = rows * 16;
  const step = 2 * half;
  const row = (r: number): string => {
    const [z, g] = [r * 16, half + r * 16];
    const sum = (at: number, product: string): string =>
      `v128.store(w, add(${product}, v128.load(w, ${at})), ${at});`;
    return `    {
      const a = v128.load(s, ${z}), gc = v128.load(s2, ${g}),
        c = v128.load(s2, ${z}), ga = v128.load(s, ${g});
      ${sum(32, cross("a", "c"))}
      const qa = v128.load(p, 64), qc = v128.load(p, 96);
      const a1 = fma(qc, c, a), ga1 = fma(qc, gc, ga), c1 = fma(qa, a, c), gc1 = fma(qa, ga, gc);
      const b = v128.load(s1, ${z}), gd = v128.load(s3, ${g}),
        d = v128.load(s3, ${z}), gb = v128.load(s1, ${g});
      ${sum(48, cross("b", "d"))}
      const qb = v128.load(p, 80), qd = v128.load(p, 112);
      const b1 = fma(qd, d, b), gb1 = fma(qd, gd, gb), d1 = fma(qb, b, d), gd1 = fma(qb, gb, gd);
      ${sum(0, cross("a1", "b1"))}
      const pa = v128.load(p), pb = v128.load(p, 16);
      v128.store(s, fma(pb, b1, a1), ${z}); v128.store(s, fma(pb, gb1, ga1), ${g});
      v128.store(s1, fma(pa, a1, b1), ${z}); v128.store(s1, fma(pa, ga1, gb1), ${g});
      ${sum(16, cross("c1", "d1"))}
      const pc = v128.load(p, 32), pd = v128.load(p, 48);
      v128.store(s2, fma(pd, d1, c1), ${z}); v128.store(s2, fma(pd, gd1, gc1), ${g});
      v128.store(s3, fma(pc, c1, d1), ${z}); v128.store(s3, fma(pc, gc1, gd1), ${g});
    }`;
  };
  return `
function unmix${rows}(s: usize, gap: usize, p: usize, w: usize, count: usize): void {
  let s1 = s + gap, s2 = s1 + gap, s3 = s2 + gap;
  do {
${perRow(rows, row)}
    s += ${step}; s1 += ${step}; s2 += ${step}; s3 += ${step}; p += 128; w += 64;
  } while (--count);
}
function gather${rows}(s: usize, p: usize, w: usize, h: usize, vectors: usize): void {
  const gap = h * ${step}, end = s + vectors * ${step};
  do { unmix${rows}(s, gap, p, w, h); s += gap << 2; p += h << 7; w += h << 6; } while (s < end);
}`;
}

/**
 * Undoes the stages at distance 2 and 1 inside of each vector, summing z ⊙ swapped g: the
 * difference of two lanes is z × g. \`last\`: z is not needed afterwards.
 */
export function unlane(rows: number, last: boolean): string {
  const half = rows * 16;
  return `
function ${last ? "lastLanes" : "unlane"}${rows}(s: usize,
    p: usize, w: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const q = swap2(v128.load(p + stage)), p0 = swap1(v128.load(p));
    let sum1 = v128.load(w + stage), sum0 = v128.load(w);
${perRow(
  rows,
  (r) => `    {
      let z = v128.load(s, ${16 * r}), g = v128.load(s, ${half + 16 * r}), other = swap2(g);
      sum1 = fma(z, other, sum1); z = fma(q, swap2(z), z); g = fma(q, other, g);
      other = swap1(g); sum0 = fma(z, other, sum0);
      ${last ? "" : `v128.store(s, fma(p0, swap1(z), z), ${16 * r});`}
      v128.store(s, fma(p0, other, g), ${half + 16 * r});
    }`,
)}
    v128.store(w + stage, sum1); v128.store(w, sum0); s += ${2 * half}; p += 16; w += 16;
  } while (p < end);
}`;
}

/** Undoes the stage at distance 4 between the two vectors of each group of eight columns. */
export function unpair(rows: number): string {
  const half = rows * 16;
  const step = 2 * half;
  return `
function unpair${rows}(s: usize, t: usize, w: usize, bytes: usize): void {
  const end = t + bytes;
  do {
    const t0 = v128.load(t), t1 = v128.load(t, 16);
    let sum = v128.load(w);
${perRow(rows, (r) => {
  const [z, g] = [16 * r, half + 16 * r];
  return `    {
      const a = v128.load(s, ${z}), gb = v128.load(s, ${step + g}),
        b = v128.load(s, ${step + z}), ga = v128.load(s, ${g});
      sum = add(sum, ${cross("a", "b")});
      v128.store(s, fma(t1, b, a), ${z}); v128.store(s, fma(t0, a, b), ${step + z});
      v128.store(s, fma(t1, gb, ga), ${g}); v128.store(s, fma(t0, ga, gb), ${step + g});
    }`;
})}
    v128.store(w, sum); s += ${2 * step}; t += 32; w += 16;
  } while (t < end);
}`;
}

/** Pieces of the cotangent: a chunk from column \`start\` on. */
export function pieces(rows: number): string {
  const step = rows * 32;
  return `
function seedPiece${rows}(gy: usize, outputs: usize, start: usize, vectors: usize, v: usize,
    s: usize, square: usize, dOut: usize, gBias: usize, gOut: usize, spare: usize): void {
  const columns = within(outputs, start, vectors << 2), whole = (columns & ~3) << 2,
    row = outputs << 2, offset = start << 2, bytes = vectors << 4;
  gy += offset; v += start * ${4 * rows}; square += offset;
  dOut += offset; gBias += offset; gOut += offset;
  let done = whole;
  if (whole) seed${rows}(gy, row, v, s, square, dOut, gBias, gOut, whole);
  if (columns & 3) {
    takeTail(gy + whole, row, ${rows}, columns & 3, spare);
    seed${rows}(spare, 32, v + whole * ${rows}, s + (whole >> 4) * ${step},
      square + whole, dOut + whole, gBias + whole, gOut + whole, 16);
    done += 16;
  }
  if (done < bytes) rest${rows}(0, 0, v + done * ${rows},
    s + (done >> 4) * ${step}, square + done, dOut + done, 0, 0, bytes - done);
}`;
}

/** x̄ = g ⊙ scale, and the sum for d̄In. */
export function leave(rows: number): string {
  const half = rows * 16;
  return `
function leaveRotation${rows}(s: usize, x: usize, gx: usize,
    row: usize, scale: usize, gIn: usize, bytes: usize): void {
  const end = scale + bytes;
  do {
    const d = v128.load(scale);
    let from = x, to = gx, sum = v128.load(gIn);
${perRow(
  rows,
  (r) =>
    `    { const g = v128.load(s, ${half + 16 * r}); sum = fma(g, v128.load(from), sum); ` +
    `v128.store(to, mul(g, d)); ${r < rows - 1 ? "from += row; to += row;" : ""} }`,
)}
    v128.store(gIn, sum); x += 16; gx += 16; s += ${2 * half}; scale += 16; gIn += 16;
  } while (scale < end);
}
function leaveRotation${rows}Piece(s: usize, x: usize, gx: usize, inputs: usize,
    start: usize, columns: usize, scale: usize, gIn: usize, spare: usize): void {
  const whole = (columns & ~3) << 2, row = inputs << 2, offset = start << 2;
  x += offset; gx += offset; scale += offset; gIn += offset;
  if (whole) leaveRotation${rows}(s, x, gx, row, scale, gIn, whole);
  if (columns & 3) {
    const result = spare + ${32 * rows};
    takeTail(x + whole, row, ${rows}, columns & 3, spare);
    leaveRotation${rows}(s + (whole >> 4) * ${2 * half},
      spare, result, 32, scale + whole, gIn + whole, 16);
    putTail(gx + whole, row, ${rows}, columns & 3, result);
  }
}`;
}
