/**
 * @file How a fused op is made: kernels for both passes, and the composed form for every derivative
 * beyond.
 */
import {
  definePrimitive,
  type NdArray,
  type Primitive,
  type Spec,
  type Tensor,
  vjpOfBackward,
} from "@spm/core";

/** What a fused op consists of. */
export interface FusedDefinition<Options> {
  readonly name: string;
  /** How many inputs it takes. */
  readonly arity: number;
  /** So many of them, from the first, get a cotangent; the rest are indices or masks. */
  readonly differentiable: number;
  /** Validates, and says what comes out: the output, then what is saved for the backward pass. */
  infer(inputs: readonly Spec[], options: Options): readonly Spec[];
  /** The output, then what is saved. */
  forward(inputs: readonly NdArray[], options: Options): NdArray[];
  /**
   * Cotangents of the differentiable inputs. `saved` is what forward returned: the output, then the
   * rest.
   */
  backward(
    ct: NdArray,
    inputs: readonly NdArray[],
    saved: readonly NdArray[],
    options: Options,
  ): NdArray[];
  /** The same value in public ops: its higher derivatives are this op's. */
  composed(inputs: readonly Tensor[], options: Options): Tensor;
}

/** A fused op, with both of its primitives, for backends to bring kernels for. */
export interface FusedOp<Options> {
  (inputs: readonly Tensor[], options: Options): Tensor;
  readonly primitive: Primitive<Options>;
  /**
   * Inputs: the cotangent, the op's inputs, its output, what it saved. Outputs: the cotangents of
   * its inputs.
   */
  readonly backward: Primitive<Options>;
}

const made: Primitive<unknown>[] = [];

/** Both primitives of every fused op: a device may do without kernels for them. */
export const fusedPrimitives = (): readonly Primitive<unknown>[] => made;

/**
 * A fused op from its kernels and its composed form, which runs on devices without kernels for it.
 * The backward pass is a primitive too; *its* vjp is that of the composed form's pullback, so that
 * second and higher derivatives need no kernels.
 * @example see `softmax.ts`
 */
export function fused<Options>(op: FusedDefinition<Options>): FusedOp<Options> {
  const { name, arity, differentiable } = op;

  const backward = definePrimitive<Options>({
    name: `${name} backward`,
    outputs: differentiable,
    infer: ([, ...rest]) => rest.slice(0, differentiable),
    forward: ([ct, ...rest], options) =>
      op.backward(ct!, rest.slice(0, arity), rest.slice(arity), options),
    vjp: (cotangents, { inputs, options }) => {
      const [ct, ...rest] = inputs;
      const indices = rest.slice(differentiable, arity);
      const composed = (...xs: Tensor[]) => op.composed([...xs, ...indices], options);
      // The output and what was saved are functions of the inputs: their share is in the inputs'
      // cotangents.
      const bars = vjpOfBackward(composed, ct!, rest.slice(0, differentiable), cotangents);
      return inputs.map((_, k) => bars[k] ?? null);
    },
  });

  const call = definePrimitive<Options>({
    name,
    infer: op.infer,
    forward: op.forward,
    vjp: ([ct], { inputs, outputs, residuals, options }) => {
      const bars = backward([ct!, ...inputs, ...outputs, ...residuals], options);
      return inputs.map((_, k) => bars[k] ?? null);
    },
  });

  /**
   * Whether the kernels run where a tensor lives: the backend's own, or the reference on arrays
   * that it can see.
   */
  const runsOn = ({ backend: { view, kernels } }: Tensor): boolean =>
    view !== undefined || (kernels.has(call.primitive) && kernels.has(backward.primitive));
  const apply = (inputs: readonly Tensor[], options: Options): Tensor => {
    if (inputs.every(runsOn)) return call(inputs, options)[0]!;
    op.infer(inputs, options);
    return op.composed(inputs, options);
  };
  made.push(call.primitive as Primitive<unknown>, backward.primitive as Primitive<unknown>);
  return Object.assign(apply, { primitive: call.primitive, backward: backward.primitive });
}
