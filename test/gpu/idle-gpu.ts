/**
 * @file A WebGPU device that computes nothing: Dawn's null backend, with empty kernels and the
 * limits of a large GPU. It counts launches and bytes of models of any size, in JavaScript alone.
 */
import { type GpuBackend, gpu } from "@spm/gpu";
import { vi } from "vitest";

const { create } = (await import("webgpu")) as unknown as { create(options: string[]): GPU };
/** Held for as long as the test runs: once collected it takes the process down. */
const dawn: GPU = create(["backend=null"]);

const limits: Readonly<Record<string, number>> = {
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupStorageSize: 49152,
};

/** Opens one. All that is read of it is arbitrary. */
export async function openIdleGpu(): Promise<GpuBackend> {
  const requestAdapter = async (): Promise<unknown> => {
    const adapter = (await dawn.requestAdapter())!;
    const requestDevice = async (wanted: GPUDeviceDescriptor): Promise<GPUDevice> => {
      const device = await adapter.requestDevice(wanted);
      const create = device.createShaderModule.bind(device);
      const code = "@compute @workgroup_size(1) fn main() {}";
      const known = device.limits;
      const raised = new Proxy(known, {
        get: (of, name) => limits[String(name)] ?? Reflect.get(of, name, known),
      });
      return Object.defineProperties(device, {
        createShaderModule: { value: () => create({ code }) },
        limits: { value: raised },
      });
    };
    return { info: { description: "Dawn's null backend" }, limits: adapter.limits, requestDevice };
  };
  vi.stubGlobal("navigator", { gpu: { requestAdapter } });
  const backend = await gpu({ mode: "webgpu" });
  vi.unstubAllGlobals();
  return backend;
}
