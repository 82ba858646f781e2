/** @file @spm/numeric: more ops, made of what `@spm/core` and `@spm/core/extend` export. */
export * from "./fft.ts";
export { outer } from "./products.ts";
export { tril, triu } from "./triangles.ts";
