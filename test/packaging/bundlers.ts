/**
 * @file Programs for pages and servers out of packages that are installed: each maker turns a
 * program of the consumer's into the command that runs it.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** A program in a folder that has the packages installed, and a place for what is made of it. */
interface Entry {
  /** The folder with `node_modules`. */
  readonly folder: string;
  /** The compiled program in it, an ES module. */
  readonly file: string;
}

/** What runs what was made: a command and its arguments. */
type Command = readonly [command: string, ...args: string[]];

/** Runs a command, and rejects where it fails. */
type Run = (command: string, args: readonly string[], folder: string) => Promise<string>;

type Maker = (entry: Entry, run: Run) => Promise<Command>;

const node = process.execPath;

/** A CommonJS program asks for the packages by `require`, which Node has for ES modules. */
const required: Maker = async ({ folder, file }) => {
  const program = join(folder, "required.cjs");
  await writeFile(program, `require(${JSON.stringify(join(folder, file))});\n`);
  return [node, "--disable-warning=ExperimentalWarning", program];
};

const byEsbuild =
  (format: "esm" | "cjs"): Maker =>
  async ({ folder, file }) => {
    const outfile = join(folder, `esbuild.${format === "esm" ? "mjs" : "cjs"}`);
    await build({
      entryPoints: [join(folder, file)],
      bundle: true,
      minify: true,
      format,
      platform: "browser",
      external: ["node:*"],
      logLevel: "error",
      outfile,
    });
    return [node, outfile];
  };

const byVite: Maker = async ({ folder, file }) => {
  const vite = await import("vite");
  await vite.build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: {
      target: "es2023",
      outDir: join(folder, "vite"),
      lib: { entry: join(folder, file), formats: ["es"], fileName: "program" },
      rolldownOptions: { external: /^node:/ },
    },
  });
  return [node, join(folder, "vite/program.js")];
};

const byWebpack: Maker = async ({ folder, file }, run) => {
  const program = `
    const webpack = require("webpack");
    const options = {
      mode: "production",
      target: ["web", "es2022"],
      entry: ${JSON.stringify(join(folder, file))},
      output: { path: ${JSON.stringify(join(folder, "webpack"))}, filename: "program.cjs" },
      externals: /^node:/,
      externalsType: "commonjs",
      optimization: { splitChunks: false },
      plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
    };
    webpack(options, (error, stats) => {
      if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
    });`;
  await writeFile(join(folder, "webpack.cjs"), program);
  await run(node, [join(folder, "webpack.cjs")], folder);
  return [node, join(folder, "webpack/program.cjs")];
};

const byBun: Maker = async ({ folder, file }, run) => {
  const bun = join(folder, "node_modules/.bin/bun");
  const outfile = join(folder, "bun.mjs");
  await run(bun, ["build", file, "--target=bun", "--minify", `--outfile=${outfile}`], folder);
  return [bun, "run", outfile];
};

/** Deno runs the files as they are, with the packages that npm installed. */
const inDeno: Maker = async ({ folder, file }) => {
  await Promise.resolve();
  return [join(folder, "node_modules/.bin/deno"), "run", "--no-lock", "--allow-all", file];
};

/** Makers that take a second. */
export const makers: Readonly<Record<string, Maker>> = {
  "Node's require": required,
  "esbuild, an ES module": byEsbuild("esm"),
};

/** Makers that take longer, and what npm installs for those whose tools are not here. */
export const furtherMakers: Readonly<Record<string, Maker>> = {
  "esbuild, CommonJS": byEsbuild("cjs"),
  Vite: byVite,
  webpack: byWebpack,
  Bun: byBun,
  Deno: inDeno,
};
export const furtherTools = "webpack@5.113.0 bun@1.4.5 deno@2.9.6";
