/**
 * @file Parts of the texts of hand-written kernels: their bindings, and numbers of rows that come
 * with the call.
 */

/** Numbers 0 … n−1. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/**
 * Binding lines of a kernel: so many numbers as the uniform `numbers`, if any; then inputs, then
 * results, each like `x: array<f32>`.
 */
export function bindings(reads: readonly string[], writes: readonly string[], numbers = 0): string {
  const first = numbers === 0 ? 0 : 1;
  const vectors = Math.ceil(numbers / 4);
  const uniform = `@group(0) @binding(0) var<uniform> numbers: array<vec4f, ${vectors}>;\n`;
  const line = (access: string, from: number) => (text: string, i: number) =>
    `@group(0) @binding(${from + i}) var<storage, ${access}> ${text};\n`;
  return [
    ...(numbers === 0 ? [] : [uniform]),
    ...reads.map(line("read", first)),
    ...writes.map(line("read_write", first + reads.length)),
  ].join("");
}

/** An integer below 2³² as two numbers of a call, which are float32. */
export const halves = (count: number): readonly [high: number, low: number] => [
  count >>> 16,
  count & 0xffff,
];
/** The WGSL of that integer, from the first two numbers. */
export const joined = "((u32(numbers[0].x) << 16u) | u32(numbers[0].y))";

/**
 * A product as float32 rounds it, before something is added: a compiler can't know that the third
 * number of the call is 0, and would round the two only once.
 */
export const rounded = (product: string): string =>
  `bitcast<f32>(bitcast<u32>(${product}) ^ bitcast<u32>(numbers[0].z))`;
