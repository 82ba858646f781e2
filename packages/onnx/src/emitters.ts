/** @file The way in which kernels of the tracing backend are registered. */
import { type Each, KernelTable, type Places, type Primitive, type Spec } from "@spm/core/extend";
import type { Graph, GraphNode, NodeOperand, Value } from "./graph.ts";

/** Adds the nodes of a call to the graph: operands, options and the results' shapes → results. */
export type Emit<I extends Places, O extends Places, Options> = (
  inputs: Each<I, Value>,
  options: Options,
  specs: Each<O, Spec>,
) => Each<O, Value>;

/** The kernels of one trace. */
export class Emitters {
  readonly graph: Graph;
  readonly table: KernelTable<Value> = new KernelTable();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  on<I extends Places, O extends Places, Options>(
    primitive: Primitive<I, O, Options>,
    emit: Emit<NoInfer<I>, NoInfer<O>, NoInfer<Options>>,
  ): void {
    this.table.set(primitive, (inputs, options) =>
      emit(inputs, options, primitive.infer(inputs, options)),
    );
  }

  /** A primitive with one result that is one node. */
  node<I extends Places, Options>(
    primitive: Primitive<I, [y: 1], Options>,
    op: string,
    attributes: (options: NoInfer<Options>) => GraphNode["attributes"] = () => ({}),
    operands: (
      inputs: Each<NoInfer<I>, Value>,
      options: NoInfer<Options>,
    ) => readonly NodeOperand[] = (inputs) => [...inputs],
  ): void {
    this.on(primitive, (inputs, options, [spec]) => [
      this.graph.one(op, operands(inputs, options), spec, attributes(options)),
    ]);
  }
}
