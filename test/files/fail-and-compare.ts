/**
 * @file A process that trains, with a call of the file system that fails, goes on, and compares
 * what it comes to with a training in which nothing failed. Prints one line of JSON.
 *
 * `node … fail-and-compare.ts EVERY`: each EVERY-th call of each kind.
 */

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { SpmError } from "@spm/core";
import { writeReport } from "@spm/report";
import { latestCheckpoint, readRun, verifyCheckpoint } from "@spm/trainer/node";
import { spmItself } from "../../packages/cli/src/caller.ts";
import { ours } from "../../packages/cli/src/registries.ts";
import { resume } from "../../packages/cli/src/resume.ts";
import { train } from "../../packages/cli/src/train.ts";
import { resolveTraining } from "../../packages/cli/src/train-config.ts";
import { outcomeOf } from "../resume/outcome.ts";
import { arm, hasFired, type Kind, type Plan } from "./failing-fs.ts";

const options = {
  ...{ dataset: "clusters", samples: 120, testSamples: 40, batchSize: 20, epochs: 2, hidden: 6 },
  ...{ depth: 1, average: 0.9, logEvery: 2, checkpointSteps: 3, tensorboard: true },
  backend: "reference",
};
const parent = mkdtempSync(join(tmpdir(), "spm-failing-"));

/** Trains anew, or goes on; `lines` after which it is interrupted. */
async function run(folder: string, lines = Number.POSITIVE_INFINITY): Promise<void> {
  const stop = new AbortController();
  let written = 0;
  const stdout = { write: () => (++written >= lines ? stop.abort() : undefined) };
  const parts = { stdout, signal: stop.signal, caller: spmItself };
  if (existsSync(join(folder, "config.json")))
    await resume(folder, { set: {}, allowChanged: false }, parts);
  else await train(resolveTraining({}, options as never, ours), folder, parts);
}

/** What a run comes to: bytes that the seed determines, and how long the event file is. */
const outcome = (folder: string): object => ({
  ...outcomeOf(folder),
  events: readFileSync(join(folder, "events.out.tfevents.spm")).length,
});

/** What is wrong with the files that a failed run left: nothing may say what isn't so. */
function lies(folder: string, old: string | undefined): string[] {
  if (!existsSync(folder)) return [];
  const found: string[] = [];
  const checked = (what: string, f: () => unknown): void => {
    try {
      f();
    } catch (error) {
      found.push(`${what}: ${error}`);
    }
  };
  const inside = join(folder, "checkpoints");
  for (const name of existsSync(inside) ? readdirSync(inside) : [])
    if (name.endsWith(".safetensors")) checked(name, () => verifyCheckpoint(join(inside, name)));
  checked("latest", () => latestCheckpoint(inside));
  if (existsSync(join(folder, "config.json"))) checked("records", () => readRun(folder));
  const outcomePath = join(folder, "outcome.json");
  if (existsSync(outcomePath))
    checked("outcome", () => JSON.parse(readFileSync(outcomePath, "utf8")));
  const page = join(folder, "report.html");
  const text = existsSync(page) ? readFileSync(page, "utf8") : undefined;
  if (text !== undefined && text !== old && !text.endsWith("</html>\n")) found.push("half a page");
  for (const name of readdirSync(folder, { recursive: true }) as string[])
    if (name.endsWith(".part")) found.push(`${name} is left`);
  return found;
}

interface Report {
  /** Runs in which a call failed. */
  attempts: number;
  /** Of these, the runs that ended in an error. */
  refused: number;
  readonly faults: string[];
}

const reference = join(parent, "reference");
await run(reference);
writeReport(reference);
const expected = outcome(reference);
const half = join(parent, "half");
await run(half, 5);
const halfway = latestCheckpoint(join(half, "checkpoints"))?.progress.step ?? 0;

const codes = ["ENOSPC", "EIO", "EROFS"] as const;
const every = Number(process.argv[2] ?? 1);
const kinds: readonly Kind[] = [
  ...(["write", "short write", "sync", "rename", "open", "read", "short read"] as const),
];

/** One run that meets the plan, and one that goes on. @returns false where the call never came */
async function attempt(plan: Plan, resumes: boolean, report: Report): Promise<boolean> {
  const { folder, kind, code, n } = plan;
  const told = `${kind} ${n} ${code}${resumes ? " of a resume" : ""}`;
  if (resumes) cpSync(half, folder, { recursive: true });
  const short = kind.startsWith("short");
  arm(plan);
  let failed = false;
  try {
    await run(folder);
    writeReport(folder);
  } catch (error) {
    failed = true;
    const system = error instanceof Error && "syscall" in error;
    if (!(error instanceof SpmError) && !system)
      report.faults.push(`${told}: ${error instanceof Error ? error.stack : error}`);
  }
  const came = hasFired();
  arm(undefined);
  if (came) {
    report.attempts++;
    if (failed) report.refused++;
    if (failed && short) report.faults.push(`${told}: a short call is no error`);
    for (const lie of lies(folder, undefined)) report.faults.push(`${told}: ${lie}`);
    if (failed) {
      await run(folder);
      writeReport(folder);
    }
    const found = outcome(folder);
    if (!isDeepStrictEqual(found, expected))
      report.faults.push(
        `${told}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`,
      );
  }
  rmSync(folder, { recursive: true, force: true });
  return came;
}

const report: Report = { attempts: 0, refused: 0, faults: [] };
for (const resumes of [false, true])
  for (const [k, kind] of kinds.entries())
    for (const [c, code] of codes.entries()) {
      const once = kind.startsWith("short") || every > 1;
      if (once && c > 0) continue;
      const chosen = once ? codes[k % codes.length]! : code;
      for (let n = 1; ; n += every) {
        const folder = join(parent, `run-${kind.replace(" ", "-")}-${n}`);
        try {
          if (!(await attempt({ kind, code: chosen, n, folder }, resumes, report))) break;
        } catch (error) {
          arm(undefined);
          report.faults.push(`${kind} ${n} ${chosen}: ${(error as Error).stack}`);
          rmSync(folder, { recursive: true, force: true });
        }
      }
    }
rmSync(parent, { recursive: true });
console.log(JSON.stringify({ ...report, halfway, steps: 12 }));
