/**
 * @file The program of docs/guide.md that runs the commands with a kind of its own: that of
 * docs/custom-parameterisation.md trains, is listed, resumed, evaluated and swept by name.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkpointPath } from "@spm/trainer/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundled, type Outcome, spm, withData, withRunFolder } from "./spm-process.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(root, ".own-names-")); // of the clone, and of no package
const program = join(folder, "program.ts");

/** The first code of a page that is fenced so. */
function block(page: string, fence: string): string {
  const text = readFileSync(join(root, "docs", page), "utf8");
  const [, code = ""] = new RegExp(`\`\`\`${fence}\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  return code;
}

let bundle = "";
beforeAll(async () => {
  writeFileSync(join(folder, "scaled-rotation.ts"), block("custom-parameterisation.md", "ts"));
  writeFileSync(program, block("guide.md", "typescript"));
  bundle = await bundled(program);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The guide's commands with the program, without what starts it. */
const guide = readFileSync(join(root, "docs/guide.md"), "utf8").replaceAll(/\s+/g, " ");
const [, start = "", rest = ""] = /With it `node (.*?) program\.ts (.*)/.exec(guide) ?? [];
const [train = [], sweep = [], compare = []] = [
  ...rest.matchAll(/(train|sweep|compare) [a-z]+ --[^`]*/g),
].map(([command]) => command.split(" "));

/** Runs Node with arguments. */
function node(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: withData };
    const child = execFile(process.execPath, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** Runs the program as a process of its own, as the guide says. */
const asTheGuideSays = (...args: readonly string[]) => node(...start.split(" "), program, ...args);

/** Runs it from a bundle, which starts in less time. */
const own = (...args: readonly string[]) => node(bundle, ...args);

const tiny = "--samples 200 --batch-size 50 --epochs 1 --hidden 12 --depth 1".split(" ");
const read = (run: string, name: string): string => readFileSync(join(run, name), "utf8");

describe("a program with a kind of its own", () => {
  test("trains it by name, resumes it to the same end, and evaluates it", async () => {
    await withRunFolder(async (run) => {
      const steps = ["--checkpoint-steps", "2", "--log-every", "1"];
      const trained = await asTheGuideSays(...train, ...tiny, ...steps, "--out", run);
      expect([trained.code, trained.stderr]).toEqual([0, ""]);
      expect(trained.stdout).toMatch(/^finished at step 4 of 4, test loss \d\.\d{4}/m);
      const { options, command } = JSON.parse(read(run, "config.json"));
      expect(options).toMatchObject({ layer: "scaled-rotation", learningRate: 0.01 });
      const program = /^node --import tsx --conditions=@spm\/source .own-names-\w+\//;
      expect(command).toMatch(program);
      expect(command.replace(program, "")).toMatch(/^program.ts train/);

      const [whole, outcome] = [read(run, "metrics.jsonl"), read(run, "outcome.json")];
      rmSync(checkpointPath(join(run, "checkpoints"), 4));
      const resumed = await own("resume", run);
      expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
      expect(resumed.stdout).toContain(`resuming ${checkpointPath(join(run, "checkpoints"), 2)}`);
      expect([read(run, "metrics.jsonl"), read(run, "outcome.json")]).toEqual([whole, outcome]);

      const [evaluated, stranger] = await Promise.all([
        own("eval", run, "--json"),
        spm(["resume", run]),
      ]);
      expect(JSON.parse(evaluated.stdout).accuracy).toBeCloseTo(
        JSON.parse(outcome).evaluation.accuracy,
        6,
      );
      expect(stranger.stderr).toMatch(
        /^error: train: expected layer to be one of dense, .*, got "scaled-rotation"\n/,
      );
      expect(stranger.code).toBe(2);
    });
  });

  test("has it in help, in sweeps, and among what unknown names are told", async () => {
    await withRunFolder(async (run) => {
      const images = "--images 256 --test-images 128 --epochs 1 --hidden 16 --threads 1".split(" ");
      const [help, compareHelp, unknown, swept, compared] = await Promise.all([
        own("train", "--help"),
        own("compare", "--help"),
        own("train", "clusters", "--layer", "scaled"),
        own(...sweep, ...tiny, "--jobs", "2", "--out", run),
        own(...compare, ...images, "--out", `${run}-compared`),
      ]);
      for (const { stdout } of [help, compareHelp])
        expect(stdout).toContain(
          "\n  scaled-rotation     rotations of pairs with a radius: an angle and a factor\n" +
            `${" ".repeat(22)}each\n`,
        );
      expect([unknown.code, unknown.stderr]).toEqual([
        2,
        expect.stringMatching(/Allowed choices are dense, .*, reflection, scaled-rotation\./),
      ]);
      expect([swept.code, swept.stderr]).toEqual([0, ""]);
      expect(swept.stdout).toMatch(/^trial-002 +scaled-rotation +\d\.\d{4} .* finished$/m);
      expect([compared.code, compared.stderr]).toEqual([0, ""]);
      expect(compared.stdout).toMatch(/^scaled-rotation\b/m);
    });
  });
});
