/** @file Arithmetic on shapes: sizes, strides, equality. */

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The number of elements, Π shape. @example sizeOf([2, 3]) // 6 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let k = 0; k < shape.length; k++) size *= shape[k]!;
  return size;
}

/** The shape as text. @example showShape([2, 3]) // "[2, 3]" */
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Whether two shapes are equal. @example sameShape([2, 3], [2, 3]) // true */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** The row-major strides of a shape, in elements. @example stridesOf([2, 3]) // [3, 1] */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis--]!)
    strides[axis] = step;
  return strides;
}
