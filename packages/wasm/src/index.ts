/** @file @spm/wasm: tensors and kernels in WebAssembly SIMD. */
export { type WasmOptions, wasm, wasmSync } from "./backend.ts";
