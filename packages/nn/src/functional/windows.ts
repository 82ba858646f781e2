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

/** A window along each of the last axes: its elements, `dilation` apart, and its step. */
export interface Sliding {
  readonly kernel: Shape;
  readonly stride: Shape;
  readonly dilation: Shape;
}

/** f of the k-th number of each list, for every k. */
export const zipWith = <T>(
  f: (...numbers: number[]) => T,
  first: Shape,
  ...others: readonly Shape[]
): T[] => first.map((n, k) => f(n, ...others.map((list) => list[k]!)));

/** The elements from the first to the last of a window, along each axis. */
export const spanOf = ({ kernel, dilation }: Sliding): number[] =>
  zipWith((size, apart) => apart * (size - 1) + 1, kernel, dilation);

/**
 * [..., ...space] as [..., ...out, ...kernel]: a view in which an element occurs once for each
 * window that contains it.
 */
function windowed(x: NdArray, sliding: Sliding): NdArray {
  const { kernel, stride, dilation } = sliding;
  const lead = x.shape.length - kernel.length;
  const steps = x.stride.slice(lead);
  const times = (factors: Shape) => zipWith((step, factor) => step * factor, steps, factors);
  return wrap(
    x.data,
    windowedShape(x.shape, sliding),
    [...x.stride.slice(0, lead), ...times(stride), ...times(dilation)],
    x.offset,
  );
}

/**
 * The shape of the windows, [..., ...space] → [..., ...out, ...kernel].
 * @example windowedShape([3, 7], { kernel: [2], stride: [2], dilation: [3] }); // [3, 2, 2]
 */
export function windowedShape(shape: Shape, sliding: Sliding): number[] {
  const { kernel, stride } = sliding;
  const lead = shape.length - kernel.length;
  const places = (n: number, span: number, step: number) => Math.floor((n - span) / step) + 1;
  const out = zipWith(places, shape.slice(lead), spanOf(sliding), stride);
  return [...shape.slice(0, lead), ...out, ...kernel];
}

/**
 * The primitive of {@link windows}, without padding: x [..., ...space] → [..., ...out, ...kernel].
 * @example
 * const sliding = { kernel: [2], stride: [1], dilation: [1] };
 * windowsOp([tensor([1, 2, 3])], sliding)[0]; // [[1, 2], [2, 3]]
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
 * const sliding = { kernel: [2], stride: [1], dilation: [1], into: [3] };
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
    vjp: ([ct], { options: { into: _, ...sliding } }) => windowsOp([ct], sliding),
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
  /**
   * The distance of neighbours in a window.
   * @defaultValue 1
   */
  readonly dilation?: number | Shape;
}

/** Options of {@link windows}. */
export interface WindowsOptions extends Omit<SlidingOptions, "padding"> {
  /**
   * Elements added on either side; `same`: as many as keep the size, the odd one behind.
   * @defaultValue 0
   */
  readonly padding?: number | Shape | "same";
  /**
   * The elements of the padding.
   * @defaultValue 0
   */
  readonly value?: number;
  /**
   * Whether a last window may begin before the end, in x or the padding before it, and reach
   * beyond.
   * @defaultValue false
   */
  readonly ceilMode?: boolean;
}

/** The names of {@link SlidingOptions}. */
export const slidingOptions: OptionNames<SlidingOptions> = {
  stride: true,
  padding: true,
  dilation: true,
};
const windowsOptions: OptionNames<WindowsOptions> = {
  ...slidingOptions,
  value: true,
  ceilMode: "boolean",
};

/** Windows, and the elements that are added around the axes that they slide over. */
export interface PlacedWindows extends Sliding {
  readonly before: Shape;
  readonly after: Shape;
  /** Those of `after` that were asked for, and not added to complete the last window. */
  readonly padding: Shape;
}

/** @throws ShapeError unless sizes are whole numbers ≥ 1, one for all axes of the kernel or each */
export function slidingOf(
  op: string,
  kernel: Shape,
  { stride = 1, dilation = 1 }: Pick<SlidingOptions, "stride" | "dilation">,
): Sliding {
  const sizes = (name: string, value: number | Shape) =>
    checkSizes(op, name, value, kernel.length, 1);
  return {
    kernel: sizes("kernel sizes", kernel),
    stride: sizes("strides", stride),
    dilation: sizes("dilations", dilation),
  };
}

/**
 * The elements added before and after each axis.
 * @throws ShapeError for sizes out of range, and for "same" with a stride
 */
export function paddingOf(
  op: string,
  sliding: Sliding,
  padding: number | Shape | "same",
): readonly [before: number[], after: number[]] {
  const { stride } = sliding;
  if (padding !== "same") {
    const sides = checkSizes(op, "paddings", padding, stride.length, 0);
    return [sides, sides];
  }
  if (stride.some((step) => step !== 1))
    throw new ShapeError(op, 'strides of 1 with padding "same"', showShape(stride));
  const spans = spanOf(sliding);
  return [
    spans.map((span) => Math.floor((span - 1) / 2)),
    spans.map((span) => Math.ceil((span - 1) / 2)),
  ];
}

/**
 * The windows that options mean on the last axes.
 * @throws ShapeError where the kernel does not fit, or sizes are no integers in range
 */
export function placeWindows(
  op: string,
  space: Shape,
  kernel: Shape,
  options: Omit<WindowsOptions, "value">,
): PlacedWindows {
  const sliding = slidingOf(op, kernel, options);
  const { padding = 0, ceilMode = false } = options;
  const [before, after] = paddingOf(op, sliding, padding);
  const spans = spanOf(sliding);
  const padded = zipWith((n, left, right) => left + n + right, space, before, after);
  if (zipWith((n, span) => n < span, padded, spans).includes(true))
    throw new ShapeError(
      op,
      `at least the kernel's ${showShape(spans)} of (padded) space`,
      showShape(padded),
    );
  const missing = zipWith(
    (n, left, whole, span, step) => {
      const beyond = (whole - span) % step;
      const start = whole - span - beyond + step; // of a window more
      return ceilMode && beyond > 0 && start < left + n ? start + span - whole : 0;
    },
    space,
    before,
    padded,
    spans,
    sliding.stride,
  );
  return {
    ...sliding,
    before,
    after: zipWith((n, more) => n + more, after, missing),
    padding: after,
  };
}

/**
 * The windows of a kernel that slides over the last axes: a view, but for the padding.
 * @param op - the function that errors name
 * @param x - [..., ...space]
 * @param kernel - sizes of the window, one for each of those axes
 * @returns [..., ...out, ...kernel] with
 * out = ⌊(space + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1
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
  const { value = 0, ...placing } = options;
  const lead = x.shape.length - kernel.length;
  if (lead < 0)
    throw new ShapeError(op, `at least ${kernel.length} axes to slide over`, showShape(x.shape));
  const {
    before,
    after,
    padding: _,
    ...sliding
  } = placeWindows(op, x.shape.slice(lead), kernel, placing);
  const sides = (added: Shape) => [...new Array<number>(lead).fill(0), ...added];
  return windowsOp([pad(x, sides(before), sides(after), { value })], sliding)[0];
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
