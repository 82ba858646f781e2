/**
 * @file The backend: tensors in WebAssembly memory, kernels by primitive, the reference for the
 * rest.
 */
import type { Backend, NdArray, TypedArray } from "@spm/core";
import {
  copyArray,
  dtypeOf,
  elements,
  isContiguous,
  KernelTable,
  printedReport,
  ValueError,
  wrap,
} from "@spm/core/extend";
import { registerCrossEntropy } from "./cross-entropy.ts";
import { registerElementwise } from "./elementwise.ts";
import { registerFft } from "./fft.ts";
import { registerGru } from "./gru.ts";
import { registerIndexing } from "./indexing.ts";
import { compileKernels, compileKernelsSync, hasRelaxed } from "./kernel-exports.ts";
import { registerLayout } from "./layout.ts";
import { Machine } from "./machine.ts";
import { registerMatmul } from "./matmul.ts";
import { registerMixer } from "./mixer.ts";
import { registerNorms } from "./norm.ts";
import { copyInto } from "./plain.ts";
import { registerReductions } from "./reduce.ts";
import { registerSoftmax } from "./softmax.ts";
import { coreCount, hasThreads } from "./thread-pool.ts";
import { registerUpdates } from "./update.ts";
import { registerWindows } from "./windows.ts";

/** How a backend is made. */
export interface WasmOptions {
  /**
   * Size of its memory, reserved at once and never grown; 2 GiB unless said, at least 1 MiB, at
   * most 4 GiB − 64 KiB.
   */
  readonly bytes?: number;
  /**
   * How many threads share the work, this one included; 1 unless said, at most 256. The results are
   * the same bits for every number. Where there is no SharedArrayBuffer it is one, and `report()`
   * says so.
   */
  readonly threads?: number;
}

/** What only a build that is loaded on demand has. */
export interface WasmBuildOptions extends WasmOptions {
  /**
   * Whether multiplications and additions may be fused, as relaxed SIMD allows: faster, and other
   * bits than without. Where the engine lacks it, the backend does without, and `report()` says so.
   * False unless said.
   */
  readonly relaxed?: boolean;
}

const DEFAULT_BYTES = 2 ** 31;
const LEAST_BYTES = 2 ** 20;
const MOST_THREADS = 256;

/**
 * A backend on WebAssembly SIMD: float32 kernels for the mixer, matrix products and what training
 * needs around them. Errors in units in the last place: log below 1, erf 1.5, exp, expm1, log1p and
 * tanh 2, sin and cos 2.5 (of arguments beyond 8192 half a unit), sigmoid and softplus 3; gelu 2
 * from 0 up and 3 from −1 up, below that 10⁻⁷ absolutely. Sums are taken in float64 and rounded at
 * the end.
 * float64 and what has no kernel runs on the reference, counted in `report()`.
 * @throws BackendError later, by the op that finds the memory full; ValueError for a number of
 * threads or bytes out of range
 * @example
 * setBackend(await wasm());
 * @example
 * const backend = await wasm({ threads: 2 });
 * await backend.dispose(); // ends the threads; they keep no process alive anyway
 */
export async function wasm({
  relaxed = false,
  ...options
}: WasmBuildOptions = {}): Promise<Backend> {
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

/** The same at once, where compiling may block: in Node and in workers. */
export function wasmSync(options: WasmOptions = {}): Backend {
  const { threads, lacking } = threadsOf(options);
  return fromModule(compileKernelsSync(threads > 1), options, threads, ["simd", ...lacking]);
}

/** How many threads there will be, and what is lacking for those that were asked for. */
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

/** The size that was asked for. One that is too large for this machine is found by reserving it. */
function sizeOfMemory({ bytes = DEFAULT_BYTES }: WasmOptions): number {
  if (!(Number.isFinite(bytes) && bytes >= LEAST_BYTES))
    throw new ValueError(
      "wasm",
      `bytes of memory ≥ ${LEAST_BYTES}`,
      bytes,
      `${DEFAULT_BYTES} unless said`,
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

/** A backend on a machine of its own. */
export function backendOn(machine: Machine, name: string): Backend {
  const { memory } = machine;
  const kernels = new KernelTable<NdArray>();
  registerElementwise(kernels, machine);
  registerLayout(kernels, machine);
  registerMatmul(kernels, machine);
  registerReductions(kernels, machine);
  registerCrossEntropy(kernels, machine);
  registerSoftmax(kernels, machine);
  registerNorms(kernels, machine);
  registerGru(kernels, machine);
  registerFft(kernels, machine);
  registerIndexing(kernels, machine);
  registerWindows(kernels, machine);
  registerUpdates(kernels, machine);
  const mixer = registerMixer(kernels, machine);

  const live = { storages: 0, bytes: 0 };
  return {
    name: "wasm",
    kernels,
    collected: true,
    live,
    upload: (array) => array, // copied in by the first kernel that reads it, and once
    view: (handle) => handle as NdArray,
    clone(handle) {
      const array = handle as NdArray;
      if (array.data.BYTES_PER_ELEMENT === 8) return copyArray(array);
      const copy = memory.array(dtypeOf(array), array.shape);
      try {
        copyInto(machine, copy, array);
      } finally {
        memory.endCall();
      }
      return copy;
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
  };
}
