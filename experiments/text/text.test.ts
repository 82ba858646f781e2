/** @file The corpora: complete as installed, refused if damaged; the features of their texts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng } from "@spm/core";
import { elements } from "@spm/core/extend";
import { DataError } from "@spm/data";
import { expect, test } from "vitest";
import { loadBrown } from "./brown.ts";
import { partition } from "./corpus.ts";
import { fnv1a, hashedWords } from "./hashed-words.ts";
import { loadSpamAssassin } from "./spam-assassin.ts";

test("Brown: 15 genres of 500 documents, parts of one length, no tags", {
  timeout: 60_000,
}, async () => {
  const { categories, texts } = await loadBrown(200);
  expect(categories).toHaveLength(15);
  expect(new Set(texts.map(({ document }) => document)).size).toBe(500);
  expect(texts[0]!.text).toMatch(/^The Fulton County Grand Jury said Friday an investigation/);
  expect(new Set(texts.map(({ text }) => text.split(" ").length))).toEqual(new Set([200]));
});

test("Brown: a missing document and a short list are refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spm-brown-"));
  try {
    await expect(loadBrown(200, folder)).rejects.toThrow(DataError);
    writeFileSync(join(folder, "cats.txt"), "ca01 news\n");
    await expect(loadBrown(200, folder)).rejects.toThrow(
      "loadBrown: expected 500 documents in cats.txt, got 1",
    );
    writeFileSync(join(folder, "cats.txt"), "ca01 news\n".repeat(500));
    await expect(loadBrown(200, folder)).rejects.toThrow(/a readable file at .*ca01/);
    writeFileSync(join(folder, "ca01"), "no tags here");
    await expect(loadBrown(200, folder)).rejects.toThrow(
      "loadBrown: expected words with tags, got none in ca01",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("SpamAssassin: both kinds, no headers but the subject", { timeout: 60_000 }, async () => {
  const { texts } = await loadSpamAssassin();
  expect([0, 1].map((kind) => texts.filter(({ label }) => label === kind).length)).toEqual([
    4150, 1896,
  ]);
  expect(texts[0]!.text).toMatch(/^ Re: New Sequences Window\n/);
  expect(texts[0]!.text).not.toContain("Return-Path");
});

test("documents stay on one side", () => {
  const texts = Array.from({ length: 40 }, (_, k) => ({ text: "", label: 0, document: k >> 2 }));
  const { train, held } = partition({ categories: ["one"], texts }, 40, rng(1));
  expect([train.length, held.length]).toEqual([32, 8]);
  const sides = [train, held].map((side) => new Set(side.map(({ document }) => document)));
  expect([...sides[0]!].filter((document) => sides[1]!.has(document))).toEqual([]);
  expect(() => partition({ categories: ["one"], texts: texts.slice(0, 4) }, 4, rng(1))).toThrow(
    /enough samples/,
  );
});

test("a hash that others have, too", () => {
  // the values published with FNV
  expect(["", "a", "foobar"].map(fnv1a)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test("words and pairs become features of mean square 1", () => {
  const data = hashedWords([{ text: "Two words", label: 3, document: 0 }], 64);
  const { x, y } = data.batch(Int32Array.of(0));
  const values = [...elements(x.ndarray())];
  expect(values.reduce((total, v) => total + v * v, 0) / 64).toBeCloseTo(1, 5);
  const places = ["two", "words", "two words"].map((gram) => fnv1a(gram) % 64);
  expect(values.flatMap((v, k) => (v === 0 ? [] : [k]))).toEqual(
    [...new Set(places)].sort((a, b) => a - b),
  );
  expect([...elements(y.ndarray())]).toEqual([3]);
});
