/**
 * @file The gradient of every sample of a batch by itself, from what went into a mixer and what
 * came back.
 */
import {
  broadcastTo,
  each,
  ones,
  reshape,
  ShapeError,
  showShape,
  type Tensor,
  vjp,
  zeros,
} from "@spm/core";
import { composedMixer } from "./composed.ts";
import { type Factors, fanIn, fanOut, like } from "./factors.ts";
import { general, rotation } from "./parameterisation.ts";

/**
 * For each of B samples, in the places of the parameters: angles [B, P], or blocks [B, P, 4] and
 * scales [B, R]; dIn [B, in], …
 */
export interface PerSampleGradients {
  readonly angles?: Tensor;
  readonly blocks?: Tensor;
  readonly scales?: Tensor;
  readonly dIn: Tensor;
  readonly dOut: Tensor;
  readonly bias: Tensor;
}

/**
 * Each sample's own gradient by every parameter, as if it had been alone: one pass, for each sample
 * has a copy of the parameters, and the copies' gradients do not add up. Differentiable.
 * @param x - the layer's input, [B, ..., in]; the axes between belong to a sample
 * @param ct - the cotangent of its output, [B, ..., out]
 * @returns gradients with a leading axis B; those of diagonals and a bias also where the factors
 * leave them out. Cost O(B · ... · nL).
 * @throws ShapeError unless x and ct fit the factors and each other
 */
export function perSampleGradients(factors: Factors, x: Tensor, ct: Tensor): PerSampleGradients {
  const [inputs, outputs] = [fanIn(factors), fanOut(factors)];
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
  const parameters =
    factors.kind === "rotation"
      ? { angles: factors.angles }
      : { blocks: factors.blocks, scales: factors.scales };
  const all = {
    dIn: factors.dIn ?? ones([inputs], like(factors)),
    dOut: factors.dOut ?? ones([outputs], like(factors)),
    bias: factors.bias ?? zeros([outputs], like(factors)),
    ...parameters,
  };
  const [samples = 0, ...between] = x.shape.slice(0, -1).map((n, k) => (k === 0 ? n : 1));
  const copy = (p: Tensor) =>
    broadcastTo(reshape(p, [1, ...between, ...p.shape]), [samples, ...between, ...p.shape]);
  const kind = { rotation, general }[factors.kind];
  const { dIn, dOut, bias } = all;
  const { pullback } = vjp(
    (dIn: Tensor, dOut: Tensor, bias: Tensor, ...own: Tensor[]) =>
      composedMixer(factors.schedule, kind, [x, dIn, dOut, bias, ...own]),
    ...each([dIn, dOut, bias] as const, copy),
    ...Object.values(parameters).map(copy),
  );
  const gradients = pullback(ct);
  return Object.fromEntries(
    Object.entries(all).map(([name, p], k) => [
      name,
      reshape(gradients[k] ?? p, [samples, ...p.shape]),
    ]),
  ) as unknown as PerSampleGradients;
}
