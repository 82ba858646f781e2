/**
 * @file The ops of docs/custom-op.md: their code runs as it stands there, under every transform,
 * and on a backend without its kernels.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type Backend,
  grad,
  gradcheck,
  gradgradcheck,
  hvp,
  jvp,
  mul,
  type NdArray,
  normal,
  ones,
  parameter,
  rng,
  scope,
  sigmoid,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
} from "@spm/core";
import {
  type BinaryOp,
  binary,
  each,
  elements,
  type FusedOp,
  KernelTable,
  primitives,
  type UnaryOp,
  unary,
} from "@spm/core/extend";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { poisoningBackend } from "./poisoning-backend.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(root, "docs/custom-op.md"), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
const folder = mkdtempSync(fileURLToPath(new URL(".custom-op-", import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "custom-op.ts");

/** The short forms, a file of their own. */
const shortFile = join(folder, "short-forms.ts");

let swish: (x: Tensor, beta: Tensor) => Tensor;
let short: { readonly atan: UnaryOp; readonly logAddExp: BinaryOp };
let fixedSwish: (x: Tensor, beta: number) => Tensor;
let fixedSwishOp: FusedOp<[x: 1], number>;
beforeAll(async () => {
  writeFileSync(file, blocks.join("\n"));
  // the checks of the page run on import
  ({ swish, fixedSwish, fixedSwishOp } = await import(pathToFileURL(file).href));
  const [, code = ""] = /```typescript\n([\s\S]*?)```/.exec(page) ?? [];
  writeFileSync(shortFile, code);
  short = await import(pathToFileURL(shortFile).href);
});

test("the page compiles, without assertions", () => {
  const read = ts.readConfigFile(join(root, "tsconfig.test.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  const files = [file, shortFile];
  const program = ts.createProgram(files, { ...options, incremental: false, noEmit: true });
  const problems = files.flatMap((name) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(name)),
  );
  expect(
    problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
  ).toEqual([]);
  expect(page).not.toMatch(/[\w\])]!(?!=)/);
});

const composed = (x: Tensor, beta: Tensor): Tensor => mul(x, sigmoid(mul(x, beta)));
const x = normal(rng(2), [2, 3], 0, 1, { dtype: "float64" });
const beta = tensor(1.5, { dtype: "float64" });
const numbers = (t: Tensor): number[] => [...elements(t.ndarray())];
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  for (const [i, v] of numbers(a).entries()) expect(v).toBeCloseTo(numbers(b)[i]!, 10);
};

test("the short forms have all derivatives, and broadcast", () => {
  const row = normal(rng(3), [3], 0, 1, { dtype: "float64" });
  const { atan, logAddExp } = short;
  const atanOf = (x: Tensor) => atan(x);
  const sumOf = (a: Tensor, b: Tensor) => logAddExp(a, b);
  expect(numbers(atan(x))).toEqual(numbers(x).map(Math.atan));
  expect(numbers(logAddExp(x, x))[0]).toBeCloseTo((numbers(x)[0] ?? 0) + Math.LN2, 12);
  expect(sumOf(x, row).shape).toEqual([2, 3]);
  gradcheck(atanOf, [x]);
  gradgradcheck(atanOf, [x]);
  gradcheck(sumOf, [x, row]);
  gradgradcheck(sumOf, [row, x]);
});

test("a check of second derivatives counts the cotangent as input 0", () => {
  // its slope by b, the second operand, is half of what it should be
  const same = unary({ name: "same", forward: (v) => v, vjp: (ct) => mul(0.5, ct) });
  const product = binary({
    name: "product",
    forward: (a, b) => a * b,
    vjp: (ct, a, b) => [() => mul(ct, same(b)), () => mul(ct, a)],
  });
  const operands = [tensor(2, { dtype: "float64" }), tensor(3, { dtype: "float64" })] as const;
  const f = (a: Tensor, b: Tensor) => product(a, b);
  expect(gradcheck(f, operands).error).toBeLessThan(1e-6);
  expect(() => gradgradcheck(f, operands)).toThrow("(moved element 0 of input 2)");
});

