/**
 * @file Writes the backward butterfly kernel of the general variant. Its blocks can't be undone, so
 * the inputs of the passes are computed again: the input of each group is kept for a block of rows,
 * and within a group, piece by piece, that of each pass. docs/design/memory-layout.md shows passes
 * (figures 2, 3) and pieces (figure 4).
 */
import {
  first,
  gather,
  pair,
  seed,
  seedWalk,
  sums,
  unlane,
  walk,
} from "./butterfly-general-passes.ts";
import { readLayout } from "./butterfly-layout.ts";
import { byBlocks } from "./lines.ts";

/** Rows of a block. */
const rowBlocks = [8, 4, 1];

/**
 * An inner group on a chunk: forward through its passes, keeping the input of each in the levels,
 * then back from the last to the first.
 */
function innerGroup(rows: number): string {
  const step = rows * 16;
  return `
function innerGeneral${rows}(v: usize, levels: usize, start: usize, vectors: usize,
    P: usize, stage: usize, passes: usize, first: usize, end: usize): usize {
  for (let k = first; k < end; k++) {
    const pass = passes + (k << 4), p = P + load<u32>(pass, 4);
    if (load<i32>(pass) === RADIX4)
      spread${rows}(v, levels, p + (start << 5), load<u32>(pass, 8), vectors);
    else lanes${rows}(v, levels, p + (start << 4), stage, vectors << 4);
    v = levels; levels += vectors * ${step};
  }
  return v;
}
function innerGeneralBack${rows}(v: usize, levels: usize, g: usize, start: usize, vectors: usize,
    P: usize, W: usize, stage: usize, passes: usize, first: usize, end: usize, seed: usize): void {
  for (let k = end; k > first; k--) {
    const pass = passes + ((k - 1) << 4),
      offset = <usize>load<u32>(pass, 4), w = W + load<u32>(pass, 12);
    const input = k - 1 === first ? v : levels + (k - 2 - first) * vectors * ${step};
    if (load<i32>(pass) === RADIX4) gatherGeneral${rows}(input, g, P + offset + (start << 5),
      w + (start << 6), load<u32>(pass, 8), vectors, k === end && seed ? seed + (start << 4) : 0);
    else unlaneGeneral${rows}(input, g, P + offset + (start << 4),
      w + (start << 4), stage, vectors << 4);
  }
}`;
}

/** The same of an outer group, on a tile. */
function outerGroup(rows: number): string {
  const step = rows * 16;
  return `
/** Pieces of a tile lie side by side in a level, \`TILE\` vectors each. */
function outerGeneral${rows}(v: usize, levels: usize, j: usize, period: usize, vectors: usize,
    chunk: usize, pitch: usize, P: usize, passes: usize, first: usize, end: usize): void {
  const size = (vectors / period) * (TILE * ${step});
  let from: usize = 0;
  for (let k = first; k < end; k++) {
    const pass = passes + (k << 4), p = P + load<u32>(pass, 4), h = <usize>load<u32>(pass, 8);
    const compact = (h / period) * (TILE * ${step}),
      gap = from ? compact : place${rows}(h, chunk, pitch);
    for (let q: usize = 0; q < vectors; q += h << 2)
      for (let m: usize = 0; m < h; m += period) {
        const piece = ((q + m) / period) * (TILE * ${step});
        const at = from ? from + piece : v + place${rows}(q + m + j, chunk, pitch);
        radix4x${rows}(at, gap, levels + piece, compact, p + (((q >> 2) + m + j) << 7), TILE);
      }
    from = levels; levels += size;
  }
}
function outerGeneralBack${rows}(v: usize, levels: usize, g: usize, j: usize,
    period: usize, vectors: usize, chunk: usize, pitch: usize, P: usize,
    W: usize, passes: usize, first: usize, end: usize, seed: usize): void {
  const size = (vectors / period) * (TILE * ${step});
  for (let k = end; k > first; k--) {
    const pass = passes + ((k - 1) << 4), offset = <usize>load<u32>(pass, 4),
      w = W + load<u32>(pass, 12), h = <usize>load<u32>(pass, 8);
    const direct = k - 1 === first, level = levels + (k - 2 - first) * size,
      gGap = place${rows}(h, chunk, pitch);
    const vGap = direct ? gGap : (h / period) * (TILE * ${step});
    for (let q: usize = 0; q < vectors; q += h << 2)
      for (let m: usize = 0; m < h; m += period) {
        const tuple = (q >> 2) + m + j, where = place${rows}(q + m + j, chunk, pitch);
        const input = direct ? v + where : level + ((q + m) / period) * (TILE * ${step});
        sums${rows}(input, vGap, g + where, gGap, w + (tuple << 8), TILE);
        if (k === end && seed) seedWalk${rows}(g + where, gGap,
          P + offset + (tuple << 7), seed + ((q + m + j) << 4), h << 4, TILE);
        else walk${rows}(g + where, gGap, P + offset + (tuple << 7), TILE);
      }
  }
}`;
}

