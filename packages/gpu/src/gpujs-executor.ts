/**
 * @file The modes that gpu.js runs itself: WebGL2 textures, WebAssembly, plain JavaScript. They
 * share the kernels, not the speed.
 */
import { BackendError } from "@spm/core/extend";
import { Attempts } from "./attempts.ts";
import type { Executor, ExecutorCounters, GpuMode, KernelSource, Memory } from "./executor.ts";
import {
  GPU,
  type GpuJsInput,
  type GpuJsKernel,
  type GpuJsTexture,
  input,
  NativeIntegers,
} from "./gpujs.ts";
import { Recent } from "./recent.ts";

/** The modes that gpu.js runs itself. */
export type GpuJsMode = Exclude<GpuMode, "webgpu">;

/** Kernels that are kept. */
const keptKernels = 512;

interface HeldTexture extends Memory {
  /** The argument of gpu.js's kernels that stands for the memory; null once it is released. */
  value: GpuJsInput | GpuJsTexture | null;
}

/** Runs kernels through gpu.js, synchronously. */
export class GpuJsExecutor implements Executor {
  readonly name: string;
  readonly adapter = null;
  readonly wgsl = null;
  readonly recording = null;
  readonly #mode: GpuJsMode;
  readonly #gpu: InstanceType<typeof GPU>;
  readonly #kernels = new Recent<GpuJsKernel>(keptKernels, (oldest) => oldest.destroy());
  readonly #degraded: string[] = [];
  readonly #attempts = new Attempts((memory) => this.release(memory));
  #live = 0;
  #liveElements = 0;
  #compiled = 0;
  #launches = 0;
  #ran: GpuMode | null = null;
  #disposed = false;

  /** @throws BackendError where the mode does not exist */
  constructor(mode: GpuJsMode) {
    if (mode === "webgl2" && !GPU.isWebGL2Supported)
      throw new BackendError(
        "gpu",
        "WebGL2",
        "none",
        'run in a browser, or use gpu({ mode: "webasm" })',
      );
    this.#mode = mode;
    this.#gpu = new GPU({ mode });
    if (mode === "webgl2") this.#gpu.Kernel = NativeIntegers;
    this.name = `gpu.js ${mode}`;
  }

  get mode(): GpuMode {
    return this.#ran ?? this.#mode;
  }

  upload(values: Float32Array): Memory {
    this.#assertOpen();
    if (this.#mode === "webgl2" && values.length > 0) {
      const source = "function (a0) { return a0[this.thread.x]; }";
      const kernel = { source, output: [values.length], arrays: 1, scalars: 0 } as const;
      return this.#hold(values.length, this.#call(kernel, [input(values, [values.length])]));
    }
    return this.#hold(values.length, input(values.slice(), [values.length]));
  }

  run(kernel: KernelSource, arrays: readonly Memory[], scalars: readonly number[]): Memory {
    this.#assertOpen();
    const length = kernel.output.reduce((a, b) => a * b, 1);
    if (length === 0) return this.#hold(0, input(new Float32Array(0), [0]));
    return this.#hold(
      length,
      this.#call(kernel, [...arrays.map((m) => (m as HeldTexture).value), ...scalars]),
    );
  }

  async read(memory: Memory, offset: number, length: number): Promise<Float32Array> {
    this.#assertOpen();
    const { value } = memory as HeldTexture;
    if (value === null) throw new BackendError("gpu", "memory in use", "released memory");
    const values = "toArray" in value ? flatten(value.toArray(), memory.length) : value.value;
    return values.slice(offset, offset + length);
  }

  release(memory: Memory): void {
    if (this.#disposed) return;
    this.#attempts.delete(memory);
    const held = memory as HeldTexture;
    if (held.value !== null && "delete" in held.value) held.value.delete();
    held.value = null;
    this.#live--;
    this.#liveElements -= memory.length;
  }

  attempt<T>(f: () => T): { readonly result: T; readonly made: Iterable<Memory> } {
    return this.#attempts.run(f);
  }

  counters(): ExecutorCounters {
    return {
      liveBuffers: this.#live,
      liveBytes: this.#liveElements * 4,
      pooledBuffers: 0,
      pooledBytes: 0,
      kernelsCompiled: this.#compiled,
      submits: this.#launches,
      degraded: this.#degraded,
      captured: { steps: 0, launches: 0, buffers: 0, bytes: 0 },
    };
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#kernels.clear();
    await this.#gpu.destroy();
  }

  #assertOpen(): void {
    if (this.#disposed)
      throw new BackendError("gpu", "an open device", "a disposed one", "open another with gpu()");
  }

  #hold(length: number, value: GpuJsInput | GpuJsTexture): HeldTexture {
    this.#live++;
    this.#liveElements += length;
    return this.#attempts.add({ length, value });
  }

  #call(
    { source, output, arrays, scalars }: KernelSource,
    args: readonly unknown[],
  ): GpuJsInput | GpuJsTexture {
    const texture = this.#mode === "webgl2";
    // gpu.js bakes the arguments' sizes in; for textures their layout, and a class by their number
    // of axes.
    const pattern = args.map((a) => {
      if (typeof a === "number") return "";
      if ("value" in (a as object)) return `${(a as GpuJsInput).value.length}`;
      const { size, dimensions, output } = a as GpuJsTexture;
      return `${size.join("x")}:${dimensions.join("x")}:${output.length}`;
    });
    const key = `${output}|${pattern}|${source}`;
    const kernel = this.#kernels.get(key, () => {
      const names = [...Array(arrays).keys()]
        .map((i) => `a${i}`)
        .concat([...Array(scalars).keys()].map((i) => `s${i}`));
      const types = texture
        ? {}
        : { argumentTypes: names.map((n) => (n.startsWith("a") ? "Input" : "Float")) };
      this.#compiled++;
      return this.#gpu.createKernel(source, {
        output,
        argumentNames: names,
        ...types,
        precision: "single",
        ...(texture ? { pipeline: true, immutable: true } : {}),
      });
    });
    const result = this.#launch(kernel, args);
    const ran = kernel.kernel.constructor.mode;
    this.#ran = ran ?? this.#mode;
    if (ran !== this.#mode)
      this.#degraded.push(
        `${ran ?? "unknown"} instead of ${this.#mode}: ` +
          `${kernel.kernel.fallbackReason ?? "no reason given"}`,
      );
    if (texture) return result as GpuJsTexture;
    const length = output.reduce((a, b) => a * b, 1);
    return input(flatten(result, length), [length]);
  }

  /** @throws BackendError where gpu.js or the driver refuses, as a texture beyond the largest */
  #launch(kernel: GpuJsKernel, args: readonly unknown[]): unknown {
    try {
      const result = kernel(...args);
      this.#launches++;
      return result;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BackendError(
        "gpu",
        `a kernel that ${this.name} runs`,
        reason,
        "split the batch, or run it on the CPU",
      );
    }
  }
}

/** gpu.js's nested rows as one array of their own. */
function flatten(nested: unknown, length: number): Float32Array {
  const flat = new Float32Array(length);
  let at = 0;
  const walk = (level: unknown): void => {
    if (ArrayBuffer.isView(level)) {
      flat.set(level as Float32Array, at);
      at += (level as Float32Array).length;
    } else if (Array.isArray(level))
      for (const item of level) {
        if (typeof item === "number") flat[at++] = item;
        else walk(item);
      }
  };
  walk(nested);
  return flat;
}
