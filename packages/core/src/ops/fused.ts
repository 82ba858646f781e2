/**
 * @file Fused ops: a kernel for y = f(x), one for (ȳ, x) ↦ x̄ = (∂f/∂x)ᵀ ȳ, and f composed of
 * ordinary ops, through which the second kernel is differentiated.
 */
import type { NdArray } from "../array.ts";
import type { Each, Places, Result } from "../backend.ts";
import { dot, grad, vjp } from "../grad.ts";
import { type Batching, definePrimitive, isLevel, type Op, type Primitive } from "../primitive.ts";
import { isTracked } from "../tape.ts";
import type { Spec, Tensor } from "../tensor.ts";
import { checkOptions, type OptionNames } from "./options.ts";

/**
 * The parts of a fused op. `I` are the places of its operands, `D` of those that get a cotangent
 * (the first ones; `constants` follow), `R` the residual of the reference's forward.
 */
export interface FusedDefinition<
  I extends Places = Places,
  Options = unknown,
  D extends Places = Places,
  R extends readonly NdArray[] = readonly NdArray[],
> {
  readonly name: string;
  /**
   * The number of operands that get no cotangent, as indices and masks: the last ones.
   * @defaultValue 0
   */
  readonly constants?: number;
  /**
   * Whether `backward` takes an empty residual and makes what it needs; otherwise the forward runs
   * again for it.
   * @defaultValue false
   */
  readonly backwardCanRecompute?: boolean;
  /** Checks the operands and returns the result's shape and dtype. */
  infer(inputs: Each<I, Spec>, options: Options): Spec;
  forward(inputs: Each<I, NdArray>, options: Options, recorded: boolean): Result<[y: 1], NdArray>;
  /** The cotangents of the operands that get one. */
  backward(
    ct: NdArray,
    inputs: Each<I, NdArray>,
    y: NdArray,
    options: Options,
    residual: R,
  ): Each<D, NdArray>;
  /**
   * The batching rule, see {@link Primitive}.
   * @defaultValue vmap runs the composed form
   */
  readonly batch?: Batching<I, [y: 1], Options>;
  /**
   * The batching rule of the backward pass.
   * @defaultValue vmap runs the vjp of the composed form
   */
  readonly batchBackward?: Batching<[ct: 1, y: 1, ...I], D, Options>;
  /** The same value in public ops: this op has its higher derivatives. */
  composed(inputs: Each<I, Tensor>, options: Options): Tensor;
}

/** A fused op with both of its primitives, for which backends may have kernels. */
export interface FusedOp<I extends Places = Places, Options = void, D extends Places = I> {
  (inputs: Each<I, Tensor>, options: Options): Tensor;
  readonly primitive: Primitive<I, [y: 1], Options>;
  /** From the cotangent, the op's result and its operands to the cotangents of its operands. */
  readonly backward: Primitive<[ct: 1, y: 1, ...I], D, Options>;
}

const names: OptionNames<FusedDefinition> = {
  name: true,
  constants: true,
  backwardCanRecompute: "boolean",
  batch: true,
  batchBackward: true,
  infer: true,
  forward: true,
  backward: true,
  composed: true,
};

/**
 * The batching rule of fused ops on rows: where the first operand [..., n] alone carries the batch,
 * it is a batch of more rows.
 * @example const rule = rowwise; // batch: rowwise
 */
export const rowwise = <Xs extends readonly Tensor[], Ys extends readonly Tensor[], Options>(
  op: (inputs: Xs, options: Options) => Ys,
  inputs: Xs,
  batched: readonly boolean[],
  options: Options,
): Ys | undefined => (batched.lastIndexOf(true) === 0 ? op(inputs, options) : undefined);

const made: Primitive[] = [];

/**
 * Both primitives of every fused op. A device may lack kernels for them: the composed form runs.
 * @example fusedPrimitives().map(({ name }) => name);
 */
export const fusedPrimitives = (): readonly Primitive[] => made;

