/** @file The words of the packages' sources are those of the glossary in CONTRIBUTING.md. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filesUnder } from "../files-under.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const generated = /\/kernels(-relaxed)?\.ts$/;

/** Sources with their comments on one line each, so that a phrase is found across a break. */
const sources = readdirSync(`${root}packages`)
  .flatMap((name) => ["src", "generate", "assembly"].map((folder) => `packages/${name}/${folder}`))
  .filter((folder) => existsSync(`${root}${folder}`))
  .flatMap((folder) => filesUnder(`${root}${folder}`).map((path) => `${folder}/${path}`))
  .filter((path) => path.endsWith(".ts"))
  .filter((path) => !path.endsWith(".test.ts") && !generated.test(path))
  .map((path) => ({
    path,
    text: readFileSync(`${root}${path}`, "utf8").replace(/\s*\n\s*(\*|\/\/) /g, " "),
  }));

/** Pages, tests and the programs around the packages. */
const around = ["docs", "test", "experiments", "examples", "bench", "scripts"]
  .flatMap((folder) => filesUnder(`${root}${folder}`).map((path) => `${folder}/${path}`))
  .filter((path) => /\.(ts|md|mjs)$/.test(path))
  .filter((path) => path !== "test/contract/glossary.test.ts");

test("a default is named, also in pages and tests", () => {
  const vague = /\bunless\s+(?:\S+\s+)?said\b/;
  expect(around.length).toBeGreaterThan(100);
  expect(around.filter((path) => vague.test(readFileSync(root + path, "utf8")))).toEqual([]);
});

test("no comment of the packages opens with What, How or Where", () => {
  const question = /(\/\*\*\s*(\*\s*)?(@file\s+)?|\/\/\s*)(What|How|Where)\b/;
  const found = sources.filter(({ text }) => question.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});

/** Files in which a word is found, of those in a folder. */
const filesWith = (word: RegExp, under = "packages/"): string[] =>
  sources
    .filter(({ path, text }) => path.startsWith(under) && word.test(text))
    .map(({ path }) => path);

const page = readFileSync(`${root}CONTRIBUTING.md`, "utf8");
const [, section = ""] = /\n## Glossary\n([\s\S]*?)\n## /.exec(page) ?? [];
const terms = [...section.matchAll(/^\| (?!term|---)([^|]+) \|/gm)].map((match) => match[1]!);

/** Terms that stand in the glossary before the sources have them. */
const coming = new Set<string>([]);

describe("the glossary", () => {
  test("has its terms, each once", () => {
    expect(terms.length).toBeGreaterThan(30);
    expect(new Set(terms).size).toBe(terms.length);
    for (const term of coming) expect(terms).toContain(term);
  });

  test.each(terms.filter((term) => !coming.has(term)))("%s occurs in the sources", (term) => {
    expect(filesWith(new RegExp(`\\b${term}s?\\b`, "i"))).not.toEqual([]);
  });

  test.each([...coming])("%s does not yet: once it does, it is not `coming` any more", (term) => {
    expect(filesWith(new RegExp(`\\b${term}s?\\b`, "i"))).toEqual([]);
  });
});

interface GivenUp {
  readonly word: RegExp;
  readonly instead: string;
  /** Where it means what it was given up for; everywhere if left out. */
  readonly under?: string;
}

const core = "packages/core/";
const mixer = "packages/mixer/";
const wasm = "packages/wasm/src/";

/** Words that are gone. */
const gone: readonly GivenUp[] = [
  { word: /\bexact setting/i, instead: "preset" },
  { word: /\bWay\b/, instead: "method" },
  { word: /\bfate\b/, instead: "invalidated" },
  { word: /\bleave\(/, instead: "release", under: core },
  { word: /\bleaveToHeap\b/, instead: "detach" },
  { word: /\bescape\b/, instead: "copyToHeap" },
  { word: /\bstart\b/, instead: "init", under: "packages/nn/src/mixer-layer.ts" },
  { word: /\bMeet\b/, instead: "addPair" },
  { word: /\bassemble\b/, instead: "buildSchedule" },
  { word: /\bleftovers?\b/i, instead: "unpaired coordinates" },
  { word: /\bexport (function|const) mix\b/, instead: "apply" },
  { word: /\bmixArranged\b/, instead: "applyTiled" },
  { word: /\bArrangement\b/, instead: "Tiling" },
  { word: /\bSurroundings\b/, instead: "Diagonals", under: mixer },
  { word: /\baround\(/, instead: "diagonals", under: mixer },
  { word: /\bturnedAround\b/, instead: "reverseStages" },
  { word: /\bsideBySide\b/, instead: "blockDiagonal" },
  { word: /\binSeries\b/, instead: "compose" },
  { word: /\benterEvaluation\b/, instead: "withEvaluation" },
  { word: /\bfollowMetric\b/, instead: "reduceOnPlateau" },
  { word: /\bhand\(/, instead: "moveToParent", under: core },
  { word: /\bheld\b/, instead: "evalData", under: "packages/trainer/src/fit.ts" },
  { word: /\btakingTurns\b/, instead: "yielding" },
  { word: /\bplain\(/, instead: "contiguous", under: wasm },
  { word: /\btogether\(/, instead: "parallelFor", under: wasm },
  { word: /\bdecline\b/, instead: "fallback", under: wasm },
  { word: /\bTeam\b/, instead: "ThreadPool" },
  { word: /\bLANES\b/, instead: "ROWS_PER_GROUP", under: mixer },
  { word: /\bLANES\b/, instead: "VECTOR_LANES", under: wasm },
  { word: /\bbars\b/, instead: "cotangents", under: "packages/core/" },
  { word: /\bclass View\b/, instead: "Holder", under: core },
  { word: /\bview\?\(/, instead: "arrayOf", under: core },
  { word: /\bkeep: boolean/, instead: "recorded" },
  { word: /\bkeptOf\(/, instead: "residualOf", under: core },
  { word: /\bkeepsAtWill\b/, instead: "backwardCanRecompute" },
  { word: /\b(type|class) Cotangents\b/, instead: "OutputCotangents, CotangentSums" },
  { word: /\bunless said\b/, instead: "@defaultValue" },
  { word: /of nothing it has no value/, instead: "plain English" },
  { word: /what a tape records are they/i, instead: "plain English" },
];

test.each(gone)("$word is gone: $instead", ({ word, under }) => {
  expect(filesWith(word, under)).toEqual([]);
});
