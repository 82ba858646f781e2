/**
 * @file @spm/numeric: ops beyond the basic ones, made only of what `@spm/core` and
 * `@spm/core/extend` offer to everybody.
 */
export * from "./fft.ts";
export { outer } from "./products.ts";
export { tril, triu } from "./triangles.ts";
