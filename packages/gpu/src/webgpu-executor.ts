/**
 * @file The launcher: kernels on a WebGPU device of our own, on pooled buffers, many in one submit.
 * Only reads wait.
 */
import type { SpmError } from "@spm/core";
import { BackendError, each } from "@spm/core/extend";
import type { OpenDevice } from "./adapter.ts";
import { Bindings, type KernelLayout } from "./bindings.ts";
import { BufferPool, type PooledBuffer, usage } from "./buffer-pool.ts";
import { type CompiledKernel, compile } from "./compile.ts";
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
import { Recent } from "./recent.ts";

/**
 * Launches, and bytes that they touch, after which the commands go to the device, so that it starts
 * while we still record.
 */
const launchesPerSubmit = 128;
const bytesPerSubmit = 2 ** 31;
/** Pipelines that are kept of gpu.js's kernels, and as many of our own WGSL. */
const keptPipelines = 1024;

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: KernelLayout;
}

/** A kernel of gpu.js, with what it says of its numbers. */
interface CompiledPipeline extends Pipeline {
  readonly compiled: CompiledKernel;
}

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
  readonly #compiledPipelines = new Recent<CompiledPipeline>(keptPipelines);
  readonly #writtenPipelines = new Recent<Pipeline>(keptPipelines);
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #launches = 0;
  #bytes = 0;
  #batch = 0;
  #submits = 0;
  #compiled = 0;
  #failure: SpmError | null = null;
  #disposed = false;

  /** @param options - `wgsl: false` leaves the hand-written kernels out */
  constructor(open: OpenDevice, { wgsl }: { readonly wgsl: boolean }) {
    this.#open = open;
    this.#device = open.device;
    this.name = `webgpu ${open.kind === "software" ? "software " : ""}${open.label}`;
    this.adapter = open.label;
    this.#bindings = new Bindings(open.device, launchesPerSubmit);
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
    // The text holds for any sizes; gpu.js lays threads along one axis out in its own way.
    const key = `${Math.min(output.length, 2)}|${kernel.source}`;
    const { pipeline, layout, compiled } = this.#compiledPipelines.get(key, () =>
      this.#compile(kernel),
    );
    const { workgroup, uniformBytes, scalarOffsets } = compiled;
    const groups = this.#groupCounts(output, workgroup);
    const { block, offset } = this.#bindings.numbers(uniformBytes);
    const sizes = new Uint32Array(block, offset, 4);
    sizes[0] = width;
    sizes[1] = height;
    sizes[2] = depth;
    sizes[3] = output.length === 1 ? groups[0] * workgroup[0] : 0;
    const numbers = new Float32Array(block, offset);
    for (const [i, at] of scalarOffsets.entries()) numbers[at / 4] = scalars[i]!;
    this.#launch(
      pipeline,
      layout,
      offset,
      [...(arrays as readonly PooledBuffer[]), result],
      groups,
    );
    return result;
  }

  #launchWgsl<Lengths extends readonly number[]>(
    code: string,
    { reads, results, groups, numbers = [] }: WgslCall<Lengths>,
  ): Results<Lengths> {
    this.#assertAlive();
    this.#assertBuffers(reads.length + results.length);
    const outputs = each(results, (length) => this.#take(length));
    const { pipeline, layout } = this.#writtenPipelines.get(code, () =>
      this.#createPipeline(
        code,
        this.#bindings.layout(numbers.length > 0, reads.length, results.length),
      ),
    );
    let at = 0;
    if (numbers.length > 0) {
      const { block, offset } = this.#bindings.numbers(4 * numbers.length);
      new Float32Array(block, offset, numbers.length).set(numbers);
      at = offset;
    }
    this.#launch(pipeline, layout, at, [...(reads as readonly PooledBuffer[]), ...outputs], groups);
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
      // Nobody unmaps a buffer that is being read but a device that is lost: what it says of that
      // may arrive after.
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
    this.#pool.give(memory as PooledBuffer);
    if (!this.#pool.crowded) return;
    this.submit();
    this.#pool.drain();
  }

  /** Hands everything recorded so far to the device. */
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
      kernelsCompiled: this.#compiled,
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
    this.#compiledPipelines.clear();
    this.#writtenPipelines.clear();
    this.#open.close();
    await this.#device.lost;
  }

  #assertAlive(): void {
    if (this.#disposed)
      throw new BackendError("gpu", "an open device", "a disposed one", "open another with gpu()");
    if (this.#failure !== null) throw this.#failure;
  }

  #assertBuffers(count: number): void {
    const most = this.#device.limits.maxStorageBuffersPerShaderStage;
    if (count > most)
      throw new BackendError(
        "gpu",
        `at most ${most} buffers in a kernel`,
        `${count}`,
        "split the op",
      );
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
    return this.#pool.take(length);
  }

  #compile(kernel: KernelSource): CompiledPipeline {
    this.#assertBuffers(kernel.arrays + 1);
    const compiled = compile(kernel);
    const layout = this.#bindings.layout(true, kernel.arrays, 1);
    return { ...this.#createPipeline(compiled.code, layout), compiled };
  }

  #createPipeline(code: string, layout: KernelLayout): Pipeline {
    const module = this.#device.createShaderModule({ code });
    const compute = { module, entryPoint: "main" };
    const pipeline = this.#device.createComputePipeline({ layout: layout.pipeline, compute });
    this.#compiled++;
    return { pipeline, layout };
  }

  /** Workgroups along each axis; one axis alone folds over a second, as gpu.js's kernels expect. */
  #groupCounts(output: Output, [x, y]: readonly [number, number]): Grid {
    const most = this.#device.limits.maxComputeWorkgroupsPerDimension;
    const [width, height = 1, depth = 1] = output;
    let groups: Grid = [Math.ceil(width / x), Math.ceil(height / y), depth];
    if (output.length === 1 && groups[0] > most) {
      const rows = Math.ceil(groups[0] / most);
      groups = [Math.ceil(groups[0] / rows), rows, 1];
    }
    const over = groups.findIndex((g) => g > most);
    if (over >= 0)
      throw new BackendError(
        "gpu",
        `at most ${most} workgroups along an axis`,
        `${groups[over]} for ${output.join(" × ")} threads`,
        "reshape to fewer, longer axes, or split the batch",
      );
    return groups;
  }

  #launch(
    pipeline: GPUComputePipeline,
    layout: KernelLayout,
    offset: number,
    buffers: readonly PooledBuffer[],
    groups: Grid,
  ): void {
    const group = this.#bindings.group(layout, buffers);
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(pipeline);
    if (layout.hasNumbers) this.#pass.setBindGroup(0, group, [offset]);
    else this.#pass.setBindGroup(0, group);
    this.#pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
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
