/** @file Structured linear maps besides the mixer, for comparison. */
export { BlockDiagonal, type BlockDiagonalOptions, blockDiagonalKind } from "./block-diagonal.ts";
export { BlockHadamard, type BlockHadamardOptions, blockHadamardKind } from "./block-hadamard.ts";
export { Butterfly, butterflyKind } from "./butterfly.ts";
export { Circulant, circulantKind } from "./circulant.ts";
export {
  CirculantDiagonal,
  type CirculantDiagonalOptions,
  circulantDiagonalKind,
} from "./circulant-diagonal.ts";
export { LowRank, type LowRankOptions, lowRankKind } from "./low-rank.ts";
export { Monarch, type MonarchOptions, monarchKind } from "./monarch.ts";
export { StructuredMap } from "./structured-map.ts";
export { Toeplitz, toeplitzKind } from "./toeplitz.ts";
