/**
 * @file Transforms of functions besides grad and vmap: derivatives made of the pullback, and calls
 * with derivatives of their own.
 */

import { isFloating } from "./array.ts";
import {
  byArguments,
  type Differentiable,
  dot,
  type Gradients,
  grad,
  like,
  seedOf,
  sweep,
  type Tensors,
  vjp,
} from "./grad.ts";
import { checkList } from "./ops/check.ts";
import { eye, zeros } from "./ops/create.ts";
import { alias, reshape, sum } from "./ops/families.ts";
import { isLevel } from "./primitive.ts";
import { noGrad, scope, synchronous } from "./scope.ts";
import { sizeOf } from "./shape.ts";
import { atDepth, type CotangentList, isTracked, record, withoutTapes, withTape } from "./tape.ts";
import type { Tensor } from "./tensor.ts";
import { Batch, vmap } from "./vmap.ts";

/**
 * The forward derivative: f's value and its tangent ẏ = J ẋ, J = ∂f/∂x. No op needs a rule for it:
 * the pullback ȳ ↦ Jᵀ ȳ is linear, ⟨Jᵀ ȳ, ẋ⟩ = ⟨ȳ, J ẋ⟩, and the gradient of that by ȳ is J ẋ.
 * @param primals - x, [...] each
 * @param tangents - ẋ, of the primals' shapes
 * @returns `value` and `tangent`, both of the shape of f(x)
 * @throws ShapeError, DTypeError unless each tangent fits its primal
 * @example jvp(sin, [x], [ones(x.shape)]).tangent; // cos x
 */
export function jvp<Xs extends Tensors>(
  f: Differentiable<Xs>,
  primals: readonly [...Xs],
  tangents: Tensors,
): { value: Tensor; tangent: Tensor } {
  return scope(() => {
    const { value, pullback } = vjp<Xs>(f, ...checkList("jvp", primals, "tensors"));
    const pushForward = grad((ct) => dot("jvp", pullback(ct), tangents));
    // ⟨Jᵀ ȳ, ẋ⟩ is linear in ȳ: its gradient is the same at every ȳ, so 0 will do
    return { value, tangent: pushForward(zeros(value.shape, like(value))) };
  });
}

/**
 * The Hessian-vector product (∂²f/∂x²) v of a scalar function: the gradient of ⟨∂f/∂x, v⟩ by x.
 * @param f - of tensors [...] to a scalar []
 * @param primals - x, [...] each
 * @param v - of the primals' shapes
 * @returns a tensor for each primal, of its shape
 * @throws ShapeError unless f returns a scalar and each vector fits its primal
 * @example hvp((x) => sum(pow(x, 3)), [tensor([1, 2])], [ones([2])])[0]; // [6, 12]
 */
export function hvp<Xs extends Tensors>(
  f: Differentiable<Xs>,
  primals: readonly [...Xs],
  v: Tensors,
): Gradients<Xs> {
  const slope = (...xs: Xs) => {
    const { value, pullback } = vjp<Xs>(f, ...xs);
    return dot("hvp", pullback(seedOf("hvp", value)), v);
  };
  return scope(() => {
    const { value, pullback } = vjp<Xs>(slope, ...checkList("hvp", primals, "tensors"));
    return pullback(seedOf("hvp", value));
  });
}

/**
 * The Jacobian of a function, x ↦ ∂f/∂x, from one vmapped pullback: by rows, or by columns where f
 * has more results than arguments.
 * @param f - of tensors [...] to a tensor [...]
 * @param argnums - the argument or arguments to differentiate by (default 0)
 * @returns a function of the same arguments to [...f(x), ...x]; an array of them where argnums is
 * one
 * @throws ShapeError for an argument that does not exist; DTypeError for one without derivatives
 * @example jacobian(square)(tensor([1, 2])); // [[2, 0], [0, 4]]
 */
export function jacobian<Xs extends Tensors>(
  f: Differentiable<Xs>,
  argnums?: number,
): Differentiable<Xs>;
export function jacobian<Xs extends Tensors, const Numbers extends readonly number[]>(
  f: Differentiable<Xs>,
  argnums: Numbers,
): (...xs: Xs) => { -readonly [K in keyof Numbers]: Tensor };
export function jacobian(f: Differentiable, argnums: number | readonly number[] = 0) {
  return byArguments("jacobian", f, argnums, (part, by) => {
    const { value, pullback } = vjp(part, ...by);
    const { shape } = value;
    const unit = (x: Tensor): Tensor => {
      const n = sizeOf(x.shape);
      return reshape(eye(n, n, like(x)), [n, ...x.shape]);
    };
    if (sizeOf(shape) <= by.reduce((n, x) => n + sizeOf(x.shape), 0))
      return vmap(pullback)(unit(value)).map((j) => reshape(j, [...shape, ...j.shape.slice(1)]));
    return by.map((x, k) => {
      // ȳ ↦ Jᵀ ȳ is linear, so its own pullback is ẋ ↦ J ẋ
      const toX = (ct: Tensor) => pullback(ct)[k] ?? x; // there is one for each
      const push = vjp(toX, zeros(shape, like(value))).pullback;
      return reshape(vmap(push, { outAxes: -1 })(unit(x))[0], [...shape, ...x.shape]);
    });
  });
}

