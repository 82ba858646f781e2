/** @file A primitive: an op and its derivative as one object, and how a call of it runs. */

import { inspect } from "./anomaly.ts";
import { type DType, dtypeOf, type NdArray } from "./array.ts";
import { type Backend, currentBackend, reference } from "./backend.ts";
import { BackendError, DTypeError, ShapeError } from "./errors.ts";
import { own } from "./scope.ts";
import { type Shape, sameShape, showShape } from "./shape.ts";
import { isTracked, record } from "./tape.ts";
import { byteSize, Storage, Tensor } from "./tensor.ts";

/** Shape and dtype of a tensor, known before anything runs. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a vjp may use. */
export interface VjpContext<Options> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly residuals: readonly Tensor[];
  readonly options: Options;
  /** Which inputs want a cotangent: the rest may be null, unpaid for. */
  readonly needs: readonly boolean[];
}

/**
 * An op: its reference forward on NdArray, and its derivative written in public ops, so that it is differentiable again
 * and runs on every backend. A fused op's backward is itself a primitive, whose vjp is the composed form.
 */
export interface Primitive<Options = void> {
  /** For messages, never for dispatch. */
  readonly name: string;
  /** How many results the caller sees (1 unless said); what `infer` lists beyond are residuals, for the vjp alone. */
  readonly outputs?: number;
  /** Validates everything and says what comes out: the outputs, then the residuals. Throws before anything is written. */
  infer(inputs: readonly Spec[], options: Options): readonly Spec[];
  /** Outputs, then residuals; without `keep` nobody will differentiate and residuals may be left out. */
  forward(inputs: readonly NdArray[], options: Options, keep: boolean): NdArray[];
  /** Cotangents of the inputs from those of the outputs (null: zero). */
  vjp(cotangents: readonly (Tensor | null)[], context: VjpContext<Options>): readonly (Tensor | null)[];
}

/** A callable primitive. */
export interface Op<Options> {
  (inputs: readonly Tensor[], options: Options): Tensor[];
  readonly primitive: Primitive<Options>;
}

const registry: Primitive<unknown>[] = [];

/** Every primitive defined so far: what a backend must cover and the derivative checks walk through. */
export const primitives = (): readonly Primitive<unknown>[] => registry;

/**
 * Makes an op from its forward and its derivative, exactly as the framework's own ops are made.
 * @returns a function `(inputs, options) => outputs`; it is recorded, checked and dispatched like every other
 * @example
 * const cube = definePrimitive<void>({
 *   name: "cube",
 *   infer: ([x]) => [x!],
 *   forward: ([x]) => [mapArray((v) => v ** 3, x!)],
 *   vjp: ([ct], { inputs: [x] }) => [mul(ct!, mul(3, square(x!)))],
 * });
 */
export function definePrimitive<Options>(primitive: Primitive<Options>): Op<Options> {
  const erased = primitive as Primitive<unknown>;
  registry.push(erased);
  return Object.assign((inputs: readonly Tensor[], options: Options) => apply(erased, inputs, options), { primitive });
}

function apply(primitive: Primitive<unknown>, inputs: readonly Tensor[], options: unknown): Tensor[] {
  const specs = primitive.infer(inputs, options);
  const backend = commonBackend(primitive.name, inputs);
  const handles = run(primitive, backend, inputs, options, isTracked(inputs));
  const results = handles.map((handle, i) => result(backend, specs[i]!, handle, inputs));
  const count = primitive.outputs ?? 1;
  const outputs = results.length === count ? results : results.slice(0, count);
  inspect(primitive.name, inputs, outputs);
  record({ primitive, options, inputs, outputs, residuals: results.slice(count) });
  return outputs;
}

/** Handles of the results: from the backend's kernel, or from the reference where it may step in. */
function run(
  p: Primitive<unknown>,
  backend: Backend,
  inputs: readonly Tensor[],
  options: unknown,
  keep: boolean,
): unknown[] {
  if (backend === reference)
    return p.forward(
      inputs.map((t) => t.handle as NdArray),
      options,
      keep,
    );
  const kernel = backend.kernels.get(p);
  if (kernel !== undefined)
    return kernel(
      inputs.map((t) => t.handle),
      options,
      keep,
    );
  backend.fallback(p.name);
  return p
    .forward(
      inputs.map((t) => t.ndarray()),
      options,
      keep,
    )
    .map((array) => backend.upload(array));
}

/** A result as a tensor; it shares the storage of the input whose memory it looks at. */
function result(backend: Backend, spec: Spec, handle: unknown, inputs: readonly Tensor[]): Tensor {
  const memory = backend.memory(handle);
  for (const t of inputs)
    if (t.storage.memory === memory) return own(new Tensor(spec.shape, spec.dtype, t.storage, handle, t));
  return own(
    new Tensor(spec.shape, spec.dtype, new Storage(backend, memory, byteSize(spec.shape, spec.dtype)), handle),
  );
}

/** Where a call runs: where its inputs live; scalars in CPU memory fit anywhere. @throws BackendError when they are mixed */
function commonBackend(op: string, inputs: readonly Tensor[]): Backend {
  let found: Backend | undefined;
  let scalars: Backend | undefined;
  for (const { backend, shape } of inputs) {
    if (shape.length === 0 && backend === reference) scalars = backend;
    else if (found === undefined) found = backend;
    else if (found !== backend)
      throw new BackendError(
        op,
        `all tensors on ${found.name}`,
        `one on ${backend.name}`,
        "move it with to(tensor, backend)",
      );
  }
  return found ?? scalars ?? currentBackend();
}

/** A tensor from an array that nobody else writes. It lives on `backend`. */
export function fromArray(array: NdArray, backend: Backend = currentBackend()): Tensor {
  const handle = backend.upload(array);
  const spec = { shape: array.shape.slice(), dtype: dtypeOf(array) };
  return own(
    new Tensor(
      spec.shape,
      spec.dtype,
      new Storage(backend, backend.memory(handle), byteSize(spec.shape, spec.dtype)),
      handle,
    ),
  );
}

/** @throws DTypeError unless all dtypes agree and are among `allowed` */
export function checkDTypes(
  op: string,
  inputs: readonly Spec[],
  allowed: readonly DType[] = ["float32", "float64"],
): DType {
  const dtype = inputs[0]!.dtype;
  for (const x of inputs)
    if (x.dtype !== dtype)
      throw new DTypeError(
        op,
        `one dtype for all operands`,
        `${dtype} and ${x.dtype}`,
        `cast one: cast(x, "${dtype}")`,
      );
  if (!allowed.includes(dtype))
    throw new DTypeError(op, allowed.join(" or "), dtype, `cast it: cast(x, "${allowed[0]}")`);
  return dtype;
}

/** @throws ShapeError, DTypeError unless a cotangent is of the kind of its primal */
export function checkCotangent(op: string, cotangent: Tensor, primal: Tensor): Tensor {
  if (!sameShape(cotangent.shape, primal.shape))
    throw new ShapeError(op, `a cotangent of shape ${showShape(primal.shape)}`, showShape(cotangent.shape));
  if (cotangent.dtype !== primal.dtype)
    throw new DTypeError(op, `a cotangent of dtype ${primal.dtype}`, cotangent.dtype);
  return cotangent;
}
