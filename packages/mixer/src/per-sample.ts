/**
 * @file The gradients of each sample of a batch, from the input of a mixer and the cotangent of its
 * output.
 */
import { ones, type Tensor, zeros } from "@spm/core";
import { ShapeError, showShape } from "@spm/core/extend";
import { type Factors, inFeatures, like, outFeatures } from "./factors.ts";
import type { Diagonals } from "./mixer.ts";
import { byName, inOrder, type Named, type Names } from "./parameterisation/define.ts";
import { gradientsOfSamples } from "./per-sample-op.ts";

/**
 * The gradients of each of B samples, by the names of the parameters: angles [B, P], or blocks
 * [B, P, 4] and unpairedScales [B, R]; dIn [B, in], dOut [B, out], bias [B, out].
 */
export type MixerGradients<N extends Names = Names> = Named<N, Tensor> & Required<Diagonals>;

/**
 * The gradient of each sample by every parameter, as if it were alone in the batch: one pass, the
 * closed form of each sample. Differentiable. On a GPU every sample has a copy of the parameters.
 * @param x - the layer's input, [B, ..., in]; the axes between belong to a sample
 * @param ct - the cotangent of its output, [B, ..., out]
 * @returns gradients with a leading axis B, also of diagonals and a bias that the factors leave
 * out. Cost O(nL) a row.
 * @throws ShapeError unless x and ct fit the factors and each other
 * @example
 * const factors = hadamard(8, { dtype: "float32" });
 * perSampleMixer(factors, ones([5, 8]), ones([5, 8])).angles.shape; // [5, 12]
 */
export function perSampleMixer<N extends Names>(
  factors: Factors<N>,
  x: Tensor,
  ct: Tensor,
): MixerGradients<N> {
  const [inputs, outputs] = [inFeatures(factors), outFeatures(factors)];
  const expected = [...x.shape.slice(0, -1), outputs];
  if (x.shape.length < 2 || x.shape.at(-1) !== inputs)
    throw new ShapeError(
      "perSampleMixer",
      `x of shape [samples, ..., ${inputs}]`,
      showShape(x.shape),
    );
  if (showShape(ct.shape) !== showShape(expected))
    throw new ShapeError(
      "perSampleMixer",
      `a cotangent of shape ${showShape(expected)}`,
      showShape(ct.shape),
    );
  const { parameterisation } = factors.mixer;
  const diagonals = {
    dIn: factors.dIn ?? ones([inputs], like(factors)),
    dOut: factors.dOut ?? ones([outputs], like(factors)),
    bias: factors.bias ?? zeros([outputs], like(factors)),
  };
  const own = inOrder(parameterisation, factors.parameters);
  const operands = [ct, x, diagonals.dIn, diagonals.dOut, diagonals.bias, ...own] as const;
  const [, dIn, dOut, bias, ...parameters] = gradientsOfSamples(operands, {
    kind: parameterisation,
    schedule: factors.schedule,
    backward: parameterisation.orthogonal ? "reverse" : "recompute",
  });
  return { ...byName<N, Tensor>(parameterisation, parameters), dIn, dOut, bias };
}
