/** @file The compiled module: decoded, compiled and bound to a memory. */
import { base64, type KernelName } from "./kernels.ts";

/** A compiled function: addresses and counts in, a number or nothing out. */
type Compiled = (...args: readonly (number | boolean)[]) => number;

/** The module's functions by name. */
export type Kernels = Readonly<Record<KernelName, Compiled>>;

/** The same functions in calls that may run later: they return nothing. */
export type DeferredKernels = Readonly<
  Record<KernelName, (...args: readonly (number | boolean)[]) => void>
>;

/** The import `env.memory` in the binary format, up to the flags of its limits. */
const MEMORY_IMPORT = "\x03env\x06memory\x02";
const SHARED_WITH_MAXIMUM = 3;

/**
 * The module's bytes. It has no atomic instructions, so that for shared memory it differs in one
 * flag.
 * @throws Error without that import
 */
function bytesOf(base64: string, shared: boolean): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  if (!shared) return bytes;
  const at = binary.indexOf(MEMORY_IMPORT);
  if (at < 0) throw new Error("kernels: expected an imported memory, got none");
  bytes[at + MEMORY_IMPORT.length] = SHARED_WITH_MAXIMUM;
  return bytes;
}

/**
 * A module whose only function fuses a multiplication and an addition: `f32x4.relaxed_madd` of
 * three vectors of zeros.
 */
const RELAXED = [
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 5, 1, 96, 0, 1, 123], // a type: () → v128
  ...[3, 2, 1, 0], // a function of it
  ...[
    10,
    19,
    1,
    17,
    0,
    ...[65, 0, 253, 17],
    ...[65, 0, 253, 17],
    ...[65, 0, 253, 17],
    253,
    133,
    2,
    11,
  ], // splats, madd
];

/** Whether the engine has relaxed SIMD. */
export const hasRelaxed = (): boolean => WebAssembly.validate(Uint8Array.from(RELAXED));

/** Compiles without blocking, as browsers require on the main thread. */
export const compileKernels = (
  shared = false,
  build: string = base64,
): Promise<WebAssembly.Module> => WebAssembly.compile(bytesOf(build, shared));

/** Compiles at once. */
export const compileKernelsSync = (shared = false, build: string = base64): WebAssembly.Module =>
  new WebAssembly.Module(bytesOf(build, shared));

/** The module's functions on a memory. */
export function bindKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = (): never => {
    throw new WebAssembly.RuntimeError("a kernel aborted");
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels;
}
