/** @file Writes the backward butterfly kernel of the rotation variant: z and g walk back side by side. */
import { byBlocks, perRow } from "./lines.ts";

/** Rows of a block: half of the forward's, as z and g lie in one vector column, `[n/4][z: R | g: R][4]`. */
const rowBlocks = [4, 1];

/** g = ȳ ⊙ dOut beside z, and the sums for bias̄ and d̄Out; without ȳ (columns past the outputs) g is 0. */
function seed(rows: number, withCotangent: boolean): string {
  const half = rows * 16;
  const name = withCotangent ? `seed${rows}` : `rest${rows}`;
  return `
function ${name}(gy: usize, gyRow: usize, z: usize, s: usize, dOut: usize, gBias: usize, gOut: usize, bytes: usize): void {
  const end = dOut + bytes;
  do {
    ${
      withCotangent
        ? `const d = v128.load(dOut);
    let row = gy, b = v128.load(gBias), o = v128.load(gOut);
${perRow(
  rows,
  (r) =>
    `    { const v = v128.load(z, ${16 * r}), g = v128.load(row); b = add(b, g); o = fma(g, v, o); v128.store(s, v, ${16 * r}); v128.store(s, mul(g, d), ${half + 16 * r}); ${r < rows - 1 ? "row += gyRow;" : ""} }`,
)}
    v128.store(gBias, b); v128.store(gOut, o);`
        : `const zero = i32x4.splat(0);
${perRow(rows, (r) => `    v128.store(s, v128.load(z, ${16 * r}), ${16 * r}); v128.store(s, zero, ${half + 16 * r});`)}`
    }
    z += 64; gy += 16; s += ${2 * half}; dOut += 16; gBias += 16; gOut += 16;
  } while (dOut < end);
}`;
}

/**
 * Undoes two stages of z and g at once and sums z×g for each pair. The sums go through memory row by row: held in registers over
 * the rows they would spill.
 */
