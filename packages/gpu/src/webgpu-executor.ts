/**
 * @file The launcher: kernels on a WebGPU device, on pooled buffers, many in one submit. Only reads
 * wait.
 */
import type { NdArray, SpmError } from "@spm/core";
import { BackendError, each } from "@spm/core/extend";
import type { OpenDevice } from "./adapter.ts";
import { Attempts } from "./attempts.ts";
import { Bindings, slotBytes } from "./bindings.ts";
import { BufferPool, type PooledBuffer, usage } from "./buffer-pool.ts";
import type { Launched, Recording } from "./capture/recording.ts";
import type { Host } from "./capture/repetition.ts";
import { Repetitions } from "./capture/repetitions.ts";
import type {
  Executor,
  ExecutorCounters,
  KernelSource,
  Memory,
  Renewal,
  Results,
  WgslCall,
  WgslLauncher,
} from "./executor.ts";
import { Pipelines } from "./pipelines.ts";
import { workgroupCounts } from "./workgroups.ts";

/**
 * Launches, and bytes that they touch, after which the commands are submitted, so that the device
 * starts while others are recorded.
 */
const launchesPerSubmit = 128;
const bytesPerSubmit = 2 ** 31;
/** Runs kernels on WebGPU. */
export class WebGpuExecutor implements Executor {
  readonly name: string;
  readonly adapter: string;
  readonly mode = "webgpu";
  readonly wgsl: WgslLauncher | null;
  readonly repetitions: Repetitions = new Repetitions();
  readonly #open: OpenDevice;
  readonly #device: GPUDevice;
  readonly #pool: BufferPool;
  readonly #bindings: Bindings;
  readonly #pipelines: Pipelines;
  readonly #attempts = new Attempts((memory) => this.release(memory));
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #launches = 0;
  #bytes = 0;
  #batch = 0;
  #submits = 0;
  #failure: SpmError | null = null;
  #disposed = false;
  #recording: Recording | null = null;

  /** @param options - `wgsl: false` leaves the hand-written kernels out */
  constructor(open: OpenDevice, { wgsl }: { readonly wgsl: boolean }) {
    this.#open = open;
    this.#device = open.device;
    this.name = `webgpu ${open.kind === "software" ? "software " : ""}${open.label}`;
    this.adapter = open.label;
    this.#bindings = new Bindings(open.device, launchesPerSubmit);
    this.#pipelines = new Pipelines(open.device, this.#bindings);
    this.#pool = new BufferPool(open.device, () => this.#bindings.forget());
    const launcher: WgslLauncher = {
      invocations: open.device.limits.maxComputeInvocationsPerWorkgroup,
      sharedBytes: open.device.limits.maxComputeWorkgroupStorageSize,
      buffers: open.device.limits.maxStorageBuffersPerShaderStage,
      launch: (code, call) => this.#launchWgsl(code, call),
    };
    this.wgsl = wgsl ? launcher : null;
    open.device.onuncapturederror = ({ error }) => {
      this.#failure ??= new BackendError("gpu", "commands that the device accepts", error.message);
    };
    open.device.lost.then(({ message, reason }) => {
      if (this.#disposed) return;
      this.#failure = new BackendError(
        "gpu",
        "a device that answers",
        `a lost one (${message || reason})`,
        "open a new one with gpu() and resume from the last checkpoint",
      );
    });
  }

  get recording(): Recording | null {
    return this.#recording;
  }

  /** Runs `f` and notes in a recording what it launches, uploads and releases. */
  record<T>(recording: Recording, f: () => T): T {
    this.#recording = recording;
    try {
      return f();
    } finally {
      this.#recording = null;
    }
  }

  /** The state that a repetition needs. */
  get host(): Host {
    return {
      device: this.#device,
      take: (length) => this.#take(length),
      split: (lengths) => this.#pool.split(lengths),
      release: (memory) => this.release(memory),
      compile: (code, reads, results) => this.#pipelines.ofWgsl(code, true, reads, results),
      submit: () => this.submit(),
      submitCommands: (encoder) => {
        this.#device.queue.submit([encoder.finish()]);
        this.#submits++;
      },
    };
  }

  upload(values: Float32Array, source?: NdArray): Memory {
    const memory = this.#take(values.length);
    this.#recording?.uploaded(memory, values, source);
    if (values.length === 0) return memory;
    // the write would overtake commands that still read the old content
    if (memory.lastBatch === this.#batch) this.submit();
    this.#device.queue.writeBuffer(
      memory.buffer,
      0,
      values.buffer,
      values.byteOffset,
      values.byteLength,
    );
    return memory;
  }

