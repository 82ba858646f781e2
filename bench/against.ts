/**
 * @file Claim: this checkout is no slower than another one, e.g. of the commit before a change.
 *
 * `npm run bench:against -- FOLDER [ROUNDS]`, FOLDER a checkout whose packages are built. Both run
 * in one process, in alternating rounds, on the same work: the tape's cost for each op, a mixer of
 * either kind at n = 4096 and batch 256 on wasm (forward, and with all gradients), and a training
 * step of a small perceptron. Prints each round's ratio of the medians, ours / theirs, with their
 * median and quartiles, and exits with 1 where a median is above 1.03.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Core from "@spm/core";
import type * as Mixer from "@spm/mixer";
import type * as Optim from "@spm/optim";
import type * as Wasm from "@spm/wasm";
import { candidate, measure, ratios } from "../experiments/parts/harness.ts";
import { median, quantile } from "../experiments/parts/statistics.ts";

const LIMIT = 1.03;
const N = 4096;
const BATCH = 256;

/** The packages of a checkout; only functions that both have are called. */
interface Checkout {
  readonly core: typeof Core;
  readonly mixer: typeof Mixer;
  readonly optim: typeof Optim;
  readonly wasm: typeof Wasm;
}

async function load(folder: string): Promise<Checkout> {
  const from = (name: string) =>
    import(pathToFileURL(resolve(folder, "packages", name, "dist/index.js")).href);
  const [core, mixer, optim, wasm] = await Promise.all(
    ["core", "mixer", "optim", "wasm"].map(from),
  );
  return { core, mixer, optim, wasm };
}

/** The work, by name. */
async function work({ core, mixer, optim, wasm }: Checkout): Promise<Map<string, () => void>> {
  const { add, matmul, mean, mul, normal, parameter, relu, rng, scope, square, sub, sum, tanh } =
    core;
  const { tensor, valueAndGrad, vjp } = core;
  const random = rng(1);
  const [small, weights, one] = [tensor([[0.1, 0.2]]), tensor([[1.01, 1.02]]), tensor(1)];
  const chain = (x: Core.Tensor): Core.Tensor => {
    let y = x;
    for (let k = 0; k < 10; k++) y = tanh(mul(y, weights));
    return y;
  };
  const jobs = new Map<string, () => void>([
    ["an op forward", () => void scope(() => chain(small).ndarray().data.slice())],
    [
      "an op with its gradient",
      () => void scope(() => vjp((x: Core.Tensor) => sum(chain(x)), small).pullback(one).length),
    ],
  ]);

  core.setBackend(await wasm.wasm({ bytes: 2 ** 30 }));
  const schedule = mixer.butterfly(N);
  const [dIn, dOut, bias] = [1, 1, 0].map((value) => parameter(core.full([N], value)));
  const around = { schedule, ...(dIn && { dIn }), ...(dOut && { dOut }), ...(bias && { bias }) };
  const angles = parameter(normal(random, [schedule.first.length]));
  const blocks = parameter(normal(random, [schedule.first.length, 4], 0.5, 0.1));
  const scales = parameter(core.zeros([0]));
  const x = parameter(normal(random, [BATCH, N]));
  const rotation = () => mixer.rotationMixer(x, angles, around);
  const general = () => mixer.generalMixer(x, blocks, scales, around);
  const ends = [x, ...(dIn ? [dIn] : []), ...(dOut ? [dOut] : []), ...(bias ? [bias] : [])];
  for (const [name, run, own] of [
    ["rotation", rotation, [angles]],
    ["general", general, [blocks, scales]],
  ] as const) {
    const all = [...ends, ...own];
    jobs.set(`${name}, forward`, () => scope(() => void core.noGrad(run)));
    jobs.set(`${name}, training`, () =>
      scope(() => {
        for (const p of own) p.assign(add(p, 0)); // new coefficients, as after a step
        valueAndGrad(() => sum(run()), all);
      }),
    );
  }

  const w1 = parameter(normal(random, [256, 256], 0, 0.06));
  const w2 = parameter(normal(random, [256, 10], 0, 0.06));
  const [inputs, targets] = [normal(random, [128, 256]), normal(random, [128, 10])];
  const optimizer = optim.adam([w1, w2]);
  jobs.set("a training step", () => {
    const loss = () => mean(square(sub(matmul(relu(matmul(inputs, w1)), w2), targets)));
    scope(() => optimizer.step(valueAndGrad(loss, [w1, w2]).grads));
  });
  core.setBackend(core.reference);
  return jobs;
}

const [folder, count = "20"] = process.argv.slice(2);
if (folder === undefined) throw new Error("bench:against: expected the folder of a built checkout");
const [ours, theirs] = [await work(await load(".")), await work(await load(folder))];
const worst: string[] = [];
for (const [name, run] of ours) {
  const other = theirs.get(name);
  if (other === undefined) continue;
  const [a, b] = await measure([candidate("ours", run), candidate("theirs", other)], {
    rounds: Number(count),
    seconds: 0.25,
  });
  const each = ratios(a, b);
  const [low, middle, high] = [quantile(each, 0.25), median(each), quantile(each, 0.75)];
  if (middle > LIMIT) worst.push(name);
  console.log(
    `${name}: ${(a.seconds * 1e6).toPrecision(3)} µs, theirs ` +
      `${(b.seconds * 1e6).toPrecision(3)} µs; ratio ${middle.toFixed(3)}, ` +
      `quartiles ${low.toFixed(3)} to ${high.toFixed(3)}\n` +
      `  ${each.map((r) => r.toFixed(2)).join(" ")}`,
  );
}
if (worst.length > 0) {
  console.error(
    `bench:against: expected ratios of at most ${LIMIT}, got more for ${worst.join(", ")}`,
  );
  process.exitCode = 1;
}
