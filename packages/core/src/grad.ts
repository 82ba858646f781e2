/** @file Derivatives: a sweep over the tape from the last node to the first. Everything nests. */
import { inVjpOf } from "./anomaly.ts";
import { DTypeError, ShapeError, TapeError } from "./errors.ts";
import { add, mul } from "./ops/arithmetic.ts";
import { sum } from "./ops/broadcast.ts";
import { ones, zeros } from "./ops/create.ts";
import { alias } from "./ops/reshape.ts";
import { checkCotangent } from "./primitive.ts";
import { scope, synchronous } from "./scope.ts";
import { showShape } from "./shape.ts";
import { type Tape, withoutTapes, withTape } from "./tape.ts";
import { type Parameter, Tensor } from "./tensor.ts";

/** Cotangents of `wanted` from one of an output. Ops that run here go on the tapes that are still open, not on this one. */
function pullBack(tape: Tape, output: Tensor, cotangent: Tensor, wanted: readonly Tensor[]): Tensor[] {
  for (const [p, version] of tape.parameters)
    if (p.version !== version)
      throw new TapeError("vjp", "parameters as they were when recorded", "one assigned since", "record again");
  const cotangents = new Map<Tensor, Tensor>([[output, cotangent]]);
  for (let k = tape.nodes.length - 1; k >= 0; k--) {
    const node = tape.nodes[k]!;
    const cts = node.outputs.map((t) => cotangents.get(t) ?? null);
    if (cts.every((ct) => ct === null)) continue;
    const { primitive } = node;
    const results = inVjpOf(primitive.name, () => primitive.vjp(cts, node));
    for (let i = 0; i < node.inputs.length; i++) {
      const ct = results[i];
      if (!node.needs[i] || ct === null || ct === undefined) continue;
      const input = node.inputs[i]!;
      const before = cotangents.get(input);
      cotangents.set(input, before === undefined ? checkCotangent(primitive.name, ct, input) : add(before, ct));
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
export function vjp(
  f: (...xs: Tensor[]) => Tensor,
  ...primals: Tensor[]
): { value: Tensor; pullback(ct: Tensor): Tensor[] } {
  for (const x of primals) floating(x);
  const xs = primals.map(alias);
  const { tape, result } = withTape(xs, () => synchronous("vjp", f(...xs)));
  // An argument that comes back untouched, or a constant, must not share its identity with what follows.
  return {
    value: result,
    pullback: (ct) => pullBack(tape, result, checkCotangent("vjp", ct, result), xs),
  };
}

/**
 * The gradient of a scalar function: x ↦ ∂f/∂x.
 * @param argnums - the argument(s) to differentiate by; 0 unless said
 * @throws ShapeError unless f returns a scalar; TapeError when f is async
 * @example grad(x => sum(square(x)))(tensor([1, 2])); // [2, 4]
 */
export function grad(f: (...xs: Tensor[]) => Tensor, argnums?: number): (...xs: Tensor[]) => Tensor;
export function grad(f: (...xs: Tensor[]) => Tensor, argnums: readonly number[]): (...xs: Tensor[]) => Tensor[];
export function grad(f: (...xs: Tensor[]) => Tensor, argnums: number | readonly number[] = 0) {
  const numbers = typeof argnums === "number" ? [argnums] : argnums;
  return (...xs: Tensor[]): Tensor | Tensor[] =>
    scope(() => {
      for (const k of numbers)
        if (xs[k] === undefined)
          throw new ShapeError("grad", `argnums below ${xs.length} (the number of arguments)`, k);
      const part = (...chosen: Tensor[]) =>
        f(...xs.map((x, i) => (numbers.includes(i) ? chosen[numbers.indexOf(i)]! : x)));
      const { value, pullback } = vjp(part, ...numbers.map((k) => xs[k]!));
      const grads = pullback(seed("grad", value));
      return typeof argnums === "number" ? grads[0]! : grads;
    });
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
  f: (...xs: Tensor[]) => Tensor,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
): { value: Tensor; tangent: Tensor } {
  if (tangents.length !== primals.length) throw new ShapeError("jvp", `${primals.length} tangents`, tangents.length);
  return scope(() => {
    for (let i = 0; i < primals.length; i++) checkCotangent("jvp", tangents[i]!, primals[i]!);
    const { value, pullback } = vjp(f, ...primals);
    const dual = zeros(value.shape, { dtype: floating(value), backend: value.backend });
    const products = (ct: Tensor) =>
      pullback(ct)
        .map((x, i) => sum(mul(x, tangents[i]!)))
        .reduce(add);
    return { value, tangent: grad(products)(dual) };
  });
}

/** Hessian-vector product (∂²f/∂x²) v of a scalar function: the gradient of ⟨∂f/∂x, v⟩. */
export function hvp(f: (...xs: Tensor[]) => Tensor, primals: readonly Tensor[], v: readonly Tensor[]): Tensor[] {
  if (v.length !== primals.length) throw new ShapeError("hvp", `${primals.length} vectors`, v.length);
  const all = primals.map((_, i) => i);
  const slope = (...xs: Tensor[]) =>
    grad(
      f,
      all,
    )(...xs)
      .map((g, i) => sum(mul(g, v[i]!)))
      .reduce(add);
  return grad(slope, all)(...primals);
}

/** The value without its history: derivatives see a constant. */
export const stopGradient = (x: Tensor): Tensor => withoutTapes(() => alias(x));
