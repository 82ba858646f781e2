/** @file The windows that a kernel sees as it slides: what convolution and pooling share. */
import { pad, ShapeError, showShape, slice, type Tensor } from "@spm/core";

/** How a kernel slides, each along every spatial axis. */
export interface Sliding {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** Elements added on either side. */
  readonly padding: readonly number[];
}

/**
 * What each tap of the kernel sees, taps in row-major order: views, free but for the padding.
 * @param x - [batch, channels, ...space]
 * @param value - of the padding
 * @returns Πkernel tensors [batch, channels, ...out] with out = ⌊(space + 2 · padding − kernel) / stride⌋ + 1
 * @throws ShapeError where the kernel does not fit or x has other axes
 */
export function windows(op: string, x: Tensor, { kernel, stride, padding }: Sliding, value = 0): Tensor[] {
  const axes = kernel.length;
  if (x.shape.length !== axes + 2)
    throw new ShapeError(op, `x of shape [batch, channels, ${axes} of space]`, showShape(x.shape));
  const around = [0, 0, ...padding];
  const padded = pad(x, around, around, value);
  const space = padded.shape.slice(2);
  if (space.some((n, k) => n < kernel[k]!))
    throw new ShapeError(op, `at least the kernel's ${showShape(kernel)} of (padded) space`, showShape(space));
  const out = space.map((n, k) => Math.floor((n - kernel[k]!) / stride[k]!) + 1);
  const taps = kernel.reduce((a, b) => a * b, 1);
  return Array.from({ length: taps }, (_, tap) => {
    const starts: number[] = [];
    for (let k = axes - 1, rest = tap; k >= 0; rest = Math.floor(rest / kernel[k--]!))
      starts.unshift(rest % kernel[k]!);
    const ranges = starts.map((start, k) => ({
      start,
      stop: start + (out[k]! - 1) * stride[k]! + 1,
      step: stride[k]!,
    }));
    return slice(padded, [undefined, undefined, ...ranges]);
  });
}

/** A size for every axis, from one number or a list. @throws ShapeError unless each is an integer of at least `least` */
export function sizes(
  op: string,
  name: string,
  value: number | readonly number[],
  axes: number,
  least: number,
): number[] {
  const list = typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];
  if (list.length !== axes || !list.every((n) => Number.isSafeInteger(n) && n >= least))
    throw new ShapeError(op, `${axes} ${name} of at least ${least}`, showShape(list));
  return list;
}
