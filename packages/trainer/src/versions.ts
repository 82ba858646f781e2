/** @file The versions that wrote a checkpoint. */
import { readFileSync } from "node:fs";

/**
 * The versions of this package and of Node, as a checkpoint has them. The manifest is one folder
 * up, from `dist/`, too.
 * @example
 * ```ts
 * import { versions } from "@spm/trainer/node";
 * versions().node; // e.g. "20.20.2"
 * ```
 */
export function versions(): Record<string, string> {
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return { "@spm/trainer": own.version, node: process.versions.node };
}
