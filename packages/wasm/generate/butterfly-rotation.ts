/**
 * @file Writes the backward butterfly kernel of the rotation variant: z and g walk back side by side, `[n/4][z: R | g: R][4]`.
 *
 * A rotation keeps z × g = z_i g_j − z_j g_i of its pair, so the sum of a pair may be made on either side of its stage. The steps of a
 * group say where (`stepsBack` in butterfly-plan.ts): mostly between two passes, for the stage before and the one behind at once.
 */
import { leave, walk } from "./butterfly-back.ts";
import { byBlocks, perRow } from "./lines.ts";

/** Rows of a block, largest first. */
const rowBlocks = [8, 4, 1];

/** z̃ = v ⊙ square and g = ȳ ⊙ dOut side by side, and the sums for bias̄ and d̄Out; without ȳ (columns past the outputs) g is 0. */
function seed(rows: number, withCotangent: boolean): string {
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
function products(rows: number): string {
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
function unlane(rows: number, last: boolean): string {
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
function pieces(rows: number): string {
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

/** The steps of a group on a chunk (inner) or on a tile (outer). */
function groups(rows: number): string {
  const step = rows * 32;
  return `
/** A step on \`count\` neighbouring vectors and their partners; vector number \`vector\` of the first, in its four and its pair. */
function step${rows}(step: usize, at: usize, gap: usize, far: usize, four: usize, pair: usize, count: usize, P: usize, W: usize): void {
  const kind = load<i32>(step), a = <usize>load<u32>(step, 8), apart = <usize>load<u32>(step, 4) << 4, w = W + a + (pair << 4);
  if (kind === RADIX4) walk${2 * rows}(at, gap, P + a + (four << 7), count);
  else if (kind === BOTH) products${rows}(at, gap, far, w, W + load<u32>(step, 12) + (pair << 4), apart, count);
  else if (kind === NEAR) single${rows}(at, gap, far, w, apart, count);
  else single${rows}(at, far, gap, w, apart, count);
}
function innerBack${rows}(s: usize, start: usize, vectors: usize, P: usize, W: usize, stage: usize, step: usize, end: usize): void {
  for (; step < end; step += 16) {
    if (load<i32>(step) === LANES) {
      unlane${rows}(s, P + load<u32>(step, 8) + (start << 4), W + load<u32>(step, 12) + (start << 4), stage, vectors << 4);
      continue;
    }
    const h = <usize>load<u32>(step, 4), gap = h * ${step};
    for (let q: usize = 0; q < vectors; q += h << 2)
      step${rows}(step, s + q * ${step}, gap, gap << 1, (start + q) >> 2, (start + q) >> 1, h, P, W);
  }
}
function outerBack${rows}(s: usize, j: usize, period: usize, vectors: usize, chunk: usize, pitch: usize, P: usize, W: usize, step: usize, end: usize): void {
  for (; step < end; step += 16) {
    const h = <usize>load<u32>(step, 4), gap = placeBack${rows}(h, chunk, pitch), far = placeBack${rows}(h << 1, chunk, pitch);
    for (let q: usize = 0; q < vectors; q += h << 2)
      for (let m = j; m < h; m += period)
        step${rows}(step, s + placeBack${rows}(q + m, chunk, pitch), gap, far, (q >> 2) + m, (q >> 1) + m, TILE_BACK, P, W);
  }
}
function placeBack${rows}(vector: usize, chunk: usize, pitch: usize): usize {
  return (vector >> ctz(chunk)) * pitch + (vector & (chunk - 1)) * ${step};
}`;
}

function block(rows: number): string {
  return `
function rotationBackward${rows}(x: usize, v: usize, gy: usize, gx: usize, n: usize, inputs: usize, outputs: usize, three: bool, groups: usize, count: i32, chunk: usize, pad: usize,
  steps: usize, P: usize, square: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
  const vectors = n >> 2, stage = n << 2, pitch = chunk * ${32 * rows} + pad;
  for (let k: usize = 0; k < vectors; k += chunk)
    seedPiece${rows}(gy, outputs, k << 2, chunk, v, s + (k / chunk) * pitch, square, dOut, gBias, gOut, spare);
  for (let g = count - 1; g >= 0; g--) {
    const group = groups + <usize>g * GROUP, period = <usize>load<u32>(group, 20);
    const first = steps + (<usize>load<u32>(group, 12) << 4), end = steps + (<usize>load<u32>(group, 16) << 4);
    if (period === 0)
      for (let k: usize = 0; k < vectors; k += chunk) {
        const at = s + (k / chunk) * pitch, start = k << 2;
        innerBack${rows}(at, k, chunk, P, W, stage, first, end);
        const columns = g === 0 ? within(inputs, start, chunk << 2) : 0;
        if (columns) {
          const used = ((columns + 7) & ~7) << 2, offset = start << 2;
          if (three) unpair${rows}(at, P + 2 * stage + offset, W + 2 * stage + (start << 1), used);
          lastLanes${rows}(at, P + offset, W + offset, stage, used);
          leaveRotation${rows}Piece(at, x, gx, inputs, start, columns, scale, gIn, spare);
        }
      }
    else
      for (let j: usize = 0; j < period; j += TILE_BACK)
        outerBack${rows}(s, j, period, vectors, chunk, pitch, P, W, first, end);
  }
}`;
}

/** AssemblyScript of the rotation variant's backward kernel. */
export const rotationSource = (): string =>
  [
    ...rowBlocks.flatMap((rows) => [
      seed(rows, true),
      seed(rows, false),
      products(rows),
      unlane(rows, false),
      unlane(rows, true),
      unpair(rows),
      leave(rows, rows * 16, rows * 32, `leaveRotation${rows}`),
      pieces(rows),
      groups(rows),
      block(rows),
    ]),
    `
/** x̄ and the raw sums W, bias̄, d̄Out, d̄In of the rotation variant, from ȳ and the v that the forward kept; d̄Out is over v.
 * Scratch: twice the forward's. */
export function butterflyRotationBackward(x: usize, v: usize, gy: usize, gx: usize, rows: i32, n: usize, inputs: usize, outputs: usize, three: bool,
  groups: usize, count: i32, chunk: usize, pad: usize, steps: usize, P: usize, square: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
${byBlocks(
  rowBlocks,
  (R) =>
    `rotationBackward${R}(x, v, gy, gx, n, inputs, outputs, three, groups, count, chunk, pad, steps, P, square, dOut, scale, W, gBias, gOut, gIn, s, spare); x += inputs * ${4 * R}; gx += inputs * ${4 * R}; gy += outputs * ${4 * R}; v += n * ${4 * R};`,
)}
}`,
  ].join("\n");

/** Slots of vectors that the kernels here walk back at a time. */
export const rotationSlots: readonly number[] = rowBlocks.map((rows) => 2 * rows);
