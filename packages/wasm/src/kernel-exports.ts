/** @file The compiled module: decoded, compiled and bound to a memory. */
import { base64, type KernelName } from "./kernels.ts";

/** A compiled function: addresses and counts in, a number or nothing out. */
export type Compiled = (...args: readonly (number | boolean)[]) => number;

/** What the module exports, by name. */
export type Kernels = Readonly<Record<KernelName, Compiled>>;

const bytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** Compiles without blocking: what browsers want. */
export const compileKernels = (): Promise<WebAssembly.Module> => WebAssembly.compile(bytes());

/** Compiles at once. */
export const compileKernelsSync = (): WebAssembly.Module => new WebAssembly.Module(bytes());

/** The module's functions on a memory. */
export function bindKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = (): never => {
    throw new WebAssembly.RuntimeError("a kernel aborted");
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}
