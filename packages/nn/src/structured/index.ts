/** @file Structured linear maps beside the mixer: what a comparison sets against it. */
export { BlockDiagonal, type BlockDiagonalOptions } from "./block-diagonal.ts";
export { Butterfly } from "./butterfly.ts";
export { Circulant } from "./circulant.ts";
export { LowRank, type LowRankOptions } from "./low-rank.ts";
export { Monarch, type MonarchOptions } from "./monarch.ts";
export { StructuredMap } from "./structured-map.ts";
export { Toeplitz } from "./toeplitz.ts";
