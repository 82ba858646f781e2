/**
 * @file Writes what pages show and programs make: the recorded run of the landing page, the losses
 * of each kind of layer on two spirals, on wasm, and the pictures of the glossary.
 * `npm run docs:record` runs it.
 */
import { writeFileSync } from "node:fs";
import { setBackend } from "@spm/core";
import { wasm } from "@spm/wasm";
import { train } from "../../examples/train-in-the-browser/spirals.ts";
import { glossaryFigures } from "./glossary-figures.ts";

for (const [name, svg] of Object.entries(glossaryFigures))
  writeFileSync(new URL(`../images/${name}`, import.meta.url), svg);

setBackend(await wasm({ bytes: 2 ** 28 }));
const recorded: Record<string, unknown> = {};
for (const linear of ["dense", "rotation", "general"] as const) {
  const losses: number[] = [];
  let parameters = 0;
  await train(linear, 300, async (_, loss, model) => {
    losses.push(Number(loss.toPrecision(6)));
    parameters = model.parameterCount();
  });
  recorded[linear] = { parameters, losses };
}
const file = new URL("theme/recorded.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
