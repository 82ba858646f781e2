/** @file Element-wise kernels: one function of four lanes each, broadcasting by steps of 0. */
import {
  abs,
  add,
  ceil,
  cos,
  div,
  equal,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  mul,
  type NdArray,
  neg,
  notEqual,
  pow,
  relu,
  round,
  type Shape,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
} from "@spm/core";
import {
  broadcastArray,
  broadcastShapes,
  dtypeOf,
  isContiguous,
  type KernelTable,
  sameShape,
  sizeOf,
  whereOp,
} from "@spm/core/extend";
import { asinh, atan2, cosh, erf, hypot, log2, log10, remainder, sinh, trunc } from "@spm/numeric";
import type { KernelName } from "./kernels.ts";
import { allFloat32, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { contiguous, eachOuter, merged, plainArray, rowsOf } from "./plain.ts";

const exponentials = { exp, log, log2, log10, expm1, log1p, sigmoid, softplus };
const hyperbolic = { sinh, cosh, tanh, asinh };
const roundings = { floor, ceil, round, trunc };
const unary = {
  neg,
  abs,
  sign,
  square,
  sqrt,
  sin,
  cos,
  erf,
  relu,
  ...exponentials,
  ...hyperbolic,
  ...roundings,
};
const binary = { add, sub, mul, div, maximum, minimum, pow, hypot, atan2, remainder };
const comparisons = { equal, notEqual, greater, greaterEqual, logicalAnd, logicalOr };

/** Adds the element-wise kernels. */
export function registerElementwise(table: KernelTable<NdArray>, machine: Machine): void {
  const { memory } = machine;
  for (const name of Object.keys(unary) as (keyof typeof unary)[]) {
    const { primitive } = unary[name];
    const kernel: KernelName = `${name}Of`;
    register(table, machine, primitive, ([x]) => {
      if (!allFloat32([x])) return NOT_FLOAT32;
      const out = memory.array("float32", x.shape);
      const [to, from] = [memory.address(out), contiguous(machine, x)];
      const pieces = machine.pieces(sizeOf(x.shape), GRAIN, WORTH);
      machine.parallelFor(pieces, (run, start, end) =>
        run[kernel](to + 4 * start, from + 4 * start, end - start),
      );
      return [out];
    });
  }
  for (const name of Object.keys(binary) as (keyof typeof binary)[]) {
    const { primitive } = binary[name];
    register(table, machine, primitive, ([a, b]) => {
      if (!allFloat32([a, b])) return NOT_FLOAT32;
      const shape = broadcastShapes(name, a.shape, b.shape);
      const out = memory.array("float32", shape);
      combine(machine, `${name}Of`, out, [a, b], shape);
      return [out];
    });
  }
  for (const name of Object.keys(comparisons) as (keyof typeof comparisons)[]) {
    const kernels = {
      float32: `${name}Of`,
      int32: `${name}Int32Of`,
      bool: `${name}BoolOf`,
    } as const;
    register(table, machine, comparisons[name].primitive, ([a, b]) => {
      const dtype = dtypeOf(a);
      if (dtype === "float64") return dtype;
      const shape = broadcastShapes(name, a.shape, b.shape);
      const out = memory.array("bool", shape);
      combine(machine, kernels[dtype], out, [a, b], shape);
      return [out];
    });
  }
  register(table, machine, whereOp.primitive, ([mask, a, b]) => {
    if (a.data.BYTES_PER_ELEMENT !== 4) return dtypeOf(a);
    const shape = broadcastShapes("where", broadcastShapes("where", mask.shape, a.shape), b.shape);
    const out = memory.array(dtypeOf(a), shape);
    combine(machine, "whereOf", out, [mask, a, b], shape);
    return [out];
  });
}

const GRAIN = 64; // elements: whole vectors, also of results of a byte each
const WORTH = 2 ** 15; // elements that are worth a thread

/** Runs a loop of operands over their broadcast shape. */
function combine(
  machine: Machine,
  kernel: KernelName,
  out: NdArray,
  operands: readonly NdArray[],
  shape: Shape,
): void {
  const { memory, run } = machine;
  const size = sizeOf(shape);
  if (size === 0) return;
  const to = memory.address(out);
  const each = out.data.BYTES_PER_ELEMENT;
  const steps = flatSteps(operands, shape);
  if (steps !== null) {
    const places = operands.map((x) => ({
      at: memory.address(x),
      next: isSingle(x) ? 0 : x.data.BYTES_PER_ELEMENT,
    }));
    machine.parallelFor(machine.pieces(size, GRAIN, WORTH), (run, start, end) => {
      const from = places.map(({ at, next }) => at + next * start);
      run[kernel](to + each * start, ...from, 1, end - start, ...steps);
    });
    return;
  }
  if (operands.every((x) => isContiguous(x) && (sameShape(x.shape, shape) || isRow(x, shape)))) {
    const { rows, width: columns } = rowsOf(shape);
    const byRow = operands.flatMap((x) => [
      isRow(x, shape) ? 0 : x.data.BYTES_PER_ELEMENT * columns,
      1,
    ]);
    run[kernel](to, ...operands.map((x) => memory.address(x)), rows, columns, ...byRow);
    return;
  }
  const views = operands.map((x) => rowed(machine, broadcastArray(x, shape)));
  const { shape: axes, strides } = merged(
    shape,
    views.map((x) => x.stride),
  );
  const last = axes.length - 1;
  const [rows, columns] = [axes[last - 1] ?? 1, axes[last] ?? 1];
  const sources = views.map((x) => ({ start: memory.address(x), size: x.data.BYTES_PER_ELEMENT }));
  const bySteps = strides.flatMap((s, k) => [sources[k]!.size * (s[last - 1] ?? 0), s[last] ?? 0]);
  const bytes = each * rows * columns;
  let at = to;
  eachOuter(axes.slice(0, -2), strides, (offsets) => {
    const from = sources.map(({ start, size }, k) => start + size * offsets[k]!);
    run[kernel](at, ...from, rows, columns, ...bySteps);
    at += bytes;
  });
}

const isSingle = ({ shape }: NdArray): boolean => sizeOf(shape) === 1;

/**
 * Steps through all elements as one row: 0 for an operand of one element. Null where an operand has
 * more, but is not contiguous and of the result's shape.
 */
function flatSteps(operands: readonly NdArray[], shape: Shape): number[] | null {
  const steps: number[] = []; // from row to row, and from element to element
  for (const x of operands) {
    const single = isSingle(x);
    if (!single && !(sameShape(x.shape, shape) && isContiguous(x))) return null;
    steps.push(0, single ? 0 : 1);
  }
  return steps;
}

/** Whether an array is one row, repeated for all others: a bias. */
const isRow = ({ shape: [n, ...rest] }: NdArray, shape: Shape): boolean =>
  rest.length === 0 && n === shape.at(-1);

/**
 * The array itself where its last axis (of more than one element) has step 0 or 1, otherwise a
 * row-major copy.
 */
function rowed(machine: Machine, array: NdArray): NdArray {
  let last = array.shape.length - 1;
  while (last > 0 && array.shape[last] === 1) last--;
  const step = last < 0 || array.shape[last] === 1 ? 0 : array.stride[last]!;
  return step === 0 || step === 1 ? array : plainArray(machine, array);
}
