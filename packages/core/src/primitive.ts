/**
 * @file A primitive: an op y = f(x) and its derivative x̄ = (∂f/∂x)ᵀ ȳ as one object; and a call of
 * it, which checks the operands, runs a kernel, and goes on the tape (`apply`, the heart of it).
 */

import { dtypeOf, type NdArray } from "./array.ts";
import {
  type Backend,
  currentBackend,
  type Each,
  type Kernel,
  type Places,
  type Result,
  reference,
} from "./backend.ts";
import { inspect } from "./debug.ts";
import { BackendError, ShapeError } from "./errors.ts";
import { checkList, checkTensors } from "./ops/check.ts";
import { checkBackend } from "./ops/check-backend.ts";
import { noGrad, own } from "./scope.ts";
import { sameShape } from "./shape.ts";
import { Holder, type Residual } from "./storage.ts";
import { type Call, isTracked, record } from "./tape.ts";
import { type Spec, showSpec, Tensor } from "./tensor.ts";

/** The call that a vjp differentiates. */
export interface VjpContext<
  I extends Places = Places,
  O extends Places = Places,
  Options = unknown,
> {
  readonly inputs: Each<I, Tensor>;
  readonly outputs: Each<O, Tensor>;
  /** The arrays that the forward kept for this, if any: for the op of the backward pass. */
  readonly residual: Residual | undefined;
  readonly options: Options;
  /** Which inputs need a cotangent: for the others the vjp may return null, and save the work. */
  readonly needs: Each<I, boolean>;
}

/**
 * Cotangents of the outputs. That of a single output is always there; of several outputs, each may
 * be null, which means zero.
 */
export type OutputCotangents<O extends Places> = O extends readonly [1]
  ? Each<O, Tensor>
  : Each<O, Tensor | null>;

/**
 * An op: its reference forward on NdArray, and its derivative in public ops, so that it is
 * differentiable again and runs on every backend. A fused op's backward is a primitive itself; its
 * vjp differentiates the pullback of the same function written in ordinary ops (ops/fused.ts).
 */
export interface Primitive<
  I extends Places = Places,
  O extends Places = Places,
  Options = unknown,
> {
  /** For messages, never for dispatch. */
  readonly name: string;
  /** Checks operands and options, and returns the shapes and dtypes of the outputs. */
  infer(inputs: Each<I, Spec>, options: Options): Each<O, Spec>;
  /**
   * The outputs, y = f(x).
   * @param recorded - whether a tape will record this call: then a residual may come with the
   * outputs
   * @param residual - only for a primitive that is the backward pass of another, as a fused op's:
   * what that one's forward kept, if the reference ran it. Absent otherwise: compute it again.
   */
  forward(
    inputs: Each<I, NdArray>,
    options: Options,
    recorded: boolean,
    residual?: readonly NdArray[],
  ): Result<O, NdArray>;
  /** x̄ = (∂f/∂x)ᵀ ȳ: cotangents of the inputs (null: zero) from those of the outputs. */
  vjp(cotangents: OutputCotangents<O>, context: VjpContext<I, O, Options>): Each<I, Tensor | null>;
  /** The op for a whole batch, for vmap. */
  readonly batch?: Batching<I, O, Options>;
  /**
   * The same outputs in other ops, for a vmap without a rule and for a device without a kernel,
   * where the call still has this vjp.
   */
  composed?(inputs: Each<I, Tensor>, options: Options): Each<O, Tensor>;
}

/**
 * A batching rule: an op of operands [batch, ...] where `batched` says so, otherwise [...], to
 * results [batch, ...]. Undefined where it has none for these operands.
 */
export type Batching<I extends Places = Places, O extends Places = Places, Options = unknown> = {
  rule(
    op: (inputs: Each<I, Tensor>, options: Options) => Each<O, Tensor>,
    inputs: Each<I, Tensor>,
    batched: Each<I, boolean>,
    options: Options,
  ): Each<O, Tensor> | undefined;
}["rule"];

