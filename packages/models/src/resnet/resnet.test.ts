/** @file The residual network: its sizes, its mixers, and what it refuses. */
import { normal, rng, zeros } from "@spm/core";
import { MixerLayer } from "@spm/nn";
import { LinearMap, places } from "@spm/nn/extend";
import { expect, test } from "vitest";
import { ResNet, type ResNetOptions } from "./resnet.ts";

const build = (options: Partial<ResNetOptions> = {}): ResNet => {
  const sizes = { channels: 3, width: 4, blocks: [1, 2], classes: 5 };
  return new ResNet({ ...sizes, random: rng(1), ...options });
};

test("of ResNet-50's sizes it has ResNet-50's 25,557,032 parameters", () => {
  const model = build({ stem: "large", width: 64, blocks: [3, 4, 6, 3], classes: 1000 });
  expect(model.parameterCount()).toBe(25_557_032);
});

test("one word decides every 1×1 convolution, and no other", () => {
  const kinds = places(build({ linear: "rotation" })).flatMap(({ path, value }) =>
    value instanceof LinearMap ? [[path, value instanceof MixerLayer] as const] : [],
  );
  const mixers = kinds.filter(([, mixer]) => mixer).map(([path]) => path);
  expect(mixers).toHaveLength(3 * 2 + 2);
  expect(mixers.every((path) => /(narrow|wide|shortcut)\.convolution\.map$/.test(path))).toBe(true);
  expect(kinds.length - mixers.length).toBe(1 + 3 + 1);
});

test("every stage after the first halves an image, whatever its size", () => {
  const model = build().eval();
  expect(model.forward(normal(rng(2), [2, 3, 7, 5])).shape).toEqual([2, 5]);
  const [first, second] = model.stages;
  const x = normal(rng(3), [1, 4, 7, 5]);
  const inner = first!.reduce((h, block) => block.forward(h), x);
  expect(inner.shape).toEqual([1, 16, 7, 5]);
  expect(second!.reduce((h, block) => block.forward(h), inner).shape).toEqual([1, 32, 4, 3]);
});

test.each<[string, () => unknown]>([
  ["ResNet: expected at least one stage, got none", () => build({ blocks: [] })],
  ["ResNet: expected blocks of a stage ≥ 1, got 1 and 0", () => build({ blocks: [1, 0] })],
  ['ResNet: expected small, large, got "tiny"', () => build({ stem: "tiny" as "small" })],
  [
    "ResNet: expected x of shape [batch, 3, height, width], got [3, 8, 8]",
    () => build().forward(zeros([3, 8, 8])),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
