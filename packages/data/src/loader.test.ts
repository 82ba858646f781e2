import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "./dataset.ts";
import { epochOrder } from "./epoch-order.ts";
import { DataLoader } from "./loader.ts";

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
          const loader = new DataLoader(indices(length), options);
          for (let i = 0; i < drawn; i++) loader.next();
          const resumed = new DataLoader(indices(length), options);
          resumed.restore(JSON.parse(JSON.stringify(loader.state)));
          for (let i = 0; i < 10; i++) expect(resumed.next()).toEqual(loader.next());
          expect(resumed.state).toEqual(loader.state);
        },
      ),
    );
  });

  test("restoring an earlier epoch brings its order back", () => {
    const loader = new DataLoader(indices(50), { batchSize: 50, seed: 3 });
    const first = loader.next();
    loader.next();
    loader.restore({ epoch: 0, position: 0 });
    expect(loader.next()).toEqual(first);
  });

  test("refuses what cannot be", () => {
    expect(() => new DataLoader(indices(3), { batchSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: DataLoader: expected a whole batchSize of at least 1, got 0]`,
    );
    expect(
      () => new DataLoader(indices(3), { batchSize: 4, dropLast: true }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: DataLoader: expected at least one batch of 4, got 3 samples]`,
    );
    expect(() => new DataLoader(indices(0), { batchSize: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: DataLoader: expected at least one batch of 4, got 0 samples]`,
    );
    const loader = new DataLoader(indices(3), { batchSize: 2 });
    expect(() => loader.restore({ epoch: 0, position: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: DataLoader.restore: expected a whole epoch ≥ 0 and position in [0, 2), got epoch 0, position 2]`,
    );
    expect(() => loader.restore({ epoch: -1, position: 0 })).toThrow(/whole epoch ≥ 0/);
  });
});

test("a loader prints what it draws, in which order, and where it stands", () => {
  const loader = new DataLoader(indices(10), { batchSize: 4, seed: 7 });
  loader.restore({ epoch: 2, position: 1 });
  expect(inspect(loader)).toMatchInlineSnapshot(
    `"DataLoader: 10 samples in 3 batches of 4, shuffled with seed 7; epoch 2, at batch 1"`,
  );
  const all = new DataLoader(indices(10), { batchSize: 4, dropLast: true });
  expect(String(all)).toMatchInlineSnapshot(
    `"DataLoader: 10 samples in 2 batches of 4, in order; epoch 0, at batch 0"`,
  );
});
