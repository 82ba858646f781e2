/**
 * @file Matrix product by tiles, in WGSL: a workgroup computes a square of the result from tiles in
 * shared memory, a thread 4×4 or 8×8 elements in registers. Operands are read through their
 * strides, so transposes cost nothing.
 */
import type { Shape } from "@spm/core";
import { sizeOf } from "@spm/core/extend";
import { broadcastStrides, type DeviceArray } from "../device-array.ts";
import type { Grid, WgslLauncher } from "../executor.ts";
import { bindings, upTo } from "./wgsl.ts";

/**
 * One product, batched: shapes [..., m, k] and [..., k, n], leading axes as `batch` with the
 * operands' strides along them.
 */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly batch: readonly number[];
  readonly a: MatmulOperand;
  readonly b: MatmulOperand;
  /** The first element of a bias [n] that is added to each row; null where there is none. */
  readonly bias: number | null;
}

/** An operand's offset, its strides along the batch, and along its two matrix axes. */
export interface MatmulOperand {
  readonly offset: number;
  readonly batch: readonly number[];
  readonly matrix: readonly [number, number];
}

/** Threads of a workgroup along either side, and inner elements of a tile. */
const side = 16;
const depth = 16;
/** Workgroups that fill a large GPU. */
const plenty = 264;
/** The least number of inner elements that are worth a workgroup of their own. */
const leastDepth = 128;
/** Products of fewer multiplications are done before a tile is loaded … */
const leastWork = 2 ** 16;
/** … unless so few sums are so long that their threads, one a sum, would leave a GPU idle. */
const [fewSums, longWalk] = [256, 1024];

/** An array as an operand of a product whose leading axes are `batch`. */
export function operandOf(x: DeviceArray, batch: Shape): MatmulOperand {
  const leading = { ...x, shape: x.shape.slice(0, -2), stride: x.stride.slice(0, -2) };
  const [outer = 0, inner = 0] = x.stride.slice(-2); // an axis that it lacks is not walked
  return { offset: x.offset, batch: broadcastStrides(leading, batch), matrix: [outer, inner] };
}

/** The launch of a product; `splits` parts of the inner axis are added last, with the bias. */
export interface TiledPlan {
  readonly code: string;
  readonly splits: number;
  readonly results: readonly [number];
  readonly workgroups: Grid;
}

/** The kernel of a product, or null where it is too small or too large for tiles. */
export function planTiles(launcher: WgslLauncher, product: Product): TiledPlan | null {
  const { m, k, n, batch } = product;
  const matrices = sizeOf(batch);
  const long = k >= longWalk && m * n * matrices <= fewSums;
  if ((m * n * k < leastWork && !long) || launcher.invocations < side * side) return null;
  const workgroups = (each: number) =>
    Math.ceil(m / (side * each)) * Math.ceil(n / (side * each)) * matrices;
  const each =
    launcher.sharedBytes >= 2 * depth * (side * 8 + 4) * 4 && workgroups(8) >= plenty / 2 ? 8 : 4;
  const wanted = Math.min(Math.ceil(plenty / workgroups(each)), Math.floor(k / leastDepth));
  const splits = Math.max(1, wanted);
  if (matrices * splits > 65535 || Math.ceil(m / (side * each)) > 65535) return null;
  const tile = side * each;
  return {
    code: tiled(product, each, splits),
    splits,
    results: [splits * matrices * m * n],
    workgroups: [Math.ceil(n / tile), Math.ceil(m / tile), matrices * splits],
  };
}

/** An integer in WGSL, modulo 2³², which is right for negative strides, too. */
const word = (value: number): string => `${value >>> 0}u`;

/** Statements that set `{name}At` to the first element of the operand's matrix number `batch`. */
function startOf(name: string, { offset, batch }: MatmulOperand, shape: readonly number[]): string {
  let below = 1;
  const terms = shape
    .map((size, k) => ({ size, stride: batch[k]! }))
    .toReversed()
    .flatMap(({ size, stride }) => {
      const index = below === 1 ? "matrix" : `(matrix / ${below}u)`;
      below *= size;
      return size === 1 || stride === 0 ? [] : [`(${index} % ${size}u) * ${word(stride)}`];
    });
  return `let ${name}At = ${[word(offset), ...terms].join(" + ")};`;
}

/** A tile of a kernel: `each` × `each` elements of the result for a thread. */
interface Tile {
  readonly each: 4 | 8;
  /** Rows, and columns, of the tile. */
  readonly size: number;
  /** Elements from one inner index to the next in shared memory: padded, against bank conflicts. */
  readonly pitch: number;
  /** 0 … each/4 − 1: the vectors of four elements that a thread holds of a row, or column. */
  readonly parts: readonly number[];
}

const tileOf = (each: 4 | 8): Tile => ({
  each,
  size: side * each,
  pitch: side * each + 4,
  parts: upTo(each / 4),
});

/**
 * Statements that take a tile of an operand from global memory into registers, and from there into
 * shared memory, element by element: neighbouring threads read neighbours in memory.
 * @param strides - along the axis of the result, and along the inner axis
 * @param first - the tile's first row or column, of `size`
 */
