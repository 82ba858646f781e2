/** @file The op of docs/custom-op.md: its code runs as it stands there, under every transform, and on a backend without its kernel. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  elements,
  grad,
  gradcheck,
  gradgradcheck,
  hvp,
  jvp,
  mul,
  normal,
  ones,
  parameter,
  primitives,
  rng,
  sigmoid,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
} from "@spm/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { poisoningBackend } from "./poisoning-backend.ts";

const page = readFileSync(fileURLToPath(new URL("../../docs/custom-op.md", import.meta.url)), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
const folder = mkdtempSync(fileURLToPath(new URL(".custom-op-", import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true }));

let swish: (x: Tensor, beta: Tensor) => Tensor;
beforeAll(async () => {
  const file = join(folder, "custom-op.ts");
  writeFileSync(file, blocks.join("\n"));
  ({ swish } = await import(pathToFileURL(file).href)); // the checks of the page run on import
});

const composed = (x: Tensor, beta: Tensor): Tensor => mul(x, sigmoid(mul(x, beta)));
const x = normal(rng(2), [2, 3], 0, 1, { dtype: "float64" });
const beta = tensor(1.5, { dtype: "float64" });
const numbers = (t: Tensor): number[] => [...elements(t.ndarray())];
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  for (const [i, v] of numbers(a).entries()) expect(v).toBeCloseTo(numbers(b)[i]!, 10);
};

test("is about forty lines", () => {
  const lines = blocks[0]!.split("\n").filter((line) => line.trim() !== "" && !/^ *(\/\/|\/\*\*)/.test(line));
  expect(lines.length).toBeLessThanOrEqual(40);
});

test("has the values and derivatives of its composition, under every transform", () => {
  const both = <T>(f: (op: typeof swish) => T): [T, T] => [f(swish), f(composed)];
  const scalar = (op: typeof swish) => (t: Tensor) => sum(mul(op(t, beta), x));
  close(...both((op) => op(x, beta)));
  close(...both((op) => grad(scalar(op))(x)));
  close(...both((op) => grad((t) => sum(grad(scalar(op))(t)))(x)));
  close(...both((op) => grad((t) => sum(grad((u) => sum(grad(scalar(op))(u)))(t)))(x)));
  close(...both((op) => jvp(scalar(op), [x], [x]).tangent));
  close(...both((op) => hvp(scalar(op), [x], [x])[0]));
  for (const k of [0, 1]) close(...both((op) => vjp(op as typeof mul, x, beta).pullback(x)[k]!));
  const p = parameter(beta);
  close(...both((op) => valueAndGrad(() => sum(op(x, p)), [p]).grads[0]));
  gradcheck(swish as typeof mul, [x, beta]);
  gradgradcheck(swish as typeof mul, [x, beta]);
});

test("runs where it has no kernel, and is counted there", () => {
  const backend = poisoningBackend();
  const [there, scale] = [x, beta].map((t) => tensor(t.ndarray(), { backend }));
  const slope = grad((t) => sum(swish(t, scale!)))(there!);
  expect(slope.backend).toBe(backend);
  close(slope, grad((t) => sum(swish(t, beta)))(x));
  expect(backend.report().fallbacks).toContainEqual({ primitive: "swish", reason: "no kernel", count: 1 });
});

test("runs the kernel that a backend has for it", () => {
  const calls: unknown[] = [];
  const backend = poisoningBackend();
  const primitive = primitives().find(({ name }) => name === "swish")!;
  const kernel = ([x]: readonly unknown[]) => {
    calls.push("swish");
    return [backend.clone(x)];
  };
  const kernels = new Map([[primitive, kernel]]);
  const there = tensor([1, 2], { backend: { ...backend, kernels } });
  expect(numbers(swish(there, tensor(1)))).toEqual([1, 2]);
  expect(calls).toEqual(["swish"]);
});

test("refuses what its infer refuses", () => {
  expect(() => swish(x, x)).toThrow("swish: expected a scalar β, got shape [2,3]");
  expect(() => swish(x, ones([]))).toThrow(/^swish: expected one dtype for all operands/);
});
