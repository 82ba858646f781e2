/**
 * @file The index arithmetic of all kernels: threads for the axes of an array, and coordinates from
 * a thread.
 */
import type { Shape } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import type { Output } from "./executor.ts";

/**
 * Threads for a shape, and the flat index of each operand's element as an exact integer expression.
 */
export interface Threads {
  readonly output: Output;
  /** One expression for each operand. */
  readonly indices: readonly string[];
}

/**
 * Along x a launch has 65,535 workgroups of 32, along y of 8, along z of 1; the bound for y serves
 * both.
 */
const mostAlongY = 65535 * 8;
const mostAlongZ = 65535;

/** Rows beyond which an array is tall. */
const tall = 8192;

interface ThreadAxis {
  readonly size: number;
  /** The stride of each operand along the axis. */
  readonly strides: readonly number[];
}

/**
 * Maps the elements of `shape`, row-major, to threads: axes that all operands walk alike become
 * one, the last two lie along x and y, the others share z.
 *
 * z is taken apart by ⌊(z + ½) / d⌋, which float32 gives exactly: z < 2¹⁶, so the quotient is at
 * least ½/z > 2⁻¹⁷ away from an integer, relatively, and a division errs by less than 2⁻²¹.
 * @param operands - strides along `shape`, and an offset, of each operand
 */
export function threadsFor(
  shape: Shape,
  operands: readonly { readonly stride: readonly number[]; readonly offset: number }[],
): Threads {
  const axes = mergeAxes(
    shape,
    operands.map((o) => o.stride),
  );
  const { output, coordinates } = spread(axes.map((a) => a.size));
  const indices = operands.map(({ offset }, i) =>
    linear(
      axes.map((a) => a.strides[i]!),
      coordinates,
      offset,
    ),
  );
  return { output, indices };
}

/**
 * Threads for a shape whose axes stay apart, and the coordinate along each as an integer
 * expression.
 */
export const coordinatesOf = (shape: Shape): Coordinates => spread(shape);

/** Threads, and the coordinate of each along every axis. */
interface Coordinates {
  readonly output: Output;
  readonly coordinates: readonly string[];
}

/** `offset + Σ stride·coordinate`, without what is zero. */
export function linear(
  strides: readonly number[],
  coordinates: readonly string[],
  offset = 0,
): string {
  const terms: string[] = [];
  for (const [k, coordinate] of coordinates.entries()) {
    const s = strides[k]!;
    if (s === 0 || coordinate === "0") continue;
    terms.push(s === 1 ? coordinate : `${coordinate} * ${s < 0 ? `(${s})` : s}`);
  }
  if (offset !== 0) terms.push(`${offset}`);
  if (terms.length === 0) return "0";
  return terms.join(" + ");
}

/** Leaves out axes of size 1 and joins neighbours that every operand walks in one stride. */
function mergeAxes(shape: Shape, strides: readonly (readonly number[])[]): ThreadAxis[] {
  const axes: ThreadAxis[] = [];
  shape.forEach((size, k) => {
    if (size === 1) return;
    const own = strides.map((s) => s[k]!);
    const outer = axes.at(-1);
    if (outer?.strides.every((s, i) => s === own[i]! * size))
      axes[axes.length - 1] = { size: outer.size * size, strides: own };
    else axes.push({ size, strides: own });
  });
  return axes;
}

function spread(sizes: Shape): Coordinates {
  const [x, y] = sizes.toReversed();
  if (x === undefined) return { output: [1], coordinates: [] };
  if (y === undefined) return { output: [x], coordinates: ["this.thread.x"] };
  const shift = Math.log2(x);
  // A tall array lies along one axis, which gpu.js folds: a texture has 8,192 rows at most.
  if (sizes.length === 2 && y > tall && Number.isInteger(shift))
    return {
      output: [x * y],
      coordinates: [`(this.thread.x >> ${shift})`, `(this.thread.x & ${x - 1})`],
    };
  const outer = sizes.slice(0, -2);
  const along = outer.reduce((a, b) => a * b, 1);
  if (x > mostAlongY || y > mostAlongY || along > mostAlongZ)
    throw new BackendError(
      "gpu",
      `at most ${mostAlongY} rows and columns and ${mostAlongZ} matrices in a strided kernel`,
      `${along} × ${y} × ${x}`,
      "reshape to fewer, longer axes, or split the batch",
    );
  let below = along;
  const coordinates = outer.map((size, k) => {
    const above = below;
    below /= size;
    if (size === 1) return "0";
    const quotient = below === 1 ? "this.thread.z" : floorDivide("this.thread.z", below);
    return k === 0 || above === along
      ? quotient
      : `(${quotient} - ${floorDivide("this.thread.z", above)} * ${size})`;
  });
  return {
    output: outer.length === 0 ? [x, y] : [x, y, along],
    coordinates: [...coordinates, "this.thread.y", "this.thread.x"],
  };
}

/** ⌊index / by⌋ as an integer; exact for indices below 2¹⁹. */
export const floorDivide = (index: string, by: number): string =>
  `(Math.floor((${index} + 0.5) / ${by}) | 0)`;
