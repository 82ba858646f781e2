/** @file The examples run and do what they say. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The lines that an example prints. */
function printed(example: string, ...args: readonly string[]): string[] {
  const loader = ["--import", "tsx", "--conditions=@spm/source"];
  const run = [...loader, `examples/${example}.ts`, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, run, {
    cwd: root,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trim().split("\n");
}

/** The numbers of a line. */
const numbersOf = (line: string | undefined): number[] =>
  (line?.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

test.each(["pinn", "neural-ode", "gaussian-process"])("%s has at most 60 lines", (example) => {
  const lines = readFileSync(join(root, "examples", `${example}.ts`), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeLessThanOrEqual(60);
});

test("a physics-informed network finds the solution from the equation alone", () => {
  const lines = printed("pinn");
  const [first = [], , last = [], error = []] = lines.map(numbersOf);
  expect(last[1]).toBeLessThan((first[1] ?? 0) / 1000);
  expect(error[0]).toBeLessThan(0.01);
});

test("a neural differential equation learns a spiral, and keeps each step's result alone", () => {
  const lines = printed("neural-ode");
  const [[held = 0, again = 0] = [], first = [], , last = []] = lines.map(numbersOf);
  expect(held).toBeGreaterThan(20 * again);
  expect(last[1]).toBeLessThan((first[1] ?? 0) / 10);
});

test("a Gaussian process finds the noise, and is unsure where it saw nothing", () => {
  const lines = printed("gaussian-process");
  const [first, , last, noise, between, outside] = lines.map((line) =>
    (line.replace(/^.*?(−ln p|noise|=)/, "").match(/-?[\d.]+/g) ?? []).map(Number),
  );
  expect(last?.[0]).toBeLessThan((first?.[0] ?? 0) / 3);
  expect(Math.abs((noise?.[0] ?? 1) - 0.2)).toBeLessThan(0.05);
  // sin 1 = 0.84, within two standard deviations, and the prior 3.5 beyond the data
  const [mean = 0, sigma = 0] = between ?? [];
  expect(Math.abs(mean - Math.sin(1))).toBeLessThan(2 * sigma);
  expect(sigma).toBeLessThan(0.2);
  expect(outside?.[1]).toBeGreaterThan(0.5);
});

test("an autoencoder puts a spot half way between two others", () => {
  const [first, , last, , ...rows] = printed("vae");
  const [bound = 0, before = 0] = [last, first].map((line) => numbersOf(line)[1]);
  expect(bound).toBeLessThan(before / 20);
  expect(rows).toHaveLength(10);
  const bright = rows.flatMap((row, y) =>
    row.split(" ").flatMap((dot, x) => ("*#".includes(dot) ? [[x, y]] : [])),
  );
  expect(bright.length).toBeGreaterThan(0);
  for (const [x, y] of bright) for (const k of [x, y]) expect([3, 4, 5, 6]).toContain(k);
});

test("an LSTM learns to write as a text does", () => {
  const text = "docs/design/core.md";
  const [first, last, ...lines] = printed("lstm-on-a-text", text, "25");
  const [loss = 9, before = 0] = [last, first].map((line) => numbersOf(line)[1]);
  expect(before).toBeGreaterThan(4);
  expect(loss).toBeLessThan(3.4);
  const known = new Set(readFileSync(join(root, text), "utf8"));
  expect([...lines.join("\n")].every((character) => known.has(character))).toBe(true);
});

test("a regression from a CSV is held out, and predicts in the table's units", () => {
  const [[r2 = 0, mae = 9] = [], [japan = 0, usa = 99] = []] = printed("regression-from-csv").map(
    (line) => numbersOf(line.replace("R²", "")),
  );
  expect(r2).toBeGreaterThan(0.9);
  expect(mae).toBeLessThan(1.5);
  // 52 − weight / 130 − cylinders / 2, and 3 for Japan
  expect(Math.abs(japan - 37.6)).toBeLessThan(2);
  expect(Math.abs(usa - 13.4)).toBeLessThan(2);
});

test("training in a worker tells how far it is, is stopped, hands its weights over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spm-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, "train.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["examples/training-in-a-worker.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@spm/source"],
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toMatch(/^step 10 {2}accuracy 0\.\d\d$/);
  expect(lines.at(-1)).toMatch(/^stopped; the weights of layers\.0\.\w+, .* are here$/);
});
