/** @file @spm/wasm: tensors and kernels in WebAssembly SIMD. */
export { type WasmBuildOptions, type WasmOptions, wasm, wasmSync } from "./backend.ts";
export { f32x4Peak } from "./peak.ts";
