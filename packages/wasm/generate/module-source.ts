/** @file The ES modules that carry the compiled kernels: base64, so that no bundler, fetch or file system is asked. */
import { fileURLToPath } from "node:url";
import { compile } from "./compile.ts";

/** Where a module of compiled kernels belongs, and its text. */
export async function moduleSource(relaxed: boolean): Promise<{ path: string; text: string }> {
  const name = relaxed ? "kernels-relaxed" : "kernels";
  const bytes = await compile({ relaxed });
  const module = new WebAssembly.Module(bytes);
  const names = WebAssembly.Module.exports(module).flatMap(({ name, kind }) => (kind === "function" ? [name] : []));
  const types = `
/** The functions that the module exports. */
export type KernelName =
${names.map((kernel) => `  | "${kernel}"`).join("\n")};
`;
  const text = `/** @file The compiled kernels${relaxed ? " with relaxed SIMD" : ""} in base64. Written by \`pnpm --filter @spm/wasm generate\`; never edited. */
export const base64: string =
  "${Buffer.from(bytes).toString("base64")}";
${relaxed ? "" : types}`;
  return { path: fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url)), text };
}
