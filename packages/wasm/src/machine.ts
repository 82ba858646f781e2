/** @file What kernels are given: the memory and the compiled functions on it; and how a kernel becomes the backend's. */
import type { Kernel, NdArray, Primitive } from "@spm/core";
import { bindKernels, type Kernels } from "./kernel-exports.ts";
import { WasmMemory } from "./memory.ts";

/** One WebAssembly instance. */
export class Machine {
  readonly memory: WasmMemory;
  readonly run: Kernels;
  readonly declined: Map<string, { primitive: string; reason: string; count: number }> = new Map();

  constructor(module: WebAssembly.Module, bytes: number) {
    this.memory = new WasmMemory(bytes);
    this.run = bindKernels(module, this.memory.memory);
  }

  /** Counts a call that the reference ran. */
  decline(primitive: string, reason: string): void {
    const key = `${primitive}: ${reason}`;
    const seen = this.declined.get(key) ?? { primitive, reason, count: 0 };
    seen.count++;
    this.declined.set(key, seen);
  }
}

/** A kernel's body: results, or why the reference shall compute them. */
export type Body<Options> = (
  machine: Machine,
  inputs: readonly NdArray[],
  options: Options,
  keep: boolean,
) => NdArray[] | string;

/** Kernels by primitive. */
export type KernelTable = Map<object, Kernel>;

/** Adds a kernel for a primitive. */
export function register<Options>(
  table: KernelTable,
  machine: Machine,
  primitive: Primitive<Options>,
  body: Body<Options>,
): void {
  table.set(primitive, (handles, options, keep) => {
    const inputs = handles as readonly NdArray[];
    try {
      const result = body(machine, inputs, options as Options, keep);
      if (typeof result !== "string") return result;
      machine.decline(primitive.name, result);
      return primitive.forward(inputs, options as Options, keep);
    } finally {
      machine.memory.endCall();
    }
  });
}

/** Why float64 and integer arrays go to the reference. */
export const NOT_FLOAT32 = "not float32";

/** Whether all arrays are float32. */
export const allFloat32 = (arrays: readonly NdArray[]): boolean => arrays.every((a) => a.data instanceof Float32Array);
