/** @file Forces by the tape, and the loss of energies and forces. */
import { add, type Differentiable, mul, neg, ones, type Tensor, vjp } from "@spm/core";
import { checkOptions, checkTensors, type OptionNames } from "@spm/core/extend";
import { mse } from "@spm/nn";

/** Energies [molecules] and forces [atoms, 3]. */
export interface EnergyAndForces {
  readonly energies: Tensor;
  readonly forces: Tensor;
}

/**
 * Energies and forces F = −∂ΣE/∂r. Both may be differentiated again, for a loss of forces.
 * @param energyOf - positions [atoms, 3] → energies [molecules]; molecules do not meet
 * @param positions - [atoms, 3]
 * @returns energies [molecules], forces [atoms, 3]. Cost: about that of three evaluations
 * @throws TapeError unless it returns a tensor
 * @example
 * const spring = (r: Tensor) => sum(square(r), -1);
 * energyAndForces(spring, tensor([[1, 0, 0]])).forces; // [[-2, 0, 0]]
 */
export function energyAndForces(
  energyOf: Differentiable<[positions: Tensor]>,
  positions: Tensor,
): EnergyAndForces {
  const { value: energies, pullback } = vjp(energyOf, positions);
  const { shape, dtype, backend } = energies;
  const [gradient] = pullback(ones(shape, { dtype, backend }));
  return { energies, forces: neg(gradient) };
}

/** Options of {@link energyForceLoss}. */
export interface EnergyForceLossOptions {
  /** @defaultValue 0.5 */
  readonly energyWeight?: number;
  /** @defaultValue 0.5 */
  readonly forceWeight?: number;
}

const names: OptionNames<EnergyForceLossOptions> = { energyWeight: true, forceWeight: true };

/**
 * w_E · mean (E − Ê)² + w_F · mean (F − F̂)², the means over molecules and over all components.
 * @param predicted - energies [molecules], forces [atoms, 3]
 * @param target - the same
 * @returns []
 * @throws ShapeError unless they are of the same shapes
 * @example
 * const [still, pulled] = [zeros([1, 3]), ones([1, 3])];
 * const predicted = { energies: zeros([1]), forces: still };
 * energyForceLoss(predicted, { energies: zeros([1]), forces: pulled }); // 0.5
 */
export function energyForceLoss(
  predicted: EnergyAndForces,
  target: EnergyAndForces,
  options: EnergyForceLossOptions = {},
): Tensor {
  for (const given of [predicted, target])
    checkTensors("energyForceLoss", given?.energies, given?.forces);
  checkOptions("energyForceLoss", options, names);
  const { energyWeight = 0.5, forceWeight = 0.5 } = options;
  return add(
    mul(energyWeight, mse(predicted.energies, target.energies)),
    mul(forceWeight, mse(predicted.forces, target.forces)),
  );
}
