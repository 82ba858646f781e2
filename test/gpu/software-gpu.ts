/**
 * @file The software GPU that comes with Chromium: SwiftShader, a real WebGPU adapter without
 * hardware.
 */
import { BackendError } from "@spm/core/extend";
import { type GpuBackend, gpu } from "@spm/gpu";
import "./software-driver.ts";

/** Opens it, or says on the standard output why tests of it don't run. */
export async function openSoftwareGpu(): Promise<GpuBackend | null> {
  try {
    return await gpu({ mode: "webgpu", adapter: "software" });
  } catch (cause) {
    if (!(cause instanceof BackendError)) throw cause;
    process.stdout.write(
      "GPU tests don't run: " +
        `install chromium and libvulkan1 for a software GPU (${cause.message})\n`,
    );
    return null;
  }
}
