/** @file One fit of a student to N samples of a hidden operator. */
import {
  add,
  matmul,
  mean,
  mul,
  noGrad,
  normal,
  type Rng,
  square,
  sub,
  type Tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { type LinearKind, linear } from "@spm/nn";
import { adam, cosine } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { steps } from "../parts/steps.ts";
import { fasterForm } from "../parts/through-matrix.ts";
import { ridge } from "./ridge.ts";

/** Options of a fit. */
export interface Fit {
  readonly student: LinearKind;
  /** N */
  readonly samples: number;
  /** Standard deviation of the noise on each output, whose own is 1. */
  readonly noise: number;
  /**
   * Adam on all samples at once, its rate falling to 0 by a cosine. A dense student is solved in
   * closed form instead.
   */
  readonly steps: number;
  readonly rate: number;
}

/**
 * The relative squared error ‖Ŵ − W‖² / ‖W‖² of the matrix Ŵ that the student learns from y = Wx +
 * noise, x ~ N(0, I): on fresh inputs, the expected share of ‖y‖² that it misses. The error of Ŵ =
 * 0 is 1.
 * @param teacher - W [n, n]
 */
export async function recover(
  teacher: Tensor,
  random: Rng,
  fit: Fit,
  signal: AbortSignal,
): Promise<number> {
  const { student, samples, noise, rate } = fit;
  const n = teacher.shape[0]!;
  const x = normal(random, [samples, n]);
  const y = noGrad(() =>
    add(matmul(x, transpose(teacher)), mul(normal(random, [samples, n]), noise)),
  );
  const w = elements(teacher.ndarray());
  if (student === "dense") {
    const [xs, ys] = [elements(x.ndarray()), elements(y.ndarray())];
    return relativeError(ridge(xs, ys, { samples, n, lambda: n * noise ** 2 }), w);
  }
  const layer = fasterForm(student, linear(student, n, n, { random, bias: false }));
  const parameters = layer.parameters();
  const learningRate = cosine({ learningRate: rate, steps: fit.steps });
  const optimizer = adam(parameters, { learningRate });
  for await (const _ of steps(fit.steps, signal)) {
    const value = trainStep(optimizer, () => mean(square(sub(layer.forward(x), y))));
    const loss = await value.item();
    value.dispose();
    if (loss < 1e-13) break; // the rounding of float32
  }
  const found = noGrad(() => Float64Array.from(elements(layer.toDense().ndarray())));
  for (const used of [x, y, ...parameters]) used.dispose();
  return relativeError(found, w);
}

function relativeError(found: ArrayLike<number>, target: ArrayLike<number>): number {
  let [missed, all] = [0, 0];
  for (let i = 0; i < target.length; i++) {
    missed += (found[i]! - target[i]!) ** 2;
    all += target[i]! ** 2;
  }
  return missed / all;
}
