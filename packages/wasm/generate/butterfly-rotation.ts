/**
 * @file Writes the backward butterfly kernel of the rotation variant: z and g walk back side by side, `[n/4][z: R | g: R][4]`.
 *
 * A rotation keeps z × g = z_i g_j − z_j g_i of its pair, so the sum of a pair may be made on either side of its stage. The steps of a
 * group say where (`stepsBack` in butterfly-plan.ts): mostly between two passes, for the stage before and the one behind at once.
 */
import { leave } from "./butterfly-back.ts";
import { pieces, products, seed, unlane, unpair } from "./butterfly-rotation-passes.ts";
import { byBlocks } from "./lines.ts";

/** Rows of a block, largest first. */
const rowBlocks = [8, 4, 1];

/** The steps of a group on a chunk (inner) or on a tile (outer). */
function groups(rows: number): string {
  const step = rows * 32;
  return `
/** A step on \`count\` neighbouring vectors and their partners \`gap\`, \`far\` bytes away: number \`four\` among the fours, \`pair\` among the pairs. */
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
