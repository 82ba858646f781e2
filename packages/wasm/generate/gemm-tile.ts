/** @file Writes the inner kernel of the matrix product: a tile of C in registers, unrolled. */

/**
 * Rows and columns of the tile. With the operands they fill the registers that V8 has, one less
 * than the machine's sixteen.
 */
const TILE = { rows: 4, columns: 8 } as const;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * AssemblyScript of `tile`: C (+)= Aᵀ·B over packed panels a [depth][rows] and b [depth][columns].
 */
export function gemmTileSource(): string {
  const { rows, columns } = TILE;
  const vectors = columns / 4;
  return `import { add, fma } from "./simd";
export const TILE_ROWS: usize = ${rows};
export const TILE_COLUMNS: usize = ${columns};
/**
 * A tile of C, rows \`row\` bytes apart, from panels \`depth\` > 0 deep; added to C where \`adds\`.
 */
export function tile(a: usize, b: usize, depth: usize, c: usize, row: usize, adds: bool): void {
  let ${range(rows)
    .flatMap((r) => range(vectors).map((v) => `c${r}${v} = f32x4.splat(0)`))
    .join(", ")};
  const end = a + depth * ${rows * 4};
  do {
    const ${range(vectors)
      .map((v) => `b${v} = v128.load(b, ${16 * v})`)
      .join(", ")};
${range(rows)
  .map(
    (r) =>
      `    { const a${r} = v128.load32_splat(a, ${4 * r}); ${range(vectors)
        .map((v) => `c${r}${v} = fma(a${r}, b${v}, c${r}${v});`)
        .join(" ")} }`,
  )
  .join("\n")}
    a += ${rows * 4}; b += ${columns * 4};
  } while (a < end);
  if (adds) {
${range(rows)
  .map(
    (r) =>
      `    ${range(vectors)
        .map((v) => `v128.store(c, add(v128.load(c, ${16 * v}), c${r}${v}), ${16 * v});`)
        .join(" ")} ${r < rows - 1 ? "c += row;" : ""}`,
  )
  .join("\n")}
  } else {
${range(rows)
  .map(
    (r) =>
      `    ${range(vectors)
        .map((v) => `v128.store(c, c${r}${v}, ${16 * v});`)
        .join(" ")} ${r < rows - 1 ? "c += row;" : ""}`,
  )
  .join("\n")}
  }
}
`;
}
