/** @file The measurements of earlier runs, read from their folders. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ValueError } from "@spm/core/extend";
import type { Cell } from "./findings.ts";

/**
 * The cells of all run folders of this experiment in a folder, by their names.
 * @throws ValueError where there are none
 */
export function readCells(folder: string): Cell[] {
  const cells = (existsSync(folder) ? readdirSync(folder) : []).sort().flatMap((name): Cell[] => {
    const read = (file: string): unknown =>
      existsSync(join(folder, name, file))
        ? JSON.parse(readFileSync(join(folder, name, file), "utf8"))
        : null;
    const config = read("config.json") as { experiment?: string } | null;
    const results = read("results.json") as { cells?: Cell[] } | null;
    return config?.experiment === "adaptive" ? (results?.cells ?? []) : [];
  });
  if (cells.length === 0)
    throw new ValueError("experiment", "a folder with runs of adaptive", `"${folder}"`);
  return cells;
}
