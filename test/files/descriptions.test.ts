/**
 * @file Models' files whose descriptions somebody has changed: each is built or refused with an
 * error for people, at once and in little memory. 300 files, 3,000 in `npm run test:files`.
 */
import { type Rng, rng, SpmError } from "@spm/core";
import { butterfly, randomMatching, rotationMixer } from "@spm/mixer";
import { Gpt, ImageFlow, Mlp, Paramixer } from "@spm/models";
import { Conv2d, gelu, Lstm, MixerLayer, type Module, Sequential } from "@spm/nn";
import { encodeModel, encodeSafetensors, parseModel, parseSafetensors } from "@spm/trainer";
import { expect, test } from "vitest";
import { full } from "../full.ts";
import { mutatedJson } from "./hostile.ts";

const random = rng(1);
const models: readonly Module[] = [
  new Mlp({ sizes: [6, 8, 3], linear: "general", random }),
  new Lstm(3, 4, { layers: 2, bidirectional: true, linear: "rotation", random }),
  new Gpt({ vocabulary: 5, context: 4, width: 4, heads: 2, layers: 1, tied: false, random }),
  new ImageFlow({ shape: [1, 4, 4], levels: 2, steps: 1, mixing: "lu", random }),
  new Paramixer({ features: 2, length: 4, width: 2, outputs: 1, random }),
  new Sequential([
    new Conv2d(2, 4, { kernel: 3, groups: 2, linear: "low-rank", random }),
    gelu,
    new MixerLayer(rotationMixer, 4, 4, { schedule: randomMatching(4, 3, random), random }),
    new MixerLayer(rotationMixer, 4, 9, {
      ...{ schedule: butterfly(8), rectangular: "split", random },
    }),
  ]),
];

/** One of the numbers of a text in the place of another, or a large one. */
function withOtherNumber(text: string, random: Rng): string {
  const numbers = [...text.matchAll(/(?<=[:[,])\d+(?=[,\]}])/g)];
  const chosen = numbers[random.integer(numbers.length)];
  if (chosen === undefined) return text;
  const large = 2 ** (1 + random.integer(33)) - random.integer(2);
  const other = random.integer(2) === 0 ? large : numbers[random.integer(numbers.length)]?.[0];
  return text.slice(0, chosen.index) + other + text.slice(chosen.index + chosen[0].length);
}

/** A description with one to four changes. */
function mutated(text: string, random: Rng): string {
  if (random.integer(2) === 0) return JSON.stringify(mutatedJson(JSON.parse(text), random));
  let changed = text;
  for (let changes = 1 + random.integer(4); changes > 0; changes--)
    changed = withOtherNumber(changed, random);
  return changed;
}

test("changed descriptions are built or refused, never worse", async () => {
  const originals = await Promise.all(
    models.map(async (model) => {
      const { metadata } = parseSafetensors(await encodeModel(model));
      return { tensors: model.stateDict(), text: metadata["spm.model"] ?? "" };
    }),
  );
  const [draw, failures, seen] = [rng(2), [] as string[], { built: 0, refused: 0 }];
  for (let k = 0; k < (full ? 3_000 : 300); k++) {
    const { tensors, text } = originals[k % originals.length] ?? { tensors: {}, text: "" };
    const changed = mutated(text, draw);
    const bytes = encodeSafetensors(tensors, { "spm.model": changed });
    const [begun, memory] = [performance.now(), process.memoryUsage().arrayBuffers];
    try {
      parseModel(bytes);
      seen.built++;
    } catch (error) {
      seen.refused++;
      if (!(error instanceof SpmError)) failures.push(`file ${k}: ${error}\n${changed}`);
    }
    const grown = process.memoryUsage().arrayBuffers - memory;
    if (grown > 2 ** 26) failures.push(`file ${k}: ${grown} bytes\n${changed}`);
    const took = performance.now() - begun;
    if (took > 2000) failures.push(`file ${k}: ${took} ms\n${changed}`);
  }
  expect(failures).toEqual([]);
  expect(seen.built).toBeGreaterThan(10);
  expect(seen.refused).toBeGreaterThan(200);
});
