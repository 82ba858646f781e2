/**
 * @file The parts of the experiment: textures that fit at their borders, trained maps that go back,
 * pictures that hold the images, a step on wasm alone.
 */
import { inflateSync } from "node:zlib";
import { rng, setBackend } from "@spm/core";
import { elements } from "@spm/core/extend";
import { wasm } from "@spm/wasm";
import { describe, expect, test } from "vitest";
import { full } from "../../test/full.ts";
import { loadImages } from "./images.ts";
import { mixingNames } from "./mixings.ts";
import { png, sheet } from "./sheet.ts";
import { textures } from "./textures.ts";
import { bitsOf, qualitiesOf, roundTrip, trainFlow } from "./train-flow.ts";

const backend = await wasm();
setBackend(backend);
const { signal } = new AbortController();

test("a texture goes on over its borders, in 256 values and three colours", () => {
  const side = 32;
  const values = [...elements(textures(1, side, rng(5)).ndarray())];
  expect(values.every((v) => Number.isInteger(v) && v >= 0 && v <= 255)).toBe(true);
  // at most 3 periods a side: neighbours differ by less than the waves' steepest slope
  const step = (a: number, b: number): number => Math.abs((values[a] ?? 0) - (values[b] ?? 0));
  const rows = Array.from({ length: 3 * side }, (_, row) => row * side);
  const inside = Math.max(
    ...rows.flatMap((r) => Array.from({ length: side - 1 }, (_, x) => step(r + x, r + x + 1))),
  );
  const across = Math.max(...rows.map((r) => step(r + side - 1, r)));
  expect(inside).toBeGreaterThan(0);
  expect(across).toBeLessThanOrEqual(inside + 2);
  const colours = [0, 1, 2].map((c) => values.slice(c * side * side, (c + 1) * side * side).join());
  expect(new Set(colours).size).toBe(3);
});

test("the same seed draws the same textures, held and tested ones are others", async () => {
  const { held, test: tested, draw } = await loadImages("textures", 2, 2);
  const numbers = [draw(2, rng(1)), draw(2, rng(1)), held, tested].map((x) => [
    ...elements(x.ndarray()),
  ]);
  expect(numbers[0]).toEqual(numbers[1]);
  expect(numbers[2]).not.toEqual(numbers[3]);
  expect(numbers[2]).not.toEqual(numbers[0]);
});

const trained = full ? mixingNames : (["circulant-diagonal", "general"] as const);
describe.each(trained)("a flow of textures mixed by %s", (mixing) => {
  test("learns on wasm alone, and its maps go back to 1e-5 at n = 96", {
    timeout: 300_000,
  }, async () => {
    const images = await loadImages("textures", 1, 4);
    const training = { mixing, depth: 1, hidden: 4, batch: 4, seed: 1, signal, rate: 0.005 };
    const before = await trainFlow(images, { ...training, steps: 1 });
    const fallbacks = JSON.stringify(backend.report().fallbacks);
    const { flow } = await trainFlow(images, { ...training, steps: full ? 300 : 8 });
    expect(JSON.stringify(backend.report().fallbacks)).toBe(fallbacks);
    expect(bitsOf(flow, images.test)).toBeLessThan(bitsOf(before.flow, images.test) - 0.1);
    const maps = qualitiesOf(flow, 1);
    expect(maps.map(({ n }) => n)).toEqual([12, 24, 48, 96]);
    for (const { error, condition } of maps) {
      expect(error).toBeLessThan(1e-5);
      if (mixing !== "permutation") expect(condition).toBeGreaterThan(1.01); // it has moved
    }
    expect(roundTrip(flow, images.test)).toBeLessThan(1e-4);
  });
});

test("a PNG holds its rows, a sheet a PNG for each row of images", () => {
  const rows = Uint8Array.of(0, 1, 2, 3, 4, 5, 6);
  const bytes = png(2, 1, rows);
  expect(bytes.readUInt32BE(16)).toBe(2);
  const length = bytes.readUInt32BE(33);
  expect([...inflateSync(bytes.subarray(41, 41 + length))]).toEqual([...rows]);
  const pixels = Uint8Array.of(10, 20, 30, 40);
  const svg = sheet("two", [1, 1, 2], [{ name: "a < b", pixels }]);
  expect(svg).toContain("a &lt; b");
  const data = Buffer.from(/base64,([^"]+)/.exec(svg)?.[1] ?? "", "base64");
  const size = data.readUInt32BE(33);
  const grey = [10, 20].flatMap((v) => [v, v, v]);
  const other = [30, 40].flatMap((v) => [v, v, v]);
  expect([...inflateSync(data.subarray(41, 41 + size))]).toEqual([
    0,
    ...grey,
    255,
    255,
    255,
    ...other,
  ]);
});
