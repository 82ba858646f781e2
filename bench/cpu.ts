/**
 * @file Claim: on one thread a mixer layer in WebAssembly SIMD is dozens of times faster than a dense layer in OpenBLAS at n = 4096.
 *
 * Through the public functions, with diagonals and bias; training means the forward, the gradients by the input and all parameters,
 * and coefficients made anew, as after each step of an optimizer. `--headline` measures n = 4096 alone and prints one JSON line last.
 */
import { add, normal, ones, rng, scope, setBackend, type Tensor, vjp, zeros } from "@spm/core";
import { butterfly, generalMixer, initialAngles, initialBlocks, rotationMixer } from "@spm/mixer";
import { f32x4Peak, wasm } from "@spm/wasm";
import { median } from "./harness.ts";
import { type DenseTimes, startOpenBlas } from "./openblas.ts";

/** Below this the peer did not have the machine, and no ratio means anything. */
const LEAST_GFLOPS = 60;

interface Runs {
  readonly forward: () => void;
  readonly train: () => void;
}

/** A mixer layer's forward, and its forward and backward. */
function mixerRuns(kind: "rotation" | "general", n: number, batch: number): Runs {
  const random = rng(1);
  const schedule = butterfly(n);
  const x = normal(random, [batch, n]);
  const ct = normal(random, [batch, n]);
  const around = [ones([n]), ones([n]), zeros([n])];
  const parameters =
    kind === "rotation"
      ? [initialAngles(schedule, random)]
      : [initialBlocks(schedule, random), ones([schedule.leftovers.length])];
  const layer = (input: Tensor, ...rest: Tensor[]): Tensor => {
    const [dIn, dOut, bias] = rest.slice(-3) as [Tensor, Tensor, Tensor];
    return kind === "rotation"
      ? rotationMixer(input, rest[0]!, { schedule, dIn, dOut, bias })
      : generalMixer(input, rest[0]!, rest[1]!, { schedule, dIn, dOut, bias });
  };
  return {
    forward: () => scope(() => void layer(x, ...parameters, ...around)),
    train: () =>
      scope(() => {
        const [first, ...others] = parameters;
        const { pullback } = vjp(layer, x, add(first!, 0), ...others, ...around);
        pullback(ct);
      }),
  };
}

/** Median seconds of a run, for about so many seconds. */
function time(run: () => void, seconds: number): number {
  run();
  const times: number[] = [];
  const start = performance.now();
  do {
    const before = performance.now();
    run();
    times.push((performance.now() - before) / 1000);
  } while (performance.now() - start < 1000 * seconds);
  return median(times);
}

/** Medians over alternating rounds, ratios within a round. */
interface Row {
  readonly n: number;
  readonly batch: number;
  readonly dense: DenseTimes;
  readonly rotation: DenseTimes;
  readonly general: DenseTimes;
  readonly ratios: Readonly<Record<"forward" | "train" | "generalForward" | "generalTrain", number>>;
  readonly denseGflops: number;
}

const peer = startOpenBlas();

async function compare(n: number, batch: number, rounds: number, seconds: number): Promise<Row> {
  const [rotation, general] = [mixerRuns("rotation", n, batch), mixerRuns("general", n, batch)];
  for (const { forward, train } of [rotation, general]) for (const run of [forward, train]) time(run, seconds / 4); // warm
  const taken: { dense: DenseTimes; rotation: DenseTimes; general: DenseTimes }[] = [];
  for (let k = 0; k < rounds; k++) {
    const both = ({ forward, train }: Runs): DenseTimes => ({
      forward: time(forward, seconds / 4),
      train: time(train, seconds / 4),
    });
    taken.push({ dense: await peer.measure(n, batch, seconds), rotation: both(rotation), general: both(general) });
  }
  const middle = (of: (round: (typeof taken)[number]) => number): number => median(taken.map(of));
  const times = (who: "dense" | "rotation" | "general"): DenseTimes => ({
    forward: middle((r) => r[who].forward),
    train: middle((r) => r[who].train),
  });
  const dense = times("dense");
  return {
    n,
    batch,
    dense,
    rotation: times("rotation"),
    general: times("general"),
    ratios: {
      forward: middle((r) => r.dense.forward / r.rotation.forward),
      train: middle((r) => r.dense.train / r.rotation.train),
      generalForward: middle((r) => r.dense.forward / r.general.forward),
      generalTrain: middle((r) => r.dense.train / r.general.train),
    },
    denseGflops: (2 * batch * n * n) / dense.forward / 1e9,
  };
}

/** Share of the peak in a rotation forward: two multiplications and additions a pair and stage, three operations a column around. */
const fraction = ({ n, batch, rotation }: Row, peak: number): number =>
  (batch * n * (2 * Math.log2(n) + 3)) / rotation.forward / 1e9 / peak;

const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);

function print(row: Row, peak: number): void {
  const { n, batch, dense, rotation, general, ratios } = row;
  const x = (ratio: number): string => `${ratio.toPrecision(3)}×`;
  console.log(
    `n ${n}, batch ${batch}: OpenBLAS ${ms(dense.forward)} / ${ms(dense.train)} ms (${row.denseGflops.toFixed(0)} GFLOP/s); ` +
      `rotation ${ms(rotation.forward)} / ${ms(rotation.train)} ms, ${x(ratios.forward)} / ${x(ratios.train)}, ` +
      `${(100 * fraction(row, peak)).toFixed(0)} % of peak; ` +
      `general ${ms(general.forward)} / ${ms(general.train)} ms, ${x(ratios.generalForward)} / ${x(ratios.generalTrain)}`,
  );
}

const headlineOnly = process.argv.includes("--headline");
setBackend(await wasm());
const peak = f32x4Peak();
console.log(
  `forward / forward + backward, one thread, float32; peak of f32x4 multiply and add: ${peak.toFixed(1)} GFLOP/s`,
);
const inCache = await compare(256, 32, 3, 0.4);
print(inCache, peak);
if (!headlineOnly)
  for (const batch of [256, 32, 1])
    for (let n = 16; n <= 8192; n *= 2) print(await compare(n, batch, 3, n < 2048 ? 0.3 : 2), peak);
const headline = await compare(4096, 256, 5, 2.5);
print(headline, peak);
peer.stop();
if (headline.denseGflops < LEAST_GFLOPS) {
  console.error(
    `bench: expected at least ${LEAST_GFLOPS} GFLOP/s of OpenBLAS, got ${headline.denseGflops.toFixed(1)}: the run is void`,
  );
  process.exitCode = 1;
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
    threadSpeedup: null, // the backend has one thread
    openblasGflops: digits(headline.denseGflops),
  }),
);
