/**
 * @file `spm` in a pseudo-terminal, which `script` of util-linux makes: lines fit its columns,
 * narrow or wide, with NO_COLOR and without; in a pipe it fits 80; hints are commands that work. A
 * sample here; all commands and widths in full: `npm run test:reports`.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { full } from "../full.ts";
import { bundledSpm, withData } from "./spm-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const there = existsSync("/usr/bin/script");
if (!there) process.stdout.write("Terminal tests don't run: no /usr/bin/script (util-linux)\n");
const work = mkdtempSync(join(tmpdir(), "spm-terminal-"));
afterAll(() => rmSync(work, { recursive: true }));

/** The output of a shell command. */
const output = (command: string, env: NodeJS.ProcessEnv = withData): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", command], {
      cwd: work,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });

/** That of `spm` in a terminal of so many columns. */
async function inTerminal(args: string, columns: number, env = withData): Promise<string> {
  const main = await bundledSpm();
  const line = `stty cols ${columns} rows 24; exec node ${main} ${args}`;
  return output(`script -qec '${line}' /dev/null`, env);
}

/** The lines that a terminal shows, of which one that is redrawn is several. */
const linesOf = (text: string): string[] =>
  text
    .replaceAll("\x1b[K", "")
    .split(/[\r\n]+/)
    .filter((line) => line !== "");

/** Lines that are longer than the columns, but for one long word, with a label or without. */
const tooLong = (text: string, columns: number): string[] =>
  linesOf(text).filter((line) => line.length > columns && !/^\s*(\S+: )?\S+$/.test(line));

const small = "--samples 300 --test-samples 50 --hidden 8 --depth 1 --batch-size 50 --epochs 2";

const commands = [
  ...["compare", "train", "resume", "sweep", "eval", "predict", "sample", "attribute", "inspect"],
  ...["report", "experiment"],
];

describe.runIf(there)("spm in a terminal", () => {
  test("fits its columns, writes no colours, and hints at commands that work", async () => {
    for (const [k, columns] of (full ? [40, 60, 80, 132] : [60]).entries()) {
      const env = k % 2 === 0 ? withData : { ...withData, NO_COLOR: "1" };
      const trained = await inTerminal(`train clusters ${small} --out r${columns}`, columns, env);
      expect(tooLong(trained, columns)).toEqual([]);
      expect(trained).toContain("\x1b[K"); // it redraws its line
      const evaluated = await inTerminal(`eval r${columns}`, columns, env);
      expect(evaluated).toMatch(/^actual \\/m);
      expect(tooLong(evaluated, columns)).toEqual([]);
      // no colour, with NO_COLOR or without, and nothing else that only some terminals know
      expect((trained + evaluated).replaceAll("\x1b[K", "")).not.toContain("\x1b");
    }
    const piped = await output(`node ${await bundledSpm()} eval r60`);
    expect(tooLong(piped, 80)).toEqual([]);
    expect(piped).not.toContain("\x1b");
  });

  test.runIf(full)("every help and table fits, in a terminal and in a pipe", async () => {
    const file = join("r60", "checkpoints", "step-0000000012.safetensors");
    for (const columns of [60, 132]) {
      for (const command of commands)
        expect([command, tooLong(await inTerminal(`${command} --help`, columns), columns)]).toEqual(
          [command, []],
        );
      for (const line of [`inspect ${file}`, "experiment"])
        expect([line, tooLong(await inTerminal(line, columns), columns)]).toEqual([line, []]);
    }
    const sweep = `sweep clusters ${small} --grid layer=dense,rotation --jobs 2 --out s`;
    expect(tooLong(await inTerminal(sweep, 60), 60)).toEqual([]);
    for (const command of commands)
      expect(tooLong(await output(`node ${await bundledSpm()} ${command} --help`), 80)).toEqual([]);
  });

  test.runIf(full)("what an interrupted training hints at resumes it and reports it", async () => {
    const long = `train clusters ${small} --epochs 4000 --out ${join(work, "cut")}`;
    const node = `node --import tsx --conditions=@spm/source packages/cli/src/main.ts`;
    const cut = await output(`cd ${root} && (timeout -s INT 8 ${node} ${long}; true)`);
    const hints = Object.fromEntries(
      [...cut.matchAll(/^(resume|report): (npm run .*)$/gm)].map(([, name = "", line]) => [
        name,
        line,
      ]),
    );
    expect(await output(`cd ${root} && ${hints.report}`)).toMatch(/^report: .*report\.html$/m);
    expect(await output(`cd ${root} && timeout -s INT 8 ${hints.resume}`)).toMatch(/^resuming /m);
  });
});
