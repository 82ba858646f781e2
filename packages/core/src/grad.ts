/**
 * @file Derivatives: a sweep over the tape from the last node to the first. For y = f_N ∘ ⋯ ∘ f₁(x)
 * it computes x̄ = J₁ᵀ ⋯ J_Nᵀ ȳ from the right, one vjp a node. A vjp consists of ops, so
 * derivatives nest. (`scope` releases what is not returned; without it the numbers are the same.)
 */

import { isFloating } from "./array.ts";
import { CotangentSums } from "./cotangents.ts";
import { inVjpOf } from "./debug.ts";
import { DTypeError, ShapeError, TapeError } from "./errors.ts";
import { checkFunction, checkList, checkTensors } from "./ops/check.ts";
import { type CreateOptions, ones, zeros } from "./ops/create.ts";
import { add, alias, mul, sum } from "./ops/families.ts";
import { each } from "./primitive.ts";
import { scope, synchronous } from "./scope.ts";
import { type Call, type CotangentList, type Tape, withoutTapes, withTape } from "./tape.ts";
import { checkKind, kindOf, type Parameter, Tensor } from "./tensor.ts";

export type Tensors = readonly Tensor[];

/** A function of tensors to a tensor. */
export type Differentiable<Xs extends Tensors = Tensor[]> = (...xs: Xs) => Tensor;

/** A tensor for each of `Xs`. */
export type Gradients<Xs extends Tensors> = { [K in keyof Xs]: Tensor };

/**
 * Cotangents of `wanted` from the cotangent of an output. The ops of the sweep go on the tapes that
 * are still open, not on this one.
 */
export function sweep<Xs extends Tensors>(
  tape: Tape,
  output: Tensor,
  cotangent: Tensor,
  wanted: readonly [...Xs],
): Gradients<Xs> {
  if ([...tape.parameters].some(([p, version]) => p.version !== version))
    throw new TapeError("vjp", "parameters as recorded", "one assigned since", "record again");
  return scope(() => {
    const cotangents = new CotangentSums(wanted);
    cotangents.add(output, cotangent);
    for (const { call, needs } of tape.nodes.toReversed()) {
      const cts = call.outputs.map((t) => cotangents.of(t));
      if (cts.every((ct) => ct === null)) continue;
      const byInput = scope(() =>
        inVjpOf(call.name, () => checkCotangents(call, call.vjp(cts, needs))),
      );
      for (const [i, input] of call.inputs.entries())
        if (needs[i] && byInput[i])
          // x̄ += (∂y/∂x)ᵀ ȳ: the input of several calls has the sum of their cotangents
          cotangents.add(input, checkKind(call.name, "cotangent", byInput[i], input));
      cotangents.close([...cts, ...byInput], call.outputs);
    }
    return each<Xs, Tensor>(wanted, (x) => cotangents.of(x) ?? zeros(x.shape, like(x)));
  });
}

/**
 * The results of a vjp, if there is a tensor or null for each input. @throws ShapeError otherwise
 */
function checkCotangents({ name, inputs }: Call, cts: CotangentList): CotangentList {
  const complete = Array.isArray(cts) && cts.length === inputs.length;
  const at = complete ? cts.findIndex((ct) => ct !== null && !(ct instanceof Tensor)) : 0;
  if (at < 0) return cts;
  const got = complete ? `${kindOf(cts[at])} for input ${at}` : kindOf(cts);
  throw new ShapeError(name, `a cotangent (or null) for each of ${inputs.length} inputs`, got);
}

/** The options of a constant that goes with a tensor. */
export const like = ({ dtype, backend }: Tensor): Required<CreateOptions> => ({ dtype, backend });

/** The tensor itself. @throws DTypeError when its dtype has no derivatives */
function checkDifferentiable(op: string, x: Tensor): Tensor {
  if (isFloating(x.dtype)) return x;
  throw new DTypeError(op, "float32 or float64 to differentiate", x.dtype);
}

/** @throws TapeError unless a function returned a tensor */
function asTensor(op: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw new TapeError(op, "a function that returns a tensor", kindOf(value));
}

/** The cotangent 1. @throws ShapeError, DTypeError for anything but a floating scalar */
export function seedOf(op: string, value: Tensor): Tensor {
  if (value.shape.length === 0) return ones([], like(checkDifferentiable(op, value)));
  throw new ShapeError(op, "a scalar", value.shape, "sum() or mean() it");
}

/**
 * The value of a function and its pullback, ȳ ↦ (∂f/∂x)ᵀ ȳ, which may be called many times and is
 * differentiable itself. It works until the {@link scope} in which `vjp` was called ends; returning
 * it does not prolong that. Arguments are aliased on entry, so that an inner derivative never takes
 * an outer variable for its own: in `grad(x => sum(grad(y => sum(mul(x, y)))(x)))` x and y are one
 * tensor, and the alias tells y from x.
 * @param primals - x, [...] each
 * @returns `value` f(x) [...], and `pullback`: a cotangent of its shape → one for each primal, of
 * the primal's shape
 * @throws DTypeError for a primal that is no floating tensor; TapeError unless f returns a tensor,
 * and from a pullback whose scope has ended
 * @example const { value, pullback } = vjp(tanh, x); const [xBar] = pullback(ones(x.shape));
 */
