/** @file The results of earlier runs, read from their folders: jobs run apart make one report. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ValueError } from "@spm/core/extend";

/**
 * `results.json` of all run folders of an experiment in a folder, by their names.
 * @throws ValueError where there are none, or a file of theirs is no JSON
 */
export function earlierRuns<Results>(folder: string, experiment: string): Results[] {
  const isFolder = (path: string): boolean =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const names = isFolder(folder) ? readdirSync(folder).sort() : [];
  const runs = names.filter((name) => isFolder(join(folder, name)));
  const found = runs.flatMap((name) => {
    const config = readJson(join(folder, name, "config.json")) as { experiment?: string } | null;
    if (config?.experiment !== experiment) return [];
    const results = readJson(join(folder, name, "results.json")) as Results | null;
    return results ? [results] : [];
  });
  if (found.length > 0) return found;
  throw new ValueError("experiment", `a folder with runs of ${experiment}`, `"${folder}"`);
}

/** The contents of a file, null where there is none. */
function readJson(path: string): unknown {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return null;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new ValueError("experiment", "JSON, whole", `"${path}"`);
  }
}
