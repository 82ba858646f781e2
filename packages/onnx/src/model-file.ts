/**
 * @file The bytes of an ONNX file: the messages of onnx.proto that a model needs, field by field.
 * protobufjs writes them; its compiled encoders would need `new Function`, which a content security
 * policy may forbid, its writer does not.
 */
import type { DType, Shape, TypedArray } from "@spm/core";
import { sizeOf, ValueError } from "@spm/core/extend";
import protobuf, { type Writer } from "protobufjs/minimal.js";

/** The version of ONNX's operators that files use: the first that has LayerNormalization. */
export const OPSET = 17;
/** The version of the file format, that of ONNX 1.12. */
export const IR_VERSION = 8;

/** A size, or the name of one that a caller chooses. */
export type FileSize = number | string;

/** The element types of ONNX: those of tensors, pixels and sizes. */
export type FileType = DType | "uint8" | "int64";

const typeNumbers: Readonly<Record<FileType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** A type's number in ONNX. */
export const typeNumber = (type: FileType): number => typeNumbers[type];

/** An attribute of a node: an integer or several, a real number, a text. */
export type Attribute = number | readonly number[] | { readonly float: number } | string;

/** A node, with its operands and results by name; "" is an operand that is left out. */
export interface FileNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant of a graph. */
export interface FileConstant {
  readonly name: string;
  readonly type: FileType;
  readonly shape: Shape;
  readonly data: TypedArray | BigInt64Array;
}

/** An input or an output of a graph. */
export interface FileValue {
  readonly name: string;
  readonly type: FileType;
  readonly shape: readonly FileSize[];
}

/** A model, nodes in the order in which they run. */
export interface FileModel {
  readonly name: string;
  readonly nodes: readonly FileNode[];
  readonly constants: readonly FileConstant[];
  readonly inputs: readonly FileValue[];
  readonly outputs: readonly FileValue[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The most that protocol buffers hold. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of a file.
 * @throws ValueError for constants of 2 GiB or more, before anything is written
 */
export function fileBytes(model: FileModel): Uint8Array {
  const bytes = model.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > MOST_BYTES)
    throw new ValueError("exportOnnx", `constants of at most ${MOST_BYTES} bytes`, bytes);
  const w = protobuf.Writer.create();
  integer(w, 1, IR_VERSION);
  text(w, 2, "spm");
  message(w, 7, () => writeGraph(w, model));
  message(w, 8, () => integer(w, 2, OPSET));
  for (const [key, value] of Object.entries(model.metadata))
    message(w, 14, () => {
      text(w, 1, key);
      text(w, 2, value);
    });
  return w.finish();
}

function writeGraph(w: Writer, { name, nodes, constants, inputs, outputs }: FileModel): void {
  for (const node of nodes) message(w, 1, () => writeNode(w, node));
  text(w, 2, name);
  for (const constant of constants) message(w, 5, () => writeConstant(w, constant));
  for (const input of inputs) message(w, 11, () => writeValue(w, input));
  for (const output of outputs) message(w, 12, () => writeValue(w, output));
}

function writeNode(w: Writer, { op, inputs, outputs, attributes }: FileNode): void {
  for (const input of inputs) text(w, 1, input);
  for (const output of outputs) text(w, 2, output);
  text(w, 3, outputs[0] ?? op);
  text(w, 4, op);
  for (const [name, value] of Object.entries(attributes))
    message(w, 5, () => {
      text(w, 1, name);
      integer(w, 20, writeAttribute(w, value));
    });
}

/** Writes a value into its field, and returns the number of its type. */
function writeAttribute(w: Writer, value: Attribute): number {
  if (typeof value === "number") {
    integer(w, 3, value);
    return 2;
  }
  if (typeof value === "string") {
    text(w, 4, value);
    return 3;
  }
  if ("float" in value) {
    w.uint32(key(2, 5)).float(value.float);
    return 1;
  }
  for (const each of value) integer(w, 8, each);
  return 7;
}

function writeConstant(w: Writer, { name, type, shape, data }: FileConstant): void {
  for (const size of shape) integer(w, 1, size);
  integer(w, 2, typeNumber(type));
  text(w, 8, name);
  const { buffer, byteOffset, byteLength } = data;
  w.uint32(key(9, 2)).bytes(new Uint8Array(buffer, byteOffset, byteLength));
}

function writeValue(w: Writer, { name, type, shape }: FileValue): void {
  text(w, 1, name);
  message(w, 2, () =>
    message(w, 1, () => {
      integer(w, 1, typeNumber(type));
      message(w, 2, () => {
        for (const size of shape)
          message(w, 1, () => (typeof size === "number" ? integer(w, 1, size) : text(w, 2, size)));
      });
    }),
  );
}

/** A field's number and wire type: 0 is a varint, 2 length and bytes, 5 32 bits. */
const key = (field: number, wire: 0 | 2 | 5): number => field * 8 + wire;

const integer = (w: Writer, field: number, value: number): void =>
  void w.uint32(key(field, 0)).int64(value);

const text = (w: Writer, field: number, value: string): void =>
  void w.uint32(key(field, 2)).string(value);

/** A message in a field, whose own fields `write` writes. */
function message(w: Writer, field: number, write: () => void): void {
  w.uint32(key(field, 2)).fork();
  write();
  w.ldelim();
}

/** The number of values in a shape, as sizes of a constant. */
export const sizesConstant = (name: string, sizes: readonly number[]): FileConstant => ({
  name,
  type: "int64",
  shape: [sizes.length],
  data: BigInt64Array.from(sizes, BigInt),
});

/** A constant of the numbers in row-major order. */
export function numbersConstant(
  name: string,
  type: DType,
  shape: Shape,
  data: TypedArray,
): FileConstant {
  if (data.length !== sizeOf(shape))
    throw new ValueError("exportOnnx", "whole arrays", data.length);
  return { name, type, shape, data };
}
