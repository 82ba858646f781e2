/**
 * @file Claim: without SIMD, plain typed-array loops make a mixer layer at least 70 times faster to
 * train than a dense layer of the same width whose matrix product reaches 2.5 GFLOP/s or more. n =
 * 4096, batch 256, float32, forward + backward with all gradients.
 */
import { matmul, mul, normal, parameter, rng, sum, transpose, valueAndGrad } from "@spm/core";
import { generalMixer, rotationMixer } from "@spm/mixer";
import { Linear, MixerLayer, type Module } from "@spm/nn";
import {
  type Candidate,
  candidate,
  type Measured,
  measure,
  speedup,
} from "../experiments/parts/harness.ts";

const n = Number(process.argv[2] ?? 4096);
const batch = Number(process.argv[3] ?? 256);
const random = rng(1);
const x = parameter(normal(random, [batch, n]));
const ct = normal(random, [batch, n]);

/** One forward and backward through a layer, by its input and all of its parameters. */
const train = (name: string, layer: Module): Candidate =>
  candidate(name, () => {
    valueAndGrad(() => sum(mul(layer.forward(x), ct)), [x, ...layer.parameters()]);
  });

const dense = new Linear(n, n, { random });
const mixers = {
  rotation: new MixerLayer(rotationMixer, n, n, { random }),
  general: new MixerLayer(generalMixer, n, n, { random }),
};
const product = candidate("dense product X·Wᵀ", () => void matmul(x, transpose(dense.weight)));

const settings = { rounds: 3, seconds: 0.5 };
const [denseProduct, denseTrain, rotation, general] = await measure(
  [
    product,
    train("dense", dense),
    train("rotation mixer", mixers.rotation),
    train("general mixer", mixers.general),
  ],
  settings,
);

/**
 * Prints `name  12.3 ms  45.6×  2.70 GFLOP/s` lines; a ratio is against the first row, FLOP are of
 * one run.
 */
function print(rows: readonly { measured: Measured; flop: number }[]): void {
  for (const { measured, flop } of rows) {
    const ms = `${(measured.seconds * 1e3).toFixed(3)} ms`.padStart(14);
    const ratio = `${speedup(rows[0]?.measured ?? measured, measured).toFixed(1)}×`.padStart(9);
    const rate = `${(flop / measured.seconds / 1e9).toFixed(2)} GFLOP/s`.padStart(16);
    console.log(measured.name.padEnd(34) + ms + ratio + rate);
  }
}

const stages = Math.log2(n);
console.log(`n = ${n}, batch ${batch}, float32, reference backend, Node ${process.version}`);
print([{ measured: denseProduct, flop: 2 * batch * n * n }]);
console.log("forward + backward, by the input and all parameters; ratio to dense");
print([
  { measured: denseTrain, flop: 6 * batch * n * n },
  { measured: rotation, flop: batch * n * stages * 11 }, // 6 forward, 16 walking back, per pair
  { measured: general, flop: batch * n * stages * 13 }, // 6 forward, 6 again, 14 backward, per pair
]);
console.log(
  JSON.stringify({
    n,
    batch,
    denseGflops: (2 * batch * n * n) / denseProduct.seconds / 1e9,
    rotationRatio: speedup(denseTrain, rotation),
    generalRatio: speedup(denseTrain, general),
  }),
);