function unmix(rows: number): string {
  const half = rows * 16;
  const step = 2 * half;
  const row = (r: number): string => {
    const [z, g] = [r * 16, half + r * 16];
    return `    {
      const a = v128.load(s, ${z}), gc = v128.load(s2, ${g}), c = v128.load(s2, ${z}), ga = v128.load(s, ${g});
      v128.store(w, add(fnma(c, ga, mul(a, gc)), v128.load(w, 32)), 32);
      const qa = v128.load(p, 64), qc = v128.load(p, 96);
      const a1 = fma(qa, c, a), ga1 = fma(qa, gc, ga), c1 = fma(qc, a, c), gc1 = fma(qc, ga, gc);
      const b = v128.load(s1, ${z}), gd = v128.load(s3, ${g}), d = v128.load(s3, ${z}), gb = v128.load(s1, ${g});
      v128.store(w, add(fnma(d, gb, mul(b, gd)), v128.load(w, 48)), 48);
      const qb = v128.load(p, 80), qd = v128.load(p, 112);
      const b1 = fma(qb, d, b), gb1 = fma(qb, gd, gb), d1 = fma(qd, b, d), gd1 = fma(qd, gb, gd);
      v128.store(w, add(fnma(b1, ga1, mul(a1, gb1)), v128.load(w)));
      const pa = v128.load(p), pb = v128.load(p, 16);
      v128.store(s, fma(pa, b1, a1), ${z}); v128.store(s, fma(pa, gb1, ga1), ${g});
      v128.store(s1, fma(pb, a1, b1), ${z}); v128.store(s1, fma(pb, ga1, gb1), ${g});
      v128.store(w, add(fnma(d1, gc1, mul(c1, gd1)), v128.load(w, 16)), 16);
      const pc = v128.load(p, 32), pd = v128.load(p, 48);
      v128.store(s2, fma(pc, d1, c1), ${z}); v128.store(s2, fma(pc, gd1, gc1), ${g});
      v128.store(s3, fma(pd, c1, d1), ${z}); v128.store(s3, fma(pd, gc1, gd1), ${g});
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

/** Undoes the stages at distance 2 and 1 inside of each vector, summing z·swap(g): the difference of two lanes is z×g. */
function unlane(rows: number): string {
  const half = rows * 16;
  return `
function unlane${rows}(s: usize, p: usize, w: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const q = v128.load(p + stage), p0 = v128.load(p);
    let sum1 = v128.load(w + stage), sum0 = v128.load(w);
${perRow(
  rows,
  (r) => `    {
      let z = v128.load(s, ${16 * r}), g = v128.load(s, ${half + 16 * r}), other = swap2(g);
      sum1 = fma(z, other, sum1); z = fma(q, swap2(z), z); g = fma(q, other, g);
      other = swap1(g); sum0 = fma(z, other, sum0);
      v128.store(s, fma(p0, swap1(z), z), ${16 * r}); v128.store(s, fma(p0, other, g), ${half + 16 * r});
    }`,
)}
    v128.store(w + stage, sum1); v128.store(w, sum0); s += ${2 * half}; p += 16; w += 16;
  } while (p < end);
}`;
}

/** Undoes the stage at distance 4 between the two vectors of each group of eight columns. */
function unpair(rows: number): string {
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
      sum = add(sum, fnma(b, ga, mul(a, gb)));
      v128.store(s, fma(t0, b, a), ${z}); v128.store(s, fma(t1, a, b), ${step + z});
      v128.store(s, fma(t0, gb, ga), ${g}); v128.store(s, fma(t1, ga, gb), ${step + g});
    }`;
})}
    v128.store(w, sum); s += ${2 * step}; t += 32; w += 16;
  } while (t < end);
}`;
}

/** x̄ = g ⊙ scale, and the sum for d̄In; g lies \`at\` bytes into a vector column of \`step\` bytes. Shared with the general variant. */
export function leaveBackward(rows: number, at: number, step: number, name: string): string {
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

function pieces(rows: number): string {
  const step = rows * 32;
  return `
function seedPiece${rows}(gy: usize, outputs: usize, start: usize, vectors: usize, z: usize, s: usize, dOut: usize, gBias: usize, gOut: usize, spare: usize): void {
  const columns = within(outputs, start, vectors << 2), whole = (columns & ~3) << 2, row = outputs << 2, offset = start << 2, bytes = vectors << 4;
  gy += offset; z += start << 4; dOut += offset; gBias += offset; gOut += offset;
  let done = whole;
  if (whole) seed${rows}(gy, row, z, s, dOut, gBias, gOut, whole);
  if (columns & 3) {
    takeTail(gy + whole, row, ${rows}, columns & 3, spare);
    seed${rows}(spare, 32, z + (whole << 2), s + (whole >> 4) * ${step}, dOut + whole, gBias + whole, gOut + whole, 16);
    done += 16;
  }
  if (done < bytes) rest${rows}(0, 0, z + (done << 2), s + (done >> 4) * ${step}, dOut + done, 0, 0, bytes - done);
}
function innerBack${rows}(s: usize, start: usize, vectors: usize, Q: usize, W: usize, stage: usize, passes: usize, first: usize, end: usize): void {
  for (let k = end; k > first; k--) {
    const pass = passes + ((k - 1) << 4), p = Q + load<u32>(pass, 4), w = W + load<u32>(pass, 12);
    if (load<i32>(pass) === RADIX4) gather${rows}(s, p + (start << 5), w + (start << 4), load<u32>(pass, 8), vectors);
    else unlane${rows}(s, p + (start << 4), w + (start << 4), stage, vectors << 4);
  }
}
function outerBack${rows}(s: usize, j: usize, period: usize, vectors: usize, chunk: usize, pitch: usize, Q: usize, W: usize, passes: usize, first: usize, end: usize): void {
  for (let k = end; k > first; k--) {
    const pass = passes + ((k - 1) << 4), p = Q + load<u32>(pass, 4), w = W + load<u32>(pass, 12), h = <usize>load<u32>(pass, 8);
    const gap = placeBack${rows}(h, chunk, pitch);
    for (let q: usize = 0; q < vectors; q += h << 2)
      for (let m = j; m < h; m += period) {
        const tuple = (q >> 2) + m;
        unmix${rows}(s + placeBack${rows}(q + m, chunk, pitch), gap, p + (tuple << 7), w + (tuple << 6), TILE);
      }
  }
}
function placeBack${rows}(vector: usize, chunk: usize, pitch: usize): usize {
  return (vector >> ctz(chunk)) * pitch + (vector & (chunk - 1)) * ${step};
}`;
}

function block(rows: number): string {
  return `
