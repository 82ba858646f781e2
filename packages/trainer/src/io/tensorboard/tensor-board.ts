/** @file A callback that writes measurements as a TensorBoard event file. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { RunError } from "../../errors.ts";
import type { Callback, MetricsEvent } from "../../hooks.ts";
import { orRefuse } from "../file-error.ts";
import { writeWhole } from "../pieces.ts";
import { scalarEvent, versionEvent } from "./event.ts";
import { tfRecord } from "./tf-record.ts";

/** TensorBoard reads every file whose name contains `tfevents`. */
const EVENTS = "events.out.tfevents.spm";

/**
 * The path of the event file in a folder.
 * @example
 * ```ts
 * import { tensorBoardFile } from "@spm/trainer/node";
 * tensorBoardFile("runs/example"); // "runs/example/events.out.tfevents.spm"
 * ```
 */
export const tensorBoardFile = (folder: string): string => join(folder, EVENTS);

/** Options of {@link tensorBoard}. */
export interface TensorBoardOptions {
  /**
   * Returns the time of an event, in seconds since 1970.
   * @defaultValue the clock
   */
  readonly now?: () => number;
}

const names: OptionNames<TensorBoardOptions> = { now: true };

/**
 * A callback that writes `train/…` and the learning rate at each log, `test/…` at each evaluation,
 * for `tensorboard --logdir FOLDER`. A resumed training continues the file, cut to its length at
 * the checkpoint; a shorter file is renamed to `….damaged`, with a warning of Node's.
 *
 * @param folder - an existing folder
 * @throws RunError, before the first step, for the events of another training; when the file can't
 * be written, ending the training; OptionError for an unknown option
 * @example
 * ```ts
 * import { tensorBoard } from "@spm/trainer/node";
 * const callbacks = [tensorBoard("runs/example")];
 * ```
 */
export function tensorBoard(folder: string, options: TensorBoardOptions = {}): Callback {
  checkOptions("tensorBoard", options, names);
  const { now = (): number => Date.now() / 1000 } = options;
  const path = tensorBoardFile(folder);
  let file: number | undefined;
  let restored = false;
  const doing = <T>(act: () => T): T =>
    orRefuse(act, (reason) => new RunError("tensorBoard", `to write ${path}`, reason));
  const open = (): number => {
    file ??= openSync(path, "a");
    return file;
  };
  const write = (event: Uint8Array): void => doing(() => writeWhole(open(), tfRecord(event)));
  const scalars = (split: string, { step, metrics, learningRate }: MetricsEvent): void => {
    const named = Object.entries(metrics).map(([name, value]) => [`${split}/${name}`, value]);
    write(
      scalarEvent(now(), step, {
        ...Object.fromEntries(named),
        ...(split === "train" && { learningRate }),
      }),
    );
  };
  return {
    name: "tensorBoard",
    observes: true,
    state: () =>
      doing(() => {
        fsyncSync(open());
        return fstatSync(open()).size;
      }),
    restore: (size) =>
      doing(() => {
        restored = true;
        const length = checkedLength(size);
        if (fstatSync(open()).size >= length) return ftruncateSync(open(), length);
        closeSync(open());
        file = undefined;
        renameSync(path, `${path}.damaged`);
        process.emitWarning(
          `${path} is shorter than it was: it begins anew; what was left is in ${path}.damaged`,
        );
      }),
    onStart({ step }) {
      const { size } = doing(() => fstatSync(open()));
      if (step === 0 && !restored && size > 0) throw occupied(path);
      restored = false;
      if (size === 0) write(versionEvent(now()));
    },
    onLog: (event) => scalars("train", event),
    onEvaluate: (event) => scalars("test", event),
    onEnd() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** The length of the file at the checkpoint. @throws RunError for what is none */
function checkedLength(size: unknown): number {
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
  throw new RunError("tensorBoard", "the length of its file in the checkpoint", size);
}

const occupied = (path: string): RunError =>
  new RunError(
    "tensorBoard",
    "a folder without events for a training that begins",
    path,
    "choose another folder",
  );
