/** @file Arithmetic on shapes. No data is touched here. */
/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements, Π shape. @example sizeOf([2, 3]) // 6 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** The shape as messages print it. @example showShape([2, 3]) // "[2, 3]" */
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Whether two shapes are equal. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, k) => n === b[k]);

/** Row-major strides of a shape, in elements. @example stridesOf([2, 3]) // [3, 1] */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}
