/** @file The element types of safetensors, and the dtypes that they are read as. */
import type { DType } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { quote } from "./show.ts";

/** The highest rank that is written and read; more axes are an accident or an attack. */
const HIGHEST_RANK = 32;

/** An element type: its size, and its values. */
export interface ElementType {
  /** Bytes an element. */
  readonly bytes: number;
  /** The dtype that it is read as. */
  readonly dtype: DType;
  /** Whether its bytes are those of the dtype's elements in memory. */
  readonly asStored?: boolean;
  /** Reads the element at a byte offset. */
  read(view: DataView, at: number): number;
}

const float = (bytes: number, dtype: DType, read: ElementType["read"]): ElementType => ({
  bytes,
  dtype,
  asStored: bytes > 2,
  read,
});
const integer = (bytes: number, read: ElementType["read"]): ElementType => ({
  bytes,
  dtype: "int32",
  read,
});

/** A 64-bit integer as a number; beyond ±2⁵³ the nearest one, which {@link narrow} refuses. */
const wide = (value: bigint): number => Number(value);

/** The element types by name. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map([
  ["F64", float(8, "float64", (view, at) => view.getFloat64(at, true))],
  ["F32", float(4, "float32", (view, at) => view.getFloat32(at, true))],
  ["F16", float(2, "float32", (view, at) => widenHalf(view.getUint16(at, true)))],
  ["BF16", float(2, "float32", (view, at) => widenBrain(view.getUint16(at, true)))],
  ["I64", integer(8, (view, at) => wide(view.getBigInt64(at, true)))],
  ["U64", integer(8, (view, at) => wide(view.getBigUint64(at, true)))],
  ["I32", { ...integer(4, (view, at) => view.getInt32(at, true)), asStored: true }],
  ["U32", integer(4, (view, at) => view.getUint32(at, true))],
  ["I16", integer(2, (view, at) => view.getInt16(at, true))],
  ["U16", integer(2, (view, at) => view.getUint16(at, true))],
  ["I8", integer(1, (view, at) => view.getInt8(at))],
  ["U8", integer(1, (view, at) => view.getUint8(at))],
  ["BOOL", { bytes: 1, dtype: "bool", read: (view, at) => view.getUint8(at) }],
]);

/**
 * The value itself, where its dtype can represent it.
 * @throws ValueError for an integer beyond int32, or a bool that is neither 0 nor 1
 */
export function narrow(name: string, dtype: DType, value: number): number {
  if (dtype === "int32" && (value | 0) !== value)
    throw new ValueError("safetensors", `${quote(name)} within int32`, value);
  if (dtype === "bool" && value !== 0 && value !== 1)
    throw new ValueError("safetensors", `truth values 0 or 1 in ${quote(name)}`, value);
  return value;
}

/** @throws ValueError for a shape of more axes than are written and read */
export function assertRank(name: string, shape: readonly number[]): void {
  if (shape.length > HIGHEST_RANK)
    throw new ValueError(
      "safetensors",
      `at most ${HIGHEST_RANK} axes of ${quote(name)}`,
      shape.length,
    );
}

/** binary16: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. Source: IEEE 754-2008, 3.6 */
function widenHalf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the nearest binary16, the even one of two; infinity from 65,520 on. */
export function halfBits(value: number): number {
  word.setFloat32(0, Math.abs(value));
  const bits = word.getUint32(0);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (bits > 0x7f80_0000) return 0x7e00;
  if (bits >= 0x477f_f000) return sign | 0x7c00;
  // below the least normal number, 2⁻¹⁴: multiples of 2⁻²⁴
  if (bits < 0x3880_0000) return sign | nearestEven(Math.abs(value) * 2 ** 24);
  return sign | nearestEven((bits - 0x3800_0000) / 2 ** 13);
}

function nearestEven(value: number): number {
  const above = Math.round(value);
  return above - value === 0.5 && above % 2 === 1 ? above - 1 : above;
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16, the upper half of a float32. */
function widenBrain(bits: number): number {
  word.setUint32(0, bits * 65536);
  return word.getFloat32(0);
}
