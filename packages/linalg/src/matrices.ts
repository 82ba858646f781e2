/** @file Batches of matrices: their sizes, transposes, triangles, diagonals; loops over them. */
import {
  broadcastTo,
  eye,
  type NdArray,
  reshape,
  type Shape,
  slice,
  type Tensor,
  tensor,
  transpose,
  where,
} from "@spm/core";
import {
  broadcastShapes,
  checkTensors,
  elements,
  ShapeError,
  type Spec,
  showShape,
  sizeOf,
  ValueError,
} from "@spm/core/extend";

/** A batch of m×n matrices: the leading axes, m and n. */
export interface Matrices {
  readonly batch: Shape;
  readonly m: number;
  readonly n: number;
}

/** @throws ShapeError for less than two axes */
export function matrices(op: string, { shape }: Pick<Spec, "shape">): Matrices {
  const [m, n] = shape.slice(-2);
  if (m !== undefined && n !== undefined) return { batch: shape.slice(0, -2), m, n };
  throw new ShapeError(op, "a matrix or a batch of them", showShape(shape));
}

/** @throws ShapeError unless the last two axes are equal */
export function squareMatrices(op: string, x: Pick<Spec, "shape">): Matrices {
  const found = matrices(op, x);
  if (found.m === found.n) return found;
  throw new ShapeError(op, "square matrices [..., n, n]", showShape(x.shape));
}

/** The last two axes exchanged: a view. */
export const transposed = (x: Tensor): Tensor => {
  checkTensors("transposed", x);
  return transpose(x, [...x.shape.keys()].toSpliced(-2, 2, x.shape.length - 1, x.shape.length - 2));
};

/** The elements (i, j) of each matrix that `kept` says, 0 elsewhere. */
export function masked(x: Tensor, kept: (i: number, j: number) => boolean): Tensor {
  const { m, n } = matrices("masked", x);
  const mask = Uint8Array.from({ length: m * n }, (_, at) =>
    Number(kept(Math.floor(at / n), at % n)),
  );
  return where(tensor(mask, { shape: [m, n], backend: x.backend }), x, 0);
}

export const lower = (x: Tensor): Tensor => masked(x, (i, j) => i >= j);
export const strictlyLower = (x: Tensor): Tensor => masked(x, (i, j) => i > j);
export const upper = (x: Tensor): Tensor => masked(x, (i, j) => i <= j);

/** The diagonal of square matrices, [..., n, n] → [..., n]. */
export function diagonal(x: Tensor): Tensor {
  checkTensors("diagonal", x);
  const { batch, n } = squareMatrices("diagonal", x);
  const rest = batch.map(() => undefined);
  return slice(reshape(x, [...batch, n * n]), [...rest, { step: n + 1 }]);
}

/** The identity, of x's dtype and place. */
export const identityLike = ({ dtype, backend }: Tensor, n: number): Tensor =>
  eye(n, n, { dtype, backend });

/** Rows or columns of each matrix from … to − 1. */
export const rows = (x: Tensor, start: number, stop: number): Tensor =>
  slice(x, [...x.shape.slice(0, -2).map(() => undefined), { start, stop }]);
export const columns = (x: Tensor, start: number, stop: number): Tensor =>
  slice(x, [...x.shape.slice(0, -1).map(() => undefined), { start, stop }]);

/** Two batches with their leading axes broadcast to each other. */
export function sameBatch(op: string, a: Tensor, b: Tensor): [a: Tensor, b: Tensor] {
  const batch = broadcastShapes(op, a.shape.slice(0, -2), b.shape.slice(0, -2));
  return [
    broadcastTo(a, [...batch, ...a.shape.slice(-2)]),
    broadcastTo(b, [...batch, ...b.shape.slice(-2)]),
  ];
}

/** The work of an op on the host with one matrix of each operand, all in float64. */
type OnMatrix<I, O> = (
  inputs: { [K in keyof I]: Float64Array },
  outputs: { [K in keyof O]: Float64Array },
  at: number,
) => void;

/**
 * Calls `f` for each place of a batch with copies of what the operands hold there, and with zeros
 * for what the results shall hold.
 */
export function eachMatrix<I extends readonly NdArray[], O extends readonly NdArray[]>(
  batch: Shape,
  inputs: readonly [...I],
  outputs: readonly [...O],
  f: OnMatrix<I, O>,
): readonly [...O] {
  const count = sizeOf(batch);
  const part = (data: { readonly length: number }) => new Float64Array(data.length / (count || 1));
  const sources = inputs.map((x) => elements(x)).map((data) => ({ data, part: part(data) }));
  const results = outputs.map(({ data }) => ({ data, part: part(data) }));
  const taken = sources.map((x) => x.part) as { [K in keyof I]: Float64Array };
  const given = results.map((x) => x.part) as { [K in keyof O]: Float64Array };
  for (let at = 0; at < count; at++) {
    for (const { data, part } of sources)
      for (let k = 0, from = at * part.length; k < part.length; k++) part[k] = data[from + k]!;
    for (const { part } of results) part.fill(0);
    f(taken, given, at);
    for (const { data, part } of results) data.set(part, at * part.length);
  }
  return outputs;
}

/** Which matrix of a batch is meant, for messages; nothing where there is only one. */
export const inBatch = (batch: Shape, at: number): string =>
  sizeOf(batch) > 1 ? ` in matrix ${at} of the batch` : "";

/**
 * @throws ValueError for an element that is NaN or infinite: iterations would not end with one
 */
export function checkFinite(op: string, x: Float64Array): void {
  const odd = x.find((v) => !Number.isFinite(v));
  if (odd !== undefined) throw new ValueError(op, "finite numbers", odd);
}
