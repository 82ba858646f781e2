/** @file The GPU as a backend: arrays live on the device, where every primitive has a kernel. */
import type { Backend, BackendReport, NdArray, TypedArray } from "@spm/core";
import {
  BackendError,
  checkOptions,
  DTypeError,
  dtypeOf,
  type OptionNames,
  printedReport,
  printsAs,
  sizeOf,
} from "@spm/core/extend";
import type { Captured, CaptureOptions } from "@spm/optim";
import { type CapturingBackend, itself } from "@spm/optim/extend";
import { type AdapterKind, openDevice } from "./adapter.ts";
import { CapturedStep } from "./capture/captured.ts";
import { type DeviceArray, rowMajor } from "./device-array.ts";
import { assertExact, floatsOf } from "./exact-integers.ts";
import type { CapturedCounts, Executor, GpuMode, Memory } from "./executor.ts";
import { GpuJsExecutor } from "./gpujs-executor.ts";
import { kernelTable } from "./kernel-table.ts";
import { copyOf, whole } from "./kernels/elementwise.ts";
import { WebGpuExecutor } from "./webgpu-executor.ts";

/** Options of {@link gpu}. */
export interface GpuOptions {
  /**
   * `webgpu` runs in browsers and, with the package `webgpu`, in Node. `webgl2` (browsers),
   * `webasm` and `cpu` run through gpu.js itself. `auto` is webgpu, or an error that says what to
   * do.
   * @defaultValue "auto"
   */
  readonly mode?: "auto" | GpuMode;
  /**
   * For webgpu: the kind of adapter; `software` is SwiftShader, lavapipe and the like, never taken
   * unless it is asked for.
   * @defaultValue "hardware"
   */
  readonly adapter?: AdapterKind;
  /**
   * For webgpu: whether hand-written WGSL runs where it fits. Without it every kernel is one of
   * gpu.js.
   * @defaultValue true
   */
  readonly wgsl?: boolean;
}

/** The report of a GPU backend: its device and mode, live buffers, and counts. */
export interface GpuReport extends BackendReport {
  /** The device in its driver's words; null in the modes of gpu.js, which does not say. */
  readonly adapter: string | null;
  /** The mode in which the last kernel ran. */
  readonly mode: GpuMode;
  /** Buffers in use, those waiting in the pool, and their bytes together. */
  readonly buffers: { readonly live: number; readonly pooled: number; readonly bytes: number };
  readonly kernelsCompiled: number;
  readonly submits: number;
  /** Captured steps, their launches, and the buffers that they hold: all are live. */
  readonly captured: CapturedCounts;
}

/** An open GPU, the backend that {@link gpu} makes. */
export interface GpuBackend extends CapturingBackend {
  report(): GpuReport;
}

class Gpu implements GpuBackend {
  readonly name: string;
  readonly kernels: Backend["kernels"];
  readonly collected = false;
  readonly live: { storages: number; bytes: number } = { storages: 0, bytes: 0 };
  readonly #executor: Executor;

  constructor(executor: Executor) {
    this.#executor = executor;
    this.name = executor.name;
    this.kernels = kernelTable(executor);
  }

  static {
    printsAs(Gpu.prototype, (backend) => String(backend.report()));
  }

  upload(array: NdArray): DeviceArray {
    const dtype = dtypeOf(array);
    if (dtype === "float64")
      throw new DTypeError(
        "gpu",
        "float32, int32 or bool",
        "float64",
        "a GPU computes in float32: cast the array first",
      );
    return rowMajor(this.#executor.upload(floatsOf(array), array), array.shape.slice(), dtype);
  }

  clone(handle: unknown): DeviceArray {
    return this.#executor.attempt(() => copyOf(this.#executor, handle as DeviceArray)).result;
  }

  async download(handle: unknown): Promise<TypedArray> {
    const x = handle as DeviceArray;
    const dense = this.#executor.attempt(() => whole(this.#executor, x)).result;
    const reading = this.#executor.read(dense.memory, 0, sizeOf(x.shape));
    // the next use of this buffer is enqueued behind the read
    if (dense !== x) this.#executor.release(dense.memory);
    const values = await reading;
    if (x.dtype === "int32") return Int32Array.from(assertExact(values));
    return x.dtype === "bool" ? Uint8Array.from(values) : values;
  }

  memory(handle: unknown): object {
    return (handle as DeviceArray).memory;
  }

  /** Every dtype is stored as float32. */
  bytes(memory: object): number {
    return 4 * (memory as Memory).length;
  }

  release(memory: object): void {
    this.#executor.release(memory as Memory);
  }

  fallback(primitive: string, reason: string): void {
    throw new BackendError(
      primitive,
      `a kernel on ${this.name}`,
      reason === "no kernel" ? "none" : `one that declines: ${reason}`,
      "await to(x, reference) first, or compose it of primitives that have one",
    );
  }

  report(): GpuReport {
    const c = this.#executor.counters();
    const counts = new Map<string, number>();
    for (const reason of c.degraded) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return printedReport({
      name: this.name,
      liveStorages: this.live.storages,
      liveBytes: this.live.bytes,
      fallbacks: [...counts].map(([reason, count]) => ({ primitive: "(gpu.js)", reason, count })),
      adapter: this.#executor.adapter,
      mode: this.#executor.mode,
      buffers: { live: c.liveBuffers, pooled: c.pooledBuffers, bytes: c.liveBytes + c.pooledBytes },
      kernelsCompiled: c.kernelsCompiled,
      submits: c.submits,
      captured: c.captured,
    });
  }

  capture<Args extends readonly unknown[], Result>(
    step: (...args: Args) => Result,
    options: Required<CaptureOptions>,
  ): Captured<Args, Result> {
    const executor = this.#executor;
    if (executor instanceof WebGpuExecutor)
      return new CapturedStep(executor, this, step, options).callable();
    return itself(step, options);
  }

  dispose(): Promise<void> {
    return this.#executor.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

const optionNames: OptionNames<GpuOptions> = { mode: true, adapter: true, wgsl: "boolean" };

/**
 * Opens a GPU as a backend. It computes in float32: float64 is refused, int32 and bool are stored
 * as float32, int32 within ±2²⁴. Ops return at once; reading a tensor waits.
 * @returns the backend, for `setBackend` or as `{ backend }` of a new tensor; `await dispose()`
 * frees everything
 * @throws OptionError for an option it does not have; BackendError where there is no WebGPU, or no
 * adapter of the wanted kind
 * @example
 * const device = await gpu({ mode: "webgpu" });
 * setBackend(device);
 */
export async function gpu(options: GpuOptions = {}): Promise<GpuBackend> {
  checkOptions("gpu", options, optionNames);
  const { mode = "auto", adapter = "hardware", wgsl = true } = options;
  if (mode === "webgl2" || mode === "webasm" || mode === "cpu")
    return new Gpu(new GpuJsExecutor(mode));
  return new Gpu(new WebGpuExecutor(await openDevice(adapter), { wgsl }));
}
