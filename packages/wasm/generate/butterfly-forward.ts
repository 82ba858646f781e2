/**
 * @file Writes the forward butterfly kernel, which both parameterisations share. Figures 1, 2 and 4
 * of docs/design/memory-layout.md show its blocks, passes, chunks and tiles.
 */
import { readLayout } from "./butterfly-layout.ts";
import { byBlocks, perRow } from "./lines.ts";

/** Rows of a block, largest first; the remaining rows take the smaller ones. */
const rowBlocks = [8, 4, 1];

/** x ⊙ dIn, then the stages at distance 1 and 2 (and 4, `stages` = 3): 8 columns an iteration. */
function load(rows: number, stages: 2 | 3): string {
  const step = rows * 16;
  const third = stages === 3;
  return `
function load${stages}x${rows}(x: usize, xRow: usize, s: usize,
    dIn: usize, p: usize, stage: usize, bytes: usize): void {
  let q = p + stage, t = q + stage;
  const end = dIn + bytes;
  do {
    const d0 = v128.load(dIn), d1 = v128.load(dIn, 16);
    const p0 = v128.load(p), p1 = v128.load(p, 16), q0 = v128.load(q), q1 = v128.load(q, 16);
    ${third ? "const t0 = v128.load(t), t1 = v128.load(t, 16);" : ""}
    let row = x;
${perRow(
  rows,
  (r) => `    {
      let a = mul(v128.load(row), d0), b = mul(v128.load(row, 16), d1);
      a = fma(p0, swap1(a), a); b = fma(p1, swap1(b), b);
      a = fma(q0, swap2(a), a); b = fma(q1, swap2(b), b);
      v128.store(s, ${third ? "fma(t0, b, a)" : "a"}, ${r * 16});
      v128.store(s, ${third ? "fma(t1, a, b)" : "b"}, ${step + r * 16});
      ${r < rows - 1 ? "row += xRow;" : ""}
    }`,
)}
    x += 32; s += ${2 * step}; dIn += 32; p += 32; q += 32; t += 32;
  } while (dIn < end);
}`;
}

/**
 * Two stages on \`count\` neighbouring vectors and their partners at distance \`gap\`, from one
 * place to another.
 */
function radix4(rows: number): string {
  const step = rows * 16;
  return `
function radix4x${rows}(from: usize, gap: usize, to: usize,
    toGap: usize, p: usize, count: usize): void {
  let f1 = from + gap, f2 = f1 + gap, f3 = f2 + gap,
    t1 = to + toGap, t2 = t1 + toGap, t3 = t2 + toGap;
  do {
    const pa = v128.load(p), pb = v128.load(p, 16), pc = v128.load(p, 32), pd = v128.load(p, 48);
    const qa = v128.load(p, 64), qb = v128.load(p, 80),
      qc = v128.load(p, 96), qd = v128.load(p, 112);
${perRow(
  rows,
  (r) => `    {
      const a = v128.load(from, ${r * 16}), b = v128.load(f1, ${r * 16});
      const a1 = fma(pa, b, a), b1 = fma(pb, a, b);
      const c = v128.load(f2, ${r * 16}), d = v128.load(f3, ${r * 16});
      const c1 = fma(pc, d, c), d1 = fma(pd, c, d);
      v128.store(to, fma(qa, c1, a1), ${r * 16}); v128.store(t2, fma(qc, a1, c1), ${r * 16});
      v128.store(t1, fma(qb, d1, b1), ${r * 16}); v128.store(t3, fma(qd, b1, d1), ${r * 16});
    }`,
)}
    from += ${step}; f1 += ${step}; f2 += ${step}; f3 += ${step};
    to += ${step}; t1 += ${step}; t2 += ${step}; t3 += ${step}; p += 128;
  } while (--count);
}
/** A whole pass over a chunk of neighbouring vectors. */
function spread${rows}(from: usize, to: usize, p: usize, h: usize, vectors: usize): void {
  const gap = h * ${step}, end = from + vectors * ${step};
  do {
    radix4x${rows}(from, gap, to, gap, p, h); from += gap << 2; to += gap << 2; p += h << 7;
  } while (from < end);
}`;
}

