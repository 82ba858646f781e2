/** @file Writes the pieces of the rotation variant's backward kernel: the sums, the lanes' way back, and where ȳ comes in. */
import { perRow } from "./lines.ts";

/** z̃ = v ⊙ square and g = ȳ ⊙ dOut side by side, and the sums for bias̄ and d̄Out; without ȳ (columns past the outputs) g is 0. */
export function seed(rows: number, withCotangent: boolean): string {
  const half = rows * 16;
  const name = withCotangent ? `seed${rows}` : `rest${rows}`;
  return `
function ${name}(gy: usize, gyRow: usize, v: usize, s: usize, square: usize, dOut: usize, gBias: usize, gOut: usize, bytes: usize): void {
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
    `    { const u = v128.load(v, ${16 * r}), g = v128.load(row); b = add(b, g); o = fma(g, u, o); v128.store(s, mul(u, scale), ${16 * r}); v128.store(s, mul(g, d), ${half + 16 * r}); ${r < rows - 1 ? "row += gyRow;" : ""} }`,
)}
    v128.store(gBias, b); v128.store(gOut, o);`
        : `const zero = i32x4.splat(0);
${perRow(rows, (r) => `    v128.store(s, mul(v128.load(v, ${16 * r}), scale), ${16 * r}); v128.store(s, zero, ${half + 16 * r});`)}`
    }
    v += ${half}; gy += 16; s += ${2 * half}; square += 16; dOut += 16; gBias += 16; gOut += 16;
  } while (dOut < end);
}`;
}

/** z × g of two vectors. */
const cross = (i: string, j: string): string => `fnma(${j}, g${i}, mul(${i}, g${j}))`;

/**
 * Sums z × g on \`count\` neighbouring vectors a and their partners b, c, d: \`products\` for the pairs (a, b), (c, d) and (a, c), (b, d)
 * of two stages, \`single\` for (a, b), (c, d) alone. The sums stay in registers over the rows, which is why these are a loop: unrolled,
 * V8 would load everything first, and spill.
 */
export function products(rows: number): string {
  const half = rows * 16;
  const load = (pairs: readonly string[]): string =>
    pairs.map((v, k) => `${v} = v128.load(s${k || ""}), g${v} = v128.load(s${k || ""}, ${half})`).join(", ");
  const forward = (bytes: number): string => `s += ${bytes}; s1 += ${bytes}; s2 += ${bytes}; s3 += ${bytes};`;
  return `
function products${rows}(s: usize, gap: usize, far: usize, w: usize, v: usize, apart: usize, count: usize): void {
  let s1 = s + gap, s2 = s + far, s3 = s2 + gap, w1 = w + apart, v1 = v + apart;
  do {
    let ab = v128.load(w), cd = v128.load(w1), ac = v128.load(v), bd = v128.load(v1);
    const end = s + ${half};
    do {
      const ${load(["a", "b", "c", "d"])};
      ab = add(${cross("a", "b")}, ab); cd = add(${cross("c", "d")}, cd);
      ac = add(${cross("a", "c")}, ac); bd = add(${cross("b", "d")}, bd);
      ${forward(16)}
    } while (s < end);
    v128.store(w, ab); v128.store(w1, cd); v128.store(v, ac); v128.store(v1, bd);
    ${forward(half)} w += 16; w1 += 16; v += 16; v1 += 16;
  } while (--count);
}
function single${rows}(s: usize, gap: usize, other: usize, w: usize, apart: usize, count: usize): void {
  let s1 = s + gap, s2 = s + other, s3 = s2 + gap, w1 = w + apart;
  do {
    let ab = v128.load(w), cd = v128.load(w1);
    const end = s + ${half};
    do {
      const ${load(["a", "b", "c", "d"])};
      ab = add(${cross("a", "b")}, ab); cd = add(${cross("c", "d")}, cd);
      ${forward(16)}
    } while (s < end);
    v128.store(w, ab); v128.store(w1, cd);
    ${forward(half)} w += 16; w1 += 16;
  } while (--count);
}`;
}

/**
 * Undoes the stages at distance 2 and 1 inside of each vector, summing z ⊙ swapped g: the difference of two lanes is z × g. \`last\`:
 * nothing asks for z afterwards.
 */
export function unlane(rows: number, last: boolean): string {
  const half = rows * 16;
  return `
function ${last ? "lastLanes" : "unlane"}${rows}(s: usize, p: usize, w: usize, stage: usize, bytes: usize): void {
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
      ${last ? "" : `v128.store(s, fma(p0, swap1(z), z), ${16 * r});`} v128.store(s, fma(p0, other, g), ${half + 16 * r});
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
      const a = v128.load(s, ${z}), gb = v128.load(s, ${step + g}), b = v128.load(s, ${step + z}), ga = v128.load(s, ${g});
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
function seedPiece${rows}(gy: usize, outputs: usize, start: usize, vectors: usize, v: usize, s: usize, square: usize, dOut: usize, gBias: usize, gOut: usize, spare: usize): void {
  const columns = within(outputs, start, vectors << 2), whole = (columns & ~3) << 2, row = outputs << 2, offset = start << 2, bytes = vectors << 4;
  gy += offset; v += start * ${4 * rows}; square += offset; dOut += offset; gBias += offset; gOut += offset;
  let done = whole;
  if (whole) seed${rows}(gy, row, v, s, square, dOut, gBias, gOut, whole);
  if (columns & 3) {
    takeTail(gy + whole, row, ${rows}, columns & 3, spare);
    seed${rows}(spare, 32, v + whole * ${rows}, s + (whole >> 4) * ${step}, square + whole, dOut + whole, gBias + whole, gOut + whole, 16);
    done += 16;
  }
  if (done < bytes) rest${rows}(0, 0, v + done * ${rows}, s + (done >> 4) * ${step}, square + done, dOut + done, 0, 0, bytes - done);
}`;
}
