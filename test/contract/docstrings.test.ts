/**
 * @file The examples in the docstrings of core, numeric, linalg, mixer, nn, models, optim,
 * attribution and onnx run, and come to what their comments say.
 */
import { Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { expect, test } from "vitest";
import { examples, run } from "./examples.ts";

/** What a comment at the end promises, where it is numbers or text. */
function promised(code: string): unknown {
  const comment = /\/\/ (.*)$/.exec(code)?.[1] ?? "";
  try {
    return JSON.parse(comment.replaceAll("−", "-"));
  } catch {
    return undefined;
  }
}

/** The numbers of tensors and arrays, in one list; anything else as it is. */
const plain = (value: unknown): unknown => {
  if (value instanceof Tensor) return [...elements(value.ndarray())];
  if (Array.isArray(value)) return value.flatMap(plain);
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
};

test("there are examples", () => expect(examples.length).toBeGreaterThan(50));

test.each(examples)("$where", async ({ code }) => {
  const value = await run(code);
  const expected = promised(code);
  if (expected === undefined) return;
  const [got, want] = [plain(value), plain(expected)].map((v) => [v].flat());
  if (!want!.every((v) => typeof v === "number")) return expect(got).toEqual(want);
  expect(got!.length).toBe(want.length);
  for (const [i, v] of want.entries()) expect(got![i]).toBeCloseTo(v as number, 3);
});
