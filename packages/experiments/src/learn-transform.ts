/** @file Recovers a fast transform from input-output samples by gradient descent. */
import {
  cast,
  matmul,
  mean,
  normal,
  parameter,
  rng,
  square,
  stopGradient,
  sub,
  transpose,
  valueAndGrad,
} from "@spm/core";
import { butterfly, hadamard, initialAngles, rotationMixer, toDense } from "@spm/mixer";
import { adam, cosine } from "@spm/optim";
import type { Experiment } from "./experiment.ts";

/** Whether a rotation mixer finds the Hadamard transform from samples of it. */
export const learnTransform: Experiment<{ n: number; steps: number; batch: number; rate: number }> = {
  name: "learn-transform",
  question: "Is a fast transform found from samples of it?",
  settings: { n: 64, steps: 2000, batch: 64, rate: 0.03 },
  quick: { n: 8, steps: 300 },
  async run({ settings: { n, steps, batch, rate }, seed, signal, log }) {
    const random = rng(seed);
    const schedule = butterfly(n);
    const angles = parameter(initialAngles(schedule, random));
    const target = cast(transpose(toDense(hadamard(n))), "float32");
    const optimizer = adam([angles], { learningRate: cosine({ base: rate, steps }) });
    let rmse = Number.NaN;
    for (let step = 1; step <= steps && !signal.aborted; step++) {
      const x = normal(random, [batch, n]);
      const y = stopGradient(matmul(x, target));
      const { value, grads } = valueAndGrad(
        () => mean(square(sub(rotationMixer(x, angles, { schedule }), y))),
        [angles],
      );
      optimizer.step(grads);
      rmse = Math.sqrt(await value.item());
      if (step % Math.ceil(steps / 10) === 0) log(`step ${step}: root mean square error ${rmse.toExponential(2)}`);
    }
    return {
      summary: `After ${steps} steps the error of the Hadamard transform of ${n} is ${rmse.toExponential(2)}.`,
      sections: [
        {
          heading: "Error",
          table: { head: ["transform", "n", "RMSE"], rows: [["Hadamard", String(n), rmse.toExponential(2)]] },
        },
      ],
      results: { n, rmse },
    };
  },
};
