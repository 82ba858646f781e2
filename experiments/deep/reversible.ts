/**
 * @file A stack of layers that keeps its output alone: the way back works the inputs out again,
 * layer by layer.
 */
import { noGrad, type Parameter, scope, type Tensor, vjp } from "@spm/core";
import { definePrimitive, isRecording, type Op } from "@spm/core/extend";

/** A layer whose input follows from its output; `P` are its parameters. */
export interface ReversibleLayer<P extends readonly Tensor[] = readonly Tensor[]> {
  readonly parameters: { readonly [K in keyof P]: Parameter };
  /** y = f(x; parameters), of x's shape. */
  forward(x: Tensor, parameters: P): Tensor;
  /** The x that forward makes y of. */
  inverse(y: Tensor, parameters: P): Tensor;
}

/**
 * What a step of a walk makes; then nobody needs what it came `from`, unless that stays, or a tape
 * outside still reads it.
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
 * y and x and the parameters go in, y comes out. Forward there is nothing left to do; the vjp is
 * the stack's, in public ops, and so differentiable again.
 */
const stackOp: Op<[y: 1, x: 1, ...parameters: 1[]], [y: 1], readonly ReversibleLayer[]> =
  definePrimitive({
    name: "reversible",
    infer: ([y]) => [y],
    forward: ([y]) => [y],
    vjp: ([ct], { inputs: [, , ...parameters], outputs: [y], options: layers }) => {
      const bars: Tensor[][] = [];
      let [z, g] = [y, ct];
      for (const { parameters: own, forward, inverse } of layers.toReversed()) {
        const mine = parameters.splice(-own.length, own.length);
        const [x, xBar, ...ownBars] = walk([z, g], [y, ct], () => {
          const x = inverse(z, mine);
          return [x, ...vjp((x, ...p: Tensor[]) => forward(x, p), x, ...mine).pullback(g)];
        });
        [z, g] = [x, xBar];
        bars.push(ownBars);
      }
      return [null, g, ...bars.reverse().flat()];
    },
  });

/**
 * f_k(… f₁(x)), differentiable by x and all parameters. Between forward and backward it keeps y and
 * nothing else, whatever k is; the backward pass costs one inverse and one forward of each layer
 * more.
 */
export function reversible(layers: readonly ReversibleLayer[], x: Tensor): Tensor {
  const y = noGrad(() =>
    layers.reduce((z, f) => walk([z], [x], () => [f.forward(z, f.parameters)])[0], x),
  );
  return stackOp([y, x, ...layers.flatMap((layer) => layer.parameters)], layers)[0];
}
