/**
 * @file Writes the butterfly mixer kernels as AssemblyScript: their shared declarations, and the
 * three kernels in one module.
 *
 * A block of R rows lies in scratch by vectors of four neighbouring columns, the rows of a vector
 * side by side: `[n/4][R][4]`. A pass does two stages (distances h and 2h, in vectors) on four
 * vectors at a time, with its coefficients in registers over the rows. The stages are scaled: with
 * z = S ⊙ v each one is `v[i] += p[i]·v[partner]`, two multiplications a pair. Figures 1 to 4 of
 * docs/design/memory-layout.md show the layout.
 *
 * Passes come in groups that run while their data is in the first-level cache. An inner group has
 * small distances: it takes one chunk of neighbouring vectors after another. An outer group has
 * large ones: it takes a few neighbouring vectors out of every `period`, so that all partners are
 * among them. Chunks are padded apart: at powers of two they would share cache sets.
 *
 * Loops are `do … while` with literal offsets: V8 then hoists the address arithmetic.
 */
import { forwardSource } from "./butterfly-forward.ts";
import { generalSource } from "./butterfly-general.ts";
import { rotationSource } from "./butterfly-rotation.ts";

/**
 * Declarations that the kernels share. The words of passes and groups are those of `ButterflyPlan`.
 */
const shared = `import { scaleVector, stretchVector } from "./vectors";
import { add, fma, fnma, mul, swap1, swap2 } from "./simd";
import { putTail, takeTail } from "./tail";
const RADIX4: i32 = 1;
/** Bytes at the start of scratch, for the last columns of eight rows. */
const SPARE: usize = 512;
/** Bytes of a group in the table. */
const GROUP: usize = 12;
/** Vectors taken at a time out of each period. */
const TILE: usize = 4;
/** Of \`total\` columns those from column \`start\` on, \`most\` at most. */
function within(total: usize, start: usize, most: usize): usize {
  return total <= start ? 0 : min(total - start, most);
}`;

/** AssemblyScript of the butterfly kernels. */
export const butterflySource = (): string => {
  return [shared, forwardSource(), rotationSource(), generalSource()].join("\n");
};
