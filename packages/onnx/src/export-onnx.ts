/** @file A model as an ONNX file. */
import {
  type DType,
  type NdArray,
  noGrad,
  type Shape,
  SpmError,
  scope,
  Tensor,
  withBackend,
} from "@spm/core";
import {
  BackendError,
  checkOptions,
  fromArray,
  kindOf,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { functionalCall, Module } from "@spm/nn";
import { checkChoice, nonFiniteIn, stateOf, withEvaluation } from "@spm/nn/extend";
import { emitElementwise } from "./elementwise.ts";
import { Emitters } from "./emitters.ts";
import { Graph, type Value } from "./graph.ts";
import { emitMixer } from "./mixer.ts";
import {
  type FileModel,
  type FileValue,
  fileBytes,
  IR_VERSION,
  OPSET,
  typeNumber,
} from "./model-file.ts";
import { emitPlaces } from "./places.ts";
import { emitSums } from "./sums.ts";
import { BATCH, Merged, type Trace } from "./symbolic-batch.ts";
import { tracingBackend } from "./tracing-backend.ts";

/** An input of a model, with the batch as an axis in front. */
export interface OnnxInput {
  /** The shape of one sample. */
  readonly shape: Shape;
  /**
   * The type in the file. uint8, as of pixels, arrives in the forward as float32, 0 to 255.
   * @defaultValue "float32"
   */
  readonly dtype?: DType | "uint8";
}

/** Options of {@link exportOnnx}. */
export interface ExportOnnxOptions {
  /** The inputs by name, in the order of the forward's. */
  readonly inputs: Readonly<Record<string, OnnxInput>>;
  /**
   * The name of the output.
   * @defaultValue "y"
   */
  readonly output?: string;
  /** Texts of the file about itself, e.g. the names of classes. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * The most coordinates of a mixer that is written as its matrix, one node of n² numbers.
   * @defaultValue 256, up to which the matrix is the fastest form in native onnxruntime
   */
  readonly largestMatrix?: number;
}

const names: OptionNames<ExportOnnxOptions> = {
  inputs: true,
  output: true,
  metadata: true,
  largestMatrix: true,
};

/** An ONNX file. */
export interface OnnxFile {
  readonly bytes: Uint8Array;
  /** The version of the operators that it uses. */
  readonly opset: number;
  /** The version of its format. */
  readonly irVersion: number;
  /** The number of nodes by operator. */
  readonly nodes: Readonly<Record<string, number>>;
  /** The output, the batch by its name. */
  readonly outputShape: readonly (number | string)[];
}

/** Sizes of a batch, of which a model's own sizes have most likely two for no factor. */
const primes = [97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173];

/**
 * The forward of a model in evaluation as an ONNX file, for a batch of any size: the forward runs
 * twice on a backend that writes nodes down, [batch, ...shape] → [batch, ...]. Weights are
 * constants of the file. Stages of a mixer are multiplied out to few products: docs/onnx.md.
 * @param options - the inputs by name, and what else the file says
 * @returns the bytes, and the nodes that they hold. Cost: two forwards of shapes alone, and
 * O(n 2^(L/2)) for a butterfly's products
 * @throws BackendError for an op without a counterpart in ONNX, or a forward that reads numbers;
 * ShapeError for one that depends on the batch's size; ValueError for names that are given twice,
 * inputs that the forward refuses, and weights that are not finite
 * @example
 * const model = new Linear(784, 10, { random: rng(1) });
 * const { bytes, nodes } = await exportOnnx(model, { inputs: { x: { shape: [784] } } });
 * nodes; // { MatMul: 1, Add: 1 }
 */
export async function exportOnnx(model: Module, options: ExportOnnxOptions): Promise<OnnxFile> {
  if (!(model instanceof Module)) throw new ValueError("exportOnnx", "a module", kindOf(model));
  checkOptions("exportOnnx", options, names);
  const { inputs, output = "y", metadata = {}, largestMatrix = 256 } = options;
  checkInputs(inputs, output);
  checkTexts([output, ...Object.values(Object(metadata))]);
  const state = await numbersOf(model);
  const sizes = [...state.values(), ...Object.values(inputs)].flatMap(({ shape }) => shape);
  const free = primes.filter((prime) => sizes.every((size) => size % prime !== 0));
  const [first, second] = [...free, ...primes]
    .slice(0, 2)
    .map((batch) =>
      inItsName(inputs, batch, () =>
        traced(model, state, Object.values(inputs), batch, largestMatrix),
      ),
    );
  if (first === undefined || second === undefined) throw new ValueError("exportOnnx", "traces", 0);
  const merged = new Merged(first, second, Object.keys(inputs), [output]);
  const result = outputOf(first, second, merged, output);
  const file: FileModel = {
    name: model.label,
    nodes: merged.nodes,
    constants: merged.constants,
    inputs: Object.entries(inputs).map(([name, { shape, dtype = "float32" }]) => ({
      name,
      type: dtype,
      shape: [BATCH, ...shape],
    })),
    outputs: [result],
    metadata,
  };
  const nodes: Record<string, number> = {};
  for (const { op } of file.nodes) nodes[op] = (nodes[op] ?? 0) + 1;
  const bytes = fileBytes(file);
  return { bytes, opset: OPSET, irVersion: IR_VERSION, nodes, outputShape: result.shape };
}

function outputOf(first: Trace, second: Trace, merged: Merged, name: string): FileValue {
  const [value, twin] = [first.outputs[0], second.outputs[0]];
  if (!value || !twin) throw new ValueError("exportOnnx", "a forward with an output", "none");
  return { name, type: value.dtype, shape: merged.shapeOf(value, twin) };
}

/** Refuses names that are given twice and shapes that aren't. */
function checkInputs(inputs: ExportOnnxOptions["inputs"], output: string): void {
  const given = Object.entries(Object(inputs) as ExportOnnxOptions["inputs"]);
  if (given.length === 0)
    throw new ValueError("exportOnnx", "inputs by name", "none", "inputs: { x: { shape: [784] } }");
  for (const [name, input] of given) {
    checkOptions(`exportOnnx, ${name}`, input, { shape: true, dtype: true });
    const { shape, dtype = "float32" } = input;
    if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n > 0))
      throw new ShapeError("exportOnnx", `the shape of one sample for ${name}`, showShape(shape));
    checkChoice("exportOnnx", ["float32", "float64", "int32", "bool", "uint8"], dtype);
    if (name === "" || name === output)
      throw new ValueError("exportOnnx", "other names for inputs than the output's", `"${name}"`);
  }
}

