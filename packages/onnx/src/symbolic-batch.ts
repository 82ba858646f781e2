/**
 * @file One graph of two traces, on batches of different sizes: what differs between them is the
 * batch. A size that differs is a multiple of it, and is named or computed in the graph; all else
 * must be the same.
 */
import type { NdArray, Shape } from "@spm/core";
import { elements, ShapeError, showShape, wrap } from "@spm/core/extend";
import {
  type Graph,
  type GraphNode,
  isValue,
  type NodeOperand,
  type NodeSizes,
  type Value,
} from "./graph.ts";
import {
  type FileConstant,
  type FileModel,
  type FileNode,
  type FileSize,
  numbersConstant,
  sizesConstant,
} from "./model-file.ts";

/** The name of the batch in shapes. */
export const BATCH = "batch";

/** A forward that ran on a batch of a certain size. */
export interface Trace {
  readonly batch: number;
  readonly graph: Graph;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** A size in both traces: a number, or so many times the batch. */
type Dimension = number | { readonly times: number };

/** The ops whose operands broadcast against each other. */
const broadcasts: ReadonlySet<string> = new Set(
  "Add Sub Mul Div Pow Max Min Equal Greater GreaterOrEqual And Or Where".split(" "),
);

/** The graph of two traces, as it is written. */
export class Merged implements Pick<FileModel, "nodes" | "constants"> {
  readonly nodes: FileNode[] = [];
  readonly constants: FileConstant[] = [];
  readonly #first: Trace;
  readonly #second: Trace;
  readonly #names = new Map<Value, string>();
  /** The value of the first trace that one of the second is. */
  readonly #twins = new Map<Value, Value>();
  readonly #made = new Map<string, string>();

  /**
   * @param inputs - names of the inputs, in their order; that of the first has the batch
   * @throws ShapeError where the traces differ by more than the batch
   */
  constructor(first: Trace, second: Trace, inputs: readonly string[], outputs: readonly string[]) {
    this.#first = first;
    this.#second = second;
    for (const [k, name] of inputs.entries()) {
      this.#pair(first.inputs[k], second.inputs[k]);
      this.#name(first.inputs[k], name);
    }
    const [ours, theirs] = [first, second].map(({ graph, outputs }) => graph.needed(outputs));
    const made = new Set(ours?.flatMap((node) => node.outputs));
    for (const [k, name] of outputs.entries()) {
      const value = first.outputs[k];
      if (value && made.has(value) && !this.#names.has(value)) this.#name(value, name);
    }
    if (ours?.length !== theirs?.length) this.#differ(`${ours?.length} nodes`, `${theirs?.length}`);
    for (const [k, node] of ours?.entries() ?? []) this.#add(node, theirs?.[k] ?? node, inputs[0]);
    for (const [k, name] of outputs.entries()) this.#output(k, name);
  }

  /** The shape of a value, with the batch by its name. */
  shapeOf(value: Value, twin: Value): FileSize[] {
    return this.#dimensions(value.shape, twin.shape, "a result").map((d) =>
      typeof d === "number" ? d : d.times === 1 ? BATCH : `${d.times}*${BATCH}`,
    );
  }

  #name(value: Value | undefined, name: string): void {
    if (value) this.#names.set(value, name);
  }

