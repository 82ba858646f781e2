/**
 * @file Pipelines by their source: compiled at the first call, the least recently used forgotten
 * first.
 */
import { BackendError } from "@spm/core/extend";
import type { Bindings, KernelLayout } from "./bindings.ts";
import { type CompiledKernel, compile } from "./compile.ts";
import type { KernelSource } from "./executor.ts";
import { Recent } from "./recent.ts";

/** Pipelines that are kept of gpu.js's kernels, and as many of hand-written WGSL. */
const kept = 1024;

/** A compiled kernel and its layout. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: KernelLayout;
}

/** A kernel of gpu.js, with the places of its numbers. */
export interface CompiledPipeline extends Pipeline {
  readonly compiled: CompiledKernel;
}

/** The pipelines of a device. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #bindings: Bindings;
  readonly #compiled = new Recent<CompiledPipeline>(kept);
  readonly #written = new Recent<Pipeline>(kept);
  #count = 0;

  constructor(device: GPUDevice, bindings: Bindings) {
    this.#device = device;
    this.#bindings = bindings;
  }

  /** Pipelines made so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * The pipeline of a kernel of gpu.js. Its text holds for any sizes; only whether its threads lie
   * along one axis or along more makes a difference.
   * @throws BackendError for more buffers than the device binds
   */
  ofKernel(kernel: KernelSource): CompiledPipeline {
    return this.#compiled.get(`${Math.min(kernel.output.length, 2)}|${kernel.source}`, () => {
      this.#assertBuffers(kernel.arrays + 1);
      const compiled = compile(kernel);
      const layout = this.#bindings.layout(true, kernel.arrays, 1);
      return { ...this.#create(compiled.code, layout), compiled };
    });
  }

  /**
   * The pipeline of a text in WGSL, with so many buffers to read and to write.
   * @throws BackendError for more buffers than the device binds
   */
  ofWgsl(code: string, hasNumbers: boolean, reads: number, results: number): Pipeline {
    this.#assertBuffers(reads + results);
    return this.#written.get(code, () =>
      this.#create(code, this.#bindings.layout(hasNumbers, reads, results)),
    );
  }

  /** Forgets all pipelines. */
  clear(): void {
    this.#compiled.clear();
    this.#written.clear();
  }

  #create(code: string, layout: KernelLayout): Pipeline {
    const module = this.#device.createShaderModule({ code });
    const compute = { module, entryPoint: "main" };
    const pipeline = this.#device.createComputePipeline({ layout: layout.pipeline, compute });
    this.#count++;
    return { pipeline, layout };
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
}
