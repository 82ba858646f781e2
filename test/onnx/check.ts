/** @file Checks ONNX files by ONNX's own checker, and runs them in NumPy: `check.py`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Shape } from "@spm/core";
import { pythonWith } from "../python.ts";

/** A file, with an input and the output that is expected of it, in row-major order. */
export interface Expected {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly inputShape: Shape;
  readonly input: readonly number[];
  readonly outputShape: Shape;
  readonly output: readonly number[];
}

/** What was found of a file. */
export interface Found {
  readonly name: string;
  /** The largest deviation; null where the shape differs. */
  readonly worst: number | null;
  /** The output's shape as ONNX infers it. */
  readonly shape: readonly (number | string)[];
  readonly opset: number;
  readonly ir: number;
  readonly ops: readonly string[];
}

/** The Python with ONNX's checker; says on the standard output what doesn't run without. */
export const python: string | null = pythonWith("onnx");
if (python === null)
  process.stdout.write(
    "ONNX files aren't checked: no Python with onnx; apt-get install python3-onnx\n",
  );

/** Checks and runs files; also the operators that `check.py` knows. */
export function checkFiles(files: readonly Expected[]): {
  readonly found: readonly Found[];
  readonly known: readonly string[];
} {
  const folder = mkdtempSync(join(tmpdir(), "spm-onnx-"));
  try {
    const list = files.map(({ bytes, ...rest }, k) => {
      writeFileSync(join(folder, `${k}.onnx`), bytes);
      return { ...rest, file: `${k}.onnx` };
    });
    writeFileSync(join(folder, "list.json"), JSON.stringify(list));
    const script = fileURLToPath(new URL("check.py", import.meta.url));
    const options = { encoding: "utf8", maxBuffer: 2 ** 26 } as const;
    return JSON.parse(execFileSync(python ?? "python3", [script, folder], options));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