/** Two stages at distances 1 and 2 inside of each vector. */
function lanes(rows: number): string {
  const step = rows * 16;
  return `
function lanes${rows}(from: usize, to: usize, p: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const p0 = v128.load(p), q0 = v128.load(p + stage);
${perRow(
  rows,
  (r) =>
    `    { let a = v128.load(from, ${r * 16}); a = fma(p0, swap1(a), a); ` +
    `v128.store(to, fma(q0, swap2(a), a), ${r * 16}); }`,
)}
    from += ${step}; to += ${step}; p += 16;
  } while (p < end);
}`;
}

/** y = v ⊙ e + bias: 8 columns an iteration. */
function storeY(rows: number): string {
  const step = rows * 16;
  const column = (r: number, c: 0 | 1): string =>
    `v128.store(row, fma(v128.load(s, ${c * step + r * 16}), e${c}, b${c}), ${c * 16});`;
  return `
function storeY${rows}(s: usize, y: usize, yRow: usize, e: usize, bias: usize, bytes: usize): void {
  const end = e + bytes;
  do {
    const e0 = v128.load(e), e1 = v128.load(e, 16), b0 = v128.load(bias), b1 = v128.load(bias, 16);
    let row = y;
${perRow(rows, (r) => `    ${column(r, 0)} ${column(r, 1)} ${r < rows - 1 ? "row += yRow;" : ""}`)}
    y += 32; s += ${2 * step}; e += 32; bias += 32;
  } while (e < end);
}`;
}

/** Pieces of the input and output: a chunk, or a tile, from column \`start\` on. */
function pieces(rows: number): string {
  const step = rows * 16;
  return `
function enter${rows}(x: usize, inputs: usize, start: usize, vectors: usize,
    s: usize, dIn: usize, P: usize, stage: usize, three: bool, spare: usize): void {
  const columns = within(inputs, start, vectors << 2),
    whole = (columns & ~7) << 2, row = inputs << 2;
  const offset = start << 2;
  x += offset; dIn += offset; P += offset;
  if (whole) three ? load3x${rows}(x, row, s, dIn, P, stage, whole)
    : load2x${rows}(x, row, s, dIn, P, stage, whole);
  let at = s + (whole >> 4) * ${step};
  if (columns & 7) {
    takeTail(x + whole, row, ${rows}, columns & 7, spare);
    three ? load3x${rows}(spare, 32, at, dIn + whole, P + whole, stage, 32)
      : load2x${rows}(spare, 32, at, dIn + whole, P + whole, stage, 32);
    at += ${2 * step};
  }
  const end = s + vectors * ${step};
  if (at < end) memory.fill(at, 0, end - at);
}
function leave${rows}(s: usize, start: usize, vectors: usize, y: usize,
    outputs: usize, e: usize, bias: usize, z: usize, spare: usize): void {
  const columns = within(outputs, start, vectors << 2),
    whole = (columns & ~7) << 2, row = outputs << 2;
  const offset = start << 2;
  // as it lies: fewer cache lines are read than by stores
  if (z) memory.copy(z + start * ${4 * rows}, s, vectors * ${step});
  y += offset; e += offset; bias += offset;
  if (whole) storeY${rows}(s, y, row, e, bias, whole);
  if (columns & 7) {
    storeY${rows}(s + (whole >> 4) * ${step}, spare, 32, e + whole, bias + whole, 32);
    putTail(y + whole, row, ${rows}, columns & 7, spare);
  }
}`;
}

