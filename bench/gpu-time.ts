/**
 * @file Times on a GPU: calls only enqueue work, so a sample is timed from its first call until the
 * device has done all of it.
 */
import { tensor } from "@spm/core";
import type { GpuBackend } from "@spm/gpu";
import {
  type Candidate,
  candidate,
  measure,
  type RoundOptions,
} from "../experiments/parts/harness.ts";

/** Milliseconds of one call: the median over rounds, each of many calls. */
export type Timer = (run: () => void) => Promise<number>;

/** A timer for work on a device. */
export function timerOf(device: GpuBackend, { rounds = 7, milliseconds = 40 } = {}): Timer {
  const probe = tensor([0], { backend: device });
  const seconds = milliseconds / 1000;
  const settled = (): Promise<unknown> => probe.data();
  return async (run) => {
    await settled();
    const one = candidate("run", run, { sample: seconds, settled });
    // warm up: kernels are compiled, the pool of buffers is filled, the clock rises
    return millisecondsOf(one, { rounds, seconds, warm: 3 * seconds });
  };
}

async function millisecondsOf(one: Candidate, options: RoundOptions): Promise<number> {
  const [found] = await measure([one], options);
  return 1000 * found.seconds;
}

/**
 * Milliseconds in which the device copies a buffer of so many float32 to another: the floor of any
 * kernel that reads and writes as many.
 */
export async function copyTimes(elements: readonly number[], software: boolean): Promise<number[]> {
  const { navigator: host } = globalThis as { navigator?: { gpu?: GPU } };
  const webgpu = host?.gpu ?? (await import("webgpu")).create([]);
  const adapter = await webgpu.requestAdapter({ powerPreference: "high-performance" });
  const { maxBufferSize } = adapter!.limits;
  const device = await adapter!.requestDevice({ requiredLimits: { maxBufferSize } });
  const times: number[] = [];
  for (const count of elements) {
    const size = count * 4;
    if (size > Math.min(maxBufferSize, 2 ** 32)) {
      times.push(Number.NaN);
      continue;
    }
    // Storage buffers, like the arrays that are compared with it: others may lie in slower memory.
    const usage = 0x80 | 0x8 | 0x4;
    const [from, to] = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })];
    device.queue.writeBuffer(from, 0, new Float32Array(Math.min(count, 4096)).fill(1));
    const copy = async (copies: number): Promise<number> => {
      const encoder = device.createCommandEncoder();
      for (let k = 0; k < copies; k++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
      const commands = [encoder.finish()];
      const start = performance.now();
      device.queue.submit(commands);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - start) / 1000 / copies;
    };
    await copy(10);
    const copies = software ? 5 : Math.max(10, Math.min(1000, Math.ceil(2e10 / size)));
    times.push(await millisecondsOf({ name: "copy", time: () => copy(copies) }, { rounds: 5 }));
    from.destroy();
    to.destroy();
  }
  device.destroy();
  return times;
}
