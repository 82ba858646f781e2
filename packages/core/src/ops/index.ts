/** @file All ops, and what ops are made of. */
export * from "./chain.ts";
export * from "./check.ts";
export * from "./create.ts";
export * from "./elementwise.ts";
export * from "./families.ts";
export * from "./fused.ts";
export * from "./loops.ts";
export * from "./random.ts";