  #pair(first: Value | undefined, second: Value | undefined): void {
    if (first && second) this.#twins.set(second, first);
  }

  #add(node: GraphNode, twin: GraphNode, input = ""): void {
    const { op, attributes } = node;
    const [ours, theirs] = [node, twin].map((n) => `${n.op} ${JSON.stringify(n.attributes)}`);
    if (ours !== theirs || node.inputs.length !== twin.inputs.length)
      this.#differ(`${ours}`, `${theirs}`);
    const inputs = node.inputs.map((operand, k) =>
      this.#operand(node, operand, twin.inputs[k] ?? null, input),
    );
    const outputs = node.outputs.map((value, k) => {
      this.#pair(value, twin.outputs[k]);
      const name = this.#names.get(value) ?? `${op}_${value.id}`;
      this.#name(value, name);
      return name;
    });
    this.nodes.push({ op, inputs, outputs, attributes });
  }

  /** The name of an output that no node makes is that of a copy. */
  #output(k: number, name: string): void {
    const [value, twin] = [this.#first.outputs[k], this.#second.outputs[k]];
    if (value === undefined || twin === undefined || this.#names.get(value) === name) return;
    const made = value.constant ? this.#constant(value, twin) : this.#names.get(value);
    this.nodes.push({ op: "Identity", inputs: [made ?? ""], outputs: [name], attributes: {} });
  }

  #operand(node: GraphNode, operand: NodeOperand, twin: NodeOperand, input: string): string {
    if (operand === null || twin === null) return "";
    if (!isValue(operand) && !isValue(twin)) return this.#sizes(node.op, operand, twin, input);
    if (!isValue(operand) || !isValue(twin)) return this.#differ(node.op, "another operand");
    if (operand.constant && twin.constant) return this.#constant(operand, twin, node, input);
    const name = this.#names.get(operand);
    if (name === undefined || this.#twins.get(twin) !== operand)
      return this.#differ(node.op, "another operand");
    return name;
  }

  #sizes(op: string, { sizes, role }: NodeSizes, twin: NodeSizes, input: string): string {
    const dimensions = this.#dimensions(sizes, twin.sizes, op);
    const open = dimensions.filter((d) => typeof d !== "number");
    if (open.length === 0) return this.#sizesOf(sizes);
    if (role === "fixed")
      return this.#differ(`${op} of ${showShape(sizes)}`, showShape(twin.sizes));
    if (role === "reshape" && open.length === 1)
      return this.#sizesOf(dimensions.map((d) => (typeof d === "number" ? d : -1)));
    return this.#computed(dimensions, input);
  }

  /** NodeSizes as a constant. */
  #sizesOf(sizes: Shape): string {
    return this.#once(`sizes ${sizes}`, "sizes", (name) => {
      this.constants.push(sizesConstant(name, sizes));
    });
  }

  /** NodeSizes that are computed from the batch. */
  #computed(dimensions: readonly Dimension[], input: string): string {
    const node = (op: string, inputs: readonly string[], attributes: FileNode["attributes"] = {}) =>
      this.#once(`${op} ${inputs} ${JSON.stringify(attributes)}`, op, (name) => {
        this.nodes.push({ op, inputs, outputs: [name], attributes });
      });
    const parts = dimensions.map((d) => {
      if (typeof d === "number") return this.#sizesOf([d]);
      const batch = node("Shape", [input], { start: 0, end: 1 });
      return d.times === 1 ? batch : node("Mul", [batch, this.#sizesOf([d.times])]);
    });
    return parts.length === 1 ? (parts[0] ?? "") : node("Concat", parts, { axis: 0 });
  }

  /** A constant; one that has the batch is repeated along it, where the node doesn't do so. */
  #constant(value: Value, twin: Value, node?: GraphNode, input = ""): string {
    const dimensions = this.#dimensions(value.shape, twin.shape, node?.op ?? "a result");
    const axis = dimensions.findIndex((d) => typeof d !== "number");
    const array = arrayOf(value);
    if (axis < 0) {
      if (!sameNumbers(array, arrayOf(twin)))
        this.#differ(`a constant of ${node?.op ?? "a result"}`, "another");
      return this.#numbers(value, array);
    }
    const once = row(array, axis);
    const again = [array, arrayOf(twin)].every((whole) =>
      sameNumbers(whole, wrap(once.data, whole.shape, strideless(once, axis), once.offset)),
    );
    if (!again) this.#differ(`a constant ${showShape(value.shape)}`, showShape(twin.shape));
    const name = this.#numbers(value, once);
    if (node && broadcasts.has(node.op) && spreads(node, value, axis)) return name;
    const sizes = this.#computed(dimensions, input);
    return this.#once(`Expand ${name} ${sizes}`, "Expand", (made) => {
      this.nodes.push({ op: "Expand", inputs: [name, sizes], outputs: [made], attributes: {} });
    });
  }

  #numbers({ id, dtype }: Value, array: NdArray): string {
    const shape = array.shape.slice();
    return this.#once(`constant ${id} ${shape}`, "constant", (name) => {
      this.constants.push(numbersConstant(name, dtype, shape, elements(array)));
    });
  }

  /** The name under a key, which is made by the first call. */
  #once(key: string, kind: string, make: (name: string) => void): string {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const name = `${kind}_${this.#made.size}.`; // values of the trace have no dot
    this.#made.set(key, name);
    make(name);
    return name;
  }

  #dimensions(first: Shape, second: Shape, op: string): Dimension[] {
    if (first.length !== second.length) this.#differ(showShape(first), showShape(second));
    const [b, c] = [this.#first.batch, this.#second.batch];
    return first.map((n, k) => {
      const m = second[k] ?? n;
      if (n === m) return n;
      const times = (m - n) / (c - b);
      if (times !== n / b) this.#differ(`${op} of ${showShape(first)}`, showShape(second));
      return { times };
    });
  }

  #differ(first: string, second: string): never {
    const [b, c] = [this.#first.batch, this.#second.batch];
    throw new ShapeError(
      "exportOnnx",
      "a forward that is the same for a batch of any size",
      `${first} for ${b} samples and ${second} for ${c}`,
      "only sizes that are multiples of the batch may depend on it",
    );
  }
}

const arrayOf = ({ constant, shape }: Value): NdArray =>
  constant ?? wrap(new Float32Array(), shape);

const sameNumbers = (a: NdArray, b: NdArray): boolean => {
  const [x, y] = [elements(a), elements(b)];
  return x.length === y.length && x.every((v: number, i: number) => Object.is(v, y[i]));
};

/** The first row of an array along an axis, with size 1 there. */
const row = ({ data, shape, stride, offset }: NdArray, axis: number): NdArray =>
  wrap(data, shape.with(axis, 1), stride, offset);

/** The strides of an array that is repeated along an axis. */
const strideless = ({ stride }: NdArray, axis: number): Shape => stride.with(axis, 0);

/** Whether another operand of a node has the size of a value's axis. */
function spreads({ inputs }: GraphNode, value: Value, axis: number): boolean {
  const fromEnd = value.shape.length - axis;
  return inputs.some(
    (other) => isValue(other) && !other.constant && other.shape.at(-fromEnd) === value.shape[axis],
  );
}