/**
 * The Hessian of a scalar function, x ↦ ∂²f/∂x²: the Jacobian of its gradient.
 * @param f - of tensors [...] to a scalar []
 * @param argnum - the argument to differentiate by (default 0)
 * @returns a function of the same arguments to [...x, ...x]
 * @throws ShapeError unless f returns a scalar
 * @example hessian((x) => sum(pow(x, 3)))(tensor([1, 2])); // [[6, 0], [0, 12]]
 */
export const hessian = <Xs extends Tensors>(
  f: Differentiable<Xs>,
  argnum = 0,
): Differentiable<Xs> => jacobian(grad(f, argnum), argnum);

/** A vjp of a whole call. */
type CallVjp = (ct: Tensor, y: Tensor, xs: Tensors) => CotangentList;

/**
 * Records a call y = f(x) with a vjp of its own. Tapes around a vmap get the call on the tensors
 * beneath, with the same vjp for the whole batch.
 */
function recordCall(name: string, xs: Tensors, y: Tensor, callVjp: CallVjp): void {
  const level = [y, ...xs]
    .flatMap(({ backend }) => (backend instanceof Batch ? [backend] : []))
    .reduce<Batch | undefined>((a, b) => (a && a.depth >= b.depth ? a : b), undefined);
  record({
    name,
    inputs: xs,
    outputs: [y],
    residual: undefined,
    depth: level?.depth ?? 0,
    vjp: ([ct]) => (ct ? callVjp(ct, y, xs) : xs.map(() => null)),
  });
  if (level === undefined) return;
  const [yLane, ...lanes] = [y, ...xs].map((x) => level.laneOf(x));
  if (yLane === undefined) return;
  const lowered: CallVjp = (ct) => {
    const taken = level.wrap(ct, yLane.batched);
    const cts = atDepth(level.depth, () => callVjp(taken, y, xs));
    return cts.map((by, k) => {
      if (by === null || !yLane.batched) return by && level.laneOf(by).value;
      return lanes[k]?.batched ? level.unwrap(by) : sum(level.unwrap(by), 0);
    });
  };
  const values = lanes.map(({ value }) => value);
  atDepth(level.depth - 1, () => recordCall(name, values, yLane.value, lowered));
}

/**
 * A function with a derivative of its own, as jax.custom_vjp: for one that is steadier, cheaper, or
 * on purpose another one (a straight-through estimate, a clipped gradient).
 * @param f - of tensors [...] to a tensor; what it uses besides its arguments gets no gradient
 * @param pullback - the cotangents of the arguments (null: zero) from that of the result, the
 * result and the arguments, in ops: then it is differentiable again
 * @returns the same function of [...]
 * @throws ShapeError, from the derivative, unless there is a cotangent for each argument
 * @example
 * const rounded = customVjp((x) => cast(cast(x, "int32"), x.dtype), (ct) => [ct]);
 * grad((x) => sum(rounded(x)))(tensor([1.7])); // [1], straight through
 */
export const customVjp =
  <Xs extends Tensors>(
    f: Differentiable<Xs>,
    pullback: (ct: Tensor, y: Tensor, ...xs: Xs) => { readonly [K in keyof Xs]: Tensor | null },
  ): Differentiable<Xs> =>
  (...xs) => {
    const y = noGrad(() => alias(f(...xs)));
    recordCall("customVjp", xs, y, (ct, value) => pullback(ct, value, ...xs));
    return y;
  };

/**
 * A function whose activations are made again in the backward pass, as jax.checkpoint and
 * torch.utils.checkpoint: a tape keeps its arguments and its result alone. Gradients by parameters
 * and other tensors that it uses are the same.
 * @param f - of tensors [...] to a tensor; it has to do the same when it runs again: random numbers
 * are drawn outside
 * @returns the same function of [...]. Cost: another forward in the backward pass
 * @throws TapeError unless f returns a tensor
 * @example grad(recompute((x) => sum(exp(sin(x)))))(tensor([0])); // [1]
 */
export const recompute =
  <Xs extends Tensors>(f: Differentiable<Xs>): Differentiable<Xs> =>
  (...xs) => {
    const [y, ...used] = withoutTapes(() => scope(() => outcome(f, xs)));
    const inputs = [...xs, ...used.filter((x) => isTracked([x]) || isLevel(x.backend))];
    recordCall("recompute", inputs, y, (ct) => {
      const aliases = xs.map(alias) as unknown as Xs;
      const watched = [...aliases, ...inputs.slice(xs.length)].map((x) =>
        isFloating(x.dtype) ? x : null,
      );
      const floating = watched.filter((x) => x !== null);
      const { tape, result } = withTape(floating, () => f(...aliases));
      const cts = sweep(tape, result, ct, floating);
      return watched.map((x) => (x === null ? null : (cts[floating.indexOf(x)] ?? null)));
    });
    return y;
  };

/** The result of f, then the floating tensors that it uses besides those that it makes. */
function outcome<Xs extends Tensors>(f: Differentiable<Xs>, xs: Xs): [y: Tensor, ...Tensor[]] {
  const aliases = xs.map(alias);
  const { tape, result } = withTape(null, () =>
    alias(synchronous("recompute", () => f(...(aliases as unknown as Xs)))),
  );
  const calls = tape.nodes.map(({ call }) => call);
  const made = new Set([...aliases, ...calls.flatMap(({ outputs }) => outputs)]);
  const used = new Set(calls.flatMap(({ inputs }) => inputs));
  return [result, ...[...used].filter((x) => !made.has(x) && isFloating(x.dtype))];
}
