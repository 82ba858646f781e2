import { inspect } from "node:util";
import { ValueError } from "@spm/core/extend";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { characters } from "./characters.ts";
import { type Dataset, imageDataset, subset } from "./dataset.ts";
import { digestOf } from "./digest.ts";
import { epochOrder } from "./epoch-order.ts";
import { DataError } from "./errors.ts";
import { gaussianClusters } from "./gaussian-clusters.ts";
import { DataLoader } from "./loader.ts";
import { mapBatches, sampleDataset } from "./samples.ts";

/** Batches are the indices themselves. */
const indices = (length: number): Dataset<number[]> => ({
  length,
  batch: (chosen) => Array.from(chosen),
});

describe("epochOrder", () => {
  test("is a permutation, the same for the same seed and epoch, another for another", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.nat(1000),
        fc.integer(),
        (length, epoch, seed) => {
          const order = epochOrder(length, epoch, seed);
          expect(Array.from(order).sort((a, b) => a - b)).toEqual(
            Array.from({ length }, (_, i) => i),
          );
          expect(epochOrder(length, epoch, seed)).toEqual(order);
          if (length > 50) {
            expect(epochOrder(length, epoch + 1, seed)).not.toEqual(order);
            expect(epochOrder(length, epoch, seed - 1)).not.toEqual(order);
          }
        },
      ),
    );
  });

  test("puts every sample first equally often", () => {
    const first = new Array<number>(6).fill(0);
    for (let epoch = 0; epoch < 6000; epoch++) {
      const sample = epochOrder(6, epoch, 42)[0] as number;
      first[sample] = (first[sample] as number) + 1;
    }
    // Binomial(6000, 1/6) has a standard deviation of 29: six of them.
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(174);
  });
});

describe("DataLoader", () => {
  test("an epoch visits every sample once; the last batch is kept or dropped", () => {
    const kept = [...new DataLoader(indices(10), { batchSize: 4, seed: 1 })];
    expect(kept.map((batch) => batch.length)).toEqual([4, 4, 2]);
    expect(kept.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

    const dropped = [...new DataLoader(indices(10), { batchSize: 4, seed: 1, dropLast: true })];
    expect(dropped).toEqual(kept.slice(0, 2));
  });

  test("epochs differ; without a seed they come in order", () => {
    const shuffled = new DataLoader(indices(100), { batchSize: 100, seed: 1 });
    expect([...shuffled]).not.toEqual([...shuffled]);
    const ordered = new DataLoader(indices(3), { batchSize: 2 });
    expect([[...ordered], [...ordered]]).toEqual([
      [[0, 1], [2]],
      [[0, 1], [2]],
    ]);
  });

  test("goes on from any state as if it had never stopped", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(40),
        (length, batchSize, drawn) => {
          const options = { batchSize, seed: 5 };
          const whole = new DataLoader(indices(length), options).batches();
          for (let i = 0; i < drawn; i++) whole.next();
          const state = JSON.parse(JSON.stringify(whole.state));
          const resumed = new DataLoader(indices(length), options).batches(state);
          for (let i = 0; i < 10; i++) expect(resumed.next()).toEqual(whole.next());
          expect(resumed.state).toEqual(whole.state);
        },
      ),
    );
  });

  test("an iteration has a position of its own: no other one moves it, nor does leaving it", () => {
    const loader = new DataLoader(indices(40), { batchSize: 10, seed: 3 });
    const first = [...new DataLoader(indices(40), { batchSize: 10, seed: 3 })];
    const batches = loader.batches();
    const seen: number[][] = [];
    for (const batch of loader) {
      seen.push(batch);
      for (const _ of loader) break; // another one, left early
      batches.next();
    }
    expect(seen).toEqual(first);
    expect(loader.batches().next()).toEqual(first[0]);
    expect([batches.epoch, batches.position, batches.size]).toEqual([1, 0, 10]);
  });

  test("a position is of its samples and options: others are refused, by name", () => {
    const { state } = new DataLoader(indices(320), { batchSize: 32, seed: 1 }).batches();
    const others: [Dataset<number[]>, object, string][] = [
      [indices(320), { batchSize: 16 }, "batchSize 16, got one of batchSize 32"],
      [indices(320), { seed: 2 }, "seed 2, got one of seed 1"],
      [indices(320), { dropLast: true }, "dropLast true, got one of dropLast false"],
      [indices(300), {}, "samples 300, got one of samples 320"],
      [{ ...indices(320), digest: () => "b" }, {}, "data b, got one of data null"],
    ];
    for (const [samples, options, message] of others) {
      const loader = new DataLoader(samples, { batchSize: 32, seed: 1, ...options });
      expect(() => loader.batches(state)).toThrow(message);
    }
    expect(() => new DataLoader(indices(3), { batchSize: 1 }).batches({} as never)).toThrow(
      ValueError,
    );
  });

  test("refuses what cannot be", () => {
    expect(() => new DataLoader(indices(3), { batchSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: DataLoader: expected a whole batchSize of at least 1, got 0]`,
    );
    expect(
      () => new DataLoader(indices(3), { batchSize: 4, dropLast: true }),
    ).toThrowErrorMatchingInlineSnapshot(
      `
      [ValueError: DataLoader: expected at least one batch of 4, got 3 samples
      help: a batchSize of at most 3]
    `,
    );
    expect(() => new DataLoader(indices(0), { batchSize: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: DataLoader: expected at least one batch of 4, got 0 samples]`,
    );
    const loader = new DataLoader(indices(3), { batchSize: 2 });
    const { order } = loader;
    expect(() => loader.batches({ epoch: 0, position: 2, order })).toThrow(
      "expected a whole epoch ≥ 0 and position in [0, 2), got epoch 0, position 2",
    );
    expect(() => loader.batches({ epoch: -1, position: 0, order })).toThrow(/whole epoch ≥ 0/);
    const one = { batchSize: 1 };
    for (const [samples, got] of [
      [undefined, "undefined"],
      [[[1, 2]], "an array of 1"],
      [{ length: 2 }, "an object with length"],
      [{ length: -1, batch: () => 0 }, "an object with length, batch"],
    ] as const)
      expect(() => new DataLoader(samples as never, one)).toThrow(
        `DataLoader: expected a dataset { length, batch(indices) }, got ${got}`,
      );
    for (const options of [{ seed: 1.5 }, { seed: "1" }, { dropLast: 1 }, { batchSize: "4" }])
      expect(() => new DataLoader(indices(3), { ...one, ...(options as object) })).toThrow(
        ValueError,
      );
    const none = { length: 2, batch: () => undefined };
    expect(() => [...new DataLoader(none, one)]).toThrow(DataError);
    const later = { length: 2, batch: async () => 1 };
    expect(() => [...new DataLoader(later, one)]).toThrow("to return a batch, got a promise");
  });
});

