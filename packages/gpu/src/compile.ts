/** @file gpu.js as a compiler: its JavaScript in, WGSL out. No device takes part. */
import { BackendError } from "@spm/core/extend";
import type { KernelSource } from "./executor.ts";
import { input, Translator } from "./gpujs.ts";

/** WGSL, and how to launch it. Binding 0 is the uniforms, then the arrays, then the result. */
export interface CompiledKernel {
  readonly code: string;
  /** Size of the uniforms, and the offset of each number of the call. */
  readonly uniformBytes: number;
  readonly scalarOffsets: readonly number[];
  readonly workgroup: readonly [x: number, y: number];
}

/**
 * Threads of a workgroup, for outputs of one axis and of more: the text that gpu.js writes, and the
 * size that replaces it. gpu.js takes 64, so few that the start of workgroups limits small kernels;
 * its kernels read their place from the global id, so any size is right.
 */
const alongOne = { written: "@workgroup_size(64, 1, 1)", workgroup: [256, 1] } as const;
const alongMore = { written: "@workgroup_size(8, 8, 1)", workgroup: [32, 8] } as const;

/**
 * The WGSL of a kernel.
 * @throws BackendError when gpu.js refuses the source, or is not the release whose output we know
 */
export function compile({ source, output, arrays, scalars }: KernelSource): CompiledKernel {
  const indices = (n: number) => Array.from({ length: n }, (_, i) => i);
  const kernel = new Translator(source, {
    output,
    argumentNames: [
      ...indices(arrays).map((i) => `a${i}`),
      ...indices(scalars).map((i) => `s${i}`),
    ],
    argumentTypes: [...indices(arrays).map(() => "Input"), ...indices(scalars).map(() => "Float")],
  });
  const empty = input(new Float32Array(1), [1]);
  try {
    kernel.build(...indices(arrays).map(() => empty), ...indices(scalars).map(() => 0.5));
  } catch (cause) {
    throw new BackendError(
      "gpu",
      "a kernel that gpu.js translates",
      `${String(cause)} in\n${source}`,
    );
  }
  const { compiledSource: code, paramsLayout: layout } = kernel;
  const { written, workgroup } = output.length === 1 ? alongOne : alongMore;
  if (
    !code?.includes(written) ||
    layout.arrayArgs.length !== arrays ||
    layout.scalarArgs.length !== scalars
  )
    throw new BackendError(
      "gpu",
      "WGSL as gpu.js 2.24 writes it",
      "another layout",
      "pin gpu.js to 2.24.1",
    );
  if (code.includes("LOOP_MAX"))
    throw new BackendError(
      "gpu",
      "loops bounded by literals",
      `a loop that gpu.js cuts off in\n${source}`,
    );
  return {
    code: code.replace(written, `@workgroup_size(${workgroup[0]}, ${workgroup[1]}, 1)`),
    uniformBytes: layout.byteLength,
    scalarOffsets: layout.scalarArgs.map((s) => s.offset),
    workgroup,
  };
}
