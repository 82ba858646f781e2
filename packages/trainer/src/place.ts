/** @file The place of a training in its batches, and where the last `fit` of a model left off. */
import { ValueError } from "@spm/core/extend";
import { Batches, type DataLoader } from "@spm/data";
import type { TrainingPosition } from "./hooks.ts";
import { RunningMeans } from "./measurement.ts";
import type { Progress } from "./training-state.ts";

/** A place to train on from. */
export interface TrainingPlace<Batch> {
  batches: Batches<Batch>;
  /** Measurements since the last log. */
  readonly window: RunningMeans;
  /** Whether a due evaluation was cut short. */
  unevaluated: boolean;
}

const left = new WeakMap<object, WeakMap<object, TrainingPlace<unknown>>>();

/** A place in steps of `accumulate` batches. */
export function stepsOf(
  { batches: { epoch, position, batchesPerEpoch } }: TrainingPlace<unknown>,
  { accumulate = 1, epochs }: { readonly accumulate?: number; readonly epochs: number },
): Omit<TrainingPosition, "seconds" | "elapsed"> {
  const anEpoch = Math.ceil(batchesPerEpoch / accumulate);
  const step = epoch * anEpoch + Math.ceil(position / accumulate);
  return { step, steps: epochs * anEpoch, epoch: Math.max(1, Math.ceil(step / anEpoch)), epochs };
}

/** Moves a place to a batch of an epoch, which may be the one after its last. */
export function moveTo<Batch>(
  place: TrainingPlace<Batch>,
  loader: DataLoader<Batch>,
  epoch: number,
  position: number,
): void {
  const ends = position === loader.batchesPerEpoch;
  const to = ends ? { epoch: epoch + 1, position: 0 } : { epoch, position };
  place.batches = new Batches(loader, to);
}

/**
 * The place where a model goes on: where its last `fit` on this loader ended, or else the start.
 *
 * @throws ValueError when that `fit` took all epochs already
 */
export function placeOf<Batch>(
  model: unknown,
  loader: DataLoader<Batch>,
  epochs: number,
): TrainingPlace<Batch> {
  const before = isObject(model) ? left.get(loader)?.get(model) : undefined;
  if (before === undefined)
    return { batches: loader.batches(), window: new RunningMeans(), unevaluated: false };
  const { epoch } = before.batches;
  if (epoch >= epochs && epochs > 0 && !before.unevaluated)
    throw new ValueError(
      "fit",
      `more epochs than the ${epoch} that this model has taken from this loader`,
      epochs,
      `\`epochs\` counts all: epochs: ${epoch + epochs} takes ${epochs} more; ` +
        "another DataLoader begins anew",
    );
  return before as TrainingPlace<Batch>;
}

/** Remembers a place, for the next `fit` of the model on the loader. */
export function leave<Batch>(
  model: unknown,
  loader: DataLoader<Batch>,
  place: TrainingPlace<Batch>,
): void {
  if (!isObject(model)) return;
  const places = left.get(loader) ?? new WeakMap<object, TrainingPlace<unknown>>();
  left.set(loader, places.set(model, place as TrainingPlace<unknown>));
}

/**
 * The place of a saved training.
 *
 * @param allowChanged - whether the loader may have other batches
 * @throws ValueError for a loader with other batches, or a place beyond all epochs
 */
export function savedPlace<Batch>(
  { loader: saved, window, unevaluated }: Progress,
  loader: DataLoader<Batch>,
  { epochs, allowChanged = false }: { epochs: number; allowChanged?: boolean },
): TrainingPlace<Batch> {
  if (saved.epoch > epochs)
    throw new ValueError(
      "fit",
      `at least the ${saved.epoch} epochs that the saved training has taken`,
      epochs,
    );
  const { settings } = loader;
  const same =
    saved.order.samples === settings.samples &&
    saved.order.batchSize === settings.batchSize &&
    saved.order.dropLast === settings.dropLast;
  const batches = allowChanged
    ? new Batches(loader, { epoch: saved.epoch, position: same ? saved.position : 0 })
    : loader.batches(saved);
  const means = new RunningMeans();
  for (const reading of window) means.add(reading);
  return { batches, window: means, unevaluated };
}

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";
