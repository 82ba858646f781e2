/**
 * @file `spm sweep`: many trainings, each in a process of its own; finished ones are skipped.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type RunSummary, summarize } from "@spm/report";
import { type ProgressStream, RunError } from "@spm/trainer";
import { formatPercent, formatSeconds } from "@spm/trainer/format";
import { assertFolder, readRun, reasonOf, writeAtomically } from "@spm/trainer/node";
import { begunIn } from "./callers-folder.ts";
import type { Trial } from "./sweep-plan.ts";
import { textTable } from "./text-table.ts";

/** The folder and the setting of a sweep. */
export interface SweepRun {
  /** One folder a trial is made in it. */
  readonly out: string;
  /** Trials at a time. */
  readonly jobs: number;
  readonly stdout: ProgressStream;
  readonly signal: AbortSignal;
}

/** The exit codes of a trial that a signal ended, which a closed terminal sends to all. */
const interruptions: readonly (number | null)[] = [129, 130, 143];

type TrialState = "finished" | "failed" | "interrupted";

/**
 * Runs the trials that are not finished, `jobs` at a time, and prints a table of all, best loss
 * first.
 *
 * In the folder of an earlier sweep with the same trials it continues that one: unfinished trials
 * resume from their checkpoints.
 *
 * @returns how many failed; the signal ends trials after their checkpoints
 * @throws RunError for a folder that holds another sweep
 */
export async function sweep(
  trials: readonly Trial[],
  { out, jobs, stdout, signal }: SweepRun,
): Promise<number> {
  openSweep(trials, out);
  const states = new Map<Trial, TrialState>();
  const waiting = [...trials];
  const worker = async (): Promise<void> => {
    for (
      let trial = waiting.shift();
      trial !== undefined && !signal.aborted;
      trial = waiting.shift()
    ) {
      const folder = join(out, trial.name);
      const state = isFinished(folder) ? "finished" : await runTrial(trial, out, signal);
      states.set(trial, state);
      stdout.write(`${trial.name}  ${describe(trial)}  ${state}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, trials.length) }, worker));
  stdout.write(`\n${table(trials, states, out)}\n`);
  return [...states.values()].filter((state) => state === "failed").length;
}

/** Writes the setting of a sweep, or checks that it equals the one in the folder. */
function openSweep(trials: readonly Trial[], out: string): void {
  assertFolder(out);
  mkdirSync(out, { recursive: true });
  const path = join(out, "sweep.json");
  const plan = JSON.parse(JSON.stringify(trials)) as unknown;
  if (!existsSync(path)) writeAtomically(path, `${JSON.stringify(plan, null, 2)}\n`);
  else if (!isDeepStrictEqual(planIn(path), plan))
    throw new RunError(
      "sweep",
      "the same trials as before",
      `others, in ${out}`,
      "choose another folder with --out",
    );
}

function planIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new RunError("sweep", `the trials of a sweep in ${path}`, reasonOf(error));
  }
}

/** One process of this very command; its output goes to a file beside its folder. */
async function runTrial(
  { name, options }: Trial,
  out: string,
  signal: AbortSignal,
): Promise<TrialState> {
  const folder = join(out, name);
  const config = `${folder}.json`;
  writeFileSync(config, `${JSON.stringify(options, null, 2)}\n`);
  const args = existsSync(join(folder, "config.json"))
    ? ["resume", folder]
    : ["train", "--config", config, "--out", folder];
  const [script = ""] = process.argv.slice(1);
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    cwd: begunIn, // from where it finds Node's imports; it goes to the caller's folder by itself
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk));
  const interrupt = (): void => void child.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return code === 0 ? "finished" : interruptions.includes(code) ? "interrupted" : "failed";
  } finally {
    signal.removeEventListener("abort", interrupt);
    writeFileSync(`${folder}.log`, output);
  }
}

/**
 * Whether a trial has finished, at its last step or by early stopping: its outcome is on disk.
 */
const isFinished = (folder: string): boolean => existsSync(join(folder, "outcome.json"));

const describe = ({ varied }: Trial): string =>
  Object.entries(varied)
    .map(([name, value]) => `${name} ${value}`)
    .join("  ");

function table(
  trials: readonly Trial[],
  states: ReadonlyMap<Trial, TrialState>,
  out: string,
): string {
  const names = Object.keys(trials[0]?.varied ?? {});
  const rows = trials.map((trial) => {
    const folder = join(out, trial.name);
    const row = existsSync(join(folder, "config.json")) ? summarize(readRun(folder))[0] : undefined;
    return { trial, row, loss: row?.loss ?? Number.POSITIVE_INFINITY };
  });
  rows.sort((a, b) => a.loss - b.loss || (a.trial.name < b.trial.name ? -1 : 1));
  const regression = rows.some(({ row }) => (row?.r2 ?? null) !== null);
  const score = (row: RunSummary | undefined): string =>
    regression ? (row?.r2?.toFixed(4) ?? "–") : formatPercent(row?.accuracy ?? null);
  return textTable(
    [
      "trial",
      ...names,
      "test loss",
      regression ? "test R²" : "test accuracy",
      "total seconds",
      "state",
    ],
    rows.map(({ trial, row }) => [
      trial.name,
      ...names.map((name) => String(trial.varied[name])),
      row?.loss?.toFixed(4) ?? "–",
      score(row),
      formatSeconds(row?.totalSeconds ?? null),
      states.get(trial) ?? "not begun",
    ]),
  );
}
