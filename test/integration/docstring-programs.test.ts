/**
 * @file The programs in the docstrings of data, trainer, report and cli run, in a folder with the
 * runs that they speak of. (Examples of the other packages: test/contract/docstrings.test.ts.)
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { filesUnder } from "../files-under.ts";
import { spm } from "./spm-process.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(root, ".guide-")); // of the clone, and of no package
afterAll(() => rmSync(folder, { recursive: true }));

const programs = ["data", "trainer", "report", "cli"].flatMap((name) => {
  const sources = join(root, "packages", name, "src");
  return filesUnder(sources)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .flatMap((path) =>
      [...readFileSync(join(sources, path), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(
        ([, code = ""]) => ({
          where: `${name}/src/${path}`,
          code: code.replaceAll(/^ *\* ?/gm, ""),
        }),
      ),
    );
});

/** Files that programs read: a picture of 2 × 2 pixels, what NumPy wrote, a table. */
const bytes: Readonly<Record<string, string>> = {
  png:
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNg/M/Q4AAABUcBwQgRZNEAAAAASUVORK" +
    "5CYII=",
  npy:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLC" +
    "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAA" +
    "QAAAQEAAAIBAAACgQAAA0EA=",
  npz:
    "UEsDBC0AAAAIAAAAIQCaCbEc//////////8FABQAeC5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ" +
    "6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkZApKmjUKtAHuBiYGRiZmFlY+fg" +
    "5OIGAFBLAwQtAAAACAAAACEAikc3qP//////////BQAUAHkubnB5AQAQAJgAAAAAAAAASgAAAAAAAACb7BfqGxDJyF" +
    "DGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBihgZEAFAFBL" +
    "AQItAy0AAAAIAAAAIQCaCbEcVAAAAIwAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQCKRz" +
    "eoSgAAAJgAAAAFAAAAAAAAAAAAAACAAYsAAAB5Lm5weVBLBQYAAAAAAgACAGYAAAAMAQAAAAA=",
};
function writeFiles(): void {
  for (const name of [
    "cat.png",
    "dog.png",
    "pets/cat/1.png",
    "pets/dog/1.png",
    "samples.npy",
    "samples.npz",
  ]) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), Buffer.from(bytes[name.slice(-3)] ?? "", "base64"));
  }
  writeFileSync(join(folder, "people.csv"), "age,height\n30,1.8\n4,1.1\n");
}

/** Imports each program in turn, with what they declare, and prints those that throw. */
const driver = `
import { createRequire } from "node:module";
import { rng } from "@spm/core";
import { Mlp } from "@spm/models";
import { machine, RunWriter, writeSafetensors } from "@spm/trainer/node";
const facts = { title: "t", command: "c", started: "s", options: {}, machine: machine() };
const config = { ...facts, models: [], epochs: 1, stepsPerEpoch: 1 };
const { Ajv } = createRequire("${root}packages/trainer/package.json")("ajv");
const validate = new Ajv().compile({ type: "array", items: { type: "integer" } });
const model = new Mlp({ sizes: [2, 2], random: rng(1) });
const writer = new RunWriter("runs/declared", config);
Object.assign(globalThis, { model, validate, writer });
writeSafetensors("model.safetensors", model.stateDict());
const failed = {};
const { log } = console;
console.log = console.table = () => {};
process.stdout.write = () => true;
process.argv = [process.argv[0], "program.ts", "--help"];
for (let k = 0; k < ${programs.length}; k++)
  await import(\`./\${k}.ts\`).catch((error) => { failed[k] = String(error?.stack ?? error); });
writer.close();
process.exitCode = 0;
(await import("node:fs")).writeFileSync("failed.json", JSON.stringify(failed));
`;

test("the programs of docstrings run", { timeout: 120_000 }, async () => {
  expect(programs.length).toBeGreaterThan(90);
  const options = "clusters --epochs 1 --samples 400 --batch-size 2 --hidden 8";
  const out = ["--checkpoint-steps", "100", "--out", join(folder, "runs/example")];
  expect(await spm(["train", ...options.split(" "), ...out])).toMatchObject({ code: 0 });
  for (const name of ["first", "second"])
    cpSync(join(folder, "runs/example"), join(folder, "runs", name), { recursive: true });
  writeFiles();
  for (const [k, { code }] of programs.entries()) writeFileSync(join(folder, `${k}.ts`), code);
  writeFileSync(join(folder, "driver.ts"), driver);
  const args = ["--import", "tsx", "--conditions=@spm/source", "driver.ts"];
  await promisify(execFile)(process.execPath, args, { cwd: folder });
  const failed = JSON.parse(readFileSync(join(folder, "failed.json"), "utf8"));
  const named = Object.entries(failed).map(([k, why]) => `${programs[Number(k)]?.where}: ${why}`);
  expect(named).toEqual([]);
});
