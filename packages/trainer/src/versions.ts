/** @file What a checkpoint was written by. */
import { readFileSync } from "node:fs";

/**
 * The versions of this package and of Node. The manifest is looked for one folder up, where that of
 * a bundle in `dist/` lies, too.
 */
export function versions(): Record<string, string> {
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return { "@spm/trainer": own.version, node: process.versions.node };
}
