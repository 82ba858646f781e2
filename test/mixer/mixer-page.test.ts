/** @file docs/mixer.md says what the code does: its quotations, tables, picture and links. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brick, butterfly, generalMixer, type MixerKind, rotationMixer, shuffle } from "@spm/mixer";
import { connectivity, degreesOfFreedom, parameterCount } from "@spm/mixer/analysis";
import { expect, test } from "vitest";
import { butterflyFigure } from "./butterfly-figure.ts";
import { tablesOf } from "./verification-bounds.ts";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
const page = read("docs/mixer.md");

const quotations = [...page.matchAll(/^```ts \S+\n/gm)]; // test/contract/page-links.test.ts

test("there are quotations, and no block of code without its file", () => {
  expect(quotations.length).toBeGreaterThan(9);
  expect(page.match(/^```/gm)).toHaveLength(2 * quotations.length);
});

test(
  "the picture is the one that is drawn from the schedule: " +
    "run `npm run -s verify:mixer` where this fails",
  () => {
    expect(read("docs/images/butterfly.svg")).toBe(butterflyFigure());
  },
);

test("every link leads somewhere", () => {
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
  expect(links.length).toBeGreaterThan(1);
  for (const link of links)
    expect([
      link,
      existsSync(fileURLToPath(new URL(`../../docs/${link}`, import.meta.url))),
    ]).toEqual([link, true]);
});

const tableAfter = (head: string): string[][] =>
  tablesOf(page)
    .find((table) => table[0]![0] === head)!
    .slice(1);

test("the table of full mixing", () => {
  const rows = tableAfter("n");
  expect(rows).toHaveLength(8);
  for (const [n, ...stages] of rows.map((row) => row.map(Number)) as [number, ...number[]][])
    expect(
      [butterfly, shuffle, brick].map((make) => connectivity(make(n, 2 * n)).fullAfter),
    ).toEqual(stages.slice(0, 3));
});

test("the table of dimensions", () => {
  const dimension = (mixer: MixerKind, diagonals: boolean) =>
    [3, 6, 8].map((stages) => String(degreesOfFreedom(mixer, butterfly(8, stages), { diagonals })));
  const rows = tableAfter("n = 8, butterfly");
  expect(rows.map((row) => row.slice(1, 4))).toEqual([
    dimension(rotationMixer, true),
    dimension(rotationMixer, false),
    dimension(generalMixer, false),
  ]);
});

test("the factors at n = 4096", () => {
  const bare = { bias: false };
  const ratio = (count: number) => Math.round(4096 ** 2 / count);
  expect(ratio(parameterCount(rotationMixer, butterfly(4096), bare))).toBe(512);
  expect(ratio(parameterCount(generalMixer, butterfly(4096), bare))).toBe(158);
  expect(Math.round((2 * 4096 ** 2) / (6 * butterfly(4096).first.length))).toBe(228);
  expect(page).toMatch(/512 times fewer parameters.*\(158 times .* 228\s+times fewer FLOP/s);
});
