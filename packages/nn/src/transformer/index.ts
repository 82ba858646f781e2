/** @file Attention, transformer blocks, language models. */
export { type AttentionOptions, MultiHeadAttention } from "./attention.ts";
export { FeedForward, type FeedForwardOptions } from "./feed-forward.ts";
export { KeyValueCache } from "./key-value-cache.ts";
export { LearnedPositions, type RotaryOptions, rotary } from "./positions.ts";
export { TransformerBlock, type TransformerBlockOptions } from "./transformer-block.ts";