/** Refuses a name or a text in the metadata that is none. */
function checkTexts(texts: readonly unknown[]): void {
  const other = texts.find((text) => typeof text !== "string");
  if (other !== undefined)
    throw new ValueError("exportOnnx", "text for the output's name and in metadata", kindOf(other));
}

/** The numbers of every parameter and buffer, by path. */
async function numbersOf(model: Module): Promise<ReadonlyMap<string, NdArray>> {
  const read = [...stateOf(model)].map(
    async ([path, value]) => [path, wrap(await value.data(), value.shape)] as const,
  );
  const numbers = new Map(await Promise.all(read));
  const bad = nonFiniteIn([...numbers].map(([path, { data }]) => [path, data] as const));
  if (bad === undefined) return numbers;
  throw new ValueError("exportOnnx", "finite weights", bad, "export a checkpoint before them");
}

/** The forward on a batch, as a graph. */
function traced(
  model: Module,
  state: ReadonlyMap<string, NdArray>,
  inputs: readonly OnnxInput[],
  batch: number,
  largestMatrix: number,
): Trace {
  const graph = new Graph();
  const emitters = new Emitters(graph);
  emitElementwise(emitters);
  emitPlaces(emitters);
  emitSums(emitters);
  emitMixer(emitters, largestMatrix);
  const backend = tracingBackend(graph, emitters.table);
  const values = inputs.map(({ shape, dtype = "float32" }) => {
    const spec = {
      shape: [batch, ...shape],
      dtype: dtype === "uint8" ? "float32" : dtype,
    } as const;
    const value = graph.input(spec);
    const seen =
      dtype === "uint8" ? graph.one("Cast", [value], spec, { to: typeNumber("float32") }) : value;
    return { value, seen };
  });
  const run = (): Value => {
    const given = values.map(({ seen }) => new Tensor(seen, backend, seen));
    const weights = [...state].map(([path, array]) => [path, fromArray(array, backend)] as const);
    return functionalCall(model, Object.fromEntries(weights), ...given).handle as Value;
  };
  const output = withEvaluation(model, () => withBackend(backend, () => noGrad(() => scope(run))));
  return { batch, graph, inputs: values.map(({ value }) => value), outputs: [output] };
}

/** The result of a trace; what the forward can't do is said in the exporter's name. */
function inItsName<T>(inputs: ExportOnnxOptions["inputs"], batch: number, trace: () => T): T {
  try {
    return trace();
  } catch (error) {
    if (!(error instanceof SpmError) || error.message.startsWith("exportOnnx")) throw error;
    const [got = ""] = error.message.split("\n");
    if (error instanceof BackendError)
      throw new BackendError(
        "exportOnnx",
        "ops on tensors that no number is read of, and parameters in fields of the model",
        got,
        "where() chooses in the graph; a #private field can't be walked",
      );
    const given = Object.entries(inputs).map(
      ([name, { shape, dtype = "float32" }]) =>
        `${name} ${dtype}[${["batch", ...shape].join(", ")}]`,
    );
    const said = got.replace(/\d+/g, (size) => timesBatch(Number(size), batch));
    throw new ValueError(
      "exportOnnx",
      "inputs that the forward takes",
      `${given.join(", ")}: ${said}`,
    );
  }
}

/** A size by the name of the batch, where it is a multiple of it. */
const timesBatch = (size: number, batch: number): string =>
  size === batch ? BATCH : size > 0 && size % batch === 0 ? `${size / batch}*${BATCH}` : `${size}`;
