/**
 * @file The parts of attention's kernels: tiles of rows in shared memory, products of two tiles in
 * registers, and the addition of such products to a thread's rows of a result.
 *
 * A workgroup has 16 threads for each four rows of its own tile. A thread holds, of the products
 * with a tile of columns, four rows `ty · 4 + r` and the columns `tx + 16 c`; of a result those
 * rows and the vectors of four `tx + 16 h`. Rows in shared memory are vectors of four, padded to an
 * odd number of them, so that neighbouring threads read other banks.
 */
import type { DeviceArray } from "../../device-array.ts";
import type { WgslLauncher } from "../../executor.ts";
import { upTo } from "../wgsl.ts";

/** Threads along the columns, and rows of a thread. */
export const across = 16;
export const rowsEach = 4;

/** MatrixRows of the workgroup's own tile, and of a tile of columns. */
export interface TileSizes {
  readonly rows: number;
  readonly columns: number;
}

/** Vectors of four in a row, and from one row to the next in shared memory. */
const vectorsOf = (width: number): number => Math.max(1, Math.ceil(width / 4));
export const pitchOf = (width: number): number => vectorsOf(width) | 1;

/** Sizes from large to small, for devices with less and less shared memory. */
const sizes: readonly TileSizes[] = [
  { rows: 32, columns: 32 },
  { rows: 16, columns: 32 },
  { rows: 16, columns: 16 },
  { rows: 8, columns: 16 },
  { rows: 4, columns: 16 },
];

/** Tiles of a kernel, whose widths are those of rows of its own (several) and of columns. */
export interface Widths {
  readonly own: readonly number[];
  readonly columns: number;
}

const bytesOf = ({ rows, columns }: TileSizes, widths: Widths): number => {
  const vectors =
    widths.own.reduce((sum, width) => sum + rows * pitchOf(width), 0) +
    columns * pitchOf(widths.columns) +
    rows * pitchOf(columns) +
    rows * pitchOf(across);
  return 16 * vectors;
};

/**
 * The largest tiles of so many rows that a workgroup can hold; the smallest where none are. A
 * matrix has two tiles or more, so that short sequences fill a device, too.
 */
export const tilesFor = (
  { sharedBytes, invocations }: Pick<WgslLauncher, "sharedBytes" | "invocations">,
  count: number,
  widths: Widths,
): TileSizes =>
  sizes.find(
    (tile) =>
      2 * tile.rows <= count &&
      bytesOf(tile, widths) <= sharedBytes &&
      (tile.rows / rowsEach) * across <= invocations,
  ) ?? { rows: 4, columns: 16 };

/** An array [matrices, rows, width], read or written through its strides. */
export interface MatrixRows {
  readonly name: string;
  readonly width: number;
  readonly count: number;
  readonly stride: { readonly row: number; readonly column: number };
  /** The expression of the first element of `matrix`. */
  readonly start: string;
}

/** An integer in WGSL, modulo 2³², which is right for negative strides, too. */
const word = (value: number): string => `${value >>> 0}u`;

/**
 * The expression of the first element of `matrix`, which counts the leading axes of an array of so
 * many axes. The first axis is not bounded, so that a text serves every batch.
 */
function startOf(
  { shape, stride, offset }: Pick<DeviceArray, "shape" | "stride" | "offset">,
  trailing: number,
): string {
  let below = 1;
  const terms = upTo(shape.length - trailing)
    .toReversed()
    .flatMap((axis) => {
      const [size = 1, step = 0] = [shape[axis], stride[axis]];
      const index = below === 1 ? "matrix" : `(matrix / ${below}u)`;
      below *= size;
      if (step === 0 || (size === 1 && axis > 0)) return [];
      return [`${axis === 0 ? index : `(${index} % ${size}u)`} * ${word(step)}`];
    });
  return [word(offset), ...terms].join(" + ");
}

/** An array [..., rows, width] as rows of matrices. */
export function rowsOf(
  name: string,
  x: Pick<DeviceArray, "shape" | "stride" | "offset">,
): MatrixRows {
  const [count = 0, width = 0] = x.shape.slice(-2);
  const [row = 0, column = 0] = x.stride.slice(-2);
  return { name, width, count, stride: { row, column }, start: startOf(x, 2) };
}

/** Statements that take rows from `first` on into a tile in shared memory; beyond the last, 0. */
export function loadTile(tile: string, from: MatrixRows, first: string, rows: number): string {
  const { name, width, count, stride } = from;
  const [vectors, pitch] = [vectorsOf(width), pitchOf(width)];
  const element = (i: number): string => {
    const column = `(i * 4u + ${i}u)`;
    const read = `${name}[at + ${column} * ${word(stride.column)}]`;
    return width % 4 === 0
      ? `f[${i}] = ${read};`
      : `if (${column} < ${width}u) { f[${i}] = ${read}; }`;
  };
  return (
    `for (var s = t; s < ${rows * vectors}u; s += threads) { ` +
    `let r = s / ${vectors}u; let i = s % ${vectors}u; let row = ${first} + r; ` +
    `var f = vec4f(); if (row < ${count}u) { ` +
    `let at = ${from.start} + row * ${word(stride.row)}; ${upTo(4).map(element).join(" ")} } ` +
    `${tile}[r * ${pitch}u + i] = f; }`
  );
}

