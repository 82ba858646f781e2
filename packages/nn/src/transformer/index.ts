/** @file Attention, positions, transformer blocks. */
export { type AttentionOptions, MultiHeadAttention } from "./attention.ts";
export { DecoderBlock, type DecoderBlockOptions } from "./decoder-block.ts";
export { FeedForward, type FeedForwardOptions } from "./feed-forward.ts";
export { KeyValueCache } from "./key-value-cache.ts";
export {
  LearnedPositions,
  type LearnedPositionsOptions,
  type RotaryOptions,
  rotary,
} from "./positions.ts";
export { TransformerBlock, type TransformerBlockOptions } from "./transformer-block.ts";