/** The passes of a group: on a chunk (inner), or on a tile (outer). */
function groups(rows: number): string {
  const step = rows * 16;
  return `
function inner${rows}(s: usize, start: usize, vectors: usize, P: usize,
    stage: usize, passes: usize, first: usize, end: usize): void {
  for (let k = first; k < end; k++) {
    const pass = passes + (k << 4), p = P + load<u32>(pass, 4);
    if (load<i32>(pass) === RADIX4)
      spread${rows}(s, s, p + (start << 5), load<u32>(pass, 8), vectors);
    else lanes${rows}(s, s, p + (start << 4), stage, vectors << 4);
  }
}
function outer${rows}(s: usize, j: usize, period: usize, vectors: usize, chunk: usize,
    pitch: usize, P: usize, passes: usize, first: usize, end: usize): void {
  for (let k = first; k < end; k++) {
    const pass = passes + (k << 4), p = P + load<u32>(pass, 4), h = <usize>load<u32>(pass, 8);
    const gap = place${rows}(h, chunk, pitch);
    for (let q: usize = 0; q < vectors; q += h << 2)
      for (let m = j; m < h; m += period) {
        const at = s + place${rows}(q + m, chunk, pitch);
        radix4x${rows}(at, gap, at, gap, p + (((q >> 2) + m) << 7), TILE);
      }
  }
}
/** The address of a vector: chunks are \`pitch\` bytes apart. */
function place${rows}(vector: usize, chunk: usize, pitch: usize): usize {
  return (vector >> ctz(chunk)) * pitch + (vector & (chunk - 1)) * ${step};
}`;
}

function block(rows: number): string {
  const step = rows * 16;
  return `
function forward${rows}(x: usize, y: usize, z: usize, layout: usize, inputs: usize, outputs: usize,
    dIn: usize, P: usize, e: usize, bias: usize, s: usize, spare: usize): void {${readLayout}
  const vectors = n >> 2, stage = n << 2, pitch = chunk * ${step} + pad;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * GROUP, first = <usize>load<u32>(group),
      end = <usize>load<u32>(group, 4), period = <usize>load<u32>(group, 8);
    if (period === 0)
      for (let v: usize = 0; v < vectors; v += chunk) {
        const at = s + (v / chunk) * pitch;
        if (g === 0) enter${rows}(x, inputs, v << 2, chunk, at, dIn, P, stage, three, spare);
        inner${rows}(at, v, chunk, P, stage, passes, first, end);
      }
    else
      for (let j: usize = 0; j < period; j += TILE)
        outer${rows}(s, j, period, vectors, chunk, pitch, P, passes, first, end);
  }
  // In the order of memory: a tile's pieces would be too many streams for the prefetcher.
  for (let v: usize = 0; v < vectors; v += chunk)
    leave${rows}(s + (v / chunk) * pitch, v << 2, chunk, y, outputs, e, bias, z, spare);
}`;
}

/** AssemblyScript of the forward kernel. */
export const forwardSource = (): string =>
  [
    ...rowBlocks.flatMap((rows) => [
      load(rows, 2),
      load(rows, 3),
      radix4(rows),
      lanes(rows),
      storeY(rows),
      pieces(rows),
      groups(rows),
      block(rows),
    ]),
    `
/**
 * y [rows, outputs] and, unless z is 0, v after the last stage block by block, [n/4][R][4], of x
 * [rows, inputs]. Vectors are padded to n; scratch: SPARE bytes, n floats, then 8 rows and pads.
 */
export function butterflyForward(x: usize, y: usize, z: usize, rows: i32, layout: usize,
    inputs: usize, outputs: usize, dIn: usize, P: usize, scale: usize, dOut: usize, bias: usize,
    s: usize): void {
  const n = <usize>load<u32>(layout), e = s + SPARE, v = e + (n << 2);
  scaleVector(e, scale, dOut, 1, n << 2);
${byBlocks(
  rowBlocks,
  (R) =>
    `forward${R}(x, y, z, layout, inputs, outputs, dIn, P, e, bias, v, s); ` +
    `x += inputs * ${4 * R}; y += outputs * ${4 * R}; if (z) z += n * ${4 * R};`,
)}
}`,
  ].join("\n");
