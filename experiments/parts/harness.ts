/**
 * @file The one harness of benches and of the timing experiment: candidates take turns in short
 * rounds, and only times of one round are compared, since machines are noisy.
 */
import Benchmark from "benchmark";
import { median } from "./statistics.ts";

/** Something to measure. */
export interface Candidate {
  readonly name: string;
  /** Runs it for about so many seconds, so that no round meets code that is not compiled. */
  warm?(seconds: number): Promise<void>;
  /** Seconds of one run, found in about so many. */
  time(seconds: number): number | Promise<number>;
}

/** Options of timing runs. */
export interface RunOptions {
  /**
   * Seconds of a sample of asynchronous runs, which are repeated to fill it, at most 1,000 times.
   * benchmark.js chooses that of synchronous ones.
   * @defaultValue 0.05, long enough to have its share of garbage collection
   */
  readonly sample?: number;
  /** Resolves when all work that the runs enqueued on a device is done. */
  readonly settled?: () => Promise<unknown>;
}

/** Runs of a sample: the queue of a device stays short. */
const MOST_RUNS = 1000;

/**
 * A candidate that is a function. Its time is the median of samples, a sample's time the mean of
 * its runs. benchmark.js measures synchronous runs; those that return a promise, or that a device
 * has to settle, are awaited by a loop.
 */
export function candidate(
  name: string,
  run: () => unknown,
  { sample = 0.05, settled }: RunOptions = {},
): Candidate {
  let runs = 1;
  let asynchronous = settled !== undefined;
  const timeOf = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let k = 0; k < count; k++) {
      const result = run();
      if (result instanceof Promise) {
        asynchronous = true;
        await result;
      }
    }
    await settled?.();
    return (performance.now() - start) / 1000;
  };
  return {
    name,
    async warm(seconds) {
      await timeOf(1); // compiles, which says nothing of the runs that fill a sample
      for (let spent = 0, last = 0; spent === 0 || spent + last / 2 < seconds; spent += last) {
        last = await timeOf(runs);
        runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil((sample * runs) / last)));
      }
    },
    async time(seconds) {
      if (!asynchronous) await timeOf(1); // shows whether it is
      if (!asynchronous) return benchmarked(name, run, seconds);
      const samples: number[] = [];
      for (let spent = 0, last = 0; spent === 0 || spent + last / 2 < seconds; spent += last) {
        last = await timeOf(runs);
        samples.push(last / runs);
      }
      return median(samples);
    },
  };
}

/** Seconds of a synchronous run, the median of benchmark.js's samples. @throws what the run does */
function benchmarked(name: string, run: () => unknown, seconds: number): number {
  const failures: unknown[] = [];
  const options = { maxTime: seconds, minSamples: 1, initCount: 1, async: false };
  const bench = new Benchmark(name, run, options);
  bench.on("error", (event: { readonly target: { readonly error: unknown } }) => {
    failures.push(event.target.error);
  });
  bench.run({ async: false });
  if (failures.length > 0) throw failures[0];
  return median(bench.stats.sample);
}

/** The measurements of one candidate. */
export interface Measured {
  readonly name: string;
  /** Median over the rounds, in seconds. */
  readonly seconds: number;
  /** Seconds found in each round. */
  readonly rounds: readonly number[];
}

/** Options of measuring candidates. */
export interface RoundOptions {
  /** @defaultValue 5 */
  readonly rounds?: number;
  /** For a candidate in a round; a single run may take longer. @defaultValue 0.3 */
  readonly seconds?: number;
  /** For warming a candidate. @defaultValue those of a round */
  readonly warm?: number;
  /** Seconds after which no further round begins. @defaultValue Infinity */
  readonly longest?: number;
  /**
   * Seconds of a run; a candidate that takes longer is measured in the first round alone.
   * @defaultValue Infinity
   */
  readonly slow?: number;
}

/** Measures candidates in alternating rounds, once all of them are warm. */
export async function measure<Candidates extends readonly Candidate[]>(
  candidates: readonly [...Candidates],
  options: RoundOptions = {},
): Promise<{ [Place in keyof Candidates]: Measured }> {
  const {
    rounds = 5,
    seconds = 0.3,
    warm = seconds,
    longest = Infinity,
    slow = Infinity,
  } = options;
  for (const one of candidates) await one.warm?.(warm);
  const found = candidates.map((one) => ({ one, times: [] as number[] }));
  const start = performance.now();
  for (let k = 0; k < rounds && (k === 0 || performance.now() - start < 1000 * longest); k++)
    for (const { one, times } of found) {
      const [first = 0] = times;
      times.push(first > slow ? first : await one.time(seconds));
    }
  return found.map(({ one: { name }, times }) => ({
    name,
    seconds: median(times),
    rounds: times,
  })) as { [Place in keyof Candidates]: Measured };
}

/** Each round's ratio of two candidates' times. */
export const ratios = (over: Measured, under: Measured): number[] =>
  over.rounds.map((seconds, k) => seconds / (under.rounds[k] ?? Number.NaN));

/** The speedup of `fast` over `slow`: the median of the rounds' ratios. */
export const speedup = (slow: Measured, fast: Measured): number => median(ratios(slow, fast));
