/** @file The `spm` command as one bundle, so that a process of it starts in little time. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Bundles the command and the preload that kills it; returns the folder that holds both.
 * @param asSource - a file of the sources that it takes itself for: it speaks as in a clone
 * @param main - what to bundle, `spm` or a program that calls its `main`
 */
export async function buildCommand(
  asSource?: string,
  main = "packages/cli/src/main.ts",
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "spm-resume-"));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "version": "0.0.0" }');
  await build({
    absWorkingDir: root,
    entryPoints: {
      main,
      "kill-inside-write": "test/resume/kill-inside-write.ts",
    },
    outdir: join(folder, "dist"),
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@spm/source"],
    define: asSource ? { "import.meta.url": JSON.stringify(pathToFileURL(asSource)) } : {},
    banner: {
      js:
        'import { createRequire as requireOf } from "node:module"; ' +
        "const require = requireOf(import.meta.url);",
    },
    logLevel: "error",
  });
  return folder;
}
