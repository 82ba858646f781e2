/**
 * @file How a fused op is made: kernels for both passes, and the composed form for every derivative
 * beyond.
 */
import type { NdArray } from "../array.ts";
import type { Each, Places, Result } from "../backend.ts";
import { type Differentiable, dot, grad, vjp } from "../grad.ts";
import { definePrimitive, type Primitive } from "../primitive.ts";
import type { Spec, Tensor } from "../tensor.ts";

/**
 * What a fused op consists of: `I` are the places of its operands, `D` of those that get a
 * cotangent (the first ones: what follows are indices and masks), `Kept` what the reference's
 * forward keeps.
 */
export interface FusedDefinition<
  I extends Places = Places,
  Options = unknown,
  D extends Places = Places,
  Kept extends readonly NdArray[] = readonly NdArray[],
> {
  readonly name: string;
  /** How many operands get no cotangent: the last ones. None unless said. */
  readonly indices?: number;
  /** Whether the backward pass can do without what the forward keeps. */
  readonly keepsAtWill?: boolean;
  /** Validates, and says what comes out. */
  infer(inputs: Each<I, Spec>, options: Options): Spec;
  forward(inputs: Each<I, NdArray>, options: Options, keep: boolean): Result<[y: 1], NdArray>;
  /** Cotangents of the operands that get one. */
  backward(
    ct: NdArray,
    inputs: Each<I, NdArray>,
    y: NdArray,
    options: Options,
    kept: Kept,
  ): Each<D, NdArray>;
  /** The same value in public ops: its higher derivatives are this op's. */
  composed(inputs: Each<I, Tensor>, options: Options): Tensor;
}

/** A fused op, with both of its primitives, for backends to bring kernels for. */
export interface FusedOp<I extends Places = Places, Options = void, D extends Places = I> {
  (inputs: Each<I, Tensor>, options: Options): Tensor;
  readonly primitive: Primitive<I, [y: 1], Options>;
  /**
   * Operands: the cotangent, the op's result, its operands. Results: cotangents of its operands.
   */
  readonly backward: Primitive<[ct: 1, y: 1, ...I], D, Options>;
}

const made: Primitive[] = [];

/** Both primitives of every fused op: a device may do without kernels for them. */
export const fusedPrimitives = (): readonly Primitive[] => made;

/**
 * A fused op from its kernels and its composed form, which runs on devices without kernels for it.
 * The backward pass is a primitive, too; *its* vjp is that of the composed form's pullback, so that
 * second and higher derivatives need no kernels.
 * @example
 * const scaled: FusedOp<[x: 1]> = fused({
 *   name: "scaled",
 *   infer: ([x]) => x,
 *   forward: ([x]) => [mapArray((v) => 3 * v, x)],
 *   backward: (ct) => [mapArray((v) => 3 * v, ct)],
 *   composed: ([x]) => mul(3, x),
 * });
 */
export function fused<
  I extends Places,
  Options = void,
  D extends Places = I,
  Kept extends readonly NdArray[] = readonly NdArray[],
>(op: FusedDefinition<NoInfer<I>, NoInfer<Options>, NoInfer<D>, Kept>): FusedOp<I, Options, D>;
export function fused(op: FusedDefinition) {
  const { name, indices = 0, keepsAtWill = false } = op;
  const differentiable = <T>(inputs: readonly T[]): readonly T[] =>
    inputs.slice(0, inputs.length - indices);

  const backward = definePrimitive<[ct: 1, y: 1, ...inputs: 1[]], Places, unknown>({
    name: `${name} backward`,
    infer: ([, , ...inputs]) => differentiable(inputs),
    forward: ([ct, y, ...inputs], options, _, kept) =>
      op.backward(
        ct,
        inputs,
        y,
        options,
        kept ?? (keepsAtWill ? [] : keptOf(op.forward(inputs, options, true))),
      ),
    vjp: (cotangents, { inputs: [ct, , ...inputs], options }) => {
      const rest = inputs.slice(inputs.length - indices);
      const composed = (...xs: Tensor[]) => op.composed([...xs, ...rest], options);
      const [ctBar = null, ...bars] = vjpOfBackward(
        composed,
        ct,
        differentiable(inputs),
        cotangents,
      );
      // The result is a function of the operands: its share is in their cotangents.
      return [ctBar, null, ...inputs.map((_, k) => bars[k] ?? null)];
    },
  });

  const call = definePrimitive<Places, [y: 1], unknown>({
    name,
    infer: (inputs, options) => [op.infer(inputs, options)],
    forward: op.forward,
    vjp: ([ct], { inputs, outputs: [y], residual, options }) => {
      const bars = backward([ct, y, ...inputs], options, residual);
      return inputs.map((_, k) => bars[k] ?? null);
    },
  });

  /**
   * Whether the kernels run where a tensor lives: the backend's own, or the reference on arrays
   * that it can see.
   */
  const runsOn = ({ backend: { view, kernels } }: Tensor): boolean =>
    view !== undefined || (kernels.has(call.primitive) && kernels.has(backward.primitive));
  const apply = (inputs: readonly Tensor[], options: unknown): Tensor => {
    if (inputs.every(runsOn)) return call(inputs, options)[0];
    op.infer(inputs, options);
    return op.composed(inputs, options);
  };
  made.push(call.primitive, backward.primitive);
  return Object.assign(apply, { primitive: call.primitive, backward: backward.primitive });
}

const keptOf = (result: Result<[y: 1], NdArray>): readonly NdArray[] =>
  "outputs" in result ? result.residual : [];

/**
 * The vjp of a fused op's backward: of (ȳ, x₁, …) ↦ (x̄₁, …). The op's own backward is a kernel
 * that no tape looks into, so its derivative is taken through `composed`, the same function made of
 * ordinary ops, and is differentiable in turn.
 * @param composed - (x₁, …) ↦ y, equal to the fused op
 * @param ct - ȳ
 * @param inputs - x₁, …
 * @param cotangents - of x̄₁, … (null: zero), in the order of the inputs
 * @returns cotangents of ȳ, x₁, …
 */
function vjpOfBackward(
  composed: Differentiable,
  ct: Tensor,
  inputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
): Tensor[] {
  const product = (ct: Tensor, ...xs: Tensor[]) =>
    dot("vjp", vjp(composed, ...xs).pullback(ct), cotangents);
  const all = [ct, ...inputs].map((_, k) => k);
  return grad<[Tensor, ...Tensor[]], number[]>(product, all)(ct, ...inputs);
}
