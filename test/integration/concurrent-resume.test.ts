/** @file Processes of their own: two resumes at once, and signals to a training. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkpointSteps } from "@spm/trainer/node";
import { expect, test } from "vitest";
import { spm, withRunFolder } from "./spm-process.ts";

const options =
  "--samples 400 --batch-size 20 --hidden 12 --depth 1 --log-every 5 --backend reference";
const args = (out: string, epochs: number): string[] => [
  ...["train", "clusters", ...options.split(" ")],
  ...["--epochs", String(epochs), "--out", out],
];
const trainSteps = (folder: string): number[] =>
  readFileSync(join(folder, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ split }) => split === "train")
    .map(({ step }) => step);

test("of two resumes at once one is refused; SIGTERM and SIGHUP leave a checkpoint", async () => {
  await withRunFolder(async (folder) => {
    let sent = false;
    const terminated = await spm(args(folder, 5000), (output, child) => {
      if (sent || !output.includes("step")) return;
      sent = true;
      child.kill("SIGTERM");
    });
    expect([terminated.code, terminated.stdout]).toEqual([
      143,
      expect.stringMatching(/^interrupted at step \d+ of 100000/m),
    ]);
    const [at = 0] = checkpointSteps(join(folder, "checkpoints")).slice(-1);
    expect(at).toBeLessThan(100_000);

    // SIGKILL leaves its lock, which the next one takes over
    let killed = false;
    await spm(["resume", folder], (output, child) => {
      if (killed || !output.includes("epoch")) return;
      killed = true;
      child.kill("SIGKILL");
    });
    expect(readdirSync(folder)).toContain("spm.lock");

    let second: ReturnType<typeof spm> | undefined;
    const first = await spm(["resume", folder], (output, child) => {
      if (second !== undefined || !output.includes("epoch")) return;
      second = spm(["resume", folder]).then((outcome) => {
        // a terminal that closes takes the output along
        child.stdout?.destroy();
        child.kill("SIGHUP");
        return outcome;
      });
    });
    const refused = await second;
    expect([refused?.code, refused?.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: lock: expected nobody else to write into .*, got process \d+/),
    ]);
    expect(first.code).toBe(129);
    const steps = trainSteps(folder);
    expect(steps).toEqual(steps.map((_, k) => 5 * (k + 1))); // none lost, none twice
    expect(steps.at(-1)).toBeGreaterThan(at);
    expect(readdirSync(folder)).not.toContain("spm.lock");
  });
});
