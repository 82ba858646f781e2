/** @file How a fused op is made: kernels for both passes, and the composed form for every derivative beyond. */
import { add, definePrimitive, grad, mul, type NdArray, type Primitive, type Spec, sum, type Tensor } from "@spm/core";

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
  /** Cotangents of the differentiable inputs. `saved` is what forward returned: the output, then the rest. */
  backward(ct: NdArray, inputs: readonly NdArray[], saved: readonly NdArray[], options: Options): NdArray[];
  /** The same value in public ops: its higher derivatives are this op's. */
  composed(inputs: readonly Tensor[], options: Options): Tensor;
}

/** A fused op, with both of its primitives, for backends to bring kernels for. */
export interface FusedOp<Options> {
  (inputs: readonly Tensor[], options: Options): Tensor;
  readonly primitive: Primitive<Options>;
  /** Inputs: the cotangent, the op's inputs, its output, what it saved. Outputs: the cotangents of its inputs. */
  readonly backward: Primitive<Options>;
}

/**
 * A fused op from its kernels and its composed form. The backward pass is a primitive too; *its* vjp is that of the
 * composed form's pullback, so that second and higher derivatives need no kernels.
 * @example const call = fused({ name: "softmax", arity: 1, differentiable: 1, infer, forward, backward, composed });
 */
export function fused<Options>(op: FusedDefinition<Options>): FusedOp<Options> {
  const { name, arity, differentiable } = op;
  const part = <T>(all: readonly T[]) => [all.slice(0, arity), all.slice(arity)] as const;

  const backward = definePrimitive<Options>({
    name: `${name}Backward`,
    outputs: differentiable,
    infer: ([, ...inputs]) => inputs.slice(0, differentiable),
    forward: ([ct, ...rest], options) => op.backward(ct!, ...part(rest), options),
    vjp: (vs, { inputs: [ct, ...rest], options, needs }) => {
      const [xs] = part(rest);
      // Σ ⟨x̄ᵢ, vᵢ⟩ where x̄ is what the composed form pulls ct back to: its gradient by (ct, x) is the vjp.
      const pulledBack = (ct: Tensor, ...floats: Tensor[]) =>
        grad(
          (...ys) => sum(mul(ct, op.composed([...ys, ...xs.slice(differentiable)], options))),
          range(differentiable),
        )(...floats)
          .flatMap((x, i) => (vs[i] ? [sum(mul(x, vs[i]))] : []))
          .reduce((a, b) => add(a, b));
      const wanted = range(differentiable + 1).filter((i) => needs[i]);
      const cotangents = grad(pulledBack, wanted)(ct!, ...xs.slice(0, differentiable));
      return needs.map((_, i) => (wanted.includes(i) ? cotangents[wanted.indexOf(i)]! : null));
    },
  });

  const call = definePrimitive<Options>({
    name,
    infer: op.infer,
    forward: op.forward,
    vjp: ([ct], { inputs, outputs, residuals, options }) =>
      backward([ct!, ...inputs, ...outputs, ...residuals], options),
  });

  return Object.assign((inputs: readonly Tensor[], options: Options) => call(inputs, options)[0]!, {
    primitive: call.primitive,
    backward: backward.primitive,
  });
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