/** Statements that set `name{r}_{c}` to the products of a thread's rows and columns. */
export function multiply(
  name: string,
  own: string,
  columns: string,
  width: number,
  each: number,
): string {
  const pitch = pitchOf(width);
  const pairs = upTo(rowsEach).flatMap((r) => upTo(each).map((c) => ({ r, c })));
  const read = [
    ...upTo(rowsEach).map((r) => `let a${r} = ${own}[(ty * 4u + ${r}u) * ${pitch}u + i];`),
    ...upTo(each).map((c) => `let b${c} = ${columns}[(tx + ${across * c}u) * ${pitch}u + i];`),
  ];
  return (
    `${pairs.map(({ r, c }) => `var ${name}${r}_${c} = 0.0;`).join(" ")}\n` +
    `for (var i = 0u; i < ${vectorsOf(width)}u; i++) { ${read.join(" ")} ` +
    `${pairs.map(({ r, c }) => `${name}${r}_${c} += dot(a${r}, b${c});`).join(" ")} }`
  );
}

/** Statements that write `name{r}_{c}` to the tile `weights`. */
export function writeWeights(name: string, columns: number): string {
  const at = (r: number, c: number): string =>
    `weights[(ty * 4u + ${r}u) * ${pitchOf(columns)}u + (tx + ${across * c}u) / 4u][tx & 3u]`;
  return upTo(rowsEach)
    .flatMap((r) => upTo(columns / across).map((c) => `${at(r, c)} = ${name}${r}_${c};`))
    .join(" ");
}

/** The vectors of a row that a thread holds of a result. */
const heldOf = (width: number): number[] => upTo(Math.ceil(vectorsOf(width) / across));

/** Declares a thread's part of a result. */
export const declareResult = (name: string, width: number): string =>
  upTo(rowsEach)
    .flatMap((r) => heldOf(width).map((h) => `var ${name}${r}_${h} = vec4f();`))
    .join(" ");

/** Statements that add to a result the tile `weights` times a tile of columns. */
export function addProducts(name: string, columns: string, width: number, count: number): string {
  const pitch = pitchOf(width);
  const held = heldOf(width);
  const weights = upTo(rowsEach)
    .map((r) => `let p${r} = weights[(ty * 4u + ${r}u) * ${pitchOf(count)}u + j];`)
    .join(" ");
  const terms = upTo(4).map((q) => {
    const read = held.map(
      (h) => `let b${h} = ${columns}[(j * 4u + ${q}u) * ${pitch}u + tx + ${across * h}u];`,
    );
    const add = upTo(rowsEach).flatMap((r) =>
      held.map((h) => `${name}${r}_${h} += p${r}[${q}] * b${h};`),
    );
    return `{ ${read.join(" ")} ${add.join(" ")} }`;
  });
  return `for (var j = 0u; j < ${count / 4}u; j++) { ${weights}\n${terms.join("\n")} }`;
}

/** Statements that write a thread's part of a result; `value` is an expression of `v` and `r`. */
export function writeResult(
  name: string,
  to: MatrixRows,
  first: string,
  value: (v: string, r: number) => string = (v) => v,
): string {
  const { width, count, stride, start } = to;
  const row = (r: number): string =>
    heldOf(width)
      .flatMap((h) =>
        upTo(4).map((q) => {
          const column = `((tx + ${across * h}u) * 4u + ${q}u)`;
          const at = `at + ${column} * ${word(stride.column)}`;
          const result = value(`${name}${r}_${h}[${q}]`, r);
          return `if (${column} < ${width}u) { ${to.name}[${at}] = ${result}; }`;
        }),
      )
      .join("\n");
  return upTo(rowsEach)
    .map(
      (r) =>
        `{ let row = ${first} + ty * 4u + ${r}u; if (row < ${count}u) { ` +
        `let at = ${start} + row * ${word(stride.row)};\n${row(r)} } }`,
    )
    .join("\n");
}

/**
 * A function of one value of each thread, combined over the threads of a row: `both` of two values.
 * The tile `folded` has 16 of them a row.
 */
export function combineRows(
  values: (r: number) => string,
  both: (a: string, b: string) => string,
): string {
  const pitch = pitchOf(across);
  const put = upTo(rowsEach)
    .map((r) => `folded[(ty * 4u + ${r}u) * ${pitch}u + tx / 4u][tx & 3u] = ${values(r)};`)
    .join(" ");
  const take = upTo(rowsEach).map((r) => {
    const at = (i: number): string => `folded[(ty * 4u + ${r}u) * ${pitch}u + ${i}u]`;
    return (
      `var all${r} = 0.0; { let a = ${both(both(at(0), at(1)), both(at(2), at(3)))}; ` +
      `all${r} = ${both(both("a.x", "a.y"), both("a.z", "a.w"))}; }`
    );
  });
  return `${put}\nworkgroupBarrier();\n${take.join("\n")}`;
}
