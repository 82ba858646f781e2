/**
 * @file The ES modules that carry the compiled kernels: base64, so that loading them takes no
 * bundler, fetch or file system.
 */
import { fileURLToPath } from "node:url";
import { compile } from "./compile.ts";

/** The path of a module of compiled kernels, and its text. */
export async function moduleSource(relaxed: boolean): Promise<{ path: string; text: string }> {
  const name = relaxed ? "kernels-relaxed" : "kernels";
  const bytes = await compile({ relaxed });
  const what = `The compiled kernels${relaxed ? " with relaxed SIMD" : ""} in base64`;
  const file = `/** @file ${what}. Written by \`pnpm --filter @spm/wasm generate\`; never edited. */
export const base64: string =
  "${Buffer.from(bytes).toString("base64")}";
`;
  const path = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  return { path, text: relaxed ? file : file + names(bytes) };
}

/** The type that lists what a module exports; both builds export the same. */
function names(bytes: Uint8Array<ArrayBuffer>): string {
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes));
  const functions = exports.flatMap(({ name, kind }) => (kind === "function" ? [name] : []));
  return `
/** The functions that the module exports. */
export type KernelName =
${functions.map((kernel) => `  | "${kernel}"`).join("\n")};
`;
}
