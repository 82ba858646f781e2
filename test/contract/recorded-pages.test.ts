/** @file What pages show as made by programs is what these make. */
import { readFileSync } from "node:fs";
import * as core from "@spm/core";
import { setBackend } from "@spm/core";
import * as data from "@spm/data";
import * as nn from "@spm/nn";
import * as optim from "@spm/optim";
import * as trainer from "@spm/trainer";
import { wasm } from "@spm/wasm";
import { expect, test } from "vitest";
import { glossaryFigures } from "../../docs/.vitepress/glossary-figures.ts";
import recorded from "../../docs/.vitepress/theme/recorded.json" with { type: "json" };
import { train } from "../../examples/train-in-the-browser/spirals.ts";

const read = (path: string): string =>
  readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const again = "`npm run docs:record` where this fails";

test(`the landing page's recorded losses are those of the run: ${again}`, async () => {
  const backend = await wasm({ bytes: 2 ** 28 });
  setBackend(backend);
  try {
    for (const kind of ["dense", "rotation", "general"] as const) {
      const losses: number[] = [];
      await train(kind, 20, async (_, loss, model) => {
        losses.push(loss);
        expect(model.parameterCount()).toBe(recorded[kind].parameters);
      });
      for (const [k, loss] of losses.entries())
        expect(loss).toBeCloseTo(recorded[kind].losses[k]!, 4);
      expect(losses).toHaveLength(3);
      expect(recorded[kind].losses).toHaveLength(31);
    }
  } finally {
    setBackend(core.reference);
    await backend.dispose();
  }
});

test.each(Object.keys(glossaryFigures))(`%s is as drawn: ${again}`, (name) => {
  expect(read(`images/${name}`)).toBe(glossaryFigures[name]);
});

test("the names beside those of tfjs and jax-js are exported there", () => {
  const packages: Readonly<Record<string, object>> = {
    "@spm/core": core,
    "@spm/data": data,
    "@spm/nn": nn,
    "@spm/optim": optim,
    "@spm/trainer": trainer,
  };
  const rows = [...read("coming-from-tfjs.md").matchAll(/^\|[^|]*\| (`[^|]*`) \| (@\S+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(30);
  for (const [, names = "", from = ""] of rows)
    for (const [, name = ""] of names.matchAll(/`(\w+)`/g))
      expect(Object.keys(packages[from] ?? {}), `${name} of ${from}`).toContain(name);
});
