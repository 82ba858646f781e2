/**
 * @file Claim: an adaptive mixer of mode local takes at most twice the time of the fastest static
 * mixer on a GPU, at n = 4096 and batch 4096.
 *
 * Rotation, general and local take turns in the same rounds, forward alone and with the gradients
 * by x and all parameters; prints one JSON line last. `--wasm` measures on WebAssembly instead, one
 * thread, n = 1024 and batch 256, where there is no such claim. `--software` takes a software
 * adapter, with sizes to match: its times mean nothing, but everything runs. Exits with 1 where the
 * claim does not hold.
 */
import { parseArgs } from "node:util";
import {
  type Backend,
  type Differentiable,
  normal,
  ones,
  rng,
  scope,
  setBackend,
  type Tensor,
  tensor,
  uniform,
  vjp,
  zeros,
} from "@spm/core";
import { gpu } from "@spm/gpu";
import { adaptiveMixer, butterfly, generalMixer, rotationMixer, type Schedule } from "@spm/mixer";
import { wasm } from "@spm/wasm";
import { type Candidate, candidate, measure, speedup } from "../experiments/parts/harness.ts";
import { randomRows } from "./gpu-layers.ts";

const MOST = 2; // times the fastest static mixer

const { values: options } = parseArgs({
  options: {
    wasm: { type: "boolean", default: false },
    software: { type: "boolean", default: false },
  },
});
const { software } = options;
const onWasm = options.wasm;
const [n, batch] = software ? [128, 32] : onWasm ? [1024, 256] : [4096, 4096];

/** A mixer n → n with both diagonals and a bias, and its parameters. */
interface Contender {
  readonly name: string;
  readonly parameters: readonly Tensor[];
  readonly layer: Differentiable;
}

function contenders(schedule: Schedule): readonly [Contender, Contender, Contender] {
  const [random, pairs] = [rng(1), schedule.first.length];
  const angles = uniform(random, [pairs], 0, 2 * Math.PI);
  const weights = normal(random, [pairs, 2], 0, 0.1);
  return [
    {
      name: "rotation",
      parameters: [angles],
      layer: (x, dIn, dOut, bias, angles) =>
        rotationMixer(x, angles, { schedule, dIn, dOut, bias }),
    },
    {
      name: "general",
      parameters: [normal(random, [pairs, 4], 0, Math.SQRT1_2), zeros([0])],
      layer: (x, dIn, dOut, bias, blocks, scales) =>
        generalMixer(x, blocks, scales, { schedule, dIn, dOut, bias }),
    },
    {
      name: "local",
      parameters: [angles, weights],
      layer: (x, dIn, dOut, bias, angles, weights) =>
        adaptiveMixer(x, { angles, weights }, { schedule, mode: "local", dIn, dOut, bias }),
    },
  ];
}

async function open(): Promise<Backend> {
  if (onWasm) return wasm();
  return gpu({ mode: "webgpu", adapter: software ? "software" : "hardware" });
}

const device = await open();
setBackend(device);
const probe = tensor([0]);
const [x, ct] = [randomRows(rng(2), batch, n), randomRows(rng(3), batch, n)];
const around = [ones([n]), ones([n]), zeros([n])];
const all = contenders(butterfly(n));
const timed = (run: (one: Contender) => void): [Candidate, Candidate, Candidate] => {
  const of = (one: Contender): Candidate =>
    candidate(one.name, () => scope(() => run(one)), {
      sample: software ? 0.001 : 0.04,
      settled: () => probe.data(),
    });
  return [of(all[0]), of(all[1]), of(all[2])];
};
const rounds = software
  ? { rounds: 1, seconds: 0.001 }
  : { rounds: 9, seconds: onWasm ? 0.2 : 0.04, warm: 0.2 };

const found: Record<string, number> = {};
for (const [phase, run] of [
  ["Forward", ({ layer, parameters }: Contender) => void layer(x, ...around, ...parameters)],
  [
    "Train",
    ({ layer, parameters }: Contender) => void vjp(layer, x, ...around, ...parameters).pullback(ct),
  ],
] as const) {
  const [rotation, general, local] = await measure(timed(run), rounds);
  const fastest = rotation.seconds < general.seconds ? rotation : general;
  for (const { name, seconds } of [rotation, general, local])
    found[`${name}${phase}Ms`] = Number((1000 * seconds).toPrecision(4));
  found[`ratio${phase}`] = Number(speedup(local, fastest).toPrecision(3));
}
const { ratioForward = Number.NaN, ratioTrain = Number.NaN } = found;
const holds = ratioForward <= MOST && ratioTrain <= MOST;
console.log(
  JSON.stringify({ device: device.report().name, n, batch, most: MOST, holds, ...found }),
);
if (!holds && !onWasm && !software) process.exitCode = 1;
if ("dispose" in device && typeof device.dispose === "function") await device.dispose();
