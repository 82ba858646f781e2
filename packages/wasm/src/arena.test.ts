/** @file The arena: no two blocks overlap, and what is free serves every size. */
import { rng, uniform } from "@spm/core";
import { expect, test } from "vitest";
import { Arena } from "./arena.ts";

test("free blocks of one size make room for another", () => {
  const arena = new Arena(0, 1_000_000);
  const large = Array.from({ length: 8 }, () => arena.take(100_000));
  expect(large).not.toContain(null);
  expect(arena.take(300_000)).toBeNull();
  for (const block of large) arena.give(block!, 100_000);
  expect(arena.used).toBe(0);
  const small = Array.from({ length: 1000 }, () => arena.take(500));
  expect(small).not.toContain(null);
  for (const block of small) arena.give(block!, 500);
  expect(arena.take(900_000)).not.toBeNull();
});

test("blocks never overlap, whatever is taken and given back", () => {
  const arena = new Arena(128, 200_000);
  const draws = uniform(rng(5), [20_000]).ndarray().data;
  const out: { block: number; bytes: number }[] = [];
  let refused = 0;
  for (let i = 0; i < draws.length; i += 2) {
    if (draws[i]! < 0.45 && out.length > 0) {
      const [{ block, bytes }] = out.splice(Math.floor(draws[i + 1]! * out.length), 1) as [
        { block: number; bytes: number },
      ];
      arena.give(block, bytes);
      continue;
    }
    const bytes = Math.floor(10 ** (1 + 3.5 * draws[i + 1]!));
    const block = arena.take(bytes);
    if (block === null) {
      refused++;
      continue;
    }
    const overlaps = out.some(
      (other) => block < other.block + other.bytes && other.block < block + bytes,
    );
    if (overlaps || block < 128 || block + bytes > 200_000)
      expect.fail(`block ${block} of ${bytes} bytes`);
    out.push({ block, bytes });
  }
  expect(refused).toBeGreaterThan(100); // it was full, and merged, many times
  for (const { block, bytes } of out) arena.give(block, bytes);
  expect(arena.used).toBe(0);
  expect(arena.take(190_000)).not.toBeNull();
});
