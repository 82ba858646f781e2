/**
 * @file The one harness of all benches: benchmark.js measures, candidates take turns in short
 * rounds, and what is compared was measured in the same round. Machines are noisy: only ratios
 * within a run mean anything.
 */
import Benchmark from "benchmark";

/** Something to measure; a run that throws fails the bench. */
export interface Candidate {
  readonly name: string;
  readonly run: () => void;
}

/** What was measured of one candidate. */
export interface Measured {
  readonly name: string;
  /** Median over the rounds, in seconds. */
  readonly seconds: number;
  /** Median seconds of each round. */
  readonly rounds: readonly number[];
}

/** The middle value (the mean of the two middle ones for an even number). */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** One round of one candidate: the median of benchmark.js's samples, in seconds. */
function round({ name, run }: Candidate, seconds: number): number {
  let failure: unknown;
  const bench = new Benchmark(name, run, {
    maxTime: seconds,
    minSamples: 1,
    initCount: 1,
    async: false,
  });
  bench.on("error", (event: { target: { error: unknown } }) => {
    failure = event.target.error;
  });
  bench.run({ async: false });
  if (failure !== undefined) throw failure;
  return median(bench.stats.sample);
}

/**
 * Measures candidates in alternating rounds.
 * @param options - `rounds` (5 unless said) and the `seconds` that benchmark.js may spend on a
 * candidate in each (0.3)
 */
export function measure(
  candidates: readonly Candidate[],
  { rounds = 5, seconds = 0.3 }: { rounds?: number; seconds?: number } = {},
): Measured[] {
  for (const { run } of candidates) run(); // compiled code before the clock starts
  const times = candidates.map((): number[] => []);
  for (let k = 0; k < rounds; k++)
    for (const [i, candidate] of candidates.entries()) times[i]!.push(round(candidate, seconds));
  return candidates.map(({ name }, i) => ({ name, seconds: median(times[i]!), rounds: times[i]! }));
}

/** How many times faster `fast` is than `slow`: the median of the rounds' own ratios. */
export const speedup = (slow: Measured, fast: Measured): number =>
  median(slow.rounds.map((seconds, k) => seconds / fast.rounds[k]!));

/**
 * Prints `name  12.3 ms  45.6×  2.70 GFLOP/s` lines; a ratio is against the first row, FLOP are of
 * one run.
 */
export function print(rows: readonly { measured: Measured; flop?: number }[]): void {
  const [first] = rows;
  for (const { measured, flop } of rows) {
    const ms = `${(measured.seconds * 1e3).toFixed(3)} ms`.padStart(14);
    const ratio = `${speedup(first!.measured, measured).toFixed(1)}×`.padStart(9);
    const rate =
      flop === undefined
        ? ""
        : `${(flop / measured.seconds / 1e9).toFixed(2)} GFLOP/s`.padStart(16);
    console.log(measured.name.padEnd(34) + ms + ratio + rate);
  }
}
