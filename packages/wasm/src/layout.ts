/** @file Views, copies, padding and casts: what moves elements without computing. */
import {
  aliasOp,
  broadcastOp,
  castOp,
  concatOp,
  type DType,
  dtypeOf,
  isContiguous,
  type NdArray,
  type Op,
  type Padding,
  padOp,
  reshapeOp,
  type Shape,
  sizeOf,
  sliceOp,
  splitOp,
  stridesOf,
  transposeOp,
  type Window,
  wrap,
} from "@spm/core";
import { windowsOp } from "@spm/nn";
import { type KernelTable, type Machine, register } from "./machine.ts";
import { copyInto, plain } from "./plain.ts";

/** Elements of eight bytes have no copying kernel. */
const WIDE = "float64";
const isWide = ({ data }: NdArray): boolean => data.BYTES_PER_ELEMENT === 8;

/** Adds the kernels that move elements. */
export function registerLayout(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  // Views need no kernel of their own: the reference makes them without touching the data.
  for (const { primitive } of [
    transposeOp,
    broadcastOp,
    sliceOp,
    splitOp,
    aliasOp,
    windowsOp,
  ] as readonly Op<never>[])
    register<never>(table, machine, primitive, (_, inputs, options, keep) =>
      primitive.forward(inputs, options, keep),
    );

  register<Shape>(table, machine, reshapeOp.primitive, (_, inputs, shape, keep) => {
    const [x] = inputs;
    if (isContiguous(x!)) return reshapeOp.primitive.forward(inputs, shape, keep);
    if (isWide(x!)) return WIDE;
    const out = memory.array(dtypeOf(x!), x!.shape);
    copyInto(machine, out, x!);
    return [wrap(out.data, shape)];
  });

  register<DType>(table, machine, castOp.primitive, (_, [x], dtype) => {
    const from = dtypeOf(x!);
    if (isWide(x!) || dtype === "float64") return `${from} to ${dtype}`;
    const out = memory.array(dtype, x!.shape);
    if (from === dtype) copyInto(machine, out, x!);
    else if (dtype === "bool") {
      const [zero, bytes] = [memory.scratchArray(from, [1]), memory.address(out)];
      zero.data[0] = 0;
      const differs = from === "float32" ? run.notEqualOf : run.notEqualInt32Of;
      differs(bytes, plain(machine, x!), memory.address(zero), 1, sizeOf(x!.shape), 0, 1, 0, 0);
    } else {
      const convert = {
        bool: dtype === "int32" ? run.boolToInt : run.boolToFloat,
        int32: run.intToFloat,
        float32: run.floatToInt,
      }[from as Exclude<DType, "float64">];
      const legal = convert(memory.address(out), plain(machine, x!), sizeOf(x!.shape));
      if (convert === run.floatToInt && legal === 0) {
        memory.release(out.data);
        return "a number out of range"; // the reference says which
      }
    }
    return [out];
  });

  register<Padding>(table, machine, padOp.primitive, (_, [x], padding) => {
    if (!(x!.data instanceof Float32Array)) return "not float32";
    const out = memory.array("float32", padding.into);
    run.fill4(memory.address(out), sizeOf(padding.into), padding.value);
    copyInto(machine, windowOf(out, padding), x!);
    return [out];
  });

  register<number>(table, machine, concatOp.primitive, (_, arrays, axis) => {
    if (arrays.some(isWide)) return WIDE;
    const size = arrays.reduce((n, x) => n + x.shape[axis]!, 0);
    const shape = arrays[0]!.shape.with(axis, size);
    const out = memory.array(dtypeOf(arrays[0]!), shape);
    let at = 0;
    for (const x of arrays) {
      const start = shape.map((_n, k) => (k === axis ? at : 0));
      copyInto(machine, windowOf(out, { shape: x.shape, start, step: shape.map(() => 1) }), x);
      at += x.shape[axis]!;
    }
    return [out];
  });
}

/** The view that a window opens on a row-major array. */
function windowOf(x: NdArray, { shape, start, step }: Window): NdArray {
  const strides = stridesOf(x.shape);
  const offset = sizeOf(shape) === 0 ? 0 : start.reduce((at, s, k) => at + s * strides[k]!, 0);
  return wrap(
    x.data,
    shape as number[],
    strides.map((d, k) => d * step[k]!),
    offset,
  );
}
