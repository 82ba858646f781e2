/** @file The bytes that a backward pass takes with `recompute` and without, as on the page. */
import { readFileSync } from "node:fs";
import {
  add,
  normal,
  recompute,
  reference,
  rng,
  square,
  sum,
  type Tensor,
  valueAndGrad,
} from "@spm/core";
import { gelu, LayerNorm, Linear, Sequential } from "@spm/nn";
import { expect, test } from "vitest";
import { peakBytes } from "../../experiments/parts/peak-bytes.ts";

const page = readFileSync(new URL("../../docs/design/transforms.md", import.meta.url), "utf8");

/** The megabytes of a row of the page: kept, with `recompute`. */
const rowOf = (blocks: number): number[] =>
  [...page.matchAll(/^\| (\d+) \| ([\d.]+) MB \| ([\d.]+) MB \|/gm)]
    .filter(([, count]) => Number(count) === blocks)
    .flatMap(([, , kept, again]) => [Number(kept), Number(again)]);

/** The most megabytes of storages while gradients are computed. */
function peak(models: readonly Sequential[], again: boolean): number {
  const x = normal(rng(2), [256, 64]);
  const blocks = models.map((model) => {
    const block = (h: Tensor) => add(h, model.forward(h));
    return again ? recompute(block) : block;
  });
  const loss = () => sum(square(blocks.reduce((h, block) => block(h), x)));
  const parameters = models.flatMap((model) => model.parameters());
  return peakBytes(reference, () => valueAndGrad(loss, parameters)).bytes / 1e6;
}

test.each([4, 8])("%i blocks take what the page says", (count) => {
  const random = rng(1);
  const models = Array.from({ length: count }, () => {
    const [up, down] = [new Linear(64, 256, { random }), new Linear(256, 64, { random })];
    return new Sequential([new LayerNorm(64), up, gelu, down]);
  });
  const measured = [peak(models, false), peak(models, true)];
  expect(measured.map((bytes) => Number(bytes.toFixed(1)))).toEqual(rowOf(count));
});
