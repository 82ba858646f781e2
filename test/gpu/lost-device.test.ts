/**
 * @file A device that is lost in the middle of training: what waited for it is told so, and
 * training goes on on another. So it does in another process, where the first was killed.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { add, mul, reference, setBackend, tensor } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import type { Mlp } from "@spm/models";
import type { Callback } from "@spm/trainer";
import { latestCheckpoint } from "@spm/trainer/node";
import { build } from "esbuild";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { full } from "../full.ts";
import { type BreakableGpu, openBreakableGpu } from "./breakable-gpu.ts";
import { train } from "./checkpointed-training.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const there = await openSoftwareGpu();
await there?.dispose();
afterEach(() => setBackend(reference));

async function open(): Promise<BreakableGpu> {
  const device = await openBreakableGpu();
  onTestFinished(() => device.backend.dispose());
  return device;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "spm-lost-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** The process that is killed, as one file: it starts in little time. */
async function bundledTraining(): Promise<string> {
  const inTree = mkdtempSync(".killed-"); // where the package webgpu is found
  onTestFinished(() => rmSync(inTree, { recursive: true }));
  const outfile = join(inTree, "main.mjs");
  await build({
    entryPoints: ["test/gpu/killed-training.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@spm/source"],
    banner: {
      js:
        'import { createRequire as requireOf } from "node:module"; ' +
        "const require = requireOf(import.meta.url);",
    },
  });
  return outfile;
}

const weights = async (model: Mlp): Promise<number[][]> =>
  Promise.all(
    Object.values(model.stateDict()).map(async (value) => Array.from(await value.data())),
  );

/** What the training leaves that nothing stops. */
let unbroken: number[][] | null = null;

describe.runIf(there !== null)("a lost device", () => {
  test("rejects what waits for it, and refuses what comes after", async () => {
    const { backend, lose } = await open();
    const x = tensor([1, 2], { backend });
    const pending = mul(x, 2).data();
    lose();
    await expect(pending).rejects.toThrowErrorMatchingInlineSnapshot(`
      [BackendError: gpu: expected a device that answers, got a lost one (device was destroyed)
      help: open a new one with gpu() and resume from the last checkpoint]
    `);
    await expect(pending).rejects.toBeInstanceOf(BackendError);
    expect(() => add(x, 1)).toThrowErrorMatchingInlineSnapshot(`
      [BackendError: gpu: expected a device that answers, got a lost one (device was destroyed)
      help: open a new one with gpu() and resume from the last checkpoint]
    `);
    await expect(x.data()).rejects.toThrow(BackendError);
  });

  test("disposing rejects what waits, too", async () => {
    const { backend } = await open();
    const pending = mul(tensor([1, 2], { backend }), 2).data();
    const rejected = expect(pending).rejects.toThrowErrorMatchingInlineSnapshot(`
      [BackendError: gpu: expected an open device, got a disposed one
      help: open another with gpu()]
    `);
    await backend.dispose();
    await rejected;
  });

  test("captured training ends with its error, goes on from a checkpoint elsewhere", async () => {
    const [broken, whole] = [folder(), folder()];
    const first = await open();
    setBackend(first.backend);
    let captured = 0;
    const atTwelve: Callback = {
      observes: true,
      onStep: ({ step }) => {
        captured = first.backend.report().captured.steps;
        if (step === 12) first.lose();
      },
    };
    await expect(train(broken, [atTwelve])).rejects.toThrow(
      new RegExp(
        /^gpu: expected a device that answers, got a lost one .*/.source +
          /\nhelp: open a new one with gpu\(\) and resume from the last checkpoint$/.source,
      ),
    );
    expect(latestCheckpoint(broken)?.progress.step).toBe(10);
    expect(captured).toBe(1);

    const second = await open();
    setBackend(second.backend);
    const resumed = await train(broken);
    const never = await train(whole);
    expect(resumed.result.position.step).toBe(20);
    expect(await weights(resumed.model)).toEqual(await weights(never.model));
    expect(second.backend.report().fallbacks).toEqual([]);
    unbroken ??= await weights(never.model);
  });

  test.each(full ? [6, 12, 19] : [12])("captured training killed at step %i, too", async (at) => {
    const broken = folder();
    const program = [await bundledTraining(), broken, `${at}`];
    const { stdout, signal } = spawnSync(process.execPath, program, { encoding: "utf8" });
    expect({ captured: stdout, signal }).toEqual({ captured: "1", signal: "SIGKILL" });
    expect(latestCheckpoint(broken)?.progress.step).toBe(5 * Math.floor(at / 5));

    const { backend } = await open();
    setBackend(backend);
    const resumed = await train(broken);
    expect(resumed.result.position.step).toBe(20);
    unbroken ??= await weights((await train(folder())).model);
    expect(await weights(resumed.model)).toEqual(unbroken);
  });
});
