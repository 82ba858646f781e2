/**
 * @file Pairs found from data: hierarchies, where there are none, pixels, a table; layers of a
 * network in `npm run test:full`.
 */
import { setBackend } from "@spm/core";
import { wasm } from "@spm/wasm";
import { beforeAll, expect, test } from "vitest";
import { full } from "../../test/full.ts";
import { pairing } from "./pairing.ts";
import { neighbours, pixelsOf, shuffledPixels } from "./pixel-orders.ts";
import type { Records } from "./records.ts";
import { recovery } from "./recovery.ts";
import { columns, loadWages, thirds, WIDTH } from "./wages.ts";

beforeAll(async () => setBackend(await wasm({ bytes: 2 ** 28 })));

const run = async (settings: object): Promise<Required<Records>> => {
  const { results } = await pairing.run({
    ...{ seed: 1, signal: new AbortController().signal, log: () => {} },
    settings: { ...pairing.settings, ...pairing.quick, ...settings },
  });
  return results as unknown as Required<Records>;
};

test("the small form finds a whole hierarchy, and the same one again", async () => {
  const seconds = 0; // the only key that may differ
  const [one, two] = await Promise.all([run({}), run({})]);
  expect(one.recovery.map((record) => ({ ...record, seconds }))).toEqual(
    two.recovery.map((record) => ({ ...record, seconds })),
  );
  expect(one.recovery[0]?.right).toEqual([4, 2, 1].map((of) => ({ right: of, of })));
  expect(one.recovery[0]?.depth).toBe(3);
});

test("with all pairs of symbols allowed there is nothing to find, and the test says so", () => {
  const sizes = { n: 8, v: 4, m: 4, noise: 0 };
  const depths = Array.from(
    { length: 20 },
    (_, seed) => recovery(sizes, 300, true, seed, 19).depth,
  );
  // each is above 0 with probability 0.05: 5 or more of 20 with probability 0.003
  expect(depths.filter((depth) => depth > 0).length).toBeLessThan(5);
});

test("an order of pixels has each of them once", () => {
  for (const order of ["natural", "grid", "z-order", "random"] as const) {
    const pixels = pixelsOf(order, 1, () => expect.fail("nothing to find"));
    expect(pixels).toHaveLength(1024);
    const there = pixels.filter((pixel) => pixel >= 0).sort((a, b) => a - b);
    expect(there).toEqual(Array.from({ length: 784 }, (_, pixel) => pixel));
  }
  // a quarter of the grid is one run of the Z-order
  const corner = pixelsOf("z-order", 1, () => expect.fail()).slice(0, 256);
  for (const pixel of corner) expect(pixel < 0 || (pixel % 28 < 14 && pixel < 14 * 28)).toBe(true);
});

test("pairs of shuffled pixels that touch in the image", () => {
  const shuffled = shuffledPixels(1);
  const input = (pixel: number): number => shuffled.indexOf(pixel);
  const pairs = [
    [[input(0)], [input(1)]],
    [[input(2)], [input(2 + 29)]],
    [[input(27)], [input(28)]], // the end of a row and the start of the next
    [[input(40)], [900]], // a constant beside the image
  ] as [number[], number[]][];
  const found = { levels: [{ pairs, weights: [], pValue: null }], depth: 1, order: [] };
  const live = new Uint8Array(784).fill(1);
  expect(neighbours({ ...found, schedule: expect.anything() }, 1, live)).toBe(2 / 3);
});

test("the table: thirds without anybody twice, and the pair that anybody would name", async () => {
  const wages = await loadWages();
  expect([wages.rows.length, wages.rows[0]?.length]).toEqual([534, WIDTH]);
  expect(wages.labels.filter((label) => label === 1).length).toBeCloseTo(267, -1);
  const { training, validation, test } = thirds(wages, 1);
  const sizes = [training, validation, test].map(({ labels }) => labels.length);
  expect(sizes).toEqual([178, 178, 178]);
  expect(columns).toHaveLength(10);
  const { table } = await run({ measure: "table", steps: 2 });
  expect(table.trainings).toHaveLength(6);
  expect(table.pairings[0]?.pairs[0]?.names.toSorted()).toEqual(["age", "experience"]);
});

// finding pairs among 1,024 inputs takes half a minute
const orders = full ? ["natural", "random", "found"] : ["natural"];

test("networks on pixels", async () => {
  const { pixels } = await run({ measure: "pixels", orders: orders.join(), layers: "general" });
  expect(pixels.trainings).toMatchObject(orders.map((order) => ({ order, parameters: 29_450 })));
  expect(pixels.pairings).toHaveLength(full ? 1 : 0);
  for (const one of pixels.pairings) expect(one.neighbours).toBeGreaterThan(0.7);
}, 300_000);

test.each(full ? ["natural,random,activations,weights"] : [])(
  "layers of a network in the orders %s",
  async (layerOrders) => {
    const { layers } = await run({ measure: "layers", layerOrders });
    const expected = [1, 2].flatMap((layer) =>
      layerOrders.split(",").map((order) => ({ layer, order })),
    );
    expect(layers).toMatchObject(expected);
    for (const { error } of layers) expect(error > 0 && error < 1).toBe(true);
  },
  600_000,
);
