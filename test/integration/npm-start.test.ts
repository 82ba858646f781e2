/**
 * @file Ctrl-C under `npm start`: the terminal signals npm, its shell and the command at once, and
 * npm passes it on.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { withRunFolder } from "./spm-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("npm start hands flags and interrupts to the command, and its exit code back", async () => {
  await withRunFolder(async (folder) => {
    const flags = ["--layers", "dense", "--hidden", "32", "--epochs", "100", "--out", folder];
    const child = spawn("npm", ["start", "--", ...flags], { cwd: root, detached: true });
    const signal = (name: NodeJS.Signals): boolean => process.kill(-(child.pid as number), name);
    onTestFinished(() => {
      if (child.exitCode === null) signal("SIGKILL");
    });
    let [output, interrupted] = ["", false];
    child.stderr.resume();
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (interrupted || !output.includes("step")) return;
      interrupted = true;
      signal("SIGINT");
    });
    const [code] = await once(child, "close");
    expect(output).toContain(`report: ${folder}`);
    expect(code).toBe(130);
    expect(readdirSync(folder)).toContain("report.html");
  });
});