test("is about forty lines", () => {
  const lines = blocks[0]!
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^ *(\/\/|\/\*\*)/.test(line));
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
  for (const k of [0, 1] as const) close(...both((op) => vjp(op, x, beta).pullback(x)[k]));
  const p = parameter(beta);
  close(...both((op) => valueAndGrad(() => sum(op(x, p)), [p]).grads[0]));
  gradcheck(swish, [x, beta]);
  gradgradcheck(swish, [x, beta]);
});

test("the fused one, too, which keeps its slope", () => {
  const both = <T>(f: (op: typeof fixedSwish) => T): [T, T] => [
    f(fixedSwish),
    f((x, b) => composed(x, tensor(b, { dtype: "float64" }))),
  ];
  const scalar = (op: typeof fixedSwish) => (t: Tensor) => sum(mul(op(t, 1.5), x));
  close(...both((op) => op(x, 1.5)));
  close(...both((op) => grad(scalar(op))(x)));
  close(...both((op) => grad((t) => sum(grad(scalar(op))(t)))(x)));
  close(...both((op) => hvp(scalar(op), [x], [x])[0]));
});

test("runs where it has no kernel, and is counted there", () => {
  const backend = poisoningBackend();
  const [there, scale] = each([x, beta], (t) => tensor(t.ndarray(), { backend }));
  const slope = grad((t) => sum(swish(t, scale)))(there);
  expect(slope.backend).toBe(backend);
  close(slope, grad((t) => sum(swish(t, beta)))(x));
  expect(backend.report().fallbacks).toContainEqual({
    primitive: "swish",
    reason: "no kernel",
    count: 1,
  });
});

describe("what the fused one keeps", () => {
  const slopes = (backend: Backend) => () =>
    scope(() => {
      const there = tensor(x.ndarray(), { backend });
      const before = backend.live.bytes;
      const { value, pullback } = vjp((t) => fixedSwish(t, 1.5), there);
      expect(backend.live.bytes - before).toBe(2 * 48); // the value and the slope
      const [first] = pullback(value);
      const [second] = pullback(value); // as often as one likes
      close(first, second);
      const here = vjp((t) => fixedSwish(t, 1.5), x);
      close(first, here.pullback(here.value)[0]);
    });

  test("is freed once, with the tape's scope, where memory is freed by hand", () => {
    const backend = poisoningBackend();
    slopes(backend)();
    expect(backend.live).toEqual({ storages: 0, bytes: 0 });
    expect(backend.report().liveStorages).toBe(0);
    const names = backend.report().fallbacks.map(({ primitive }) => primitive);
    expect(names).toEqual(expect.arrayContaining(["fixedSwish", "fixedSwish backward"]));
  });

  test("is freed once where a kernel kept it, which reads it no more then", () => {
    const backend = poisoningBackend();
    const handles: NdArray[] = [];
    const kernels = new KernelTable<NdArray>()
      .set(fixedSwishOp.primitive, (inputs, beta, recorded) => {
        const made = fixedSwishOp.primitive.forward(inputs, beta, recorded);
        if (!("outputs" in made)) return made;
        const residual = made.residual.map((array) => backend.upload(array) as NdArray);
        handles.push(...residual);
        return { outputs: each(made.outputs, (y) => backend.upload(y) as NdArray), residual };
      })
      .set(fixedSwishOp.backward, (inputs, beta, recorded, residual) => {
        expect(residual).toEqual(handles.slice(-1));
        for (const handle of residual ?? []) backend.arrayOf?.(handle);
        const bars = fixedSwishOp.backward.forward(inputs, beta, recorded, residual);
        return "outputs" in bars ? bars : each(bars, (bar) => backend.upload(bar) as NdArray);
      });
    const own = { ...backend, kernels };
    slopes(own)();
    expect(own.live).toEqual({ storages: 0, bytes: 0 });
    expect(backend.report().liveStorages).toBe(0);
    expect(backend.report().fallbacks.map(({ primitive }) => primitive)).toEqual(["alias"]);
    expect(handles).toHaveLength(1);
    for (const handle of handles)
      expect(() => backend.arrayOf?.(handle)).toThrow("memory read after it was freed");
  });
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
