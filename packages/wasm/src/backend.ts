/**
 * @file The backend: tensors in WebAssembly memory, kernels by primitive, the reference for the
 * rest.
 */
import type { Backend, NdArray, TypedArray } from "@spm/core";
import {
  checkOptions,
  copyArray,
  dtypeOf,
  elements,
  isContiguous,
  KernelTable,
  type OptionNames,
  printedReport,
  printsAs,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { registerCrossEntropy } from "./cross-entropy.ts";
import { registerElementwise } from "./elementwise.ts";
import { registerFactorisations } from "./factor.ts";
import { registerFft } from "./fft.ts";
import { registerGru } from "./gru.ts";
import { registerIndexing } from "./indexing.ts";
import { compileKernels, compileKernelsSync, hasRelaxed } from "./kernel-exports.ts";
import { registerLayout } from "./layout.ts";
import { Machine } from "./machine.ts";
import { registerMatmul } from "./matmul.ts";
import { registerMixer } from "./mixer.ts";
import { registerMultivectors } from "./multivectors.ts";
import { registerNeighbours } from "./neighbours.ts";
import { registerNorms } from "./norm.ts";
import { copyInto } from "./plain.ts";
import { registerReductions } from "./reduce.ts";
import { registerSoftmax } from "./softmax.ts";
import { registerSpectra } from "./spectra.ts";
import { coreCount, hasThreads } from "./thread-pool.ts";
import { MOST_THREADS } from "./thread-source.ts";
import { registerUpdates } from "./update.ts";
import { registerWindows } from "./windows.ts";

/** Options of {@link wasmSync}. */
export interface WasmOptions {
  /**
   * Bytes of memory, from 1 MiB to 4 GiB − 64 KiB, reserved at once and never grown.
   * @defaultValue 2 GiB
   */
  readonly bytes?: number;
  /**
   * Threads that share the work, the calling one included, at most 256. The results are the same
   * bits for every number. Without SharedArrayBuffer it is one, and `report()` says so.
   * @defaultValue 1
   */
  readonly threads?: number;
}

/** Options of {@link wasm}. */
export interface WasmBuildOptions extends WasmOptions {
  /**
   * Whether multiplications and additions may be fused, as relaxed SIMD allows: faster, and with
   * other bits. An engine without it runs the plain build, and `report()` says so.
   * @defaultValue false
   */
  readonly relaxed?: boolean;
}

const optionNames: OptionNames<WasmOptions> = { bytes: true, threads: true };
const buildOptionNames: OptionNames<WasmBuildOptions> = { ...optionNames, relaxed: "boolean" };

const DEFAULT_BYTES = 2 ** 31;
const LEAST_BYTES = 2 ** 20;

/**
 * Makes a backend on WebAssembly SIMD: float32 kernels for the mixer, matrix products and all that
 * training takes. float64, and ops without a kernel, run on the reference, counted in `report()`.
 *
 * Errors in units in the last place: log below 1, erf 1.5, exp, expm1, log1p and tanh 2, sin and
 * cos 2.5 (of arguments beyond 8192 half a unit), sigmoid and softplus 3; gelu 2 from 0 up and 3
 * from −1 up, below that 10⁻⁷ absolutely. Sums are taken in float64 and rounded at the end.
 * @throws OptionError for an option it does not have; ValueError for a number of threads or bytes
 * out of range; BackendError where that memory can't be reserved, and in ops once it is full
 * @example
 * setBackend(await wasm());
 * @example
 * const backend = await wasm({ threads: 2 });
 * await backend.dispose(); // ends the threads and refuses to compute; tensors can still be read
 */
export async function wasm(options: WasmBuildOptions = {}): Promise<Backend> {
  checkOptions("wasm", options, buildOptionNames);
  const { relaxed = false } = options;
  const { threads, lacking } = threadsOf(options);
  if (!relaxed)
    return fromModule(await compileKernels(threads > 1), options, threads, ["simd", ...lacking]);
  if (!hasRelaxed())
    return fromModule(await compileKernels(threads > 1), options, threads, [
      "simd",
      ...lacking,
      "no relaxed simd here",
    ]);
  const { base64 } = await import("./kernels-relaxed.ts");
  return fromModule(await compileKernels(threads > 1, base64), options, threads, [
    "relaxed simd",
    ...lacking,
  ]);
}

/**
 * Makes the same backend at once, in Node and in workers: a browser's main thread may not compile
 * so much at a time. It has no relaxed build.
 * @throws as {@link wasm}
 * @example setBackend(wasmSync({ bytes: 2 ** 28 }));
 */
export function wasmSync(options: WasmOptions = {}): Backend {
  checkOptions("wasmSync", options, optionNames);
  const { threads, lacking } = threadsOf(options);
  return fromModule(compileKernelsSync(threads > 1), options, threads, ["simd", ...lacking]);
}

/** The number of threads, and why there are fewer than asked for. */
function threadsOf({ threads = 1 }: WasmOptions): { threads: number; lacking: string[] } {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    throw new ValueError(
      "wasm",
      `a whole number of threads from 1 to ${MOST_THREADS}`,
      threads,
      `this machine runs ${coreCount()} at once`,
    );
  if (threads === 1 || hasThreads()) return { threads, lacking: [] };
  return { threads: 1, lacking: ["one thread: no SharedArrayBuffer here"] };
}

/** The size of the memory. A size too large for the machine fails when it is reserved. */
function sizeOfMemory({ bytes = DEFAULT_BYTES }: WasmOptions): number {
  if (!(Number.isFinite(bytes) && bytes >= LEAST_BYTES))
    throw new ValueError(
      "wasm",
      `bytes of memory ≥ ${LEAST_BYTES}`,
      bytes,
      `the default is ${DEFAULT_BYTES}`,
    );
  return bytes;
}

function fromModule(
  module: WebAssembly.Module,
  options: WasmOptions,
  threads: number,
  [build, ...lacking]: readonly string[],
): Backend {
  const machine = new Machine(module, sizeOfMemory(options), threads);
  const name = [`wasm ${build}${threads > 1 ? ` ×${threads}` : ""}`, ...lacking].join(", ");
  return backendOn(machine, name);
}

/** Adds the kernels of all ops but the mixers'. */
function registerOps(kernels: KernelTable<NdArray>, machine: Machine): void {
  registerElementwise(kernels, machine);
  registerLayout(kernels, machine);
  registerMatmul(kernels, machine);
  registerReductions(kernels, machine);
  registerCrossEntropy(kernels, machine);
  registerSoftmax(kernels, machine);
  registerNorms(kernels, machine);
  registerGru(kernels, machine);
  registerFactorisations(kernels, machine);
  registerSpectra(kernels, machine);
  registerFft(kernels, machine);
  registerIndexing(kernels, machine);
  registerWindows(kernels, machine);
  registerNeighbours(kernels, machine);
  registerMultivectors(kernels, machine);
  registerUpdates(kernels, machine);
}

/** Makes a backend on a machine of its own. */
export function backendOn(machine: Machine, name: string): Backend {
  const { memory } = machine;
  const kernels = new KernelTable<NdArray>();
  registerOps(kernels, machine);
  const mixer = registerMixer(kernels, machine);

  const live = { storages: 0, bytes: 0 };
  const backend: Backend = {
    name: "wasm",
    kernels,
    collected: true,
    live,
    upload(array) {
      machine.assertOpen();
      return array; // copied in by the first kernel that reads it, and once
    },
    arrayOf: (handle) => handle as NdArray,
    clone(handle) {
      const array = handle as NdArray;
      return machine.call(() => {
        if (array.data.BYTES_PER_ELEMENT === 8) return copyArray(array);
        const copy = memory.array(dtypeOf(array), array.shape);
        copyInto(machine, copy, array);
        return copy;
      });
    },
    copyToHeap(handle) {
      const array = handle as NdArray;
      if (!memory.owns(array.data)) return array;
      if (isContiguous(array)) return wrap(elements(array).slice(), array.shape);
      return wrap(array.data.slice(), array.shape, array.stride, array.offset);
    },
    download: async (handle) => elements(handle as NdArray).slice(),
    memory: (handle) => (handle as NdArray).data,
    bytes: (data) => (data as TypedArray).byteLength,
    release(data) {
      mixer.release(data as TypedArray);
      memory.release(data as TypedArray);
    },
    fallback: (primitive, reason) => machine.fallback(primitive, reason),
    report() {
      const { storages: liveStorages, bytes: liveBytes } = live;
      const [copiedIn, fallbacks] = [memory.copiedIn, [...machine.fallbacks.values()]];
      return printedReport({ name, liveStorages, liveBytes, copiedIn, fallbacks });
    },
    dispose: () => machine.stop(),
    [Symbol.asyncDispose]: () => machine.stop(),
  };
  return printsAs(backend, () => String(backend.report()));
}
