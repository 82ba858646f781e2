/** @file A software GPU that a test can take away, as a driver's crash or a laptop's sleep does. */
import { type GpuBackend, gpu } from "@spm/gpu";
import { vi } from "vitest";
import "./software-driver.ts";

/** An open GPU, and what makes it a lost one. */
export interface BreakableGpu {
  readonly backend: GpuBackend;
  lose(): void;
}

const { create } = (await import("webgpu")) as unknown as { create(options: string[]): GPU };
/** Dawn's own, held for as long as the test runs: once collected it takes the process down. */
const dawn: GPU = create([]);

/** Opens one through a `navigator.gpu` that keeps hold of the device. */
export async function openBreakableGpu(): Promise<BreakableGpu> {
  const devices: GPUDevice[] = [];
  const requestAdapter = async (): Promise<unknown> => {
    const adapter = (await dawn.requestAdapter())!;
    const requestDevice = async (wanted: GPUDeviceDescriptor): Promise<GPUDevice> => {
      const device = await adapter.requestDevice(wanted);
      devices.push(device);
      return device;
    };
    return { info: adapter.info, limits: adapter.limits, requestDevice };
  };
  vi.stubGlobal("navigator", { gpu: { requestAdapter } });
  const backend = await gpu({ mode: "webgpu", adapter: "software" });
  vi.unstubAllGlobals();
  return { backend, lose: () => devices[0]!.destroy() };
}
