/** @file Ops that move elements, as nodes. */
import type { Shape } from "@spm/core";
import {
  aliasOp,
  argsortOp,
  broadcastOp,
  concatOp,
  gatherOp,
  padOp,
  reshapeOp,
  type Spec,
  sameShape,
  scatterAddOp,
  showShape,
  sizeOf,
  sliceOp,
  splitOp,
  transposeOp,
  ValueError,
  type Window,
} from "@spm/core/extend";
import { windowsOp } from "@spm/nn/extend";
import type { Emitters } from "./emitters.ts";
import type { Graph, NodeSizes, Value } from "./graph.ts";
import { typeNumber } from "./model-file.ts";

/** NodeSizes that the batch must not change. */
export const fixed = (sizes: Shape): NodeSizes => ({ sizes, role: "fixed" });

/** Registers them. */
export function emitPlaces(emitters: Emitters): void {
  const { graph } = emitters;
  emitters.on(reshapeOp.primitive, ([x], shape) => [
    productOfRows(graph, x, shape) ?? graph.reshape(x, shape),
  ]);
  emitters.on(transposeOp.primitive, ([x], axes) => [graph.transpose(x, axes)]);
  emitters.on(aliasOp.primitive, ([x]) => [x]);
  emitters.on(broadcastOp.primitive, ([x], shape) => [expand(graph, x, shape)]);
  emitters.on(sliceOp.primitive, ([x], window) => [slice(graph, x, window)]);
  emitters.on(padOp.primitive, ([x], { start, step, into, value }, [spec]) => {
    if (step.some((s) => s !== 1))
      throw new ValueError("exportOnnx", "padding without gaps", `steps ${showShape(step)}`);
    const after = into.map((n, k) => n - (start[k] ?? 0) - (x.shape[k] ?? 0));
    const filling = graph.numbers([value], x.dtype);
    return [graph.one("Pad", [x, fixed([...start, ...after]), filling], spec)];
  });
  emitters.node(concatOp.primitive, "Concat", (axis) => ({ axis }));
  emitters.on(splitOp.primitive, ([x], { axis, sizes }, specs) =>
    graph.add("Split", [x, fixed(sizes)], specs, { axis }),
  );
  emitters.on(gatherOp.primitive, ([x, index], axis, [spec]) => [
    gather(graph, x, index, axis, spec),
  ]);
  emitters.on(scatterAddOp.primitive, ([x, index], { axis, shape }, [spec]) => {
    const zeros = expand(
      graph,
      graph.numbers(
        [0],
        x.dtype,
        shape.map(() => 1),
      ),
      shape,
    );
    const how = { axis, reduction: "add" };
    return [graph.one("ScatterElements", [zeros, index, x], spec, how)];
  });
  emitters.on(argsortOp.primitive, ([x], { axis, descending }, [spec]) => {
    const how = { axis, largest: Number(descending) };
    const count = fixed([x.shape[axis] ?? 1]);
    return [places(graph, "TopK", [x, count], [{ ...spec, dtype: x.dtype }], spec, how)];
  });
  emitWindows(emitters);
}

/** Windows: along each axis a Gather of every element of every window. */
function emitWindows(emitters: Emitters): void {
  const { graph } = emitters;
  emitters.on(windowsOp.primitive, ([x], sliding, [spec]) => {
    const { kernel, stride, dilation } = sliding;
    const first = x.shape.length - kernel.length;
    // axis by axis from the last: [..., space, ...] → [..., out, kernel, ...]
    const apart = kernel.reduceRight((y, size, k) => {
      const out = spec.shape[first + k] ?? 1;
      const index = Array.from({ length: out * size }, (_, i) => {
        const [place, tap] = [Math.floor(i / size), i % size];
        return place * (stride[k] ?? 1) + tap * (dilation[k] ?? 1);
      });
      const shape = y.shape.toSpliced(first + k, 1, out, size);
      const at = graph.numbers(index, "int32", [out, size]);
      return graph.one("Gather", [y, at], { shape, dtype: x.dtype }, { axis: first + k });
    }, x);
    const axes = [
      ...Array.from({ length: first }, (_, k) => k),
      ...kernel.map((_, k) => first + 2 * k),
      ...kernel.map((_, k) => first + 2 * k + 1),
    ];
    return [graph.transpose(apart, axes)];
  });
}

/** The last result of a node, which ONNX counts in int64, as int32. */
export function places(
  graph: Graph,
  op: string,
  inputs: Parameters<Graph["add"]>[1],
  before: readonly Spec[],
  spec: Spec,
  attributes: Parameters<Graph["add"]>[3],
): Value {
  const counted = graph.add(op, inputs, [...before, spec], attributes).at(-1) ?? null;
  return graph.one("Cast", [counted], spec, { to: typeNumber(spec.dtype) });
}

/** The value repeated to a shape. */
function expand(graph: Graph, x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const lead = shape.length - x.shape.length;
  // 1 keeps a size
  const sizes = shape.map((n, k) => (x.shape[k - lead] === n ? 1 : n));
  return graph.one("Expand", [x, { sizes, role: "expand" }], { shape, dtype: x.dtype });
}

/** A part of a value; axes that are whole are left alone. */
export function slice(graph: Graph, x: Value, { shape, start, step }: Window): Value {
  const cut = shape.flatMap((n, k) =>
    n === x.shape[k] && start[k] === 0 && step[k] === 1 ? [] : [k],
  );
  if (cut.length === 0) return x;
  const along = (of: Shape): number[] => cut.map((k) => of[k] ?? 0);
  const ends = shape.map((n, k) => {
    const [from, by] = [start[k] ?? 0, step[k] ?? 1];
    const end = from + n * by;
    return end < 0 ? -1 - (x.shape[k] ?? 0) : end; // before the first, which −1 would not be
  });
  return graph.one(
    "Slice",
    [x, fixed(along(start)), fixed(along(ends)), fixed(cut), fixed(along(step))],
    { shape, dtype: x.dtype },
  );
}

/**
 * Elements by their positions along an axis. An index that is the same for all elements of the
 * other axes, as `take` makes it, is a Gather of whole slices.
 */
function gather(graph: Graph, x: Value, index: Value, axis: number, spec: Spec): Value {
  const same = graph.source(index, "Expand");
  const whole = sameShape(spec.shape.toSpliced(axis, 1), x.shape.toSpliced(axis, 1));
  if (!whole || !same?.shape.every((n, k) => n === 1 || k === axis))
    return graph.one("GatherElements", [x, index], spec, { axis });
  const flat = graph.reshape(same, [sizeOf(same.shape)]);
  return graph.one("Gather", [x, flat], spec, { axis });
}

/**
 * The product of [..., k] by one matrix under its own shape, where it was made of all rows at once,
 * [rows, k] → [rows, n] → [..., n].
 */
function productOfRows(graph: Graph, x: Value, shape: Shape): Value | undefined {
  const [, matrix = null] = graph.madeBy(x, "MatMul")?.inputs ?? [];
  const rows = graph.source(x, "MatMul");
  const whole = rows && graph.source(rows, "Reshape");
  if (whole === undefined || matrix === null) return undefined;
  const last = shape.at(-1) ?? 0;
  if (!sameShape(shape, [...whole.shape.slice(0, -1), last])) return undefined;
  if (rows?.shape.length !== 2 || last !== x.shape[1]) return undefined;
  return graph.one("MatMul", [whole, matrix], { shape, dtype: x.dtype });
}