/** Forward through all groups but the last, whose inputs are kept. */
function keepInputs(rows: number): string {
  return `  // Forward through all groups but the last.
  for (let k = 0; k < count - 1; k++) {
    const group = groups + <usize>k * GROUP, first = <usize>load<u32>(group),
      end = <usize>load<u32>(group, 4), period = <usize>load<u32>(group, 8);
    const to = inputsOf + <usize>(k + 1) * size;
    if (k > 0) memory.copy(to, to - size, size);
    if (period === 0)
      for (let v: usize = 0; v < vectors; v += chunk) {
        const at = to + (v / chunk) * pitch;
        if (k === 0) enter${rows}(x, inputs, v << 2, chunk, at, dIn, P, stage, three, spare);
        inner${rows}(at, v, chunk, P, stage, passes, first, end);
      }
    else for (let j: usize = 0; j < period; j += TILE)
      outer${rows}(to, j, period, vectors, chunk, pitch, P, passes, first, end);
  }`;
}

/** From the last group to the first: each forward again, then back. */
function backThroughGroups(rows: number): string {
  const step = rows * 16;
  return `  for (let k = count - 1; k >= 0; k--) {
    const group = groups + <usize>k * GROUP, first = <usize>load<u32>(group),
      end = <usize>load<u32>(group, 4), period = <usize>load<u32>(group, 8);
    const last = k === count - 1,
      summed = last && end > first && load<i32>(passes + ((end - 1) << 4)) === RADIX4,
      seed: usize = summed ? dOut : 0, from = inputsOf + <usize>k * size;
    if (period === 0)
      for (let v: usize = 0; v < vectors; v += chunk) {
        const where = (v / chunk) * pitch, start = v << 2,
          offset = start << 2, width = chunk * ${step};
        const paired = levels, rest = paired + 2 * width; // after two stages; after three
        let input = from + where;
        if (k === 0) {
          enter${rows}(x, inputs, start, chunk, paired, dIn, P, stage, false, spare);
          input = paired;
          if (three) {
            input += width;
            pairGeneral${rows}(paired, input, P + 2 * stage + offset, chunk << 4);
          }
        }
        if (last && !seed) seedGeneral${rows}(start, chunk,
          innerGeneral${rows}(input, rest, v, chunk, P, stage, passes, first, end),
          g + where, dOut, gOut);
        else innerGeneral${rows}(input, rest, v, chunk, P, stage, passes, first, end - 1);
        innerGeneralBack${rows}(input, rest, g + where, v,
          chunk, P, W, stage, passes, first, end, seed);
        const columns = k === 0 ? within(inputs, start, chunk << 2) : 0;
        if (columns) {
          if (three) unpairGeneral${rows}(paired, g + where, P + 2 * stage + offset,
            W + 4 * stage + offset, stage, ((columns + 7) & ~7) << 2);
          first${rows}Piece(x, gx, inputs, start, columns, g + where, dIn, gIn, P, W, stage, spare);
        }
      }
    else
      for (let j: usize = 0; j < period; j += TILE) {
        outerGeneral${rows}(from, levels, j, period,
          vectors, chunk, pitch, P, passes, first, end - 1);
        outerGeneralBack${rows}(from, levels, g, j, period,
          vectors, chunk, pitch, P, W, passes, first, end, seed);
      }
  }`;
}

function block(rows: number): string {
  const step = rows * 16;
  return `
function generalBackward${rows}(x: usize, gy: usize, gx: usize, layout: usize, inputs: usize,
    outputs: usize, dIn: usize, P: usize, dOut: usize, W: usize, gBias: usize, gOut: usize,
    gIn: usize, s: usize, spare: usize): void {${readLayout}
  const vectors = n >> 2, stage = n << 2, pitch = chunk * ${step} + pad,
    size = (vectors / chunk) * pitch + 1088;
  const g = s, inputsOf = s; // the input of group k lies k sizes behind s
  const levels = s + <usize>count * size;
${keepInputs(rows)}
  for (let v: usize = 0; v < vectors; v += chunk)
    cotangentPiece${rows}(gy, outputs, v << 2, chunk, g + (v / chunk) * pitch, gBias, spare);
${backThroughGroups(rows)}
}`;
}

/** AssemblyScript of the general variant's backward kernel; it uses the forward's passes. */
export const generalSource = (): string =>
  [
    ...rowBlocks.flatMap((rows) => [
      walk(rows),
      sums(rows),
      gather(rows),
      unlane(rows),
      pair(rows),
      seed(rows),
      seedWalk(rows),
      first(rows),
      innerGroup(rows),
      outerGroup(rows),
      block(rows),
    ]),
    `
/**
 * x̄ and the raw sums W, and from \`sums\` on, n floats each, bias̄, d̄Out (over v), d̄In of the
 * general variant from x and ȳ. Scratch: SPARE bytes, n floats, \`generalScratch\` bytes.
 */
export function butterflyGeneralBackward(x: usize, gy: usize, gx: usize, rows: i32, layout: usize,
    inputs: usize, outputs: usize, dIn: usize, P: usize, scale: usize, dOut: usize, W: usize,
    sums: usize, s: usize): void {
  const bytes = <usize>load<u32>(layout) << 2, inward = s + SPARE, g = inward + bytes;
  scaleVector(inward, scale, dOut, 1, bytes);
${byBlocks(
  rowBlocks,
  (R) =>
    `generalBackward${R}(x, gy, gx, layout, inputs, outputs, dIn, ` +
    "P, inward, W, sums, sums + bytes, sums + 2 * bytes, g, s); " +
    `x += inputs * ${4 * R}; gx += inputs * ${4 * R}; gy += outputs * ${4 * R};`,
)}
}`,
  ].join("\n");
