/** @file Derivatives: a sweep over the tape from the last node to the first. Everything nests. */
import { inVjpOf } from "./anomaly.ts";
import { DTypeError, ShapeError, TapeError } from "./errors.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { sum } from "./ops/broadcast.ts";
import { ones, zeros } from "./ops/create.ts";
import { alias } from "./ops/reshape.ts";
import { scope, synchronous } from "./scope.ts";
import { sameShape, showShape } from "./shape.ts";
import { type Tape, withoutTapes, withTape } from "./tape.ts";
import { type Parameter, type Spec, Tensor } from "./tensor.ts";

/** What is differentiated: tensors to a tensor. */
export type Differentiable = (...xs: Tensor[]) => Tensor;

/** @throws ShapeError unless a cotangent is of the kind of its primal */
function checkCotangent(op: string, ct: Tensor, { shape, dtype }: Spec): Tensor {
  if (sameShape(ct.shape, shape) && ct.dtype === dtype) return ct;
  throw new ShapeError(op, `a cotangent of ${dtype} ${showShape(shape)}`, `${ct.dtype} ${showShape(ct.shape)}`);
}

/** Cotangents of `wanted` from one of an output. Ops that run here go on the tapes that are still open, not on this one. */
function pullBack(tape: Tape, output: Tensor, cotangent: Tensor, wanted: readonly Tensor[]): Tensor[] {
  for (const [p, version] of tape.parameters)
    if (p.version !== version)
      throw new TapeError("vjp", "parameters as they were when recorded", "one assigned since", "record again");
  const cotangents = new Map<Tensor, Tensor>([[output, cotangent]]);
  for (const { call, needs } of tape.nodes.toReversed()) {
    const cts = call.outputs.map((t) => cotangents.get(t) ?? null);
    if (cts.every((ct) => ct === null)) continue;
    const results = inVjpOf(call.name, () => call.vjp(cts, needs));
    for (const [i, input] of call.inputs.entries()) {
      const ct = results[i];
      if (!needs[i] || !ct) continue;
      const before = cotangents.get(input);
      cotangents.set(input, before ? add(before, ct) : checkCotangent(call.name, ct, input));
    }
  }
  return wanted.map((x) => cotangents.get(x) ?? zeros(x.shape, { dtype: floating(x), backend: x.backend }));
}

function floating(x: Tensor): "float32" | "float64" {
  if (x.dtype === "float32" || x.dtype === "float64") return x.dtype;
  throw new DTypeError("grad", "float32 or float64 to differentiate by", x.dtype);
}

/** The seed of a scalar's derivative: 1. */
function seed(op: string, value: unknown): Tensor {
  if (!(value instanceof Tensor)) throw new TapeError(op, "a function that returns a tensor", typeof value);
  if (value.shape.length !== 0)
    throw new ShapeError(op, "a scalar to differentiate", showShape(value.shape), "sum() or mean() it");
  return ones([], { dtype: floating(value), backend: value.backend });
}

/**
 * f's value, and its pullback ȳ ↦ (∂f/∂x)ᵀ ȳ, which may be called many times and is differentiable itself.
 * Arguments are aliased on entry, so that an inner derivative never mistakes an outer variable for its own.
 * @example const { value, pullback } = vjp(tanh, x); const [xBar] = pullback(ones(x.shape));
 */
export function vjp(f: Differentiable, ...primals: Tensor[]): { value: Tensor; pullback(ct: Tensor): Tensor[] } {
  for (const x of primals) floating(x);
  const xs = primals.map(alias);
  const { tape, result } = withTape(xs, () => synchronous("vjp", f(...xs)));
  return { value: result, pullback: (ct) => pullBack(tape, result, checkCotangent("vjp", ct, result), xs) };
}

/**
 * The gradient of a scalar function: x ↦ ∂f/∂x.
 * @param argnums - the argument(s) to differentiate by; 0 unless said
 * @throws ShapeError unless f returns a scalar; TapeError when f is async
 * @example grad(x => sum(square(x)))(tensor([1, 2])); // [2, 4]
 */
