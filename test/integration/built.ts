/** @file The folder of a run of vitest for what its files make once: removed at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Empty at first. */
    readonly builtOnce: string;
  }
}

/** Makes it, and gives back what removes it. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "spm-built-"));
  project.provide("builtOnce", folder);
  return () => rmSync(folder, { recursive: true });
}
