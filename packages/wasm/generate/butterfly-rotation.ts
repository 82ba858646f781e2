/**
 * @file Writes the backward butterfly kernel of the rotation variant: z and g go back side by side,
 * `[n/4][z: R | g: R][4]`, figure 5 of docs/design/memory-layout.md.
 */
import { readLayout } from "./butterfly-layout.ts";
import { leave, pieces, seed, unlane, unmix, unpair } from "./butterfly-rotation-passes.ts";
import { byBlocks } from "./lines.ts";

/** Rows of a block, largest first. */
const rowBlocks = [8, 4, 1];

/** The passes of a group back, on a chunk (inner) or on a tile (outer). */
function groups(rows: number): string {
  const step = rows * 32;
  return `
function innerBack${rows}(s: usize, start: usize, vectors: usize, P: usize,
    W: usize, stage: usize, passes: usize, first: usize, end: usize): void {
  for (let k = end; k > first; k--) {
    const pass = passes + ((k - 1) << 4), p = P + load<u32>(pass, 4), w = W + load<u32>(pass, 12);
    if (load<i32>(pass) === RADIX4)
      gather${rows}(s, p + (start << 5), w + (start << 4), load<u32>(pass, 8), vectors);
    else unlane${rows}(s, p + (start << 4), w + (start << 4), stage, vectors << 4);
  }
}
function outerBack${rows}(s: usize, j: usize, period: usize, vectors: usize, chunk: usize,
    pitch: usize, P: usize, W: usize, passes: usize, first: usize, end: usize): void {
  for (let k = end; k > first; k--) {
    const pass = passes + ((k - 1) << 4), p = P + load<u32>(pass, 4),
      w = W + load<u32>(pass, 12), h = <usize>load<u32>(pass, 8);
    const gap = placeBack${rows}(h, chunk, pitch);
    for (let q: usize = 0; q < vectors; q += h << 2)
      for (let m = j; m < h; m += period) {
        const tuple = (q >> 2) + m;
        unmix${rows}(s + placeBack${rows}(q + m, chunk, pitch),
          gap, p + (tuple << 7), w + (tuple << 6), TILE);
      }
  }
}
function placeBack${rows}(vector: usize, chunk: usize, pitch: usize): usize {
  return (vector >> ctz(chunk)) * pitch + (vector & (chunk - 1)) * ${step};
}`;
}

function block(rows: number): string {
  return `
function rotationBackward${rows}(x: usize, v: usize, gy: usize, gx: usize, layout: usize,
    inputs: usize, outputs: usize, P: usize, square: usize, dOut: usize, scale: usize, W: usize,
    gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {${readLayout}
  const vectors = n >> 2, stage = n << 2, pitch = chunk * ${32 * rows} + pad;
  for (let k: usize = 0; k < vectors; k += chunk)
    seedPiece${rows}(gy, outputs, k << 2, chunk, v,
      s + (k / chunk) * pitch, square, dOut, gBias, gOut, spare);
  for (let g = count - 1; g >= 0; g--) {
    const group = groups + <usize>g * GROUP, first = <usize>load<u32>(group),
      end = <usize>load<u32>(group, 4), period = <usize>load<u32>(group, 8);
    if (period === 0)
      for (let k: usize = 0; k < vectors; k += chunk) {
        const at = s + (k / chunk) * pitch, start = k << 2;
        innerBack${rows}(at, k, chunk, P, W, stage, passes, first, end);
        const columns = g === 0 ? within(inputs, start, chunk << 2) : 0;
        if (columns) {
          const used = ((columns + 7) & ~7) << 2, offset = start << 2;
          if (three) unpair${rows}(at, P + 2 * stage + offset, W + 2 * stage + (start << 1), used);
          lastLanes${rows}(at, P + offset, W + offset, stage, used);
          leaveRotation${rows}Piece(at, x, gx, inputs, start, columns, scale, gIn, spare);
        }
      }
    else
      for (let j: usize = 0; j < period; j += TILE)
        outerBack${rows}(s, j, period, vectors, chunk, pitch, P, W, passes, first, end);
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
      unlane(rows, false),
      unlane(rows, true),
      unpair(rows),
      leave(rows),
      pieces(rows),
      groups(rows),
      block(rows),
    ]),
    `
/**
 * x̄ and the raw sums W, and from \`sums\` on, n floats each, bias̄, d̄Out, d̄In of the rotation
 * variant, from ȳ and the v that the forward kept; d̄Out is over v, d̄In times \`unit\`. Scratch:
 * SPARE bytes, three times n floats, twice the forward's rows.
 */
export function butterflyRotationBackward(x: usize, v: usize, gy: usize, gx: usize, rows: i32,
    layout: usize, inputs: usize, outputs: usize, dIn: usize, P: usize, scale: usize, dOut: usize,
    unit: f32, W: usize, sums: usize, s: usize): void {
  const n = <usize>load<u32>(layout), bytes = n << 2, square = s + SPARE,
    inward = square + bytes, outward = inward + bytes, zg = outward + bytes;
  scaleVector(square, scale, scale, unit, bytes);
  scaleVector(inward, scale, dOut, unit, bytes);
  stretchVector(outward, dIn, 1 / unit, bytes);
${byBlocks(
  rowBlocks,
  (R) =>
    `rotationBackward${R}(x, v, gy, gx, layout, inputs, outputs, P, square, inward, ` +
    `outward, W, sums, sums + bytes, sums + 2 * bytes, zg, s); x += inputs * ${4 * R}; ` +
    `gx += inputs * ${4 * R}; gy += outputs * ${4 * R}; v += n * ${4 * R};`,
)}
}`,
  ].join("\n");
