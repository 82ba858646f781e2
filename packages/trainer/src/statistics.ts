/** @file Statistics of gradients by parameter, and of activations by layer. */
import type { Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import type { Module } from "@spm/nn";
import { places } from "@spm/nn/extend";

/** Statistics of a tensor's finite values, and the number of the others. */
export interface TensorStatistics {
  readonly mean: number;
  /** The root mean square. */
  readonly rms: number;
  /** The greatest absolute value. */
  readonly max: number;
  /** The fraction of exact zeros, in [0, 1], such as dead units of a ReLU. */
  readonly zeros: number;
  /** The number of values that are NaN or infinite. */
  readonly nonFinite: number;
}

/**
 * Statistics of a tensor's values, summed in float64.
 *
 * @param tensor - of any dtype, [...]
 * @returns zeros for a tensor without elements. Cost O(elements)
 * @throws BackendError for a tensor on a device
 * @example
 * ```ts
 * import { tensor } from "@spm/core";
 * import { tensorStatistics } from "@spm/trainer";
 * tensorStatistics(tensor([3, -4])).max; // 4
 * ```
 */
export function tensorStatistics(tensor: Tensor): TensorStatistics {
  const values = elements(tensor.ndarray());
  let [sum, squares, max, zeros, nonFinite] = [0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) nonFinite++;
    else {
      sum += value;
      squares += value * value;
      max = Math.max(max, Math.abs(value));
      if (value === 0) zeros++;
    }
  }
  const count = Math.max(1, values.length - nonFinite);
  return {
    mean: sum / count,
    rms: Math.sqrt(squares / count),
    max,
    zeros: zeros / count,
    nonFinite,
  };
}

/**
 * Statistics of gradients, by the paths of their parameters.
 *
 * @param grads - in the order of `model.parameters()`, each of its parameter's shape [...]
 * @example
 * ```ts
 * import { rng } from "@spm/core";
 * import { Mlp } from "@spm/models";
 * import { gradientStatistics } from "@spm/trainer";
 * const model = new Mlp({ sizes: [4, 4, 2], random: rng(1) });
 * // for the option `gradients` of fit, which it leaves as they are
 * const gradients = (grads: readonly import("@spm/core").Tensor[]) => {
 *   console.log(gradientStatistics(model, grads).get("layers.0.weight")?.rms);
 *   return grads;
 * };
 * ```
 */
export function gradientStatistics(
  model: Pick<Module, "namedParameters">,
  grads: readonly Tensor[],
): Map<string, TensorStatistics> {
  const paths = [...model.namedParameters().keys()];
  return new Map(grads.map((grad, i) => [paths[i] ?? String(i), tensorStatistics(grad)]));
}

/**
 * Statistics of the output of every module in a model while `f` runs, by path; of the last call
 * where there are several.
 *
 * @example
 * ```ts
 * import { noGrad, normal, rng } from "@spm/core";
 * import { Mlp } from "@spm/models";
 * import { activationStatistics } from "@spm/trainer";
 * const model = new Mlp({ sizes: [4, 4, 2], random: rng(1) });
 * const x = normal(rng(2), [8, 4]);
 * activationStatistics(model, () => noGrad(() => model.forward(x))).get("layers.0")?.mean;
 * ```
 */
export function activationStatistics(model: Module, f: () => void): Map<string, TensorStatistics> {
  const found = new Map<string, TensorStatistics>();
  const watched: Module[] = [];
  for (const { path, value } of places(model)) {
    if (!("forward" in value) || watched.includes(value)) continue;
    const forward = value.forward;
    value.forward = (...inputs) => {
      const output = forward.call(value, ...inputs);
      found.set(path, tensorStatistics(output));
      return output;
    };
    watched.push(value);
  }
  try {
    f();
  } finally {
    // reveals the prototype's
    for (const module of watched) Reflect.deleteProperty(module, "forward");
  }
  return found;
}
