/**
 * @file A device that is lost in the middle of training: what waited for it is told so, and
 * training goes on on another.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { add, mul, reference, rng, setBackend, tensor } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import { DataLoader, gaussianClusters } from "@spm/data";
import { Mlp } from "@spm/models";
import { adam } from "@spm/optim";
import { type Callback, classification, type FitResult, fit } from "@spm/trainer";
import { checkpoints, latestCheckpoint } from "@spm/trainer/node";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { type BreakableGpu, openBreakableGpu } from "./breakable-gpu.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const there = await openSoftwareGpu();
await there?.dispose();
afterEach(() => setBackend(reference));

async function open(): Promise<BreakableGpu> {
  const device = await openBreakableGpu();
  onTestFinished(() => device.backend.dispose());
  return device;
}

const data = gaussianClusters({ count: 64, features: 8, classes: 3, seed: 1 });

/**
 * Twenty steps of a rotation mixer on the current backend, checkpoints every five into `folder`,
 * going on from the last one there.
 */
async function train(
  folder: string,
  callbacks: readonly Callback[] = [],
): Promise<{ result: FitResult; model: Mlp }> {
  const model = new Mlp({ sizes: [8, 16, 3], linear: "rotation", random: rng(1) });
  const resume = latestCheckpoint(folder);
  const result = await fit(model, new DataLoader(data, { batchSize: 16, seed: 1 }), {
    loss: classification,
    optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
    epochs: 5,
    callbacks: [...callbacks, checkpoints({ folder, everySteps: 5 })],
    ...(resume && { resume }),
  });
  return { result, model };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "spm-lost-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const weights = async (model: Mlp): Promise<number[][]> =>
  Promise.all(
    Object.values(model.stateDict()).map(async (value) => Array.from(await value.data())),
  );

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
  });
});
