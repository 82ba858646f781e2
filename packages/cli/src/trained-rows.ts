/** @file The rows and images that a model was trained on, told from others. */
import { realpathSync } from "node:fs";
import { SpmError } from "@spm/core";
import { isSystemError } from "@spm/trainer/node";
import type { Registries } from "./registries.ts";
import { contextOf } from "./saved-config.ts";
import type { SavedConfig } from "./saved-task.ts";
import { loadData } from "./task.ts";

/** A row as texts by column, or the file of an image. */
export type SampleCells = Readonly<Record<string, string>>;

/**
 * Whether a row was one of those of a training: of a table by the values that the model learned
 * from and the target, of images by the file.
 *
 * Cost: reads the data of the training again.
 *
 * @returns undefined where its file or folder is gone, or another than it was
 */
export async function trainedRows(
  config: SavedConfig,
  registries: Registries,
): Promise<((cells: SampleCells) => boolean) | undefined> {
  const { rows, train } = (await dataOf(config, registries)) ?? {};
  const digest = config.digests?.train ?? null;
  if (rows === undefined || digest === null || train?.digest?.() !== digest) return undefined;
  const keyOf = config.encoding?.kind === "images" ? placeOf : textOf;
  const known = new Set(Array.from({ length: train.length }, (_, i) => keyOf(rows.train(i))));
  return (cells) => known.has(keyOf(cells));
}

/** The data of a training; undefined where it can't be read any more. */
async function dataOf(config: SavedConfig, registries: Registries) {
  try {
    return await loadData(config.options, registries, contextOf(config));
  } catch (error) {
    if (error instanceof SpmError || isSystemError(error)) return undefined;
    throw error;
  }
}

const placeOf = ({ file = "" }: SampleCells): string => realpathSync(file);

/** The same for the same values, whatever the order of the columns. */
const textOf = (cells: SampleCells): string =>
  JSON.stringify(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1)));
