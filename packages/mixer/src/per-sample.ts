/**
 * @file The gradient of every sample of a batch by itself, from what went into a mixer and what
 * came back.
 */
import {
  broadcastTo,
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
  const stages =
    factors.kind === "rotation"
      ? { angles: factors.angles }
      : { blocks: factors.blocks, scales: factors.scales };
  const all = {
    ...stages,
    dIn: factors.dIn ?? ones([inputs], like(factors)),
    dOut: factors.dOut ?? ones([outputs], like(factors)),
    bias: factors.bias ?? zeros([outputs], like(factors)),
  };
  const samples = x.shape[0]!;
  const between = x.shape.slice(1, -1).map(() => 1);
  const copies = Object.values(all).map((p: Tensor) =>
    broadcastTo(reshape(p, [1, ...between, ...p.shape]), [samples, ...between, ...p.shape]),
  );
  const kind = { rotation, general }[factors.kind];
  const { pullback } = vjp(
    (...own) => composedMixer(factors.schedule, kind, [x, ...own]),
    ...copies,
  );
  const gradients = pullback(ct);
  return Object.fromEntries(
    Object.entries(all).map(([name, p], k) => [
      name,
      reshape(gradients[k]!, [samples, ...p.shape]),
    ]),
  ) as unknown as PerSampleGradients;
}
