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

test.runIf(executor !== null)("a kernel has at most 8 buffers, however it is written", () => {
  const reads = Array.from({ length: 8 }, (_, i) => executor!.upload(Float32Array.of(i)));
  const names = reads.map((_, i) => `a${i}`);
  const source =
    `function (${names.join(", ")}) { ` +
    `return ${names.map((name) => `${name}[0]`).join(" + ")}; }`;
  const kernel = { source, output: [1], arrays: 8, scalars: 0 } as const;
  expect(() => executor!.run(kernel, reads, [])).toThrowErrorMatchingInlineSnapshot(`
    [BackendError: gpu: expected at most 8 buffers in a kernel, got 9
    help: split the op]
  `);
  expect(() => executor!.wgsl!.launch("", { reads, results: [1], workgroups: [1, 1, 1] })).toThrow(
    /^gpu: expected at most \d+ buffers in a kernel, got 9/,
  );
});
