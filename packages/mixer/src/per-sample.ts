/**
 * @file The gradients of each sample of a batch, from the input of a mixer and the cotangent of its
 * output.
 */
import { broadcastTo, ones, reshape, type Tensor, vjp, zeros } from "@spm/core";
import { ShapeError, showShape } from "@spm/core/extend";
import { composedMixer } from "./composed.ts";
import { type Factors, inFeatures, like, outFeatures } from "./factors.ts";
import type { Diagonals } from "./mixer.ts";
import { byName, inOrder, type Named, type Names } from "./parameterisation/define.ts";

/**
 * The gradients of each of B samples, by the names of the parameters: angles [B, P], or blocks
 * [B, P, 4] and unpairedScales [B, R]; dIn [B, in], dOut [B, out], bias [B, out].
 */
export type PerSampleGradients<N extends Names = Names> = Named<N, Tensor> & Required<Diagonals>;

/**
 * The gradient of each sample by every parameter, as if it were alone in the batch: one pass, in
 * which each sample has a copy of the parameters. Differentiable.
 * @param x - the layer's input, [B, ..., in]; the axes between belong to a sample
 * @param ct - the cotangent of its output, [B, ..., out]
 * @returns gradients with a leading axis B, also of diagonals and a bias that the factors leave
 * out. Cost O(nL) a row.
 * @throws ShapeError unless x and ct fit the factors and each other
 * @example
 * const factors = hadamard(8, { dtype: "float32" });
 * perSampleGradients(factors, ones([5, 8]), ones([5, 8])).angles.shape; // [5, 12]
 */
export function perSampleGradients<N extends Names>(
  factors: Factors<N>,
  x: Tensor,
  ct: Tensor,
): PerSampleGradients<N> {
  const [inputs, outputs] = [inFeatures(factors), outFeatures(factors)];
  const expected = [...x.shape.slice(0, -1), outputs];
  if (x.shape.length < 2 || x.shape.at(-1) !== inputs)
    throw new ShapeError(
      "perSampleGradients",
      `x of shape [samples, ..., ${inputs}]`,
      showShape(x.shape),
    );
  if (showShape(ct.shape) !== showShape(expected))
    throw new ShapeError(
      "perSampleGradients",
      `a cotangent of shape ${showShape(expected)}`,
      showShape(ct.shape),
    );
  const { parameterisation } = factors.mixer;
  const diagonals = {
    dIn: factors.dIn ?? ones([inputs], like(factors)),
    dOut: factors.dOut ?? ones([outputs], like(factors)),
    bias: factors.bias ?? zeros([outputs], like(factors)),
  };
  const [samples = 0, ...between] = x.shape.slice(0, -1).map((n, k) => (k === 0 ? n : 1));
  const copy = (p: Tensor) =>
    broadcastTo(reshape(p, [1, ...between, ...p.shape]), [samples, ...between, ...p.shape]);
  const own = (copies: Tensor) =>
    reshape(copies, [samples, ...copies.shape.slice(1 + between.length)]);
  const { pullback } = vjp(
    (dIn: Tensor, dOut: Tensor, bias: Tensor, ...parameters: Tensor[]) =>
      composedMixer(factors.schedule, parameterisation, [x, dIn, dOut, bias, ...parameters]),
    copy(diagonals.dIn),
    copy(diagonals.dOut),
    copy(diagonals.bias),
    ...inOrder(parameterisation, factors.parameters).map(copy),
  );
  const [dIn, dOut, bias, ...parameters] = pullback(ct);
  return {
    ...byName(parameterisation, parameters.map(own)),
    ...{ dIn: own(dIn), dOut: own(dOut), bias: own(bias) },
  };
}
