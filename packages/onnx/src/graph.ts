/** @file The graph that a forward leaves behind when it is traced: values, and nodes in order. */
import type { DType, NdArray, Shape } from "@spm/core";
import { allocate, dtypeOf, elements, type Spec, sameShape, sizeOf, wrap } from "@spm/core/extend";
import type { Attribute } from "./model-file.ts";

/** A tensor of the traced forward: a constant, an input, or the result of a node. */
export interface Value extends Spec {
  readonly id: number;
  /** Its numbers, where they depend on no input. */
  readonly constant?: NdArray;
}

/**
 * Sizes that a node takes as an operand. Where they depend on the batch, the target of a Reshape
 * has −1, that of an Expand is computed, others are refused.
 */
export interface NodeSizes {
  readonly sizes: Shape;
  readonly role: "reshape" | "expand" | "fixed";
}

/** An operand of a node; null: left out. */
export type NodeOperand = Value | NodeSizes | null;

/** A node, with the values of its operands and results. */
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly NodeOperand[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Value[];
}

/** Whether an operand is a value, and not sizes. */
export const isValue = (operand: NodeOperand): operand is Value =>
  operand !== null && "id" in operand;

const specOf = ({ shape, dtype }: Spec): Spec => ({ shape: [...shape], dtype });

/** The nodes of a traced forward. The same node on the same operands is one node. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly #known = new Map<string, GraphNode>();
  readonly #makers = new Map<Value, GraphNode>();
  readonly #constants = new Map<string, Value[]>();
  #values = 0;

  /** An input of the graph. */
  input(spec: Spec): Value {
    return { ...specOf(spec), id: this.#values++ };
  }

  /** A constant; equal ones are one. */
  constant(array: NdArray): Value {
    const spec = { shape: array.shape.slice(), dtype: dtypeOf(array) };
    const data = elements(array);
    const key = `${spec.dtype} ${spec.shape}`;
    const alike = this.#constants.get(key) ?? [];
    this.#constants.set(key, alike);
    const known = alike.find(({ constant }) => {
      const numbers = constant && elements(constant);
      return numbers?.every((v: number, i: number) => Object.is(v, data[i]));
    });
    if (known !== undefined) return known;
    const made = { ...spec, id: this.#values++, constant: wrap(data, spec.shape) };
    alike.push(made);
    return made;
  }

  /** A constant of float32 or another dtype, from numbers. */
  numbers(values: ArrayLike<number>, dtype: DType, shape: Shape = []): Value {
    const data = allocate(dtype, values.length);
    data.set(values);
    return this.constant(wrap(data, shape));
  }

  /** A node's results. */
  add(
    op: string,
    inputs: readonly NodeOperand[],
    specs: readonly Spec[],
    attributes: GraphNode["attributes"] = {},
  ): readonly Value[] {
    const key = JSON.stringify([
      op,
      attributes,
      inputs.map((operand) => (isValue(operand) ? operand.id : operand)),
    ]);
    const known = this.#known.get(key);
    if (known !== undefined) return known.outputs;
    const outputs = specs.map((spec) => ({ ...specOf(spec), id: this.#values++ }));
    const node = { op, inputs, attributes, outputs };
    this.nodes.push(node);
    this.#known.set(key, node);
    for (const output of outputs) this.#makers.set(output, node);
    return outputs;
  }

  /** The result of a node that has one. */
  one(
    op: string,
    inputs: readonly NodeOperand[],
    spec: Spec,
    attributes: GraphNode["attributes"] = {},
  ): Value {
    const [value = this.input(spec)] = this.add(op, inputs, [spec], attributes);
    return value;
  }

  /** The node that made a value, if it is one with this op. */
  madeBy(value: Value, op: string): GraphNode | undefined {
    const maker = this.#makers.get(value);
    return maker?.op === op ? maker : undefined;
  }

  /** The operand of the node that made a value by this op. */
  source(value: Value, op: string): Value | undefined {
    const [first = null] = this.madeBy(value, op)?.inputs ?? [];
    return isValue(first) ? first : undefined;
  }

  /** The value under another shape; a reshape of a reshape is one. */
  reshape(x: Value, shape: Shape): Value {
    const from = this.source(x, "Reshape") ?? x;
    if (sameShape(from.shape, shape)) return from;
    if (from.constant) return this.constant(wrap(elements(from.constant), shape));
    const sizes: NodeSizes = { sizes: shape, role: "reshape" };
    const attributes = sizeOf(shape) === 0 ? { allowzero: 1 } : {};
    return this.one("Reshape", [from, sizes], { shape, dtype: x.dtype }, attributes);
  }

  /** The value with its axes in another order; a transpose of a transpose is one. */
  transpose(x: Value, axes: Shape): Value {
    if (axes.every((a, k) => a === k)) return x;
    const inner = this.madeBy(x, "Transpose")?.attributes.perm;
    const from = this.source(x, "Transpose");
    if (from !== undefined && Array.isArray(inner))
      return this.transpose(
        from,
        axes.map((a) => inner[a] ?? a),
      );
    const shape = axes.map((a) => x.shape[a] ?? 1);
    return this.one("Transpose", [x], { shape, dtype: x.dtype }, { perm: axes });
  }

  /** The nodes that these values depend on. */
  needed(outputs: readonly Value[]): readonly GraphNode[] {
    const wanted = new Set(outputs);
    const kept = this.nodes.toReversed().filter((node) => {
      if (!node.outputs.some((output) => wanted.has(output))) return false;
      for (const operand of node.inputs) if (isValue(operand)) wanted.add(operand);
      return true;
    });
    return kept.reverse();
  }
}
