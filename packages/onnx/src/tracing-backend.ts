/**
 * @file A backend that computes nothing: its arrays are values of a graph, its kernels add nodes.
 * What a forward does on it is the model. A call on constants runs on the reference, so that
 * weights arrive as the graph needs them; an op without a kernel runs as its composed form.
 */
import type { Backend, NdArray } from "@spm/core";
import {
  BackendError,
  broadcastOp,
  copyArray,
  elements,
  KernelTable,
  primitives,
  printedReport,
} from "@spm/core/extend";
import type { Graph, Value } from "./graph.ts";

/** A backend on which a forward writes its nodes into a graph, by the kernels that it is given. */
export function tracingBackend(graph: Graph, emitters: KernelTable<Value>): Backend {
  return {
    name: "onnx",
    kernels: withFolding(graph, emitters),
    collected: true,
    live: { storages: 0, bytes: 0 },
    upload: (array) => graph.constant(copyArray(array)),
    clone: (handle) => handle,
    download: async (handle) => elements((handle as Value).constant ?? refuseOp("a read")).slice(),
    memory: (handle) => handle as Value,
    bytes: () => 0,
    fallback: (name) => refuseOp(name),
    report: () => printedReport({ name: "onnx", liveStorages: 0, liveBytes: 0, fallbacks: [] }),
    dispose: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/**
 * The kernels of all primitives: on constants the reference's forward, on others the given one. A
 * primitive with a composed form has none unless it is given.
 */
function withFolding(graph: Graph, emitters: KernelTable<Value>): KernelTable<Value> {
  const kernels = new KernelTable<Value>();
  for (const primitive of primitives()) {
    const emit = emitters.get(primitive);
    if (emit === undefined && primitive.composed !== undefined) continue;
    kernels.set(primitive, (operands, options, recorded) => {
      // a scalar of the reference fits anywhere: it comes as an array
      const inputs = operands.map((x: Value | NdArray) => ("id" in x ? x : graph.constant(x)));
      const arrays = inputs.flatMap(({ constant }) => constant ?? []);
      // what is only repeated is kept as it is: the batch may be what repeats it
      if (arrays.length < inputs.length || primitive === broadcastOp.primitive)
        return emit
          ? (emit(inputs, options, recorded) as readonly Value[])
          : refuseOp(primitive.name);
      const result = primitive.forward(arrays, options, false);
      return ("outputs" in result ? result.outputs : result).map((array) => graph.constant(array));
    });
  }
  return kernels;
}

/** @throws BackendError for an op that has no counterpart in ONNX here */
export function refuseOp(name: string): never {
  throw new BackendError(
    "exportOnnx",
    "ops with a counterpart in ONNX, on what depends on an input",
    name,
    "compose it of others that have one: docs/onnx.md lists them",
  );
}
