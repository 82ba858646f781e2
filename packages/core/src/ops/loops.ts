/** @file The loops of the reference kernels. */
import { type DType, dtypeOf, elements, type NdArray, zerosArray } from "../array.ts";
import { type Shape, sizeOf } from "../shape.ts";

/** An element-wise loop that writes `out`: `f(out, a, b)`, the calling convention of ndarray-ops. */
export type Loop2 = (out: NdArray, a: NdArray, b: NdArray) => void;

/** `out[i] = f(a[i])`, as a new row-major array. */
export function mapArray(f: (a: number) => number, a: NdArray, dtype: DType = dtypeOf(a)): NdArray {
  const out = zerosArray(dtype, a.shape);
  const from = elements(a);
  const to = out.data;
  for (let i = 0; i < to.length; i++) to[i] = f(from[i]!);
  return out;
}

/** A {@link Loop2} from a function of two numbers; the operands may be views, `out` is row-major. */
export const zipLoop = (f: (a: number, b: number) => number): Loop2 => {
  return (out, a, b) => {
    const [x, y] = [a.data, b.data];
    const to = out.data;
    let at = 0;
    forEachRow(out.shape, [a, b], (width, [i, j], [di, dj]) => {
      for (let k = 0, p = i!, q = j!; k < width; k++, p += di!, q += dj!) to[at++] = f(x[p]!, y[q]!);
    });
  };
};

/**
 * Calls `row(width, starts, steps)` for each innermost row of `shape` in row-major order: where the row starts in each
 * array's data and how far its elements lie apart. Every array has this shape.
 */
export function forEachRow(
  shape: Shape,
  arrays: readonly NdArray[],
  row: (width: number, starts: readonly number[], steps: readonly number[]) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const last = shape.length - 1;
  const width = last < 0 ? 1 : shape[last]!;
  const steps = arrays.map((a) => (last < 0 ? 0 : a.stride[last]!));
  const starts = arrays.map((a) => a.offset);
  const index = new Array<number>(Math.max(last, 0)).fill(0);
  for (;;) {
    row(width, starts, steps);
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      index[axis]! += 1;
      const wrapped = index[axis] === shape[axis];
      for (let k = 0; k < arrays.length; k++) {
        const stride = arrays[k]!.stride[axis]!;
        starts[k]! += wrapped ? stride * (1 - shape[axis]!) : stride;
      }
      if (!wrapped) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
