/** @file The results of earlier runs, read from their folders: jobs run apart make one report. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ValueError } from "@spm/core/extend";

/**
 * `results.json` of all run folders of an experiment in a folder, by their names.
 * @throws ValueError where there are none
 */
export function earlierRuns<Results>(folder: string, experiment: string): Results[] {
  const found = (existsSync(folder) ? readdirSync(folder) : []).sort().flatMap((name) => {
    const read = (file: string): unknown =>
      existsSync(join(folder, name, file))
        ? JSON.parse(readFileSync(join(folder, name, file), "utf8"))
        : null;
    const config = read("config.json") as { experiment?: string } | null;
    const results = read("results.json") as Results | null;
    return config?.experiment === experiment && results ? [results] : [];
  });
  if (found.length > 0) return found;
  throw new ValueError("experiment", `a folder with runs of ${experiment}`, `"${folder}"`);
}
