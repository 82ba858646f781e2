/**
 * @file The windows under a sliding kernel: a view, and its transpose, which adds overlapping
 * windows.
 */
import { type NdArray, pad, type Shape, type Tensor } from "@spm/core";
import {
  addInto,
  checkOptions,
  copyArray,
  definePrimitive,
  dtypeOf,
  frontAxis,
  type Op,
  type OptionNames,
  ShapeError,
  showShape,
  wrap,
  zerosArray,
} from "@spm/core/extend";

/** Size of the window and its step, along each of the last axes. */
export interface Sliding {
  readonly kernel: Shape;
  readonly stride: Shape;
}

/**
 * [..., ...space] as [..., ...out, ...kernel]: a view in which an element occurs once for each
 * window that contains it.
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

/**
 * The primitive of {@link windows}, without padding: x [..., ...space] → [..., ...out, ...kernel].
 * @example windowsOp([tensor([1, 2, 3])], { kernel: [2], stride: [1] })[0]; // [[1, 2], [2, 3]]
 */
export const windowsOp: Op<[x: 1], [y: 1], Sliding> = definePrimitive({
  name: "windows",
  infer: ([x], sliding) => [{ shape: windowedShape(x.shape, sliding), dtype: x.dtype }],
  forward: ([x], sliding) => [windowed(x, sliding)],
  vjp: ([ct], { inputs: [x], options }) => addWindowsOp([ct], { ...options, into: x.shape }),
  batch: frontAxis(),
});

/**
 * The transpose of {@link windowsOp}, [..., ...out, ...kernel] → [..., ...space]: adds each window
 * to its place in zeros of shape `into`.
 * @example
 * const sliding = { kernel: [2], stride: [1], into: [3] };
 * addWindowsOp([ones([2, 2])], sliding)[0]; // [1, 2, 1]
 */
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
    batch: frontAxis((sliding, size) => ({ ...sliding, into: [size, ...sliding.into] })),
  },
);

/** The steps of a kernel over the last axes: one number for all of them, or one for each. */
export interface SlidingOptions {
  /** @defaultValue 1; of pooling the size of the window */
  readonly stride?: number | Shape;
  /**
   * Elements added on either side.
   * @defaultValue 0
   */
  readonly padding?: number | Shape;
}

/** Options of {@link windows}. */
export interface WindowsOptions extends SlidingOptions {
  /**
   * The elements of the padding.
   * @defaultValue 0
   */
  readonly value?: number;
}

/** The names of {@link SlidingOptions}. */
export const slidingOptions: OptionNames<SlidingOptions> = { stride: true, padding: true };
const windowsOptions: OptionNames<WindowsOptions> = { ...slidingOptions, value: true };

/**
 * The windows of a kernel that slides over the last axes: a view, but for the padding.
 * @param op - the function that errors name
 * @param x - [..., ...space]
 * @param kernel - sizes of the window, one for each of those axes
 * @returns [..., ...out, ...kernel] with out = ⌊(space + 2 · padding − kernel) / stride⌋ + 1
 * @throws ShapeError where the kernel does not fit, or sizes are no integers in range
 * @example windows("smooth", tensor([1, 2, 3]), [2]); // [[1, 2], [2, 3]]
 */
export function windows(
  op: string,
  x: Tensor,
  kernel: Shape,
  options: WindowsOptions = {},
): Tensor {
  checkOptions(op, options, windowsOptions);
  const axes = kernel.length;
  checkSizes(op, "kernel sizes", kernel, axes, 1);
  const stride = checkSizes(op, "strides", options.stride ?? 1, axes, 1);
  const padding = checkSizes(op, "paddings", options.padding ?? 0, axes, 0);
  if (x.shape.length < axes)
    throw new ShapeError(op, `at least ${axes} axes to slide over`, showShape(x.shape));
  const sides = [...x.shape.slice(axes).map(() => 0), ...padding];
  const padded = padding.every((n) => n === 0)
    ? x
    : pad(x, sides, sides, {
        value: options.value ?? 0,
      });
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
  const list = Array.isArray(value) ? [...value] : new Array<number>(axes).fill(value as number);
  if (list.length !== axes || !list.every((n) => Number.isSafeInteger(n) && n >= least))
    throw new ShapeError(op, `${axes} ${name} of at least ${least}`, showShape(list));
  return list;
}