export function vjp<Xs extends Tensors>(
  f: Differentiable<Xs>,
  ...primals: Xs
): { value: Tensor; pullback(ct: Tensor): Gradients<Xs> } {
  checkFunction("vjp", f);
  for (const k of primals.keys()) argument("vjp", primals, k);
  const xs = each<Xs, Tensor>(primals, alias) as unknown as Xs;
  const { tape, result } = withTape(xs, () => synchronous("vjp", () => f(...xs)));
  const value = asTensor("vjp", result);
  const pullback = (ct: Tensor): Gradients<Xs> => {
    const help = "call the pullback inside of it, and return the cotangents";
    if (xs.some((x) => x.invalid === "released"))
      throw new TapeError("vjp", "the scope that recorded it to be open", "one that ended", help);
    return sweep<Xs>(tape, value, checkKind("vjp", "cotangent", ct, value), xs);
  };
  return { value, pullback };
}

/**
 * The gradient of a scalar function, x ↦ ∂f/∂x.
 * @param f - of tensors [...] to a scalar []
 * @param argnums - the argument or arguments to differentiate by (default 0)
 * @returns a function of the same arguments to the gradient, [...] as the argument; an array of
 * them where argnums is one
 * @throws ShapeError unless f returns a scalar, and for argnums that are out of range or not
 * different; TapeError when f is async
 * @example grad(x => sum(square(x)))(tensor([1, 2])); // [2, 4]
 */
export function grad<Xs extends Tensors>(
  f: Differentiable<Xs>,
  argnums?: number,
): Differentiable<Xs>;
export function grad<Xs extends Tensors, const Numbers extends readonly number[]>(
  f: Differentiable<Xs>,
  argnums: Numbers,
): (...xs: Xs) => { -readonly [K in keyof Numbers]: Tensor };
export function grad(f: Differentiable, argnums: number | readonly number[] = 0) {
  return byArguments("grad", f, argnums, (part, by) => {
    const { value, pullback } = vjp(part, ...by);
    return pullback(seedOf("grad", value));
  });
}

/**
 * Makes functions like grad's: fixes the arguments that are not in `argnums`, and gives `run` f as
 * a function of the rest. The result has a tensor for each of `argnums`, or is a single one.
 */
export function byArguments(
  op: string,
  f: Differentiable,
  argnums: number | readonly number[],
  run: (part: Differentiable, by: Tensor[]) => Tensor[],
): (...xs: Tensor[]) => Tensor | Tensor[] {
  checkFunction(op, f);
  const numbers = [argnums].flat() as number[];
  if (new Set(numbers).size < numbers.length)
    throw new ShapeError(op, "different argnums", numbers);
  return (...xs) =>
    scope(() => {
      const by = numbers.map((k) => argument(op, xs, k));
      // the others stay as they are: indexOf gives −1 for them, where `chosen` has nothing
      const part = (...chosen: Tensor[]) => f(...xs.map((x, i) => chosen[numbers.indexOf(i)] ?? x));
      const results = run(part, by);
      const [only] = results;
      return typeof argnums === "number" && only !== undefined ? only : results;
    });
}

/** Argument k. @throws ShapeError when there are fewer; DTypeError if it is no floating tensor */
function argument(op: string, xs: Tensors, k: number): Tensor {
  const x = xs[k];
  if (!(k in xs)) throw new ShapeError(op, `argnums below ${xs.length}, the arguments`, k);
  if (x instanceof Tensor) return checkDifferentiable(op, x);
  throw new DTypeError(op, `a tensor as argument ${k}`, kindOf(x), "make it one: tensor(value)");
}

/**
 * The value of a scalar function and its gradients by parameters that f uses from its closure: the
 * form for training.
 * @param f - returns a scalar [], or `{ loss, aux }` with a scalar loss
 * @param params - [...] each
 * @returns `value` []; `grads`, of the parameters' shapes (zeros where f does not depend on one);
 * `aux` as f returned it
 * @throws ShapeError unless f returns a scalar; TapeError when f is async
 * @example const { value, grads } = valueAndGrad(() => crossEntropy(model.forward(x), y), params);
 */
export function valueAndGrad<P extends readonly Parameter[], Aux = undefined>(
  f: () => Tensor | { loss: Tensor; aux: Aux },
  params: readonly [...P],
): { value: Tensor; grads: Gradients<P>; aux: Aux } {
  return scope(() => {
    checkTensors("valueAndGrad", ...checkList("valueAndGrad", params, "parameters"));
    for (const p of params) checkDifferentiable("valueAndGrad", p);
    const { tape, result } = withTape(params, () => synchronous("valueAndGrad", f));
    const { loss, aux } =
      result instanceof Tensor
        ? { loss: result, aux: undefined as Aux }
        : (Object(result) as typeof result);
    const value = asTensor("valueAndGrad", loss);
    return { value, grads: sweep<P>(tape, value, seedOf("valueAndGrad", value), params), aux };
  });
}

/** Σᵢ ⟨xᵢ, yᵢ⟩, a scalar; null is zero. */
export function dot(op: string, xs: Tensors, ys: CotangentList): Tensor {
  if (xs.length !== checkList(op, ys, "vectors").length)
    throw new ShapeError(op, `${xs.length} vectors, one for each argument`, ys.length);
  const products = xs.flatMap((x, i) =>
    ys[i] ? [sum(mul(x, checkKind(op, "vector", ys[i], x)))] : [],
  );
  return products.reduce((a, b) => add(a, b));
}

/**
 * The same value without history, [...] → [...]: to a derivative it is a constant.
 * @example grad((x) => sum(mul(x, stopGradient(x))))(tensor([3])); // [3]
 */
export const stopGradient = (x: Tensor): Tensor => withoutTapes(() => alias(x));
