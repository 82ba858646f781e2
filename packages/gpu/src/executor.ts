/** @file What runs kernels: device memory in, device memory out. One executor launches on WebGPU, the other lets gpu.js run. */

/** Where kernels run: our launcher, or gpu.js in one of its own ways. */
export type GpuMode = "webgpu" | "webgl2" | "webasm" | "cpu";

/** A piece of device memory: `length` float32 elements. Every dtype is stored as float32. */
export interface Memory {
  readonly length: number;
}

/** Threads along x, y, z. */
export type Output = readonly [x: number] | readonly [x: number, y: number] | Grid;

/** Threads, or workgroups, along all three axes. */
export type Grid = readonly [x: number, y: number, z: number];

/**
 * A kernel in gpu.js's JavaScript. Its parameters are `a0, a1, …` (arrays, read flat), then `s0, s1, …` (numbers).
 *
 * Indices are inline expressions of `this.thread.x|y|z`, loop counters and integer literals: gpu.js keeps those in 32-bit integers,
 * while a local variable becomes a float32 and loses integers from 2²⁴ on.
 */
export interface KernelSource {
  /** The function's text; it is the cache's key together with `output`. */
  readonly source: string;
  /** One thread for each element of the result, x fastest. */
  readonly output: Output;
  readonly arrays: number;
  readonly scalars: number;
}

/** Runs kernels. Everything but `read` returns at once: the work is only enqueued. */
export interface Executor {
  /** What really runs, e.g. `"webgpu NVIDIA H200"`. */
  readonly name: string;
  /** What computes, in its driver's words, where that is known. */
  readonly adapter: string | null;
  /** What the last kernel ran in; before any, what will. */
  readonly mode: GpuMode;
  /** Whether hand-written WGSL runs here. */
  readonly wgsl: WgslLauncher | null;
  upload(values: Float32Array): Memory;
  run(kernel: KernelSource, arrays: readonly Memory[], scalars: readonly number[]): Memory;
  /** `length` elements from `offset`, as they are after what is enqueued now. */
  read(memory: Memory, offset: number, length: number): Promise<Float32Array>;
  release(memory: Memory): void;
  counters(): ExecutorCounters;
  dispose(): Promise<void>;
}

/** What an executor counted since it was made. */
export interface ExecutorCounters {
  /** Buffers in use, and their bytes. */
  readonly liveBuffers: number;
  readonly liveBytes: number;
  /** Buffers waiting to be used again, and their bytes. */
  readonly pooledBuffers: number;
  readonly pooledBytes: number;
  readonly kernelsCompiled: number;
  readonly submits: number;
  /** Times that gpu.js ran something on the CPU instead, with its reason. */
  readonly degraded: readonly string[];
}

/** One call of a kernel written in WGSL. Its bindings: the numbers, where there are any, as a uniform; what it reads; then the results. */
export interface WgslCall<Lengths extends readonly number[] = readonly number[]> {
  readonly reads: readonly Memory[];
  /** Lengths of the results, in elements. */
  readonly results: readonly [...Lengths];
  readonly groups: Grid;
  /** Numbers that change from call to call, at most 64. */
  readonly numbers?: readonly number[];
}

/** A launch's results: as many as their lengths. */
export type Results<Lengths extends readonly number[]> = { readonly [K in keyof Lengths]: Memory };

/** Launches WGSL of our own, beside the kernels of gpu.js and on the same buffers. */
export interface WgslLauncher {
  /** Invocations and bytes of shared memory that one workgroup may have. */
  readonly invocations: number;
  readonly sharedBytes: number;
  /** Runs a text, which is compiled at its first call. */
  launch<Lengths extends readonly number[]>(
    code: string,
    call: WgslCall<Lengths>,
  ): Results<Lengths>;
}
