/**
 * @file Builds the playground into a folder of static files that work from any path:
 * `npm run -s playground:build -- FOLDER`; `npm run playground` serves it.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { readLessons } from "./lessons/read-lessons.ts";
import type { Contents } from "./messages.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const shared = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2023",
  conditions: ["@spm/source"],
  absWorkingDir: root,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** The packages that programs may import, by the files' names. */
const packages = {
  core: "@spm/core",
  "core/extend": "@spm/core/extend",
  numeric: "@spm/numeric",
  linalg: "@spm/linalg",
  mixer: "@spm/mixer",
  "mixer/extend": "@spm/mixer/extend",
  "mixer/analysis": "@spm/mixer/analysis",
  nn: "@spm/nn",
  models: "@spm/models",
  optim: "@spm/optim",
  wasm: "@spm/wasm",
  gpu: "@spm/gpu",
  data: "@spm/data",
  trainer: "@spm/trainer",
  playground: "./runtime/index.ts",
};
const models = readdirSync(join(root, "models")).filter((file) => file.endsWith(".safetensors"));

/** The packages as modules that share what they have in common. @returns the files' paths */
async function buildPackages(folder: string): Promise<string[]> {
  const { metafile } = await build({
    ...shared,
    entryPoints: packages,
    outdir: join(folder, "packages"),
    splitting: true,
    ...{ minifyIdentifiers: false, minify: false }, // an error and a layer say their class
    ...{ minifyWhitespace: true, minifySyntax: true },
    external: ["node:*"], // of @spm/report, what writes files is left out
    metafile: true,
  });
  return Object.keys(metafile.outputs).map((file) => relative(folder, join(root, file)));
}

/** A script as text, to be put into another one. */
async function script(file: string, define: Record<string, string> = {}): Promise<string> {
  const options = { ...shared, format: "iife", write: false, define } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [file] });
  return outputFiles[0]?.text.trim() ?? "";
}

/** The frame of the sandbox: one script, which its policy names by its hash, and the worker's. */
async function buildSandbox(folder: string): Promise<void> {
  const worker = await script("sandbox/worker.ts");
  const frame = await script("sandbox/frame.ts", { WORKER: JSON.stringify(worker) });
  const text = frame.replaceAll("</script", "<\\/script");
  const digest = createHash("sha256").update(text).digest("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${digest}' blob: 'unsafe-eval'`,
    "worker-src data: blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const page = readFileSync(join(root, "sandbox/sandbox.html"), "utf8");
  const filled = page.replace("POLICY", () => policy).replace("SCRIPT", () => text);
  writeFileSync(join(folder, "sandbox.html"), filled);
}

/** Builds all of it into an empty folder. */
export async function buildPlayground(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "models"), { recursive: true });
  const files = await buildPackages(folder);
  await buildSandbox(folder);
  await build({ ...shared, entryPoints: { page: "page/main.ts" }, outdir: folder });
  for (const name of ["index.html", "page.css"])
    copyFileSync(join(root, "page", name), join(folder, name));
  for (const name of models) copyFileSync(join(root, "models", name), join(folder, "models", name));
  const contents: Contents = {
    lessons: readLessons(join(root, "lessons")),
    packages: Object.fromEntries(
      Object.keys(packages).map((name) => [`@spm/${name}`, `packages/${name}.js`]),
    ),
    files: [...files, ...models.map((name) => `models/${name}`)],
  };
  writeFileSync(join(folder, "contents.json"), JSON.stringify(contents));
}
