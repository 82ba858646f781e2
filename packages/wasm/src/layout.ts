/** @file Kernels that move elements without computing: views, copies, padding, casts. */
import type { DType, NdArray } from "@spm/core";
import {
  aliasOp,
  broadcastOp,
  castOp,
  concatOp,
  dtypeOf,
  isContiguous,
  type KernelTable,
  type Op,
  type Places,
  padOp,
  reshapeOp,
  sizeOf,
  sliceOp,
  splitOp,
  stridesOf,
  transposeOp,
  type Window,
  wrap,
} from "@spm/core/extend";
import { windowsOp } from "@spm/nn/extend";
import { type Machine, register } from "./machine.ts";
import { contiguous, copyInto, rowsOf } from "./plain.ts";

/** The reason of a fallback for elements of eight bytes, which have no copying kernel. */
const WIDE = "float64";
const isWide = ({ data }: NdArray): boolean => data.BYTES_PER_ELEMENT === 8;

/** Adds the kernels that move elements. */
export function registerLayout(table: KernelTable<NdArray>, machine: Machine): void {
  registerViews(table, machine);
  registerCast(table, machine);
  registerJoins(table, machine);
}

/** Views, which the reference makes without touching the data, and reshapes, which may copy. */
function registerViews(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;
  const asTheReference = <I extends Places, O extends Places, Options>({
    primitive,
  }: Op<I, O, Options>): void =>
    register(table, machine, primitive, (inputs, options, recorded) =>
      primitive.forward(inputs, options, recorded),
    );
  for (const op of [transposeOp, broadcastOp]) asTheReference(op);
  asTheReference(sliceOp);
  asTheReference(splitOp);
  asTheReference(aliasOp);
  asTheReference(windowsOp);

  register(table, machine, reshapeOp.primitive, ([x], shape, recorded) => {
    if (isContiguous(x)) return reshapeOp.primitive.forward([x], shape, recorded);
    if (isWide(x)) return WIDE;
    const out = memory.array(dtypeOf(x), x.shape);
    copyInto(machine, out, x);
    return [wrap(out.data, shape)];
  });
}

function registerCast(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, castOp.primitive, ([x], dtype) => {
    const from = dtypeOf(x);
    if (isWide(x) || dtype === "float64") return `${from} to ${dtype}`;
    const out = memory.array(dtype, x.shape);
    if (from === dtype) copyInto(machine, out, x);
    else if (dtype === "bool") {
      const [zero, bytes] = [memory.scratchArray(from, [1]), memory.address(out)];
      zero.data[0] = 0;
      const differs = from === "float32" ? run.notEqualOf : run.notEqualInt32Of;
      differs(bytes, contiguous(machine, x), memory.address(zero), 1, sizeOf(x.shape), 0, 1, 0, 0);
    } else {
      const convert = {
        bool: dtype === "int32" ? run.boolToInt : run.boolToFloat,
        int32: run.intToFloat,
        float32: run.floatToInt,
      }[from as Exclude<DType, "float64">];
      const legal = convert(memory.address(out), contiguous(machine, x), sizeOf(x.shape));
      if (convert === run.floatToInt && legal === 0) {
        memory.release(out.data);
        return "a number out of range"; // the reference's error names it
      }
    }
    return [out];
  });
}

/** Padding and concatenation: copies into windows of a larger array. */
function registerJoins(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory, run } = machine;
  register(table, machine, padOp.primitive, ([x], padding) => {
    if (!(x.data instanceof Float32Array)) return "not float32";
    const out = memory.array("float32", padding.into);
    run.fill4(memory.address(out), sizeOf(padding.into), padding.value);
    copyInto(machine, windowOf(out, padding), x);
    return [out];
  });

  register(table, machine, concatOp.primitive, (arrays, axis) => {
    const [first] = arrays;
    if (first === undefined) return "nothing to join";
    if (arrays.some(isWide)) return WIDE;
    let size = 0;
    const parts = arrays.map((x) => {
      const at = size;
      size += rowsOf(x.shape, axis).width;
      return { x, at };
    });
    const out = memory.array(dtypeOf(first), first.shape.with(axis, size));
    const step = first.shape.map(() => 1);
    for (const { x, at } of parts) {
      const start = step.map((_, k) => (k === axis ? at : 0));
      copyInto(machine, windowOf(out, { shape: x.shape, start, step }), x);
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
    shape,
    strides.map((d, k) => d * step[k]!),
    offset,
  );
}