function moveTile(
  { each, size: tile, pitch }: Tile,
  name: "a" | "b",
  strides: readonly [outer: number, inner: number],
  first: string,
  size: number,
): { load: string; store: string } {
  const alongInner = Math.abs(strides[1]) === 1;
  const places = upTo(each).map((i) => {
    const e = i === 0 ? "t" : `(t + ${i * side * side}u)`;
    return alongInner
      ? { i, inner: `(${e} & ${depth - 1}u)`, outer: `(${e} / ${depth}u)` }
      : { i, inner: `(${e} / ${tile}u)`, outer: `(${e} % ${tile}u)` };
  });
  const load = places.map(
    ({ i, inner, outer }) =>
      `{ let o = ${first} + ${outer}; let d = next + ${inner}; f${name}${i} = 0.0; ` +
      `if (o < ${size}u && d < end) { f${name}${i} = ${name}[${name}At + o * ` +
      `${word(strides[0])} + d * ${word(strides[1])}]; } }`,
  );
  const store = places.map(
    ({ i, inner, outer }) =>
      `{ let o = ${outer}; ` +
      `s${name}[(${inner} * ${pitch}u + o) / 4u][o & 3u] = f${name}${i}; }`,
  );
  return { load: load.join("\n"), store: store.join("\n") };
}

/** Statements that add to `c{r}_{p}` the products of the operands' elements at inner index i. */
function multiplyTile({ each, pitch, parts }: Tile): string {
  const products = upTo(each)
    .flatMap((r) => parts.map((p) => `c${r}_${p} += a${r >> 2}[${r & 3}] * b${p};`))
    .join(" ");
  const read = parts
    .map(
      (p) =>
        `let a${p} = sa[i * ${pitch / 4}u + ty * ${each / 4}u + ${p}u]; ` +
        `let b${p} = sb[i * ${pitch / 4}u + tx + ${p * side}u];`,
    )
    .join(" ");
  return `${read} ${products}`;
}

/** Statements that write a thread's elements of the result, four at once where `wide`. */
function writeTile({ each, parts }: Tile, { m, n, bias }: Product, wide: boolean): string {
  const plus = (value: string, column: string): string =>
    bias === null ? value : `${value} + bias[${column} + ${bias}u]`;
  const plusFour = (value: string, column: string): string => {
    const four = upTo(4).map((q) => plus("", `${column} + ${q}u`).slice(3));
    return bias === null ? value : `${value} + vec4f(${four.join(", ")})`;
  };
  const write = upTo(each).flatMap((r) =>
    parts.map((p) => {
      const column = `start + (tx + ${p * side}u) * 4u`;
      if (wide)
        return (
          `if (row + ${r}u < ${m}u && ${column} < ${n}u) { ` +
          `c[(into + ${r * n}u + ${column}) / 4u] = ${plusFour(`c${r}_${p}`, column)}; }`
        );
      return upTo(4)
        .map(
          (q) =>
            `if (row + ${r}u < ${m}u && ${column} + ${q}u < ${n}u) { ` +
            `c[into + ${r * n}u + ${column} + ${q}u] = ` +
            `${plus(`c${r}_${p}[${q}]`, `${column} + ${q}u`)}; }`,
        )
        .join(" ");
    }),
  );
  return write.join("\n");
}

function tiled(whole: Product, each: 4 | 8, splits: number): string {
  const product = splits === 1 ? whole : { ...whole, bias: null };
  const { m, k, n, batch, a, b, bias } = product;
  const tile = tileOf(each);
  const { size, pitch, parts } = tile;
  const depthEach = Math.ceil(k / splits / depth) * depth;
  const wide = n % 4 === 0;
  const left = moveTile(tile, "a", a.matrix, "top", m);
  const right = moveTile(tile, "b", [b.matrix[1], b.matrix[0]], "start", n);
  const elements = upTo(each);
  const loaded = elements.map((i) => `var fa${i} = 0.0; var fb${i} = 0.0;`).join(" ");
  const sums = elements.flatMap((r) => parts.map((p) => `var c${r}_${p} = vec4f();`)).join(" ");
  const shared = (depth * pitch) / 4;
  return (
    bindings(
      ["a", "b", ...(bias === null ? [] : ["bias"])].map((x) => `${x}: array<f32>`),
      [`c: array<${wide ? "vec4f" : "f32"}>`],
    ) +
    `var<workgroup> sa: array<vec4f, ${shared}>;\nvar<workgroup> sb: array<vec4f, ${shared}>;\n` +
    `@compute @workgroup_size(${side * side}) fn main(@builtin(workgroup_id) ` +
    "w: vec3u, @builtin(local_invocation_index) t: u32) {\n" +
    `let tx = t % ${side}u; let ty = t / ${side}u; ` +
    `let top = w.y * ${size}u; let start = w.x * ${size}u;\n` +
    `let matrix = w.z / ${splits}u; let begin = (w.z % ${splits}u) * ${depthEach}u; ` +
    `let end = min(${k}u, begin + ${depthEach}u);\n` +
    `${startOf("a", a, batch)}\n${startOf("b", b, batch)}\n${loaded}\n${sums}\n` +
    `{ let next = begin; ${left.load}\n${right.load} }\n` +
    // The next tiles are on their way while these are multiplied.
    `for (var at = begin; at < end; at += ${depth}u) {\n` +
    `${left.store}\n${right.store}\nworkgroupBarrier();\n` +
    `{ let next = at + ${depth}u; ${left.load}\n${right.load} }\n` +
    `for (var i = 0u; i < ${depth}u; i++) { ${multiplyTile(tile)} }\nworkgroupBarrier();\n}\n` +
    `let row = top + ty * ${each}u; let into = ((w.z % ${splits}u) ` +
    `* ${sizeOf(batch)}u + matrix) * ${m * n}u + row * ${n}u;\n${writeTile(tile, product, wide)}\n}`
  );
}