/**
 * A fused op of operands [...] from its kernels and its composed form, which runs on devices
 * without kernels for it. The backward pass is a primitive, too; *its* vjp is that of the composed
 * form's pullback, so that second and higher derivatives need no kernels.
 * @throws OptionError for a field that a definition does not have
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
  R extends readonly NdArray[] = readonly NdArray[],
>(op: FusedDefinition<NoInfer<I>, NoInfer<Options>, NoInfer<D>, R>): FusedOp<I, Options, D>;
export function fused(op: FusedDefinition) {
  checkOptions("fused", op, names);
  const { name } = op;
  const backward = backwardOf(op);
  const call = definePrimitive<Places, [y: 1], unknown>({
    name,
    infer: (inputs, options) => [op.infer(inputs, options)],
    forward: op.forward,
    vjp: ([ct], { inputs, outputs: [y], residual, options }) => {
      const cts = backward([ct, y, ...inputs], options, residual);
      return inputs.map((_, k) => cts[k] ?? null);
    },
    composed: (inputs, options) => [op.composed(inputs, options)],
    ...(op.batch && { batch: op.batch }),
  });

  /**
   * Whether the kernels run where a tensor lives: the backend's own, or the reference on arrays
   * that it can see.
   */
  const runsOn = ({ backend: { arrayOf, kernels } }: Tensor): boolean =>
    arrayOf !== undefined || (kernels.has(call.primitive) && kernels.has(backward.primitive));
  const apply = (inputs: readonly Tensor[], options: unknown): Tensor => {
    const samples = inputs.filter(({ backend }) => isLevel(backend)); // of a vmap
    const ruled = op.batch && (op.batchBackward || !isTracked(samples));
    if (inputs.every(runsOn) && (ruled || samples.length === 0)) return call(inputs, options)[0];
    op.infer(inputs, options); // for its checks; the composed form would name other ops
    return op.composed(inputs, options);
  };
  made.push(call.primitive, backward.primitive);
  return Object.assign(apply, { primitive: call.primitive, backward: backward.primitive });
}

const residualOf = (result: Result<[y: 1], NdArray>): readonly NdArray[] =>
  "outputs" in result ? result.residual : [];

/** The backward pass of a fused op, as an op. */
function backwardOf(op: FusedDefinition): Op<[ct: 1, y: 1, ...inputs: 1[]], Places, unknown> {
  const { name, constants = 0, backwardCanRecompute = false } = op;
  const differentiable = <T>(inputs: readonly T[]): readonly T[] =>
    inputs.slice(0, inputs.length - constants);

  /** The backward pass in ordinary ops, each of which goes on the tapes. */
  const composedBackward = (
    [ct, , ...inputs]: Each<[ct: 1, y: 1, ...inputs: 1[]], Tensor>,
    options: unknown,
  ): Tensor[] => {
    const rest = inputs.slice(inputs.length - constants);
    const composed = (...xs: Tensor[]) => op.composed([...xs, ...rest], options);
    return vjp(composed, ...differentiable(inputs)).pullback(ct);
  };

  return definePrimitive<[ct: 1, y: 1, ...inputs: 1[]], Places, unknown>({
    name: `${name} backward`,
    infer: ([, , ...inputs]) => differentiable(inputs),
    forward: ([ct, y, ...inputs], options, _, residual) => {
      const again = () => residualOf(op.forward(inputs, options, true));
      const kept = residual ?? (backwardCanRecompute ? [] : again());
      return op.backward(ct, inputs, y, options, kept);
    },
    // F(ȳ, x) = (∂f/∂x)ᵀ ȳ is the composed backward. With c the cotangents of its results, those of
    // ȳ and x are the gradient of ⟨F(ȳ, x), c⟩ by ȳ and x.
    vjp: (cotangents, { inputs: [ct, y, ...inputs], options }) => {
      const rest = inputs.slice(inputs.length - constants);
      const product = (ct: Tensor, ...xs: Tensor[]) =>
        dot("vjp", composedBackward([ct, y, ...xs, ...rest], options), cotangents);
      const operands: [Tensor, ...Tensor[]] = [ct, ...differentiable(inputs)];
      const all = operands.map((_, k) => k);
      const [byCt = null, ...byInputs] = grad(product, all)(...operands);
      // null for y: the composed backward makes it again from x, whose cotangent has its share
      return [byCt, null, ...inputs.map((_, k) => byInputs[k] ?? null)];
    },
    composed: composedBackward,
    ...(op.batchBackward && { batch: op.batchBackward }),
  });
}
