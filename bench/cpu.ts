/**
 * @file Claim: on one thread a mixer layer in WebAssembly SIMD is dozens of times faster than a dense layer in OpenBLAS at n = 4096.
 *
 * Through the public functions, with diagonals and bias; training means the forward, the gradients by the input and all parameters,
 * and coefficients made anew, as after each step of an optimizer. Writes docs/results-cpu.md. `--headline` measures n = 4096 alone,
 * writes nothing and prints one JSON line last. Runs the built packages, as users do.
 */
import { f32x4Peak, wasm } from "@spm/wasm";
import { compare, copyBandwidth, fraction, mixerRuns, type Row, threadSpeedup, trainFraction } from "./cpu-compare.ts";
import { writeResults } from "./cpu-results.ts";
import { startOpenBlas } from "./openblas.ts";
import { torchLinear } from "./torch.ts";

/** Below this the peer did not have the machine, and no ratio means anything. */
const LEAST_GFLOPS = 60;
const BATCHES = [1, 16, 64, 256];
const MOST_MIB = 2048; // of memory, for a backend

const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);

function print(row: Row, peak: number): void {
  const { n, batch, dense, rotation, general, ratios } = row;
  const x = (ratio: number): string => `${ratio.toPrecision(3)}×`;
  console.log(
    `n ${n}, batch ${batch}: OpenBLAS ${ms(dense.forward)} / ${ms(dense.train)} ms (${row.denseGflops.toFixed(0)} GFLOP/s); ` +
      `rotation ${ms(rotation.forward)} / ${ms(rotation.train)} ms, ${x(ratios.forward)} / ${x(ratios.train)}, ` +
      `${(100 * fraction(row, peak)).toFixed(0)} / ${(100 * trainFraction(row, peak)).toFixed(0)} % of peak; ` +
      `general ${ms(general.forward)} / ${ms(general.train)} ms, ${x(ratios.generalForward)} / ${x(ratios.generalTrain)}`,
  );
}

const headlineOnly = process.argv.includes("--headline");
const bytes = MOST_MIB * 2 ** 20;
const peer = startOpenBlas();
const backend = await wasm({ bytes });
const peak = f32x4Peak();
const bandwidth = copyBandwidth();
console.log(
  `forward / forward + backward, one thread, float32; peak of f32x4 multiply and add ${peak.toFixed(1)} GFLOP/s, ` +
    `copy ${(bandwidth / 1e9).toFixed(1)} GB/s`,
);
const inCache = await compare(backend, peer, 256, 32, 3, 0.4);
print(inCache, peak);
const rows: Row[] = [];
if (!headlineOnly)
  for (const batch of BATCHES)
    for (let n = 16; n <= 8192; n *= 2) {
      rows.push(await compare(backend, peer, n, batch, 3, n < 2048 ? 0.25 : 0.8));
      print(rows.at(-1)!, peak);
    }
const headline = await compare(backend, peer, 4096, 256, 5, 2);
print(headline, peak);
const two = await wasm({ bytes, threads: 2 });
const [one, many] = [mixerRuns(backend, "rotation", 4096, 256), mixerRuns(two, "rotation", 4096, 256)];
const threads = threadSpeedup(one, many, 5, 0.4);
console.log(`two threads, rotation: ${threads.forward.toFixed(2)}× / ${threads.train.toFixed(2)}×`);
await two.dispose();
peer.stop();
if (headline.denseGflops < LEAST_GFLOPS) {
  console.error(
    `bench: expected at least ${LEAST_GFLOPS} GFLOP/s of OpenBLAS, got ${headline.denseGflops.toFixed(1)}: the run is void`,
  );
  process.exitCode = 1;
} else if (!headlineOnly)
  writeResults({ peak, bandwidth, rows, headline, inCache, threads, torch: torchLinear(4096, 256, 3) });
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
