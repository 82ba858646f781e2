import Benchmark from "benchmark";
import { expect, test, vi } from "vitest";
import { type Candidate, candidate, measure, ratios, speedup } from "./harness.ts";
import { median, quantile } from "./statistics.ts";

/** A candidate whose times are given; it writes down when it is called. */
const scripted = (name: string, times: readonly number[], calls: string[]): Candidate => {
  const left = [...times];
  return {
    name,
    warm: async () => void calls.push(`${name} warm`),
    time: () => {
      calls.push(name);
      return left.shift() ?? Number.NaN;
    },
  };
};

test("candidates take turns once all are warm, and ratios are those within a round", async () => {
  const calls: string[] = [];
  const [a, b] = await measure(
    [scripted("a", [1, 10, 3], calls), scripted("b", [2, 40, 3], calls)],
    { rounds: 3 },
  );
  expect(calls).toEqual(["a warm", "b warm", "a", "b", "a", "b", "a", "b"]);
  expect([a.seconds, b.seconds]).toEqual([3, 3]);
  expect(ratios(b, a)).toEqual([2, 4, 1]);
  expect(speedup(b, a)).toBe(2);
});

test("what is slow is measured once, and no round begins after the longest", async () => {
  const calls: string[] = [];
  const [slow, fast] = await measure(
    [scripted("slow", [9, 8], calls), scripted("fast", [1, 2], calls)],
    { rounds: 2, slow: 5 },
  );
  expect([slow.rounds, fast.rounds]).toEqual([
    [9, 9],
    [1, 2],
  ]);
  const [only] = await measure([scripted("only", [1, 2], calls)], { longest: 0 });
  expect(only.rounds).toEqual([1]);
});

test("a run's time is that of one run, whatever fills a sample, until it is settled", async () => {
  const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
  let [runs, settlements] = [0, 0];
  const enqueued = candidate("enqueued", () => void runs++, {
    sample: 0.03,
    settled: async () => {
      settlements++;
      await pause(4 * runs); // 4 ms of work each
      runs = 0;
    },
  });
  const [measured] = await measure([enqueued, candidate("waits", () => pause(5))], {
    rounds: 2,
    seconds: 0.06,
  });
  expect(measured.seconds).toBeGreaterThan(0.0035);
  expect(measured.seconds).toBeLessThan(0.012);
  expect(settlements).toBeLessThan(20);
});

test("benchmark.js measures synchronous runs, a loop the others", async () => {
  const run = vi.spyOn(Benchmark.prototype, "run");
  let longest = 0; // run, in seconds: on a busy machine one takes longer than it asks for
  const busy = (milliseconds: number): void => {
    const start = performance.now();
    while (performance.now() - start < milliseconds);
    longest = Math.max(longest, (performance.now() - start) / 1000);
  };
  const synchronous = await candidate("busy", () => busy(4)).time(0.05);
  expect(run).toHaveBeenCalled();
  run.mockClear();
  const asynchronous = await candidate("waits", async () => busy(4)).time(0.05);
  const settled = candidate("settled", () => busy(4), { settled: async () => {} });
  const times = [synchronous, asynchronous, await settled.time(0.05)];
  expect(run).not.toHaveBeenCalled();
  run.mockRestore();
  for (const seconds of times) {
    expect(seconds).toBeGreaterThanOrEqual(0.004);
    expect(seconds).toBeLessThan(2 * longest);
  }
});

test("an error of a later run is thrown as it is", async () => {
  let runs = 0;
  const failure = new Error("later");
  const breaks = candidate("breaks", () => {
    if (++runs > 3) throw failure;
  });
  await expect(breaks.time(0.01)).rejects.toBe(failure);
});

test("a run that throws fails the measurement", async () => {
  const broken = candidate("broken", () => {
    throw new Error("no");
  });
  await expect(measure([broken])).rejects.toThrow("no");
});

test("quantiles lie on the line between two values", () => {
  expect([0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([
    1, 1.75, 2.5, 4,
  ]);
  expect(median([1, Number.POSITIVE_INFINITY, 2])).toBe(2);
  expect(median([])).toBeNaN();
});

test("a slow first run, such as a compilation, does not say how many fill a sample", async () => {
  let calls = 0;
  let settledAt = 0;
  const samples: number[] = [];
  const run = () => {
    if (calls++ === 0) for (const end = performance.now() + 60; performance.now() < end; );
  };
  const settled = () => {
    samples.push(calls - settledAt);
    settledAt = calls;
    return new Promise((resolve) => setTimeout(resolve, 1));
  };
  const one = candidate("slow once", run, { sample: 0.02, settled });
  await one.warm?.(0.03);
  await one.time(0.02);
  expect(samples.at(-1)).toBeGreaterThan(5);
});
