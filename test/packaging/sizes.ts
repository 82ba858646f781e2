/**
 * @file The sizes of three programs that are bundled as for a page, and the most that each may
 * have: what a page loads before it runs anything, minified and gzipped.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Programs in `consumer/`, and ceilings in bytes; a thing that needs more raises its own. */
export const ceilings: Readonly<Record<string, number>> = {
  gradient: 28_000,
  "perceptron-reference": 79_000,
  "perceptron-wasm": 180_000,
};

/**
 * The bytes of a program and of all that it imports statically, minified and gzipped.
 * @param name - a program in `consumer/`
 */
export async function bundledBytes(name: string): Promise<number> {
  const entry = fileURLToPath(new URL(`consumer/${name}.ts`, import.meta.url));
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    splitting: true, // what is imported on demand is in files of its own
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    conditions: ["@spm/source"],
    external: ["node:*"],
    tsconfigRaw: "{}",
    absWorkingDir: "/",
    outdir: "/out",
  });
  const [first] = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint);
  const loaded = new Set(first?.slice(0, 1) as [string]);
  for (const path of loaded)
    for (const { path: next, kind, external } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement" && !external) loaded.add(next);
  return outputFiles
    .filter(({ path }) => loaded.has(path.slice(1)))
    .reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
}