/** The backend of the tensors of one vmap, which runs a call by calls on the tensors beneath. */
export interface Level extends Backend {
  readonly depth: number;
  lower(
    primitive: Primitive,
    op: (inputs: readonly Tensor[], options: unknown) => readonly Tensor[],
    inputs: readonly Tensor[],
    options: unknown,
  ): readonly unknown[];
}

/** Whether a backend is that of a vmap. */
export const isLevel = (backend: Backend): backend is Level => backend.depth !== undefined;

/**
 * A callable primitive. A place is written `name: 1` (see {@link Places}), so `Op<[x: 1, w: 1]>`
 * takes two operands and has one result, y. Only the vjp of an op with a backward primitive passes
 * a residual, to that.
 */
export interface Op<I extends Places, O extends Places = [y: 1], Options = void> {
  (inputs: Each<I, Tensor>, options: Options, residual?: Residual): Each<O, Tensor>;
  readonly primitive: Primitive<I, O, Options>;
}

const registry: Primitive[] = [];

/**
 * Every primitive defined so far, for the tests of backends and derivatives.
 * @example primitives().map(({ name }) => name);
 */
export const primitives = (): readonly Primitive[] => registry;

/**
 * Makes an op from its forward and its derivative, as core's own ops are made. Its type has the
 * places of its operands and results, [...] each.
 * @returns a function `(inputs, options) => outputs`, checked, dispatched and recorded as all
 * others
 * @example
 * const cube: Op<[x: 1]> = definePrimitive({
 *   name: "cube",
 *   infer: ([x]) => [x],
 *   forward: ([x]) => [mapArray((v) => v ** 3, x)],
 *   vjp: ([ct], { inputs: [x] }) => [mul(ct, mul(3, square(x)))],
 * });
 */
export function definePrimitive<I extends Places, O extends Places = [y: 1], Options = void>(
  primitive: Primitive<NoInfer<I>, NoInfer<O>, NoInfer<Options>>,
): Op<I, O, Options> {
  const erased = primitive as unknown as Primitive;
  registry.push(erased);
  const call = (inputs: readonly Tensor[], options: unknown, residual?: Residual) =>
    apply(erased, inputs, options, residual);
  return Object.assign(call as unknown as Op<I, O, Options>, { primitive });
}

/** `map` of a tuple, whose type keeps its length. @example each([1, 2], (v) => 2 * v); // [2, 4] */
export const each = <T extends readonly unknown[], U>(
  list: readonly [...T],
  f: (item: T[number], k: number) => U,
): { [K in keyof T]: U } => list.map(f) as { [K in keyof T]: U };

/**
 * A call of an op: infers the outputs' shapes, runs the backend's kernel, or the reference where it
 * has none or declines, and gives the outputs to the scope. If a tape tracks an input, it records
 * the call with its vjp.
 */
function apply(
  primitive: Primitive,
  inputs: readonly Tensor[],
  options: unknown,
  residual?: Residual,
): Tensor[] {
  const { name } = primitive;
  const backend = commonBackend(name, checkList(name, inputs, "tensors"));
  const specs = primitive.infer(inputs, options);
  const recorded = isTracked(inputs);
  // what the reference's forward kept, only the reference's backward can read
  const kernel = residual?.byReference ? undefined : backend.kernels.get(primitive);
  const level = isLevel(backend) ? backend : undefined;
  const ran =
    level?.lower(primitive, (xs, by) => apply(primitive, xs, by), inputs, options) ??
    kernel?.(inputs.map(handleOf), options, recorded, residual?.holders.map(handleOf)) ??
    (backend.arrayOf ? undefined : noGrad(() => primitive.composed?.(inputs, options))) ??
    "no kernel";
  const byReference = typeof ran === "string"; // the reason for it
  const result = byReference
    ? onReference(primitive, backend, inputs, options, recorded, specs, residual, ran)
    : ran;
  const handles = "outputs" in result ? result.outputs : result;
  // a view lies in the memory of an input: it becomes another holder of that storage
  const outputs = specs.map((spec, i) => {
    const made = handles[i]; // a tensor if it was composed, whose scope has it already
    if (made instanceof Tensor) return made;
    return own([new Tensor(spec, backend, made, sharing(backend, made, inputs))])[0];
  });
  if (level === undefined) inspect(name, inputs, outputs);
  if (recorded) {
    const kept = "outputs" in result ? result.residual : undefined;
    const around = [...inputs, ...outputs];
    const hold = (handle: unknown) => new Holder(backend, handle, sharing(backend, handle, around));
    const made = kept && { byReference, holders: own(kept.map(hold)) };
    const vjp: Call["vjp"] = (cts, needs) =>
      primitive.vjp(cts, { inputs, outputs, residual: made, options, needs });
    record({ name, inputs, outputs, residual: made, depth: backend.depth ?? 0, vjp });
  }
  return outputs;
}

