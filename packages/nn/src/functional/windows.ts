/**
 * @file The windows that a kernel sees as it slides: a view, and its transpose, which adds
 * overlapping windows.
 */
import { type NdArray, pad, type Shape, type Tensor } from "@spm/core";
import {
  addInto,
  copyArray,
  definePrimitive,
  dtypeOf,
  type Op,
  ShapeError,
  showShape,
  wrap,
  zerosArray,
} from "@spm/core/extend";

/** Size of the window and how far it moves, along each of the last axes. */
interface Sliding {
  readonly kernel: Shape;
  readonly stride: Shape;
}

/**
 * [..., ...space] as [..., ...out, ...kernel]: the same elements, seen once for each window that
 * they are in.
 */
function windowed(x: NdArray, { kernel, stride }: Sliding): NdArray {
  const lead = x.shape.length - kernel.length;
  const steps = x.stride.slice(lead);
  return wrap(
    x.data,
    windowedShape(x.shape, { kernel, stride }),
    [...x.stride.slice(0, lead), ...steps.map((step, k) => step * stride[k]!), ...steps],
    x.offset,
  );
}

function windowedShape(shape: Shape, { kernel, stride }: Sliding): number[] {
  const lead = shape.length - kernel.length;
  const out = kernel.map((size, k) => Math.floor((shape[lead + k]! - size) / stride[k]!) + 1);
  return [...shape.slice(0, lead), ...out, ...kernel];
}

/** The primitive: the windows of an array, a view. */
export const windowsOp: Op<[x: 1], [y: 1], Sliding> = definePrimitive({
  name: "windows",
  infer: ([x], sliding) => [{ shape: windowedShape(x.shape, sliding), dtype: x.dtype }],
  forward: ([x], sliding) => [windowed(x, sliding)],
  vjp: ([ct], { inputs: [x], options }) => addWindowsOp([ct], { ...options, into: x.shape }),
});

/** Its transpose: adds each window to where it was taken from. */
export const addWindowsOp: Op<[x: 1], [y: 1], Sliding & { readonly into: Shape }> = definePrimitive(
  {
    name: "addWindows",
    infer: ([x], { into }) => [{ shape: into, dtype: x.dtype }],
    forward: ([x], options) => {
      const sums = zerosArray("float64", options.into);
      addInto(windowed(sums, options), x);
      return [copyArray(sums, dtypeOf(x))];
    },
    vjp: ([ct], { options: { kernel, stride } }) => windowsOp([ct], { kernel, stride }),
  },
);

/** How a kernel slides over the last axes: one number for all of them, or one for each. */
export interface SlidingOptions {
  /** 1 unless said. */
  readonly stride?: number | Shape;
  /** Elements added on either side; 0 unless said. */
  readonly padding?: number | Shape;
}

/**
 * The windows of a kernel as it slides over the last axes: a view, but for the padding.
 * @param x - [..., ...space]
 * @param kernel - sizes of the window, one for each of those axes
 * @param value - of the padding
 * @returns [..., ...out, ...kernel] with out = ⌊(space + 2 · padding − kernel) / stride⌋ + 1
 * @throws ShapeError where the kernel does not fit, or sizes are no integers in range
 * @example windows("smooth", tensor([1, 2, 3]), [2]); // [[1, 2], [2, 3]]
 */
export function windows(
  op: string,
  x: Tensor,
  kernel: Shape,
  options: SlidingOptions = {},
  value = 0,
): Tensor {
  const axes = kernel.length;
  checkSizes(op, "kernel sizes", kernel, axes, 1);
  const stride = checkSizes(op, "strides", options.stride ?? 1, axes, 1);
  const padding = checkSizes(op, "paddings", options.padding ?? 0, axes, 0);
  if (x.shape.length < axes)
    throw new ShapeError(op, `at least ${axes} axes to slide over`, showShape(x.shape));
  const around = [...x.shape.slice(axes).map(() => 0), ...padding];
  const padded = padding.every((n) => n === 0) ? x : pad(x, around, around, { value });
  const space = padded.shape.slice(-axes);
  if (space.some((n, k) => n < kernel[k]!))
    throw new ShapeError(
      op,
      `at least the kernel's ${showShape(kernel)} of (padded) space`,
      showShape(space),
    );
  return windowsOp([padded], { kernel, stride })[0];
}

/**
 * A size for every axis, from one number or a list.
 * @throws ShapeError unless each is an integer of at least `least`
 */
export function checkSizes(
  op: string,
  name: string,
  value: number | Shape,
  axes: number,
  least: number,
): number[] {
  const list = typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];
  if (list.length !== axes || !list.every((n) => Number.isSafeInteger(n) && n >= least))
    throw new ShapeError(op, `${axes} ${name} of at least ${least}`, showShape(list));
  return list;
}
