/**
 * @file The ops on tensors, by family. Those that take a tensor first are methods, too (chain.ts).
 */
export * from "./activation.ts";
export * from "./arithmetic.ts";
export * from "./at.ts";
export * from "./broadcast.ts";
export * from "./cast.ts";
export * from "./einsum.ts";
export * from "./gather.ts";
export * from "./join.ts";
export * from "./logic.ts";
export * from "./matmul.ts";
export * from "./order.ts";
export * from "./reduce.ts";
export * from "./repeat.ts";
export * from "./reshape.ts";
export * from "./slice.ts";