  run(
    kernel: KernelSource,
    arrays: readonly Memory[],
    scalars: readonly number[],
    renew?: Renewal,
  ): Memory {
    const { output, gathers, adds } = kernel;
    const [width, height = 1, depth = 1] = output;
    const length = output.reduce((a, b) => a * b, 1);
    if (length === 0) return this.upload(new Float32Array(0));
    const result = this.#take(length);
    const { compiled, ...pipeline } = this.#pipelines.ofKernel(kernel);
    const { workgroup, uniformBytes, scalarOffsets } = compiled;
    const most = this.#device.limits.maxComputeWorkgroupsPerDimension;
    const workgroups = workgroupCounts(output, workgroup, most);
    const { block, offset } = this.#bindings.numbers(uniformBytes);
    const stride = output.length === 1 ? workgroups[0] * workgroup[0] : 0;
    new Uint32Array(block, offset, 4).set([width, height, depth, stride]);
    const numbers = new Float32Array(block, offset);
    for (const [i, at] of scalarOffsets.entries()) numbers[at / 4] = scalars[i]!;
    const launch = { ...pipeline, reads: arrays, results: [result], workgroups, block, offset };
    this.#launch({ ...launch, places: scalarOffsets, renew, gathers, adds });
    return result;
  }

  #launchWgsl<Lengths extends readonly number[]>(
    code: string,
    { reads, results: lengths, workgroups, numbers = [], ...more }: WgslCall<Lengths>,
  ): Results<Lengths> {
    this.#assertAlive();
    const pipeline = this.#pipelines.ofWgsl(code, numbers.length > 0, reads.length, lengths.length);
    const results = each(lengths, (length) => this.#take(length));
    const launch = { ...pipeline, reads, results: Object.values(results), workgroups, ...more };
    const places = numbers.map((_, k) => 4 * k);
    const none = { block: null, offset: 0 };
    const { block, offset } = places.length > 0 ? this.#bindings.numbers(4 * places.length) : none;
    if (block !== null) new Float32Array(block, offset, places.length).set(numbers);
    this.#launch({ ...launch, block, offset, places });
    return results;
  }

  async read(memory: Memory, offset: number, length: number): Promise<Float32Array> {
    this.#assertAlive();
    this.#recording?.refuse("one that reads data inside");
    if (length === 0) return new Float32Array(0);
    const size = length * 4;
    const staging = this.#device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    const { buffer, offset: start } = memory as PooledBuffer;
    this.#encoder.copyBufferToBuffer(buffer, start + offset * 4, staging, 0, size);
    this.submit();
    try {
      await staging.mapAsync(1);
    } catch (cause) {
      // Only a lost device unmaps a buffer that is being read; its reason may arrive later.
      if ((cause as Error).name === "AbortError") await this.#device.lost;
      this.#assertAlive();
      throw new BackendError("gpu", "a device that answers", String(cause));
    }
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    staging.destroy();
    if (this.#failure !== null) throw this.#failure;
    return values;
  }

  release(memory: Memory): void {
    if (this.#disposed) return;
    this.#attempts.delete(memory);
    this.#recording?.releases(memory);
    this.repetitions.released(memory);
    this.#pool.give(memory as PooledBuffer);
    if (!this.#pool.crowded) return;
    this.submit();
    this.#pool.drain();
  }

  attempt<T>(f: () => T): { readonly result: T; readonly made: Iterable<Memory> } {
    return this.#attempts.run(f);
  }

  /** Submits all recorded commands. */
  submit(): void {
    this.#endPass();
    if (this.#encoder === null) return;
    this.#bindings.writeNumbers();
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = null;
    this.#launches = 0;
    this.#bytes = 0;
    this.#batch++;
    this.#submits++;
  }

  counters(): ExecutorCounters {
    return {
      liveBuffers: this.#pool.liveBuffers,
      liveBytes: this.#pool.liveBytes,
      pooledBuffers: this.#pool.idleBuffers,
      pooledBytes: this.#pool.idleBytes,
      kernelsCompiled: this.#pipelines.count,
      submits: this.#submits,
      degraded: [],
      captured: this.repetitions.counts(),
    };
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.repetitions.clear();
    this.#disposed = true;
    this.#endPass();
    this.#encoder = null;
    this.#pool.drain();
    this.#pipelines.clear();
    this.#open.close();
    await this.#device.lost;
  }

  #assertAlive(): void {
    if (this.#disposed)
      throw new BackendError("gpu", "an open device", "a disposed one", "open another with gpu()");
    if (this.#failure !== null) throw this.#failure;
  }

  #take(length: number): PooledBuffer {
    this.#assertAlive();
    return this.#attempts.add(this.#pool.take(length));
  }

  /** @param launch - its numbers lie in `block`, if it has any, from `offset` on */
  #launch({
    block,
    offset,
    ...launch
  }: Omit<Launched, "numbers"> & {
    readonly block: ArrayBuffer | null;
    readonly offset: number;
  }): void {
    const { pipeline, layout, workgroups } = launch;
    const numbers =
      this.#recording && block && new Uint8Array(block.slice(offset, offset + slotBytes));
    this.#recording?.launched({ ...launch, numbers });
    const memories: readonly Memory[] = [...launch.reads, ...launch.results];
    const buffers = memories as readonly PooledBuffer[];
    const group = this.#bindings.group(layout, buffers);
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(pipeline);
    if (layout.hasNumbers) this.#pass.setBindGroup(0, group, [offset]);
    else this.#pass.setBindGroup(0, group);
    this.#pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
    for (const b of buffers) {
      b.lastBatch = this.#batch;
      this.#bytes += 4 * b.length;
    }
    if (++this.#launches >= launchesPerSubmit || this.#bytes >= bytesPerSubmit) this.submit();
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }
}
