/** @file Checks every golden file of a folder. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { judge, type Verdict } from "./case.ts";
import { casesOf } from "./golden-file.ts";
import type { Precision } from "./golden-tensor.ts";
import { asObject, MalformedError, readJson } from "./python-json.ts";

/** A file and what its cases came to. */
export interface CheckedFile {
  readonly file: string;
  readonly verdicts: readonly Verdict[];
}

/**
 * Runs every case of every `*.json`, on the reference backend.
 * @throws MalformedError, SystemError
 */
export async function checkFolder(
  folder: string,
  precision: Precision = "float64",
): Promise<CheckedFile[]> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  if (files.length === 0)
    throw new MalformedError(folder, "at least one .json file", readdirSync(folder));
  const checked: CheckedFile[] = [];
  for (const file of files) {
    const path = join(folder, file);
    const cases = casesOf(asObject(readJson(path), file), file, path);
    const verdicts = await Promise.all(cases.map((item) => judge(item, precision)));
    checked.push({ file, verdicts });
  }
  return checked;
}
