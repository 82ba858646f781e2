/**
 * @file Runs an experiment and writes its run folder: `config.json`, `results.json`, pictures,
 * `report.html`.
 */
import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { currentBackend } from "@spm/core";
import { assertFresh, machine, makeFolder, writeAtomically } from "@spm/trainer/node";
import type { Experiment, Findings, Settings } from "./experiment.ts";
import { findingsPage } from "./findings-page.ts";
import { refuse, tuneOf } from "./settings.ts";

/** Options of running an experiment. */
export interface ExperimentRun {
  /** Settings that differ from the defaults. */
  readonly settings?: Settings;
  readonly quick?: boolean;
  /** Whether every row's rate is chosen by a sweep. @throws ValueError where there is none */
  readonly tune?: boolean;
  /** The seed of all random numbers. */
  readonly seed: number;
  /** The run folder: new or empty. */
  readonly out: string;
  /** The command line that repeats it. */
  readonly command: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Runs it on the current backend and writes the run folder.
 *
 * @returns the findings and the report's path
 * @throws RunError when the folder is not empty, ValueError for settings that it does not have
 */
export async function runExperiment(
  experiment: Experiment,
  {
    settings: given = {},
    quick = false,
    tune = false,
    seed,
    out,
    command,
    signal,
    log,
  }: ExperimentRun,
): Promise<{ readonly findings: Findings; readonly report: string }> {
  assertFresh(out);
  refuse(experiment, given);
  const settings = {
    ...experiment.settings,
    ...(tune ? tuneOf(experiment) : {}),
    ...(quick ? experiment.quick : {}),
    ...given,
  } as Settings;
  makeFolder(out); // a folder that can't be written fails before the work
  const started = new Date();
  const findings = await experiment.run({ settings, seed, signal, log }).catch((error: unknown) => {
    rmdirSync(out); // still empty
    throw error;
  });
  const config = {
    experiment: experiment.name,
    question: experiment.question,
    command,
    settings: { seed, ...settings },
    backend: currentBackend().report().name,
    started: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    machine: machine(),
  };
  const write = (name: string, text: string | Uint8Array): string => {
    writeAtomically(join(out, name), text);
    return join(out, name);
  };
  write("config.json", `${JSON.stringify(config, null, 2)}\n`);
  write("results.json", `${JSON.stringify(findings.results, null, 2)}\n`);
  for (const { figure } of findings.sections) if (figure) write(`${figure.name}.svg`, figure.svg);
  for (const { name, bytes } of findings.files ?? []) write(name, bytes);
  const facts = {
    Settings: { ...config.settings, backend: config.backend, seconds: config.seconds },
    Machine: { ...config.machine, memory: `${config.machine.memory} GiB` },
  };
  return { findings, report: write("report.html", findingsPage({ ...config, facts }, findings)) };
}