export function grad(f: Differentiable, argnums?: number): (...xs: Tensor[]) => Tensor;
export function grad(f: Differentiable, argnums: readonly number[]): (...xs: Tensor[]) => Tensor[];
export function grad(f: Differentiable, argnums: number | readonly number[] = 0) {
  const numbers = typeof argnums === "number" ? [argnums] : argnums;
  return (...xs: Tensor[]): Tensor | Tensor[] => {
    const beyond = numbers.find((k) => xs[k] === undefined);
    if (beyond !== undefined)
      throw new ShapeError("grad", `argnums below ${xs.length}, the number of arguments`, beyond);
    const part: Differentiable = (...chosen) => f(...xs.map((x, i) => chosen[numbers.indexOf(i)] ?? x));
    const grads = scope(() => {
      const { value, pullback } = vjp(part, ...numbers.map((k) => xs[k]!));
      return pullback(seed("grad", value));
    });
    return typeof argnums === "number" ? grads[0]! : grads;
  };
}

/**
 * The training form: the value of a scalar function and its gradients by parameters that it finds through its closure.
 * @returns `grads[i]` belongs to `params[i]` (zeros where the loss does not depend on it); `aux` is what f returned beside
 * @example const { value, grads } = valueAndGrad(() => crossEntropy(model.forward(x), y), params);
 */
export function valueAndGrad(f: () => Tensor, params: readonly Parameter[]): { value: Tensor; grads: Tensor[] };
export function valueAndGrad<Aux>(
  f: () => { loss: Tensor; aux: Aux },
  params: readonly Parameter[],
): { value: Tensor; grads: Tensor[]; aux: Aux };
export function valueAndGrad(f: () => Tensor | { loss: Tensor; aux: unknown }, params: readonly Parameter[]) {
  return scope(() => {
    for (const p of params) floating(p);
    const { tape, result } = withTape(params, () => synchronous("valueAndGrad", f()));
    const { loss, aux } = result instanceof Tensor ? { loss: result, aux: undefined } : result;
    return { value: loss, grads: pullBack(tape, loss, seed("valueAndGrad", loss), params), aux };
  });
}

/**
 * Forward derivative: f's value and its tangent ẏ = (∂f/∂x) ẋ, as the vjp of the vjp (linear in the cotangent, so its
 * transpose is the jvp): no op needs a rule of its own.
 */
export function jvp(
  f: Differentiable,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
): { value: Tensor; tangent: Tensor } {
  checkMatched("jvp", tangents, primals);
  return scope(() => {
    const { value, pullback } = vjp(f, ...primals);
    const dual = zeros(value.shape, { dtype: floating(value), backend: value.backend });
    return { value, tangent: grad((ct) => inner(pullback(ct), tangents))(dual) };
  });
}

/** Hessian-vector product (∂²f/∂x²) v of a scalar function: the gradient of ⟨∂f/∂x, v⟩. */
export function hvp(f: Differentiable, primals: readonly Tensor[], v: readonly Tensor[]): Tensor[] {
  checkMatched("hvp", v, primals);
  const all = primals.map((_, i) => i);
  return grad((...xs) => inner(grad(f, all)(...xs), v), all)(...primals);
}

/**
 * The vjp of a fused op's backward: of (ȳ, x₁, …) ↦ (x̄₁, …). The op's own backward is a kernel that no tape looks into, so its
 * derivative is taken through `composed`, the same function made of ordinary ops, and is differentiable in turn.
 * @param composed - (x₁, …) ↦ y, equal to the fused op
 * @param ct - ȳ
 * @param inputs - x₁, …
 * @param cotangents - of x̄₁, … (null: zero), in the order of the inputs
 * @returns cotangents of ȳ, x₁, …
 */
export function vjpOfBackward(
  composed: Differentiable,
  ct: Tensor,
  inputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
): Tensor[] {
  const product: Differentiable = (seed, ...xs) => inner(vjp(composed, ...xs).pullback(seed!), cotangents);
  return grad(
    product,
    [ct, ...inputs].map((_, k) => k),
  )(ct, ...inputs);
}

/** Σ ⟨x, y⟩ over pairs of tensors; null counts as zero. */
const inner = (xs: readonly Tensor[], ys: readonly (Tensor | null)[]): Tensor =>
  xs.flatMap((x, k) => (ys[k] ? [sum(mul(x, ys[k]))] : [])).reduce(add);

function checkMatched(op: string, vectors: readonly Tensor[], primals: readonly Tensor[]): void {
  if (vectors.length !== primals.length) throw new ShapeError(op, `${primals.length} vectors`, vectors.length);
  for (const [i, x] of primals.entries()) checkCotangent(op, vectors[i]!, x);
}

/** The value without its history: derivatives see a constant. */
export const stopGradient = (x: Tensor): Tensor => withoutTapes(() => alias(x));
