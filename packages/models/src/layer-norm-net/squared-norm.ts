/** @file The sum of squares of a model's weights, for plain L2 in a loss. */
import { add, square, sum, type Tensor, zeros } from "@spm/core";
import { kindOf, ValueError } from "@spm/core/extend";
import { Module } from "@spm/nn";
import { instancesIn, LinearMap } from "@spm/nn/extend";

/**
 * Σ‖W‖² over a model's weights, differentiable: of each linear map by the matrix W that it makes,
 * whatever its structure, and its bias; of other parameters by their own numbers. The theory of
 * deep L2-regularised networks has (λ/2) Σ‖W‖² in the loss, which AdamW's decay is not.
 * @returns a scalar []. Cost: a structured map is applied to `in` unit vectors
 * @throws ValueError for anything but a module
 * @example squaredNorm(new LayerNorm(8)); // 8, of the weights 1 and the biases 0
 */
export function squaredNorm(model: Module): Tensor {
  if (!(model instanceof Module)) throw new ValueError("squaredNorm", "a module", kindOf(model));
  const maps = instancesIn(model, LinearMap);
  const isOfMap = (path: string): boolean =>
    [...maps.keys()].some((map) => map === "" || path.startsWith(`${map}.`));
  const others = [...model.namedParameters()].flatMap(([path, p]) => (isOfMap(path) ? [] : [p]));
  const weights = [...maps.values()].flatMap((map) => [
    map.toDense(),
    ...(map.bias === null ? [] : [map.bias]),
  ]);
  const [first = zeros([]), ...more] = [...weights, ...others].map((w) => sum(square(w)));
  return more.reduce((total, part) => add(total, part), first);
}
