/** @file The program of a run, for its report: the git commit, the versions. */
import { execFileSync } from "node:child_process";
import { versions } from "../versions.ts";
import type { ProvenanceRecord } from "./run-record.ts";

/** Milliseconds that git may take. */
const PATIENCE = 5000;

/**
 * The versions of this package and of Node, and the git commit of the working directory, if it is
 * in a repository and git is there. Cost: two processes, some ten milliseconds.
 *
 * @example
 * ```ts
 * import { provenance } from "@spm/trainer/node";
 * console.log(provenance().commit); // e.g. "2ccfc24…", or undefined
 * ```
 */
export function provenance(): ProvenanceRecord {
  const commit = git("rev-parse", "HEAD")?.trim();
  const changes = commit && git("status", "--porcelain", "--untracked-files=no");
  return {
    versions: versions(),
    ...(commit && { commit }),
    ...(changes !== undefined && { changed: changes !== "" }),
  };
}

/** The output of git; undefined where it refuses, or isn't there. */
function git(...args: readonly string[]): string | undefined {
  try {
    const stdio: ("ignore" | "pipe")[] = ["ignore", "pipe", "ignore"];
    return execFileSync("git", args, { encoding: "utf8", timeout: PATIENCE, stdio });
  } catch {
    return undefined;
  }
}
