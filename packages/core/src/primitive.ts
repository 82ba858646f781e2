/** @file A primitive: an op and its derivative as one object, and how a call of it runs. */
import { inspect } from "./anomaly.ts";
import { dtypeOf, type NdArray } from "./array.ts";
import { type Backend, currentBackend, type Kernel, reference } from "./backend.ts";
import { BackendError, ShapeError } from "./errors.ts";
import { own } from "./scope.ts";
import { sameShape, showShape } from "./shape.ts";
import { type Call, isTracked, record } from "./tape.ts";
import { type Spec, Tensor } from "./tensor.ts";

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
 * An op: its reference forward on NdArray, and its derivative written in public ops, so that it is
 * differentiable again and runs on every backend. A fused op's backward is itself a primitive,
 * whose vjp is the composed form.
 */
export interface Primitive<Options = void> {
  /** For messages, never for dispatch. */
  readonly name: string;
  /**
   * How many results the caller sees (1 unless said); what `infer` lists beyond are residuals, for
   * the vjp alone.
   */
  readonly outputs?: number;
  /**
   * Validates everything and says what comes out: the outputs, then the residuals. Throws before
   * anything is written.
   */
  infer(inputs: readonly Spec[], options: Options): readonly Spec[];
  /**
   * Outputs, then residuals; without `keep` nobody will differentiate and residuals may be left
   * out.
   */
  forward(inputs: readonly NdArray[], options: Options, keep: boolean): NdArray[];
  /** Cotangents of the inputs from those of the outputs (null: zero). */
  vjp(
    cotangents: readonly (Tensor | null)[],
    context: VjpContext<Options>,
  ): readonly (Tensor | null)[];
}

/** A callable primitive. */
export interface Op<Options> {
  (inputs: readonly Tensor[], options: Options): Tensor[];
  readonly primitive: Primitive<Options>;
}

const registry: Primitive<unknown>[] = [];

/**
 * Every primitive defined so far: what a backend must cover and the derivative checks walk through.
 */
export const primitives = (): readonly Primitive<unknown>[] => registry;

/**
 * Makes an op from its forward and its derivative, exactly as the framework's own ops are made.
 * @returns a function `(inputs, options) => outputs`; it is recorded, checked and dispatched like
 * every other
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
  return Object.assign(
    (inputs: readonly Tensor[], options: Options) => apply(erased, inputs, options),
    { primitive },
  );
}

function apply(
  primitive: Primitive<unknown>,
  inputs: readonly Tensor[],
  options: unknown,
): Tensor[] {
  const { name } = primitive;
  const specs = primitive.infer(inputs, options);
  const backend = commonBackend(name, inputs);
  const keep = isTracked(inputs);
  const handles = inputs.map((t) => t.handle);
  const kernel = backend.kernels.get(primitive) ?? fallback(primitive, backend, inputs, specs);
  const outputs = kernel(handles, options, keep).map((handle, i) => {
    // a result that looks at an input's memory shares its storage
    const memory = backend.memory(handle);
    const source = inputs.find((t) => t.storage.memory === memory);
    return own(new Tensor(specs[i]!, backend, handle, source));
  });
  const visible = primitive.outputs ?? 1;
  const residuals = outputs.length > visible ? outputs.splice(visible) : [];
  inspect(name, inputs, outputs);
  if (keep) {
    const vjp: Call["vjp"] = (cts, needs) =>
      primitive.vjp(cts, { inputs, outputs, residuals, options, needs });
    record({ name, inputs, outputs, residuals, vjp });
  }
  return outputs;
}

/** The reference's forward, in place of a kernel that the backend lacks. */
function fallback(
  p: Primitive<unknown>,
  backend: Backend,
  inputs: readonly Tensor[],
  specs: readonly Spec[],
): Kernel {
  backend.fallback?.(p.name);
  const arrays = inputs.map((t) => t.ndarray());
  return (_, options, keep) =>
    p
      .forward(arrays, options, keep)
      .map((array, i) => backend.upload(checkResult(p.name, array, specs[i]!)));
}

/** @throws ShapeError when a forward does not return what its `infer` said */
function checkResult(op: string, array: NdArray, { shape, dtype }: Spec): NdArray {
  if (sameShape(array.shape, shape) && dtypeOf(array) === dtype) return array;
  const got = `${dtypeOf(array)} ${showShape(array.shape)}`;
  throw new ShapeError(op, `a forward that returns ${dtype} ${showShape(shape)} as inferred`, got);
}

/**
 * Where a call runs: where its inputs live; scalars in CPU memory fit anywhere.
 * @throws BackendError when they are mixed
 */
function commonBackend(op: string, inputs: readonly Tensor[]): Backend {
  let found: Backend | undefined;
  for (const { backend, shape } of inputs) {
    if (backend === found || (backend === reference && shape.length === 0)) continue;
    if (found !== undefined)
      throw new BackendError(
        op,
        `all tensors on ${found.name}`,
        backend.name === found.name ? "one on another of that name" : `one on ${backend.name}`,
        "move one: await to(x, backend)",
      );
    found = backend;
  }
  return found ?? (inputs.length > 0 ? reference : currentBackend());
}

/** A tensor from an array that nobody else writes. It lives on `backend`. */
export const fromArray = (array: NdArray, backend: Backend = currentBackend()): Tensor =>
  own(
    new Tensor(
      { shape: array.shape.slice(), dtype: dtypeOf(array) },
      backend,
      backend.upload(array),
    ),
  );
