/** @file Element-wise kernels: one function of four lanes each, broadcasting by steps of 0. */
import {
  abs,
  add,
  broadcastArray,
  broadcastShapes,
  cos,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  isContiguous,
  log,
  maximum,
  minimum,
  mul,
  type NdArray,
  neg,
  notEqual,
  type Primitive,
  relu,
  type Shape,
  sameShape,
  sigmoid,
  sin,
  sizeOf,
  sqrt,
  square,
  sub,
  tanh,
} from "@spm/core";
import type { Compiled } from "./kernel-exports.ts";
import { allFloat32, type KernelTable, type Machine, NOT_FLOAT32, register } from "./machine.ts";
import { eachOuter, merged, plain, plainArray } from "./plain.ts";

const unary = { neg, abs, square, sqrt, exp, log, sin, cos, tanh, relu, sigmoid };
const binary = { add, sub, mul, div, maximum, minimum };
const comparisons = { equal, notEqual, greater, greaterEqual };

/** Adds the element-wise kernels. */
export function registerElementwise(table: KernelTable, machine: Machine): void {
  const { memory, run } = machine;
  for (const name of Object.keys(unary) as (keyof typeof unary)[]) {
    const { primitive } = unary[name];
    const loop = run[`${name}Of`];
    register<void>(table, machine, primitive, (_, [x]) => {
      if (!allFloat32([x!])) return NOT_FLOAT32;
      const out = memory.array("float32", x!.shape);
      loop(memory.address(out), plain(machine, x!), sizeOf(x!.shape));
      return [out];
    });
  }
  const pairwise = (primitive: Primitive<void>, loop: Compiled, result: "float32" | "bool"): void =>
    register<void>(table, machine, primitive, (_, [a, b]) => {
      if (!allFloat32([a!, b!])) return NOT_FLOAT32;
      const shape = broadcastShapes(primitive.name, a!.shape, b!.shape);
      const out = memory.array(result, shape);
      combine(machine, loop, out, a!, b!, shape);
      return [out];
    });
  for (const name of Object.keys(binary) as (keyof typeof binary)[])
    pairwise(binary[name].primitive, run[`${name}Of`], "float32");
  for (const name of Object.keys(comparisons) as (keyof typeof comparisons)[])
    pairwise(comparisons[name].primitive, run[`${name}Of`], "bool");
}

/** Runs a loop of two operands over their broadcast shape. */
function combine(machine: Machine, loop: Compiled, out: NdArray, a: NdArray, b: NdArray, shape: Shape): void {
  const { memory } = machine;
  const size = sizeOf(shape);
  if (size === 0) return;
  const to = memory.address(out);
  if (sameShape(a.shape, b.shape) && isContiguous(a) && isContiguous(b)) {
    loop(to, memory.address(a), memory.address(b), 1, size, 0, 1, 0, 1);
    return;
  }
  const left = rowed(machine, broadcastArray(a, shape));
  const right = rowed(machine, broadcastArray(b, shape));
  const { shape: axes, strides } = merged(shape, [left.stride, right.stride]);
  const [p, q] = strides as [number[], number[]];
  const last = axes.length - 1;
  const [rows, columns] = [axes[last - 1] ?? 1, axes[last] ?? 1];
  const [pAt, qAt] = [memory.address(left), memory.address(right)];
  const bytes = out.data.BYTES_PER_ELEMENT * rows * columns;
  let at = to;
  eachOuter(axes.slice(0, -2), strides, ([i, j]) => {
    const [pRow, qRow] = [4 * (p[last - 1] ?? 0), 4 * (q[last - 1] ?? 0)];
    loop(at, pAt + 4 * i!, qAt + 4 * j!, rows, columns, pRow, p[last] ?? 0, qRow, q[last] ?? 0);
    at += bytes;
  });
}

/** The array itself where its last axis (of more than one element) has step 0 or 1, otherwise a row-major copy. */
function rowed(machine: Machine, array: NdArray): NdArray {
  let last = array.shape.length - 1;
  while (last > 0 && array.shape[last] === 1) last--;
  const step = last < 0 || array.shape[last] === 1 ? 0 : array.stride[last]!;
  return step === 0 || step === 1 ? array : plainArray(machine, array);
}