function rotationBackward${rows}(x: usize, z: usize, gy: usize, gx: usize, n: usize, inputs: usize, outputs: usize, three: bool, passes: usize, groups: usize, count: i32, chunk: usize, pad: usize,
  Q: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
  const vectors = n >> 2, stage = n << 2, pitch = chunk * ${32 * rows} + pad;
  for (let v: usize = 0; v < vectors; v += chunk)
    seedPiece${rows}(gy, outputs, v << 2, chunk, z, s + (v / chunk) * pitch, dOut, gBias, gOut, spare);
  for (let g = count - 1; g >= 0; g--) {
    const group = groups + <usize>g * 12, first = <usize>load<u32>(group), end = <usize>load<u32>(group, 4), period = <usize>load<u32>(group, 8);
    if (period === 0)
      for (let v: usize = 0; v < vectors; v += chunk) {
        const at = s + (v / chunk) * pitch, start = v << 2;
        innerBack${rows}(at, v, chunk, Q, W, stage, passes, first, end);
        const columns = g === 0 ? within(inputs, start, chunk << 2) : 0;
        if (columns) {
          const used = ((columns + 7) & ~7) << 2, offset = start << 2;
          if (three) unpair${rows}(at, Q + 2 * stage + offset, W + 2 * stage + (start << 1), used);
          unlane${rows}(at, Q + offset, W + offset, stage, used);
          leaveRotation${rows}Piece(at, x, gx, inputs, start, columns, scale, gIn, spare);
        }
      }
    else
      for (let j: usize = 0; j < period; j += TILE)
        outerBack${rows}(s, j, period, vectors, chunk, pitch, Q, W, passes, first, end);
  }
}`;
}

/** AssemblyScript of the rotation variant's backward kernel. */
export const rotationSource = (): string =>
  [
    ...rowBlocks.flatMap((rows) => [
      seed(rows, true),
      seed(rows, false),
      unmix(rows),
      unlane(rows),
      unpair(rows),
      leaveBackward(rows, rows * 16, rows * 32, `leaveRotation${rows}`),
      pieces(rows),
      block(rows),
    ]),
    `
/** x̄ and the raw sums W, bias̄, d̄Out, d̄In of the rotation variant, from ȳ and z by groups of four rows. Scratch as the forward's. */
export function butterflyRotationBackward(x: usize, z: usize, gy: usize, gx: usize, rows: i32, n: usize, inputs: usize, outputs: usize, three: bool,
  passes: usize, groups: usize, count: i32, chunk: usize, pad: usize, Q: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
${byBlocks(
  rowBlocks,
  (R) =>
    `rotationBackward${R}(x, z, gy, gx, n, inputs, outputs, three, passes, groups, count, chunk, pad, Q, dOut, scale, W, gBias, gOut, gIn, s, spare); x += inputs * ${4 * R}; gx += inputs * ${4 * R}; gy += outputs * ${4 * R}; z += ${R === 1 ? "16" : `n * ${4 * R}`};`,
)}
}`,
  ].join("\n");
