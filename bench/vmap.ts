/**
 * @file Claim: vmap is faster than a loop over the samples, forward and per-sample gradients, for
 * each family of layers.
 *
 * `npm run bench:vmap [-- ROUNDS [NAME]]` measures CPU time on the reference in rounds that
 * alternate, so that other work on the machine counts less. Prints microseconds a sample, of a
 * batch of 64, and the ratio, medians of the rounds, and exits with 1 where the loop is faster.
 */
import {
  at,
  grad,
  mean,
  normal,
  type Parameter,
  reshape,
  rng,
  square,
  stack,
  type Tensor,
  tensor,
  valueAndGrad,
  vmap,
} from "@spm/core";
import {
  Conv2d,
  crossEntropy,
  LayerNorm,
  Linear,
  linear,
  Module,
  MultiHeadAttention,
  RmsNorm,
} from "@spm/nn";
import { median } from "../experiments/parts/statistics.ts";

const SAMPLES = 64;
const random = rng(0);

interface Job {
  readonly name: string;
  readonly model: Module;
  readonly x: Tensor;
  /** A scalar of one sample. */
  loss(x: Tensor): Tensor;
}

const job = (name: string, model: Module, x: Tensor): Job => ({
  name,
  model,
  x,
  loss: (one) => mean(square(model.forward(one))),
});

class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

const label = tensor([3], { dtype: "int32" });
const jobs: Job[] = [
  job("Linear 64", new Linear(64, 64, { random }), normal(random, [SAMPLES, 64])),
  ...(["rotation", "general"] as const).map((kind) =>
    job(`${kind} mixer 64`, linear(kind, 64, 64, { random }), normal(random, [SAMPLES, 64])),
  ),
  job("LayerNorm 64", new LayerNorm(64), normal(random, [SAMPLES, 64])),
  job("RMSNorm 64", new RmsNorm(64), normal(random, [SAMPLES, 64])),
  job(
    "attention 8 × 32",
    new MultiHeadAttention(32, { heads: 4, random }),
    normal(random, [SAMPLES, 1, 8, 32]),
  ),
  job(
    "Conv2d 3 × 3",
    new Conv2d(2, 4, { kernel: 3, random }),
    normal(random, [SAMPLES, 1, 2, 8, 8]),
  ),
  {
    name: "cross-entropy",
    model: new Identity(),
    x: normal(random, [SAMPLES, 10]),
    loss: (one) => crossEntropy(reshape(one, [1, 10]), label),
  },
];

type Pass = (one: Tensor) => readonly Tensor[];

/** The forward, and the gradients by the parameters or, without any, by x. */
const passesOf = ({ model, loss }: Job): Record<string, Pass> => {
  const parameters: Parameter[] = model.parameters();
  const slopes: Pass =
    parameters.length > 0
      ? (one) => valueAndGrad(() => loss(one), parameters).grads
      : (one) => [grad(loss)(one)];
  return { forward: (one) => [loss(one)], gradients: slopes };
};

/** CPU microseconds a sample, of calls that take 50 ms together: the clock ticks every 10 ms. */
function time(run: () => unknown): number {
  const start = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    run();
    const { user } = process.cpuUsage(start);
    if (user >= 50_000) return user / calls / SAMPLES;
  }
}

const [rounds, only = ""] = [Number(process.argv[2] ?? 5), process.argv[3]];
console.log(
  "layer, pass".padEnd(32) + ["vmap", "loop", "ratio"].map((s) => s.padStart(10)).join(""),
);
for (const each of jobs.filter(({ name }) => name.includes(only)))
  for (const [pass, f] of Object.entries(passesOf(each))) {
    const batched = vmap(f);
    const looped = () => {
      const rows = Array.from({ length: SAMPLES }, (_, b) => f(at(each.x, b)));
      return (rows[0] ?? []).map((_, k) => stack(rows.flatMap((row) => row.slice(k, k + 1))));
    };
    time(looped);
    time(() => batched(each.x)); // compiled
    const times = Array.from({ length: rounds }, () => ({
      vmap: time(() => batched(each.x)),
      loop: time(looped),
    }));
    const [mine, theirs] = [median(times.map((t) => t.vmap)), median(times.map((t) => t.loop))];
    const cells = [mine, theirs, theirs / mine].map((v) => v.toFixed(2).padStart(10));
    console.log(`${each.name}, ${pass}`.padEnd(32) + cells.join(""));
    if (theirs < mine) process.exitCode = 1;
  }
