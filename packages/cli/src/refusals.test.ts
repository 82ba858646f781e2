/** @file What `spm` refuses says so in a line, by its exit code, and writes nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";

const { fresh, run: spm } = commandLine();
let folder = "";
beforeEach(() => {
  folder = join(fresh(), "run");
});

test.each([
  ["train clusters --batch-size 1000000000", "at least one batch of 1000000000"],
  ["train clusters --seed 1e30", "seed"],
  ["train clusters --context 9", "no --context with dataset clusters, got 9"],
  ["train text", "--file for the dataset text, got none"],
  ["train clusters --momentum 0.9", "no --momentum with optimizer adam, got 0.9"],
  ["train clusters --betas 0.9,1", "betas[1] to be < 1, got 1"],
  ["train clusters --optimizer sgd --momentum 0 --nesterov", "momentum above 0 for nesterov"],
  ["experiment deep --quick --set layers=0", "layers as a whole number ≥ 1, got 0"],
  ["experiment teacher --quick --set seeds=0", "seeds as a whole number ≥ 1, got 0"],
  ["experiment two-mixers --quick --set widths=7", "widths 2^k ≥ 4, got"],
  ["experiment samples --quick --set students=dence", "layers of dense, low-rank"],
  ["experiment deep --quick --tune", 'one whose rates --tune chooses, got "deep"'],
  ["experiment charlm --quick --set heads=3", "a width that is a multiple of 3, got 16"],
  ["sample no-such-run --temperature -1", "a temperature ≥ 0, got -1"],
])("spm %s is wrong usage: exit code 2, a line, nothing written", async (line, message) => {
  const out = line.startsWith("sample") ? "" : ` --out ${folder}`;
  const { code, err } = await spm(line + out);
  expect(err).toMatch(/^error: [\w-]+: expected .*\n/);
  expect(err).toContain(message);
  expect(err).not.toContain("    at ");
  expect([code, existsSync(folder)]).toEqual([2, false]);
});

test("a path that is not what a command reads is a line that says so", async () => {
  mkdirSync(folder);
  for (const [line, message] of [
    [`inspect ${folder}`, "inspect: expected a file, got the folder "],
    ["inspect README.md", " in README.md"],
    ["inspect nope", "safetensors: expected a file that can be read, got nope: ENOENT: no such"],
    ["eval nope", "loadModel: expected a run folder or a checkpoint, got nope: ENOENT: no such"],
    [`eval ${folder}`, "loadModel: expected a run folder with checkpoints, got "],
    [`train --config ${folder}`, "config: expected JSON in "],
    [`train text --file ${folder} --out ${folder}-x`, "text: expected a text file at "],
  ] as const) {
    const { code, out, err } = await spm(line);
    expect(err).toMatch(/^error: \w+: expected .*, got .*\n(help: .*\n)?(\(npm .*\n)?$/);
    expect(err).toContain(message);
    expect([code === 0, code === undefined, out]).toEqual([false, false, ""]);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that is there is kept: a report, its curves, an attribution, a model", async () => {
  const run = join(folder, "run");
  const tiny = "--hidden 8 --depth 1 --batch-size 20 --epochs 1 --backend reference";
  const table = `${folder}.csv`;
  writeFileSync(table, `x,y\n${Array.from({ length: 50 }, (_, k) => `${k},${k % 2}`).join("\n")}`);
  await spm(`train ${table} ${tiny} --out ${run}`);
  rmSync(join(run, "report.html"));
  const mine = join(folder, "mine.html");
  writeFileSync(mine, "mine");
  const elsewhere = join(folder, "new.html");
  for (const line of [
    `report ${run} --out ${mine}`,
    `report ${run} ${run} --out ${mine}`,
    `report ${run} --out ${elsewhere} --svg ${mine}`,
    `attribute ${run} --test 1 --out ${mine}`,
    `export ${run} --onnx ${mine}`,
  ]) {
    const { out, err, code } = await spm(line);
    expect(err).toMatch(/^error: \w+: expected a file that isn't there yet, got .*\nhelp: /);
    expect([out, code, readFileSync(mine, "utf8")]).toEqual(["", 1, "mine"]);
  }
  expect(readdirSync(folder)).toEqual(["mine.html", "run"]);
  expect((await spm(`report ${run} ${run}/`)).err).toMatch(/^error: report: .* each run once, got/);
  expect((await spm(`report ${run} --out ${elsewhere}`)).out).toBe(`report: ${elsewhere}\n`);
  expect(existsSync(join(run, "report.html"))).toBe(false);
  for (const name of ["attribution-1.html", "attribution-1-2.html"])
    expect((await spm(`attribute ${run} --test 1`)).out).toContain(join(run, name));
});

test("the folder of a training that failed is kept, and the error says how to go on", async () => {
  const rate = "--optimizer sgd --learning-rate 1e30 --clip 1e30";
  const tiny = "--samples 64 --batch-size 32 --hidden 4 --depth 1 --epochs 3 --backend reference";
  const diverging = `train clusters ${tiny} ${rate} --out ${folder}`;
  expect((await spm(diverging)).err).toMatch(/^error: fit: expected a finite loss/);
  const before = readdirSync(folder);
  expect((await spm(diverging)).err).toBe(
    `error: train: expected a new or empty folder, got ${folder} with an unfinished run in it\n` +
      `help: npm run -s spm -- resume ${folder} goes on, with --set NAME=VALUE otherwise; ` +
      `--out ${folder}-2 is free\n`,
  );
  expect(readdirSync(folder)).toEqual(before);
  rmSync(join(folder, "config.json"));
  const { err } = await spm(diverging);
  expect(err).toMatch(/with files in it\nhelp: --out .*-2 is free\n$/);
});

test.each([
  ["train", "train clusters"],
  ["sweep", "sweep clusters"],
  ["compare", "compare mnist"],
])("%s with a file as its folder is refused", async (_, command) => {
  const file = join(fresh(), "a-file");
  writeFileSync(file, "mine");
  expect((await spm(`${command} --out ${file}`)).err).toBe(
    `error: RunWriter: expected a folder, got ${file}, a file\nhelp: choose another name\n`,
  );
  expect(readFileSync(file, "utf8")).toBe("mine");
});

test("a table that is elsewhere: the error says from where its path leads", async () => {
  const { err } = await spm("train table --file not-here.csv --target y");
  expect(err).toContain("expected a file to read at not-here.csv");
  expect(err).toContain(`from the current folder, ${process.cwd()}\n`);
  expect((await spm("train table --file /not/here.csv --target y")).err).not.toContain(
    "current folder",
  );
});

test("report of what is not a run says so", async () => {
  expect(await spm("report /nowhere")).toEqual({
    out: "",
    err: "error: readRun: expected a run folder with config.json, got /nowhere\n",
    code: 1,
  });
});
