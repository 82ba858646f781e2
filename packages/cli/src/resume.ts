/** @file `spm resume`: goes on with a training, and says what is not as it was. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type ProgressStream, RunError } from "@spm/trainer";
import {
  type Checkpoint,
  latestCheckpoint,
  type RunChange,
  RunWriter,
  readRunConfig,
  setAside,
  tensorBoardFile,
  versions,
} from "@spm/trainer/node";
import { useBackend } from "./backend.ts";
import { reading } from "./reading.ts";
import type { Registries } from "./registries.ts";
import { configAsSaved, contextOf } from "./saved-config.ts";
import { assertFits } from "./saved-model.ts";
import type { SavedConfig } from "./saved-task.ts";
import { loadData } from "./task.ts";
import { checkpointsIn, runTask, type TrainingParts, taskOf } from "./train.ts";
import { type Given, resolveTraining } from "./train-config.ts";
import { trainOptions } from "./train-options.ts";

/** Changes that a resumption is asked for. */
export interface Asked {
  /** Options that get other values. */
  readonly set: Given;
  /** Whether all else may have changed, too. */
  readonly allowChanged: boolean;
}

/**
 * Resumes the training in a folder from its newest whole checkpoint. The folder is locked before
 * anything in it is read.
 *
 * @returns whether it was interrupted.
 * @throws RunError for a folder that is not a run to resume, that another process writes to, or
 * whose options, samples or versions are not those of the checkpoint; ValueError for an option out
 * of range; CheckpointError, NonFiniteError, DataError, Node's errors
 */
export async function resume(folder: string, asked: Asked, parts: TrainingParts): Promise<boolean> {
  const { registries } = parts.caller;
  const writer = new RunWriter(folder);
  try {
    const config = readRunConfig(folder);
    assertKept(config.options, asked.set, parts.caller.command);
    const given = { ...withoutOldSchedule(config.options, asked.set, registries), ...asked.set };
    const options = resolveTraining({}, given, registries, join(folder, "config.json"));
    await useBackend(options.backend, options.threads);
    const found = checkpointToResume(folder, parts.stdout);
    const saved = found === undefined ? {} : contextOf(configAsSaved(found.path, found));
    const context = { ...reading(parts.stdout), ...saved };
    const task = taskOf(options, await loadData(options, registries, context), registries);
    if (found !== undefined) assertFits(found.path, found.values, task.model, options.layer);
    const changed = found === undefined ? [] : changesSince(found, found.path, task.saved);
    const agreed = agreedTo(changed, config.changes ?? [], asked, registries);
    for (const change of changed) parts.stdout.write(`changed: ${shown(change)}\n`);
    if (found === undefined) {
      for (const line of writer.truncate()) parts.stdout.write(`warning: ${line}\n`);
      rmSync(tensorBoardFile(folder), { force: true });
    }
    // once the checkpoint is restored: what doesn't fit it has thrown then
    const onStart = (): void => {
      if ((found?.progress.loader.epoch ?? 0) < options.epochs)
        rmSync(join(folder, "outcome.json"), { force: true });
      if (agreed.length > 0 || Object.keys(asked.set).length > 0)
        writer.configure({
          ...config,
          epochs: options.epochs,
          stepsPerEpoch: task.stepsPerEpoch,
          options: { ...options },
          changes: [...(config.changes ?? []), ...agreed],
        });
    };
    return await runTask(task, writer, parts, { onStart, ...(found && { checkpoint: found }) });
  } finally {
    writer.close();
  }
}

/** The options that the data, the model and the state of its optimizer follow from. */
const KEPT = [
  ...["dataset", "target", "task", "context"],
  ...["layer", "hidden", "depth", "optimizer"],
];

/** @throws RunError for another value of an option that a run keeps */
function assertKept(options: Given, set: Given, command: string): void {
  const name = KEPT.find((name) => name in set && !isDeepStrictEqual(set[name], options[name]));
  if (name === undefined) return;
  throw new RunError(
    "resume",
    `${name} ${options[name] ?? "as in training"}, which a run keeps`,
    `--set ${name}=${set[name]}`,
    `a run keeps its data, its layers and its optimizer; ${command} train begins another`,
  );
}

/** Whether an option is one of schedules, so that it changes with the schedule. */
const isOfSchedule = (name: string, registries: Registries): boolean =>
  trainOptions(registries)[name]?.of?.choice === "schedule";

/** The options of a run, of which another schedule takes its own ones along. */
const withoutOldSchedule = (options: Given, set: Given, registries: Registries): Given =>
  Object.fromEntries(
    Object.entries(options).filter(
      ([name]) => set.schedule === undefined || !isOfSchedule(name, registries),
    ),
  );

/** The last checkpoint that is whole, and a line about it and each that is damaged. */
function checkpointToResume(folder: string, stdout: ProgressStream) {
  const found = latestCheckpoint(checkpointsIn(folder));
  setAside(found?.damaged ?? []);
  for (const { path, reason } of found?.damaged ?? [])
    stdout.write(`set aside ${path}.damaged: ${reason}\n`);
  stdout.write(found ? `resuming ${found.path}\n` : `no checkpoint in ${folder}: starting over\n`);
  return found;
}

/** The differences from the checkpoint: options, samples, versions. */
function changesSince(checkpoint: Checkpoint, path: string, now: SavedConfig): RunChange[] {
  const before = configAsSaved(path, checkpoint);
  const facts = (saved: SavedConfig, by: Readonly<Record<string, string>>): Given => ({
    ...saved.options,
    "digest of the training samples": saved.digests?.train,
    "digest of the test samples": saved.digests?.test,
    ...by,
  });
  const [from, to] = [facts(before, checkpoint.versions), facts(now, versions())];
  return Object.keys({ ...from, ...to })
    .filter((name) => !isDeepStrictEqual(from[name], to[name]))
    .map((name) => ({
      step: checkpoint.progress.step,
      name,
      from: (from[name] ?? null) as RunChange["from"],
      to: (to[name] ?? null) as RunChange["to"],
    }));
}

/**
 * The changes that are asked for now, and not by an earlier resume.
 * @param before - those of earlier resumes
 * @throws RunError when there are others
 */
function agreedTo(
  changes: readonly RunChange[],
  before: readonly RunChange[],
  { set, allowChanged }: Asked,
  registries: Registries,
): RunChange[] {
  const unknown = changes.filter(({ name, from, to }) => {
    const reached = before
      .filter((change) => change.name === name)
      .reduce((value, change) => (isDeepStrictEqual(value, change.from) ? change.to : value), from);
    return !isDeepStrictEqual(reached, to);
  });
  const asked = (name: string): boolean =>
    Object.hasOwn(set, name) || (set.schedule !== undefined && isOfSchedule(name, registries));
  const refused = unknown.filter(({ name }) => !allowChanged && !asked(name));
  if (refused.length > 0)
    throw new RunError(
      "resume",
      "options, samples and versions as in the checkpoint",
      refused.map(shown).join(", "),
      "put them back; or ask for an option with --set epochs=40, for all with --allow-changed",
    );
  return unknown;
}

/** A checkpoint of somebody may have anything for a value. */
const shown = ({ name, from, to }: RunChange): string => {
  const text = (value: unknown): string =>
    typeof value === "object" ? (value === null ? "none" : JSON.stringify(value)) : String(value);
  return `${name} ${text(from)} → ${text(to)}`;
};
