/**
 * @file The interface of executors, which run kernels on device memory. One launches on WebGPU, the
 * other runs gpu.js.
 */

import type { NdArray } from "@spm/core";

/**
 * The mode in which kernels run: on WebGPU by this package's launcher, or in one of gpu.js's own
 * modes.
 */
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
 * A kernel in gpu.js's JavaScript. Its parameters are `a0, a1, …` (arrays, read flat), then
 * `s0, s1, …` (numbers).
 *
 * Indices are inline expressions of `this.thread.x|y|z`, loop counters and integer literals: gpu.js
 * keeps those in 32-bit integers, while a local variable becomes a float32 and loses integers from
 * 2²⁴ on.
 */
export interface KernelSource {
  /** The text of the function; with `output` it is the key of caches. */
  readonly source: string;
  /** One thread for each element of the result, x fastest. */
  readonly output: Output;
  readonly arrays: number;
  readonly scalars: number;
  /**
   * Of a kernel of one axis, of k threads a number, whose elements ki … ki + k − 1 are functions of
   * element `gathers[i]` of its first array: the numbers of its second.
   */
  readonly gathers?: Float32Array;
  /** Whether element i of its result is the sum of the elements i of its two arrays. */
  readonly adds?: boolean;
}

/** Runs kernels. All methods but `read` and `dispose` return at once: they only enqueue work. */
export interface Executor {
  /** The mode and the device, e.g. `"webgpu NVIDIA H200"`. */
  readonly name: string;
  /** The device in its driver's words, null where it is unknown. */
  readonly adapter: string | null;
  /** The mode of the last kernel; before the first, the mode that was asked for. */
  readonly mode: GpuMode;
  /** The launcher of hand-written WGSL, null where that does not run. */
  readonly wgsl: WgslLauncher | null;
  /** @param source - the array that has the values, if the step that runs may draw the next */
  upload(values: Float32Array, source?: NdArray): Memory;
  /** @param renew - the scalars of the next repetition, if the step that runs is recorded */
  run(
    kernel: KernelSource,
    arrays: readonly Memory[],
    scalars: readonly number[],
    renew?: Renewal,
  ): Memory;
  /** The recorder of the step that runs now; null where none is recorded. */
  readonly recording: Renewals | null;
  /** `length` elements from `offset`, after all work enqueued so far. */
  read(memory: Memory, offset: number, length: number): Promise<Float32Array>;
  release(memory: Memory): void;
  /**
   * Runs `f`. Where it throws, the memory that it made is released.
   * @returns its result, and the memory that it made and did not release
   */
  attempt<T>(f: () => T): { readonly result: T; readonly made: Iterable<Memory> };
  counters(): ExecutorCounters;
  dispose(): Promise<void>;
}

/** Captured steps, one for each form of arguments. */
export interface CapturedCounts {
  readonly steps: number;
  readonly launches: number;
  readonly buffers: number;
  readonly bytes: number;
}

/** The counts of an executor since it was made. */
export interface ExecutorCounters {
  /** Buffers in use, and their bytes. */
  readonly liveBuffers: number;
  readonly liveBytes: number;
  /** Buffers waiting to be used again, and their bytes. */
  readonly pooledBuffers: number;
  readonly pooledBytes: number;
  readonly kernelsCompiled: number;
  readonly submits: number;
  /** Steps that are repeated, their launches, and the buffers that they hold. */
  readonly captured: CapturedCounts;
  /** Times that gpu.js ran something on the CPU instead, with its reason. */
  readonly degraded: readonly string[];
}

/**
 * Computes the numbers of a launch anew, when a recorded step is repeated; null where another
 * kernel would run.
 */
export type Renewal = () => readonly number[] | null;

/** The options of a recording that are computed anew. */
interface Renewals {
  /** The function that computes these options anew; undefined where they stay as they are. */
  renewalOf(options: object): (() => object) | undefined;
}

/**
 * One call of a kernel written in WGSL. Its bindings are the numbers, if any, as a uniform, then
 * the inputs, then the results.
 */
export interface WgslCall<Lengths extends readonly number[] = readonly number[]> {
  readonly reads: readonly Memory[];
  /** Lengths of the results, in elements. */
  readonly results: readonly [...Lengths];
  readonly workgroups: Grid;
  /** Numbers that change from call to call, at most 64. */
  readonly numbers?: readonly number[];
  /** The numbers of the next repetition, if the step that runs is recorded. */
  readonly renew?: Renewal | undefined;
  /** Whether element i of each result is a function of element i of each operand. */
  readonly byElement?: boolean;
  readonly sums?: SumsBeside;
}

/** The kernel of a launch with a sum beside it in the same launch, which a repetition takes. */
export interface SumsBeside {
  /**
   * Its text.
   * @param before - whether the first two operands are two arrays whose sum is the first operand
   * @param behind - whether the last operand is added to the first result
   */
  text(before: boolean, behind: boolean): string;
  /** Whether the sum before it becomes its last result. */
  readonly writes: boolean;
}

/** A launch's results: as many as their lengths. */
export type Results<Lengths extends readonly number[]> = { readonly [K in keyof Lengths]: Memory };

/** Launches hand-written WGSL, beside the kernels of gpu.js and on the same buffers. */
export interface WgslLauncher {
  /** Invocations and bytes of shared memory that one workgroup may have. */
  readonly invocations: number;
  readonly sharedBytes: number;
  /** Arrays that one kernel may read and write. */
  readonly buffers: number;
  /** Runs a kernel, which is compiled at its first call. */
  launch<Lengths extends readonly number[]>(
    code: string,
    call: WgslCall<Lengths>,
  ): Results<Lengths>;
}
