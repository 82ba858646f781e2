/** @file Writes what training measures as TensorBoard event files. */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Callback, MetricsEvent } from "../../hooks.ts";
import { scalarEvent, versionEvent } from "./event.ts";
import { tfRecord } from "./tf-record.ts";

/** TensorBoard takes every file whose name contains `tfevents`. */
const NAME = "events.out.tfevents.spm";

/**
 * A callback that writes `train/…` at each log and `test/…` at each evaluation, and the learning
 * rate; look at it with `tensorboard --logdir FOLDER`. A resumed training goes on in the same file,
 * cut to where its checkpoint was; a file that has lost something since is set aside as
 * `….damaged`, with a warning of Node's.
 *
 * @param folder - where the file goes; it must be there
 * @param now - seconds since 1970; the clock unless said
 * @throws Node's error, ending the training, when the file cannot be written
 * @example
 * ```ts
 * import { tensorBoard } from "@spm/trainer/node";
 * const callbacks = [tensorBoard("runs/example")];
 * ```
 */
export function tensorBoard(folder: string, now: () => number = () => Date.now() / 1000): Callback {
  const path = join(folder, NAME);
  let file: number | undefined;
  const open = (): number => {
    file ??= openSync(path, "a");
    return file;
  };
  const write = (event: Uint8Array): void => void writeSync(open(), tfRecord(event));
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
    state() {
      fsyncSync(open());
      return fstatSync(open()).size;
    },
    restore(size) {
      if (fstatSync(open()).size >= (size as number)) return ftruncateSync(open(), size as number);
      closeSync(open());
      file = undefined;
      renameSync(path, `${path}.damaged`);
      process.emitWarning(
        `${path} is shorter than it was: it begins anew; what was left of it is in ${path}.damaged`,
      );
    },
    onStart({ step }) {
      if (step === 0) ftruncateSync(open(), 0);
      if (fstatSync(open()).size === 0) write(versionEvent(now()));
    },
    onLog: (event) => scalars("train", event),
    onEvaluate: (event) => scalars("test", event),
    onEnd() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
