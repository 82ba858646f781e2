import { setTimeout as sleep } from "node:timers/promises";
import { mul } from "@spm/core";
import { describe, expect, test } from "vitest";
import { collectSamples, mapBatches, sampleDataset } from "./samples.ts";
import { inGroups, prefetch } from "./stream.ts";

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe("samples", () => {
  test("become batches, mapped where that is asked for", async () => {
    const data = sampleDataset([
      { x: [1, 2], y: 0 },
      { x: Float32Array.of(3, 4), y: 2 },
    ]);
    const { x, y } = mapBatches(data, (batch) => ({ ...batch, x: mul(batch.x, 10) })).batch(
      Int32Array.of(1, 0),
    );
    expect([x.shape, [...(await x.data())], [...(await y.data())]]).toEqual([
      [2, 2],
      [30, 40, 10, 20],
      [2, 0],
    ]);
  });

  test("that are ragged are named", async () => {
    const samples = [
      { x: [1, 2], y: 0 },
      { x: [1, 2], y: 0 },
      { x: [1, 2, 3], y: 0 },
    ];
    const message =
      "expected 2 features in every sample, as in sample 0, got 3 in sample 2\nhelp: pad or cut it";
    expect(() => sampleDataset(samples)).toThrow(`sampleDataset: ${message}`);
    async function* source() {
      yield* samples;
    }
    await expect(collectSamples(source())).rejects.toThrow(`collectSamples: ${message}`);
    expect(() => sampleDataset([])).toThrow("at least one sample, got 0");
    expect(() => sampleDataset([{ x: [1], y: 0.5 }])).toThrow(
      "a whole class ≥ 0 in sample 0, got 0.5",
    );
  });
});

test("groups are full but for the last", async () => {
  expect(await all(inGroups([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
  await expect(all(inGroups([1], 0))).rejects.toThrow("a whole size of at least 1, got 0");
});

describe("prefetch", () => {
  test("keeps the order, and so many under way", async () => {
    let [running, most] = [0, 0];
    const results = await all(
      prefetch(
        [30, 5, 20, 1],
        async (ms) => {
          most = Math.max(most, ++running);
          await sleep(ms);
          running--;
          return ms;
        },
        { ahead: 3 },
      ),
    );
    expect(results).toEqual([30, 5, 20, 1]);
    expect(most).toBe(3);
  });

  test("tells an error in its turn, and ends the source when the consumer leaves", async () => {
    let ended = 0;
    async function* source() {
      try {
        for (let k = 0; ; k++) yield k;
      } finally {
        ended++;
      }
    }
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      const fail = (k: number): number => {
        if (k === 2) throw new Error("row 2 is broken");
        return k;
      };
      for await (const k of prefetch(source(), fail)) seen.push(k);
    };
    await expect(reading()).rejects.toThrow("row 2 is broken");
    expect(seen).toEqual([0, 1]);
    for await (const k of prefetch(source(), (item) => item)) if (k === 5) break;
    expect(ended).toBe(2);
    await expect(all(prefetch([1], (k) => k, { ahead: 0 }))).rejects.toThrow(
      "a whole ahead of at least 1, got 0",
    );
  });
});
