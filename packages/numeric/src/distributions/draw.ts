/** @file Draws one by one, for each element of the parameters or for each of their rows. */
import {
  broadcastTo,
  full,
  type Rng,
  reference,
  type Shape,
  Tensor,
  type TensorLike,
} from "@spm/core";
import {
  allocate,
  broadcastShapes,
  checkList,
  checkOptions,
  checkRandom,
  checkTensors,
  DTypeError,
  fromArray,
  kindOf,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { readable } from "../host.ts";

/** The number of draws. */
export interface DrawShapeOptions {
  /** The shape of the draws, which the parameters broadcast to; their own where none is given. */
  readonly shape?: Shape;
}

/** The number of draws, and their dtype. */
export interface DrawOptions extends DrawShapeOptions {
  /** That of the parameters, float32 where all are numbers. */
  readonly dtype?: "float32" | "float64";
}

/** A call that draws: its name, generator and options. */
interface Sampler {
  readonly op: string;
  readonly random: Rng;
  readonly options: DrawOptions;
}

const onHost = "draws are made on the CPU: bring the parameters, await to(x, reference)";

const allOptions = { shape: true, dtype: true } as const;

/**
 * The shape of the draws.
 * @throws ShapeError unless the parameters broadcast to it; OptionError for an unknown option
 */
function drawShape({ op, random, options }: Sampler, own: Shape): Shape {
  checkRandom(op, random);
  checkOptions(op, options, allOptions);
  const { shape = own } = options;
  checkSizes(op, shape);
  if (sameShape(broadcastShapes(op, shape, own), shape)) return shape;
  throw new ShapeError(op, `a shape that ${showShape(own)} broadcasts to`, showShape(shape));
}

/** @throws ShapeError unless all sizes are integers ≥ 0 */
export function checkSizes(op: string, shape: Shape): void {
  if (!checkList(op, shape, "sizes").every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new ShapeError(op, "sizes that are integers ≥ 0", showShape(shape));
}

const isTensor = (p: TensorLike): p is Tensor => p instanceof Tensor;

/** One draw for each element of the parameters, in row-major order. */
export function drawEach(
  sampler: Sampler,
  parameters: readonly TensorLike[],
  one: (random: Rng, ...parameters: number[]) => number,
): Tensor {
  const { op, random, options } = sampler;
  for (const p of parameters)
    if (!isTensor(p) && typeof p !== "number")
      throw new DTypeError(op, "parameters that are numbers or tensors", kindOf(p));
  const tensors = parameters.filter(isTensor);
  const own = tensors.reduce<Shape>((shape, p) => broadcastShapes(op, shape, p.shape), []);
  const shape = drawShape(sampler, own);
  const columns = parameters.map((p) => (isTensor(p) ? readable(op, p, onHost, shape) : p));
  const [like] = tensors;
  const dtype = options.dtype ?? (like?.dtype === "float64" ? "float64" : "float32");
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++)
    data[i] = one(random, ...columns.map((c) => (typeof c === "number" ? c : (c[i] ?? 0))));
  return fromArray(wrap(data, shape.slice()), like?.backend);
}

/** A row of draws for each row of the parameter [..., k]. */
export function drawRows(
  sampler: Sampler,
  rows: Tensor,
  result: { readonly width: number | null; readonly dtype?: "int32" },
  one: (random: Rng, row: Float64Array) => ArrayLike<number>,
): Tensor {
  const { op, random, options } = sampler;
  checkTensors(op, rows);
  if (rows.shape.length === 0) throw new ShapeError(op, "at least one axis", "a scalar");
  const lead = drawShape(sampler, rows.shape.slice(0, -1));
  const k = rows.shape.at(-1) ?? 0;
  const numbers = readable(op, rows, onHost, [...lead, k]);
  const width = result.width ?? 1;
  const floating = options.dtype ?? (rows.dtype === "float64" ? "float64" : "float32");
  const data = allocate(result.dtype ?? floating, sizeOf(lead) * width);
  for (let r = 0; r < sizeOf(lead); r++)
    data.set(one(random, Float64Array.from(numbers.subarray(r * k, (r + 1) * k))), r * width);
  return fromArray(
    wrap(data, result.width === null ? lead.slice() : [...lead, width]),
    rows.backend,
  );
}

/** A number as a scalar of the dtype of what it stands beside. */
export const beside = (x: Tensor, p: TensorLike): Tensor =>
  isTensor(p) ? p : full([], p, { dtype: x.dtype, backend: reference });

/**
 * A parameter in its range.
 * @throws ValueError otherwise
 */
export function checkParameter(op: string, expected: string, fits: boolean, got: number): number {
  if (fits) return got;
  throw new ValueError(op, expected, got);
}

/** The parameters [..., k] for draws of some leading shape. */
export const broadcastRows = (rows: Tensor, lead: Shape): Tensor =>
  broadcastTo(rows, [...lead, rows.shape.at(-1) ?? 0]);