const handleOf = (holder: Holder): unknown => holder.handle;

/** The one of several holders whose storage has the memory of a handle. */
function sharing(backend: Backend, handle: unknown, among: readonly Holder[]): Holder | undefined {
  const memory = backend.memory(handle);
  return among.find(({ storage }) => storage.memory === memory);
}

/** A fallback: the reference's forward, since the backend has no kernel or that declines. */
function onReference(
  p: Primitive,
  backend: Backend,
  inputs: readonly Tensor[],
  options: unknown,
  recorded: boolean,
  specs: readonly Spec[],
  residual: Residual | undefined,
  reason: string,
): Exclude<ReturnType<Kernel>, string> {
  backend.fallback?.(p.name, residual?.byReference ? "its forward ran on the reference" : reason);
  const given = residual?.byReference
    ? residual.holders.map(({ handle }) => backend.arrayOf?.(handle) ?? (handle as NdArray))
    : undefined;
  const operands = inputs.map((t) => t.ndarray());
  const result = p.forward(operands, options, recorded, given);
  const made = "outputs" in result ? result.outputs : result;
  const outputs = specs.map((spec, i) => backend.upload(checkResult(p.name, made[i], spec)));
  return "outputs" in result
    ? { outputs, residual: result.residual.map((array) => backend.upload(array)) }
    : outputs;
}

/** The array itself, if it agrees with `infer`. @throws ShapeError otherwise */
function checkResult(op: string, array: NdArray | undefined, spec: Spec): NdArray {
  if (array && sameShape(array.shape, spec.shape) && dtypeOf(array) === spec.dtype) return array;
  const expected = `a forward that returns ${showSpec(spec)} as inferred`;
  const got = array && showSpec({ shape: array.shape, dtype: dtypeOf(array) });
  throw new ShapeError(op, expected, got ?? "nothing");
}

/**
 * The backend of a call: that of its inputs, of several vmaps the innermost. 0-d tensors of the
 * reference backend fit anywhere.
 * @throws DTypeError for an input that is no tensor; BackendError when they are on several
 */
function commonBackend(op: string, inputs: readonly Tensor[]): Backend {
  let found: Backend | undefined;
  for (const x of inputs) {
    if (!(x instanceof Tensor)) checkTensors(op, ...inputs);
    const { backend, shape } = x;
    if (backend === found || (backend === reference && shape.length === 0)) continue;
    const further = found && (backend.depth ?? 0) - (found.depth ?? 0);
    if (found !== undefined && further === 0) {
      const other = backend.name === found.name ? "another of that name" : backend.name;
      const help = "move one: await to(x, backend)";
      throw new BackendError(op, `all tensors on ${found.name}`, `one on ${other}`, help);
    }
    if (further === undefined || further > 0) found = backend;
  }
  return found ?? (inputs.length > 0 ? reference : currentBackend());
}

/**
 * A tensor from an array [...], which must not be written any more.
 * @param backend - default: the current one
 * @returns [...]
 * @example fromArray(wrap(Float32Array.of(1, 2), [2])); // [1, 2]
 */
export function fromArray(array: NdArray, backend: Backend = currentBackend()): Tensor {
  const spec = { shape: array.shape.slice(), dtype: dtypeOf(array) };
  const handle = checkBackend("fromArray", backend).upload(array);
  return own([new Tensor(spec, backend, handle)])[0];
}
