/** @file The name of a run folder when none is given. */
import { basename } from "node:path";

/**
 * A folder under `runs/`, named by the dataset and the local date and time:
 * runs/mnist-20260102-030405.
 */
export function runName(dataset: string, date: Date = new Date()): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return (
    `runs/${dataset}-${day}-${two(date.getHours())}` +
    `${two(date.getMinutes())}${two(date.getSeconds())}`
  );
}

/** The name of a training's data: that of the file or folder where it is one's own. */
export function nameOf(options: Readonly<Record<string, unknown>>): string {
  const { dataset, file, folder } = options;
  const path = dataset === "table" ? file : dataset === "images" ? folder : undefined;
  return path === undefined ? String(dataset) : basename(String(path)).replace(/\.\w+$/, "");
}