test("a digest changes with any sample, and with the options that make them", () => {
  const base = { count: 9, features: 2, classes: 3, seed: 1 };
  const rows = [{ x: [1, 2], y: 0 }];
  const images = (pixel: number) =>
    imageDataset(
      {
        pixels: Uint8Array.of(0, pixel),
        labels: Uint8Array.of(1),
        count: 1,
        features: 2,
        classes: 2,
      },
      { mean: 0.5, std: 0.5 },
    );
  const text = (all: string, context = 2) => characters(all, { context, vocabulary: "abn" });
  const clusters = (options: object) => gaussianClusters({ ...base, ...options });
  const made = () => [
    clusters({}),
    clusters({ seed: 2 }),
    sampleDataset(rows),
    sampleDataset([{ x: [1, 2], y: 1 }]),
    images(7),
    images(8),
    text("banana"),
    text("banans".replace("s", "b")),
    text("banana", 3),
    subset(clusters({}), 8),
    subset(clusters({}), 7),
  ];
  const digests = made().map((data) => data.digest?.());
  expect(new Set(digests).size).toBe(digests.length);
  expect(made().map((data) => data.digest?.())).toEqual(digests);
  expect(mapBatches(clusters({}), (batch) => batch).digest?.()).toBe(digests[0]);
  expect(digestOf(Uint8Array.of(1, 2, 3, 4, 5).subarray(1))).toBe(
    digestOf(Uint8Array.of(2, 3, 4, 5)),
  );
  expect(digestOf("ab", "c")).not.toBe(digestOf("a", "bc"));
});

test("a loader prints what it draws, and in which order", () => {
  const loader = new DataLoader(indices(10), { batchSize: 4, seed: 7 });
  expect(inspect(loader)).toMatchInlineSnapshot(
    `"DataLoader: 10 samples in 3 batches of 4, shuffled with seed 7"`,
  );
  const all = new DataLoader(indices(10), { batchSize: 4, dropLast: true });
  expect(String(all)).toMatchInlineSnapshot(`"DataLoader: 10 samples in 2 batches of 4, in order"`);
});
