/** @file @spm/gpu: the GPU as a backend. */
export type { GpuMode } from "./executor.ts";
export { type GpuBackend, type GpuOptions, type GpuReport, gpu } from "./gpu.ts";
