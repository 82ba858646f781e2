/** @file The one place that imports gpu.js. Its typings lack what is used here, so this types it. */
import gpujs from "gpu.js";

/** A flat typed array with dimensions, as gpu.js's kernels take it. */
export interface GpuJsInput {
  readonly value: Float32Array;
}

/** A result that stays on the device (WebGL2). */
export interface GpuJsTexture {
  toArray(): unknown;
  delete(): void;
}

/** How a kernel is compiled. */
interface GpuJsSettings {
  readonly output: readonly number[];
  readonly argumentTypes?: readonly string[];
  readonly argumentNames?: readonly string[];
  readonly pipeline?: boolean;
  readonly immutable?: boolean;
  readonly loopMaxIterations?: number;
  readonly precision?: "single";
}

/** The WebGPU backend's translator: after `build` the WGSL and the layout of its uniforms are there. */
interface WgslTranslator {
  compiledSource: string;
  workgroupSize: readonly number[];
  paramsLayout: {
    readonly byteLength: number;
    readonly arrayArgs: readonly unknown[];
    readonly scalarArgs: readonly { readonly offset: number }[];
  };
  build(...args: unknown[]): Promise<void>;
}

/** A kernel that gpu.js itself runs. */
export interface GpuJsKernel {
  (...args: unknown[]): unknown;
  readonly kernel: { readonly constructor: { readonly mode?: string }; readonly fallbackReason?: string | null };
  destroy(): void;
}

interface GpuJs {
  readonly WebGPUKernel: new (source: string, settings: GpuJsSettings) => WgslTranslator;
  readonly GPU: (new (settings: {
    mode: string;
  }) => { createKernel(source: string, settings: GpuJsSettings): GpuJsKernel; destroy(): Promise<void> | void }) & {
    readonly isWebGL2Supported: boolean;
  };
  readonly input: (value: Float32Array, size: readonly number[]) => GpuJsInput;
}

const library = gpujs as unknown as GpuJs;

/** gpu.js's entry point, for the modes that it runs itself. */
export const GPU: GpuJs["GPU"] = library.GPU;

/** A flat array as a kernel's argument. */
export const input: GpuJs["input"] = library.input;

/** gpu.js's WebGPU kernel, halted before it asks for a device: what remains is the translation to WGSL, which is synchronous. */
export class Translator extends library.WebGPUKernel {
  /** gpu.js calls this once the WGSL is assembled, to compile it on a device of its own. */
  _buildAsync(): Promise<void> {
    return Promise.resolve();
  }
}
