/** @file @spm/gpu: the GPU as a backend. */
export { type GpuBackend, type GpuOptions, type GpuReport, gpu } from "./gpu.ts";
