/** @file The launcher's own limits, which no primitive of ours reaches. */
import { BackendError } from "@spm/core/extend";
import { afterAll, expect, test } from "vitest";
import "../../../test/gpu/software-driver.ts";
import { openDevice } from "./adapter.ts";
import { WebGpuExecutor } from "./webgpu-executor.ts";

const device = await openDevice("any").catch((cause: unknown) => {
  if (!(cause instanceof BackendError)) throw cause;
  process.stdout.write(`The launcher's tests don't run: ${cause.message}\n`);
  return null;
});
const executor = device && new WebGpuExecutor(device, { wgsl: true });
afterAll(() => executor?.dispose());

test.runIf(executor !== null)(
  "a kernel has at most the buffers that the device allows, however it is written",
  () => {
    const most = executor!.wgsl!.buffers;
    const reads = Array.from({ length: most }, (_, i) => executor!.upload(Float32Array.of(i)));
    const names = reads.map((_, i) => `a${i}`);
    const source =
      `function (${names.join(", ")}) { ` +
      `return ${names.map((name) => `${name}[0]`).join(" + ")}; }`;
    const kernel = { source, output: [1], arrays: most, scalars: 0 } as const;
    const refused = `gpu: expected at most ${most} buffers in a kernel, got ${most + 1}`;
    expect(() => executor!.run(kernel, reads, [])).toThrow(`${refused}\nhelp: split the op`);
    expect(() =>
      executor!.wgsl!.launch("", { reads, results: [1], workgroups: [1, 1, 1] }),
    ).toThrow(refused);
  },
);
