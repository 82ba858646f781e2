/** @file Gradient descent from samples of a matrix to a mixer of that matrix. */
import {
  cast,
  matmul,
  mean,
  mul,
  noGrad,
  norm,
  normal,
  type Rng,
  scope,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import type { MixerKind, Schedule } from "@spm/mixer";
import { type LinearMap, MixerLayer } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps } from "../parts/steps.ts";

/** Options of a search for a matrix. */
export interface Search {
  /** T [out, in], the matrix that the samples come from */
  readonly target: Tensor;
  readonly mixer: MixerKind;
  readonly schedule: Schedule;
  /** Whether d_in and d_out are trained; otherwise they stay 1. */
  readonly diagonals: boolean;
  readonly steps: number;
  /** Adam's learning rate at the start; it falls to 0 along a cosine. */
  readonly rate: number;
  readonly random: Rng;
  readonly signal: AbortSignal;
  /** Called with the layer before the first step and after those that `watchAt` names. */
  readonly watch?: (step: number, layer: LinearMap) => void;
  readonly watchAt?: readonly number[];
}

/** The result of a search. */
export interface Recovered {
  /** √(mean (W − T)²) over the entries */
  readonly rmse: number;
  /** ‖W − T‖ / ‖T‖ */
  readonly relative: number;
  /**
   * (n − tr W Tᵀ) / 2: where W Tᵀ is orthogonal and symmetric, the number of directions that are
   * negated.
   */
  readonly reversed: number;
  /** ‖M − Mᵀ‖ / ‖M‖ of M = W Tᵀ */
  readonly asymmetry: number;
  readonly parameters: number;
  readonly samples: number;
  readonly trace: readonly { readonly step: number; readonly rmse: number }[];
}

/**
 * Minimises the mean of (W x − T x)² over fresh x ~ N(0, 1), as many a step as T has columns.
 * Cost: `steps` passes of the mixer and, for the targets, of T.
 */
export async function recover(search: Search): Promise<Recovered> {
  const { target, mixer, schedule, diagonals, rate, random, signal, watch } = search;
  const [outputs, inputs] = target.shape as [number, number];
  const layer = new MixerLayer(mixer, inputs, outputs, { random, schedule, bias: false });
  const parameters = layer
    .parameters()
    .filter((p) => diagonals || (p !== layer.dIn && p !== layer.dOut));
  const optimizer = adam(parameters, {
    learningRate: cosine({ learningRate: rate, steps: search.steps }),
  });
  const columns = noGrad(() => transpose(target));
  const trace = [{ step: 0, rmse: distance(layer, target).rmse }];
  let step = 0;
  watch?.(0, layer);
  for await (const before of steps(search.steps, signal)) {
    step = before + 1;
    scope(() => {
      const x = normal(random, [inputs, inputs]);
      const y = matmul(x, columns);
      trainStep(optimizer, () => mean(square(sub(layer.forward(x), y))));
    });
    if (step % Math.ceil(search.steps / 50) === 0)
      trace.push({ step, rmse: distance(layer, target).rmse });
    if (search.watchAt?.includes(step)) watch?.(step, layer);
  }
  const count = parameters.reduce((total, p) => total + p.shape.reduce((a, b) => a * b, 1), 0);
  return { ...distance(layer, target), parameters: count, samples: step * inputs, trace };
}

/** In float64, on the CPU. */
function distance(
  layer: LinearMap,
  t: Tensor,
): Pick<Recovered, "rmse" | "relative" | "reversed" | "asymmetry"> {
  const [rows, columns] = t.shape as [number, number];
  return noGrad(() => {
    const [w, exact] = [layer.toDense(), t].map((m) => cast(m, "float64")) as [Tensor, Tensor];
    const size = (m: Tensor): number => Number(elements(norm(m).ndarray())[0]);
    const off = size(sub(w, exact));
    const product = matmul(w, transpose(exact));
    const trace = Number(elements(sum(mul(w, exact)).ndarray())[0]);
    return {
      rmse: off / Math.sqrt(rows * columns),
      relative: off / size(exact),
      reversed: (rows - trace) / 2,
      asymmetry: size(sub(product, transpose(product))) / size(product),
    };
  });
}
