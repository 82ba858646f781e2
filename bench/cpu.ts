/**
 * @file Claim: on one thread a mixer layer in WebAssembly SIMD is dozens of times faster than a
 * dense layer in OpenBLAS at n = 4096.
 *
 * Through the public functions, with diagonals and bias; training means the forward, the gradients
 * by the input and all parameters, and new coefficients, as after each step of an optimizer. Then
 * dense layers of other frameworks, and training steps. Writes docs/results-cpu.md. `--headline`
 * measures n = 4096 alone against OpenBLAS, writes nothing; both print one JSON line last.
 * `--smoke` runs everything once and short, at small sizes, and writes into node_modules/.cache.
 * Runs the built packages, as users do.
 */
import { fileURLToPath } from "node:url";
import { f32x4Peak, wasm } from "@spm/wasm";
import {
  compare,
  copyBandwidth,
  fraction,
  mixerRuns,
  type Row,
  threadSpeedup,
  trainFraction,
} from "./cpu-compare.ts";
import { compareDense } from "./cpu-dense.ts";
import { writeResults } from "./cpu-results.ts";
import { compareSteps, overheadShare } from "./cpu-training.ts";
import type { Framework } from "./framework.ts";
import { startJaxWasm } from "./jax-wasm.ts";
import { startOnnx } from "./onnx.ts";
import { startOpenBlas } from "./openblas.ts";
import { startTfWasm } from "./tf-wasm.ts";
import { torchLinear } from "./torch.ts";

/**
 * The least GFLOP/s of the peer at which ratios mean anything: below, other processes ran beside
 * it.
 */
const LEAST_GFLOPS = 60;
const BATCHES = [1, 16, 64, 256];
const MOST_MIB = 2048; // of memory, for a backend
const PERCEPTRON = { hidden: 1024, batch: 128 };

const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);

function print(row: Row, peak: number): void {
  const { n, batch, dense, rotation, general, ratios } = row;
  const x = (ratio: number): string => `${ratio.toPrecision(3)}×`;
  console.log(
    `n ${n}, batch ${batch}: OpenBLAS ${ms(dense.forward)} / ` +
      `${ms(dense.train)} ms (${row.denseGflops.toFixed(0)} GFLOP/s); ` +
      `rotation ${ms(rotation.forward)} / ${ms(rotation.train)} ms, ` +
      `${x(ratios.forward)} / ${x(ratios.train)}, ` +
      `${(100 * fraction(row, peak)).toFixed(0)} / ` +
      `${(100 * trainFraction(row, peak)).toFixed(0)} % of peak; ` +
      `general ${ms(general.forward)} / ${ms(general.train)} ms, ` +
      `${x(ratios.generalForward)} / ${x(ratios.generalTrain)}`,
  );
}

/** Other frameworks; one that can't be installed is named and left out. */
async function frameworks(): Promise<Framework[]> {
  const found: Framework[] = [];
  for (const start of [startOnnx, startTfWasm, startJaxWasm])
    try {
      found.push(await start());
    } catch (error) {
      console.error(`bench: left out, ${error}`);
    }
  return found;
}

const [headlineOnly, smoke] = ["--headline", "--smoke"].map((flag) => process.argv.includes(flag));
const [rounds, pace, widest] = smoke ? [1, 0.02, 512] : [3, 1, 8192];
const [n, most] = [Math.min(4096, widest), smoke ? 1 : 5];
const bytes = MOST_MIB * 2 ** 20;
const peer = startOpenBlas();
const backend = await wasm({ bytes });
const peak = f32x4Peak();
const bandwidth = copyBandwidth();
console.log(
  "forward / forward + backward, one thread, float32; " +
    `peak of f32x4 multiply and add ${peak.toFixed(1)} GFLOP/s, ` +
    `copy ${(bandwidth / 1e9).toFixed(1)} GB/s`,
);
// first: JavaScript is compiled meanwhile
const inCache = await compare(backend, peer, 256, 32, most, 0.8 * pace);
print(inCache, peak);
const rows: Row[] = [];
if (!headlineOnly)
  for (const batch of BATCHES)
    for (let width = 16; width <= widest; width *= 2) {
      rows.push(
        await compare(backend, peer, width, batch, rounds, (width < 2048 ? 0.25 : 0.8) * pace),
      );
      print(rows.at(-1)!, peak);
    }
const headline = await compare(backend, peer, n, 256, most, 1.2 * pace);
print(headline, peak);
const two = await wasm({ bytes, threads: 2 });
const [one, many] = [mixerRuns(backend, "rotation", n, 256), mixerRuns(two, "rotation", n, 256)];
const threads = await threadSpeedup(one, many, most, 0.25 * pace);
console.log(`two threads, rotation: ${threads.forward.toFixed(2)}× / ${threads.train.toFixed(2)}×`);
await two.dispose();
peer.stop();
const isVoid = headline.denseGflops < LEAST_GFLOPS && !smoke;
if (isVoid) {
  console.error(
    `bench: expected at least ${LEAST_GFLOPS} GFLOP/s of OpenBLAS, ` +
      `got ${headline.denseGflops.toFixed(1)}: the run is void`,
  );
  process.exitCode = 1;
} else if (!headlineOnly) {
  const overhead = await overheadShare(backend, PERCEPTRON, 3 * pace);
  const others = await frameworks();
  const dense = await compareDense(backend, others, n, 256, { rounds, seconds: pace });
  console.log("dense layers of others, seconds:", dense);
  const steps = await compareSteps(backend, others, PERCEPTRON, { rounds, seconds: pace });
  console.log(
    "steps of the perceptron, seconds:",
    steps,
    `in kernels: all but ${(100 * overhead).toFixed(1)} %`,
  );
  const torch = torchLinear(n, 256, 3 * pace);
  const folder = fileURLToPath(
    new URL(smoke ? "../node_modules/.cache/" : "../docs/", import.meta.url),
  );
  writeResults(
    { peak, bandwidth, rows, headline, inCache, threads, torch, dense, steps, overhead },
    folder,
  );
}
const digits = (value: number): number => Number(value.toPrecision(4));
console.log(
  JSON.stringify({
    n: headline.n,
    batch: headline.batch,
    forwardRatio: digits(headline.ratios.forward),
    trainRatio: digits(headline.ratios.train),
    generalForwardRatio: digits(headline.ratios.generalForward),
    generalTrainRatio: digits(headline.ratios.generalTrain),
    peakFraction: digits(fraction(headline, peak)),
    peakFractionInCache: digits(fraction(inCache, peak)),
    threadSpeedup: digits(threads.train),
    openblasGflops: digits(headline.denseGflops),
  }),
);
