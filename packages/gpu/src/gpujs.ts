/** @file The only import of gpu.js, with types: its own lack the parts that are used here. */
import { BackendError } from "@spm/core/extend";
import gpujs from "gpu.js";
import type { GpuMode } from "./executor.ts";

/** A flat typed array with dimensions, as gpu.js's kernels take it. */
export interface GpuJsInput {
  readonly value: Float32Array;
}

/** A result that stays on the device (WebGL2). */
export interface GpuJsTexture {
  /** Texels along each side, and how the elements lie on them. */
  readonly size: ArrayLike<number> & { join(by: string): string };
  readonly dimensions: ArrayLike<number> & { join(by: string): string };
  readonly output: readonly number[];
  toArray(): unknown;
  delete(): void;
}

/** Settings of a kernel of gpu.js. */
interface GpuJsSettings {
  readonly output: readonly number[];
  readonly argumentTypes?: readonly string[];
  readonly argumentNames?: readonly string[];
  readonly pipeline?: boolean;
  readonly immutable?: boolean;
  readonly loopMaxIterations?: number;
  readonly precision?: "single";
}

/**
 * The WebGPU backend's translator: after `build` the WGSL and the layout of its uniforms are there.
 */
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
  readonly kernel: {
    readonly constructor: { readonly mode?: GpuMode };
    readonly fallbackReason?: string | null;
  };
  destroy(): void;
}

interface GpuJs {
  readonly WebGL2Kernel: (new (...args: unknown[]) => object) & { readonly fragmentShader: string };
  readonly WebGPUKernel: new (source: string, settings: GpuJsSettings) => WgslTranslator;
  readonly GPU: (new (settings: {
    mode: string;
  }) => {
    createKernel(source: string, settings: GpuJsSettings): GpuJsKernel;
    destroy(): Promise<void> | void;
    /** The class that kernels are instances of. */
    Kernel: unknown;
  }) & {
    readonly isWebGL2Supported: boolean;
  };
  readonly input: (value: Float32Array, size: readonly number[]) => GpuJsInput;
}

const library = gpujs as unknown as GpuJs;

/** gpu.js's entry point, for the modes that it runs itself. */
export const GPU: GpuJs["GPU"] = library.GPU;

/** A flat array as a kernel's argument. */
export const input: GpuJs["input"] = library.input;

/**
 * gpu.js's WebGPU kernel, stopped before it asks for a device: the translation to WGSL before that
 * is synchronous.
 */
export class Translator extends library.WebGPUKernel {
  /** gpu.js calls this once the WGSL is assembled, to compile it on a device of its own. */
  _buildAsync(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Functions that gpu.js writes as loops over bits, for WebGL 1, and the operators of GLSL ES 3.00
 * that replace them.
 */
const integerOperators = {
  bitwiseOr: "|",
  bitwiseXOR: "^",
  bitwiseAnd: "&",
  bitwiseZeroFillLeftShift: "<<",
  bitwiseSignedRightShift: ">>",
} as const;

/**
 * A shader whose integer operators are those of GLSL.
 * @throws BackendError when it is not as gpu.js 2.24 writes it
 */
function withIntegerOperators(shader: string): string {
  return Object.entries(integerOperators).reduce((text, [name, operator]) => {
    const opening = new RegExp(`int ${name}\\(int (\\w+), int (\\w+)\\) \\{`);
    if (!opening.test(text))
      throw new BackendError(
        "gpu",
        "GLSL as gpu.js 2.24 writes it",
        `no ${name}`,
        "pin gpu.js to 2.24.1",
      );
    return text.replace(opening, (all, a, b) => `${all}\n  return ${a} ${operator} ${b};`);
  }, shader);
}

const shader = withIntegerOperators(library.WebGL2Kernel.fragmentShader);

/**
 * gpu.js's WebGL2 kernel with the integer operators of GLSL: faster, and with gpu.js's loops a
 * mixer of 64 was wrong.
 */
export class NativeIntegers extends library.WebGL2Kernel {
  static override get fragmentShader(): string {
    return shader;
  }
  static get mode(): GpuMode {
    return "webgl2";
  }
}
