/**
 * @file The launcher: kernels on a WebGPU device, on pooled buffers, many in one submit. Only reads
 * wait.
 */
import type { SpmError } from "@spm/core";
import { BackendError, each } from "@spm/core/extend";
import type { OpenDevice } from "./adapter.ts";
import { Attempts } from "./attempts.ts";
import { Bindings, type KernelLayout } from "./bindings.ts";
import { BufferPool, type PooledBuffer, usage } from "./buffer-pool.ts";
import type {
  Executor,
  ExecutorCounters,
  Grid,
  KernelSource,
  Memory,
  Output,
  Results,
  WgslCall,
  WgslLauncher,
} from "./executor.ts";
import { Pipelines } from "./pipelines.ts";

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

  /** @param options - `wgsl: false` leaves the hand-written kernels out */
  constructor(open: OpenDevice, { wgsl }: { readonly wgsl: boolean }) {
    this.#open = open;
    this.#device = open.device;
    this.name = `webgpu ${open.kind === "software" ? "software " : ""}${open.label}`;
    this.adapter = open.label;
    this.#bindings = new Bindings(open.device, launchesPerSubmit);
    this.#pipelines = new Pipelines(open.device, this.#bindings);
    this.#pool = new BufferPool(open.device, () => this.#bindings.forget());
    const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } =
      open.device.limits;
    const launcher: WgslLauncher = {
      invocations: maxComputeInvocationsPerWorkgroup,
      sharedBytes: maxComputeWorkgroupStorageSize,
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

  upload(values: Float32Array): Memory {
    this.#assertAlive();
    const memory = this.#take(values.length);
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

  run(kernel: KernelSource, arrays: readonly Memory[], scalars: readonly number[]): Memory {
    this.#assertAlive();
    const { output } = kernel;
    const [width, height = 1, depth = 1] = output;
    const result = this.#take(output.reduce((a, b) => a * b, 1));
    if (result.length === 0) return result;
    const { pipeline, layout, compiled } = this.#pipelines.ofKernel(kernel);
    const { workgroup, uniformBytes, scalarOffsets } = compiled;
    const workgroups = this.#workgroupCounts(output, workgroup);
    const { block, offset } = this.#bindings.numbers(uniformBytes);
    const sizes = new Uint32Array(block, offset, 4);
    sizes[0] = width;
    sizes[1] = height;
    sizes[2] = depth;
    sizes[3] = output.length === 1 ? workgroups[0] * workgroup[0] : 0;
    const numbers = new Float32Array(block, offset);
    for (const [i, at] of scalarOffsets.entries()) numbers[at / 4] = scalars[i]!;
    this.#launch(
      pipeline,
      layout,
      offset,
      [...(arrays as readonly PooledBuffer[]), result],
      workgroups,
    );
    return result;
  }

  #launchWgsl<Lengths extends readonly number[]>(
    code: string,
    { reads, results, workgroups, numbers = [] }: WgslCall<Lengths>,
  ): Results<Lengths> {
    this.#assertAlive();
    const { pipeline, layout } = this.#pipelines.ofWgsl(
      code,
      numbers.length > 0,
      reads.length,
      results.length,
    );
    const outputs = each(results, (length) => this.#take(length));
    let at = 0;
    if (numbers.length > 0) {
      const { block, offset } = this.#bindings.numbers(4 * numbers.length);
      new Float32Array(block, offset, numbers.length).set(numbers);
      at = offset;
    }
    this.#launch(
      pipeline,
      layout,
      at,
      [...(reads as readonly PooledBuffer[]), ...outputs],
      workgroups,
    );
    return outputs;
  }

  async read(memory: Memory, offset: number, length: number): Promise<Float32Array> {
    this.#assertAlive();
    if (length === 0) return new Float32Array(0);
    const size = length * 4;
    const staging = this.#device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
    this.#endPass();
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#encoder.copyBufferToBuffer((memory as PooledBuffer).buffer, offset * 4, staging, 0, size);
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
    };
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
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
    const most = Math.min(
      this.#device.limits.maxStorageBufferBindingSize,
      this.#device.limits.maxBufferSize,
    );
    if (length * 4 > most)
      throw new BackendError(
        "gpu",
        `at most ${most} bytes in one tensor`,
        `${length * 4}`,
        "split the batch, or run it on the CPU",
      );
    return this.#attempts.add(this.#pool.take(length));
  }

  /**
   * Workgroups along each axis; a single axis that is too long is folded over a second, as gpu.js's
   * kernels expect.
   */
  #workgroupCounts(output: Output, [x, y]: readonly [number, number]): Grid {
    const most = this.#device.limits.maxComputeWorkgroupsPerDimension;
    const [width, height = 1, depth = 1] = output;
    let workgroups: Grid = [Math.ceil(width / x), Math.ceil(height / y), depth];
    if (output.length === 1 && workgroups[0] > most) {
      const rows = Math.ceil(workgroups[0] / most);
      workgroups = [Math.ceil(workgroups[0] / rows), rows, 1];
    }
    const over = workgroups.findIndex((g) => g > most);
    if (over >= 0)
      throw new BackendError(
        "gpu",
        `at most ${most} workgroups along an axis`,
        `${workgroups[over]} for ${output.join(" × ")} threads`,
        "reshape to fewer, longer axes, or split the batch",
      );
    return workgroups;
  }

  #launch(
    pipeline: GPUComputePipeline,
    layout: KernelLayout,
    offset: number,
    buffers: readonly PooledBuffer[],
    workgroups: Grid,
  ): void {
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
