/**
 * @file Kills trainings, lets others go on with them, and compares what they come to with one that
 * was never stopped.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { rng } from "@spm/core";
import { buildCommand } from "./built-command.ts";
import { outcomeOf } from "./outcome.ts";

/** What came of the kills. */
export interface KillReport {
  readonly passed: number;
  readonly failed: number;
  /** Kills inside the write of a checkpoint. */
  readonly insideWrites: number;
  /** What differed, a line a run. */
  readonly differences: readonly string[];
}

/**
 * Small, but with everything that has state: momentum, an average of weights, a schedule, several
 * files.
 */
const TRAIN =
  "train clusters --samples 400 --batch-size 50 --epochs 4 --hidden 12 " +
  "--depth 1 --average 0.9 --log-every 3 --checkpoint-steps 4 --tensorboard";
const MOST_KILLS_A_RUN = 4;
/**
 * Calls to the file system that a checkpoint's write has: open, write, fsync, close, before and
 * after rename.
 */
const CALLS_A_WRITE = 6;
const WRITES_A_RUN = 8;

interface Life {
  readonly code: number | null;
  readonly killed: boolean;
  readonly milliseconds: number;
  readonly output: string;
}

/** Kills so many processes; the same seed draws the same moments. */
export async function killAndCompare(
  kills: number,
  seed: number,
  tell: (line: string) => void = () => {},
): Promise<KillReport> {
  const random = rng(seed);
  const built = await buildCommand();
  try {
    const reference = join(built, "reference");
    const whole = await live(built, reference, {});
    if (whole.code !== 0) throw new Error(`the run to compare with failed: ${whole.output}`);
    const expected = outcomeOf(reference);
    const differences: string[] = [];
    let [passed, failed, insideWrites] = [0, 0, 0];
    for (let run = 0; passed + failed < kills; run++) {
      const folder = join(built, `run-${run}`);
      const planned = Math.min(1 + random.integer(MOST_KILLS_A_RUN), kills - passed - failed);
      let died = 0;
      for (let k = 0; k < planned; k++) {
        const inside = random.integer(2) === 0;
        const plan = inside
          ? { call: 1 + random.integer(CALLS_A_WRITE * WRITES_A_RUN) }
          : { after: random.uniform() * whole.milliseconds };
        const { killed } = await live(built, folder, plan);
        if (!killed) break; // it was done before its time had come
        died++;
        if (inside) insideWrites++;
      }
      if (died === 0) continue;
      const last = await live(built, folder, {});
      const found = last.code === 0 ? outcomeOf(folder) : { failed: last.output };
      const same = isDeepStrictEqual(found, expected);
      if (same) passed += died;
      else {
        failed += died;
        differences.push(
          `run ${run}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`,
        );
      }
      tell(`run ${run}: killed ${died} times, ${same ? "bit-identical" : "DIFFERENT"}`);
      rmSync(folder, { recursive: true });
    }
    return { passed, failed, insideWrites, differences };
  } finally {
    rmSync(built, { recursive: true });
  }
}

/** One process: the training from its start, or from where the last one left it. */
function live(
  built: string,
  folder: string,
  plan: { readonly call?: number; readonly after?: number },
): Promise<Life> {
  mkdirSync(folder, { recursive: true });
  const begun = performance.now();
  const args = existsSync(join(folder, "config.json"))
    ? ["resume", folder]
    : [...TRAIN.split(" "), "--out", folder];
  const preload =
    plan.call === undefined ? [] : ["--import", join(built, "dist", "kill-inside-write.js")];
  const child = spawn(process.execPath, [...preload, join(built, "dist", "main.js"), ...args], {
    env: { ...process.env, SPM_KILL_AT_CALL: String(plan.call ?? 0) },
  });
  const timer =
    plan.after === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), plan.after);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({
        code,
        killed: signal === "SIGKILL",
        milliseconds: performance.now() - begun,
        output,
      });
    });
  });
}
