/**
 * @file Compiles the AssemblyScript sources, with the generated ones among them, to WebAssembly.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { butterflySource } from "./butterfly.ts";
import { elementwiseSource } from "./elementwise.ts";
import { gemmTileSource } from "./gemm-tile.ts";
import { updateSource } from "./update.ts";

/** Sources that are written by a generator instead of lying in `assembly/`. */
const generated: Readonly<Record<string, () => string>> = {
  "butterfly.ts": butterflySource,
  "elementwise.ts": elementwiseSource,
  "gemm-tile.ts": gemmTileSource,
  "update.ts": updateSource,
};
const folder = fileURLToPath(new URL("../assembly/", import.meta.url));

/**
 * Pages of 64 KiB that the module declares: the largest memory there is, so that it fits every
 * memory it is given.
 */
const PAGES = 65536;

/** The features that the module may use beyond SIMD. */
export interface CompileOptions {
  readonly relaxed: boolean;
}

/** The module's bytes, the same for the same sources. @throws Error with the compiler's messages */
export async function compile({ relaxed }: CompileOptions): Promise<Uint8Array<ArrayBuffer>> {
  const messages: string[] = [];
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const collect = {
    write(text: string | Uint8Array): void {
      messages.push(String(text));
    },
  };
  const sources = new Map<string, string | null>();
  const read = (name: string): string | null => {
    if (!sources.has(name)) sources.set(name, source(name));
    return sources.get(name)!;
  };
  const { error } = await asc.main(
    [
      "index.ts",
      ...[
        "--outFile",
        "kernels.wasm",
        "--runtime",
        "stub",
        "--noAssert",
        "-O3",
        "--disableWarning",
        "112",
      ],
      ...[
        "--importMemory",
        "--initialMemory",
        "1",
        "--maximumMemory",
        `${PAGES}`,
        "--memoryBase",
        "1024",
      ],
      ...["--enable", "simd", ...(relaxed ? ["--enable", "relaxed-simd"] : [])],
    ],
    {
      readFile: (name) => read(name),
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") bytes = Uint8Array.from(contents);
      },
      listFiles: () => [],
      stdout: collect,
      stderr: collect,
    },
  );
  if (error !== null || bytes === undefined)
    throw new Error(`compile: ${error?.message}\n${messages.join("")}`);
  return bytes;
}

function source(name: string): string | null {
  if (generated[name] !== undefined) return generated[name]();
  try {
    return readFileSync(folder + name, "utf8");
  } catch {
    return null; // the compiler asks for files that may not exist, and tries elsewhere
  }
}
