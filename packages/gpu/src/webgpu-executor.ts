/** @file The launcher: kernels on a WebGPU device of our own, on pooled buffers, many in one submit. Only reads wait. */
import { BackendError, type SpmError } from "@spm/core";
import type { OpenDevice } from "./adapter.ts";
import { BufferPool, type PooledBuffer, usage } from "./buffer-pool.ts";
import { compile } from "./compile.ts";
import type { Executor, ExecutorCounters, KernelSource, Memory, WgslLauncher, WgslSource } from "./executor.ts";

/** Launches, and bytes that they touch, after which the commands go to the device, so that it starts while we still record. */
const launchesPerSubmit = 64;
const bytesPerSubmit = 512 * 2 ** 20;
/** Bind groups that a pipeline remembers: a training step meets the same buffers again and again. */
const rememberedGroups = 512;
/** Pipelines that are kept; the one unused for longest goes first. */
const keptPipelines = 1024;

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly groups: Map<string, GPUBindGroup>;
  /** Uniforms of a kernel of gpu.js: their size, where each number goes, and those of a kernel without numbers. */
  readonly uniforms: { readonly bytes: number; readonly offsets: readonly number[]; fixed: GPUBuffer | null } | null;
  readonly workgroup: readonly [number, number];
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
  readonly #pipelines: Map<string, Pipeline> = new Map();
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #launches = 0;
  #bytes = 0;
  #batch = 0;
  #submits = 0;
  #compiled = 0;
  #failure: SpmError | null = null;
  #disposed = false;
  /** Uniforms of numbers that change from call to call: slots of one buffer, each used once per batch. */
  #slots: { buffer: GPUBuffer; next: number; id: number } | null = null;
  readonly #spentSlots: GPUBuffer[] = [];

  /** @param options - `wgsl: false` leaves the hand-written kernels out */
  constructor(open: OpenDevice, { wgsl }: { readonly wgsl: boolean }) {
    this.#open = open;
    this.#device = open.device;
    this.name = `webgpu ${open.kind === "software" ? "software " : ""}${open.label}`;
    this.adapter = open.label;
    this.#pool = new BufferPool(open.device, () => {
      for (const p of this.#pipelines.values()) p.groups.clear();
    });
    const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = open.device.limits;
    const launcher: WgslLauncher = {
      invocations: maxComputeInvocationsPerWorkgroup,
      sharedBytes: maxComputeWorkgroupStorageSize,
      launch: (source, reads, numbers) => this.#launchWgsl(source, reads, numbers),
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
    if (memory.lastBatch === this.#batch) this.submit(); // the write would overtake commands that still read the old content
    this.#device.queue.writeBuffer(memory.buffer, 0, values.buffer, values.byteOffset, values.byteLength);
    return memory;
  }

  run(kernel: KernelSource, arrays: readonly Memory[], scalars: readonly number[]): Memory {
    this.#assertAlive();
    const { output } = kernel;
    const result = this.#take(output.reduce((a, b) => a * b, 1));
    if (result.length === 0) return result;
    const key = `${output}|${kernel.source}`;
    const pipeline = this.#pipeline(key, () => this.#compile(kernel));
    const groups = this.#groupCounts(output, pipeline.workgroup);
    const uniform = this.#uniform(pipeline, output, groups, scalars);
    this.#launch(pipeline, uniform, arrays as readonly PooledBuffer[], [result], groups);
    return result;
  }

  #launchWgsl(source: WgslSource, reads: readonly Memory[], numbers: readonly number[] = []): Memory[] {
    const { code, results, groups } = source;
    this.#assertAlive();
    this.#assertBuffers(reads.length + results.length);
    const outputs = results.map((length) => this.#take(length));
    const pipeline = this.#pipeline(code, () => ({
      pipeline: this.#createPipeline(code),
      groups: new Map(),
      uniforms: null,
      workgroup: [0, 0],
    }));
    const block = new Float32Array(4 * Math.ceil((source.numbers ?? 0) / 4));
    block.set(numbers);
    const uniform = block.length === 0 ? null : this.#slot(block.buffer);
    this.#launch(pipeline, uniform, reads as readonly PooledBuffer[], outputs, groups);
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
      // Nobody unmaps a buffer that is being read but a device that is lost: what it says of that may arrive after.
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
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#encoder = null;
    this.#launches = 0;
    this.#bytes = 0;
    this.#batch++;
    this.#submits++;
    for (const buffer of this.#spentSlots.splice(0)) buffer.destroy();
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
    this.#pipelines.clear();
    this.#open.close();
    await this.#device.lost;
  }

  #assertAlive(): void {
    if (this.#disposed) throw new BackendError("gpu", "an open device", "a disposed one", "open another with gpu()");
    if (this.#failure !== null) throw this.#failure;
  }

  #assertBuffers(count: number): void {
    const most = this.#device.limits.maxStorageBuffersPerShaderStage;
    if (count > most) throw new BackendError("gpu", `at most ${most} buffers in a kernel`, `${count}`, "split the op");
  }

  #take(length: number): PooledBuffer {
    const most = Math.min(this.#device.limits.maxStorageBufferBindingSize, this.#device.limits.maxBufferSize);
    if (length * 4 > most)
      throw new BackendError(
        "gpu",
        `at most ${most} bytes in one tensor`,
        `${length * 4}`,
        "split the batch, or run it on the CPU",
      );
    return this.#pool.take(length);
  }

  #pipeline(key: string, make: () => Pipeline): Pipeline {
    let found = this.#pipelines.get(key);
    if (found === undefined) {
      found = make();
      this.#compiled++;
      if (this.#pipelines.size >= keptPipelines) this.#forget(this.#pipelines.keys().next().value!);
    } else this.#pipelines.delete(key); // and in again: the map's order is the order of use
    this.#pipelines.set(key, found);
    return found;
  }

  #forget(key: string): void {
    const uniforms = this.#pipelines.get(key)?.uniforms;
    if (uniforms?.fixed != null) this.#spentSlots.push(uniforms.fixed);
    this.#pipelines.delete(key);
  }

  #compile(kernel: KernelSource): Pipeline {
    this.#assertBuffers(kernel.arrays + 1);
    const { code, uniformBytes, scalarOffsets, workgroup } = compile(kernel);
    return {
      pipeline: this.#createPipeline(code),
      groups: new Map(),
      uniforms: { bytes: uniformBytes, offsets: scalarOffsets, fixed: null },
      workgroup,
    };
  }

  #createPipeline(code: string): GPUComputePipeline {
    const module = this.#device.createShaderModule({ code });
    return this.#device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  }

  /** Workgroups along each axis; one axis alone folds over a second, as gpu.js's kernels expect. */
  #groupCounts(output: readonly number[], [x, y]: readonly [number, number]): [number, number, number] {
    const most = this.#device.limits.maxComputeWorkgroupsPerDimension;
    let groups: [number, number, number] = [Math.ceil(output[0]! / x), Math.ceil((output[1] ?? 1) / y), output[2] ?? 1];
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

  #uniform(
    { uniforms, workgroup }: Pipeline,
    output: readonly number[],
    groups: readonly number[],
    scalars: readonly number[],
  ): { buffer: GPUBuffer; offset: number; size: number; id: string } {
    const { bytes, offsets, fixed } = uniforms!;
    if (fixed !== null) return { buffer: fixed, offset: 0, size: bytes, id: "" };
    const block = new ArrayBuffer(bytes);
    const width = output.length === 1 ? groups[0]! * workgroup[0] : 0;
    new Uint32Array(block).set([output[0]!, output[1] ?? 1, output[2] ?? 1, width]);
    if (scalars.length === 0) {
      const buffer = this.#device.createBuffer({ size: bytes, usage: usage.uniform | usage.copyTarget });
      this.#device.queue.writeBuffer(buffer, 0, block);
      uniforms!.fixed = buffer;
      return { buffer, offset: 0, size: bytes, id: "" };
    }
    const numbers = new Float32Array(block);
    scalars.forEach((v, i) => {
      numbers[offsets[i]! / 4] = v;
    });
    return this.#slot(block);
  }

  /** A place for uniforms that nothing recorded or submitted reads yet. */
  #slot(block: ArrayBuffer): { buffer: GPUBuffer; offset: number; size: number; id: string } {
    const step = 256;
    const capacity = 256 * step;
    if (this.#slots === null || this.#slots.next + step > capacity) {
      if (this.#slots !== null) this.#spentSlots.push(this.#slots.buffer);
      const buffer = this.#device.createBuffer({ size: capacity, usage: usage.uniform | usage.copyTarget });
      this.#slots = { buffer, next: 0, id: (this.#slots?.id ?? 0) + 1 };
    }
    const { buffer, next: offset, id } = this.#slots;
    this.#slots.next += step;
    this.#device.queue.writeBuffer(buffer, offset, block);
    return { buffer, offset, size: block.byteLength, id: `${id}.${offset}` };
  }

  #launch(
    p: Pipeline,
    uniform: { buffer: GPUBuffer; offset: number; size: number; id: string } | null,
    reads: readonly PooledBuffer[],
    results: readonly PooledBuffer[],
    groups: readonly [number, number, number],
  ): void {
    const buffers = [...reads, ...results];
    const key = buffers.reduce((text, b) => `${text},${b.id}`, uniform?.id ?? "");
    let group = p.groups.get(key);
    if (group === undefined) {
      const first: GPUBindGroupEntry[] =
        uniform === null
          ? []
          : [{ binding: 0, resource: { buffer: uniform.buffer, offset: uniform.offset, size: uniform.size } }];
      group = this.#device.createBindGroup({
        layout: p.pipeline.getBindGroupLayout(0),
        entries: [...first, ...buffers.map(({ buffer }, i) => ({ binding: first.length + i, resource: { buffer } }))],
      });
      if (uniform === null || uniform.id === "") {
        if (p.groups.size >= rememberedGroups) p.groups.clear();
        p.groups.set(key, group);
      }
    }
    this.#encoder ??= this.#device.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(p.pipeline);
    this.#pass.setBindGroup(0, group);
    this.#pass.dispatchWorkgroups(...groups);
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
