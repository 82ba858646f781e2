/**
 * @file A stack of layers that keeps only its output: the backward computes the inputs again, layer
 * by layer.
 */
import { noGrad, type Parameter, scope, type Tensor, vjp } from "@spm/core";
import { definePrimitive, isRecording, type Op } from "@spm/core/extend";

/** A layer whose input is a function of its output; `P` are its parameters. */
export interface ReversibleLayer<P extends readonly Tensor[] = readonly Tensor[]> {
  readonly parameters: { readonly [K in keyof P]: Parameter };
  /** y = f(x; parameters), of x's shape. */
  forward(x: Tensor, parameters: P): Tensor;
  /** The x with f(x; parameters) = y. */
  inverse(y: Tensor, parameters: P): Tensor;
}

/**
 * The result of a step; the tensor `from` which it was made is released, unless it is the stack's
 * own or an outer tape still reads it.
 */
function walk<T extends [Tensor, ...Tensor[]]>(
  from: readonly Tensor[],
  stays: readonly Tensor[],
  step: () => T,
): T {
  const made = scope(step);
  if (!isRecording()) for (const t of from) if (!stays.includes(t)) t.dispose();
  return made;
}

/**
 * Of y, x and the parameters: y. The forward computes nothing; the vjp is that of the stack, in
 * public ops, and so differentiable again.
 */
const stackOp: Op<[y: 1, x: 1, ...parameters: 1[]], [y: 1], readonly ReversibleLayer[]> =
  definePrimitive({
    name: "reversible",
    infer: ([y]) => [y],
    forward: ([y]) => [y],
    vjp: ([ct], { inputs: [, , ...parameters], outputs: [y], options: layers }) => {
      const cotangents: Tensor[][] = [];
      let [z, g] = [y, ct];
      for (const { parameters: own, forward, inverse } of layers.toReversed()) {
        const mine = parameters.splice(-own.length, own.length);
        const [x, xBar, ...ownBars] = walk([z, g], [y, ct], () => {
          const x = inverse(z, mine);
          return [x, ...vjp((x, ...p: Tensor[]) => forward(x, p), x, ...mine).pullback(g)];
        });
        [z, g] = [x, xBar];
        cotangents.push(ownBars);
      }
      return [null, g, ...cotangents.reverse().flat()];
    },
  });

/**
 * f_k(… f₁(x)), differentiable by x and all parameters. Between forward and backward it keeps only
 * y, for every k; the backward costs an additional inverse and forward of each layer.
 */
export function reversible(layers: readonly ReversibleLayer[], x: Tensor): Tensor {
  const y = noGrad(() =>
    layers.reduce((z, f) => walk([z], [x], () => [f.forward(z, f.parameters)])[0], x),
  );
  return stackOp([y, x, ...layers.flatMap((layer) => layer.parameters)], layers)[0];
}
