import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { mul, type Rng, rng, type Tensor, type TypedArray, uniform } from "@spm/core";
import { DataLoader, gaussianClusters, type LabelledBatch, mapBatches } from "@spm/data";
import { Mlp } from "@spm/models";
import { Module } from "@spm/nn";
import { adam, cosine, MovingAverage } from "@spm/optim";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { classification } from "../classification.ts";
import { CheckpointError } from "../errors.ts";
import { fit } from "../fit.ts";
import type { FitOptions, FitResult } from "../fit-options.ts";
import type { Callback } from "../hooks.ts";
import { readCheckpoint, verifyCheckpoint, writeCheckpoint } from "./checkpoint-file.ts";
import {
  checkpointPath,
  checkpointSteps,
  latestCheckpoint,
  setAside,
} from "./checkpoint-folder.ts";
import { checkpoints } from "./checkpoints.ts";
import { parseExactly, stringifyExactly } from "./json.ts";
import { recordRun } from "./record-run.ts";
import { RunWriter } from "./run-writer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spm-checkpoint-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An MLP whose inputs get random noise while it trains: it has a generator to be saved. */
class Noisy extends Module {
  readonly mlp: Mlp;
  readonly noise: Rng = rng(99);
  constructor(hidden: number) {
    super();
    this.mlp = new Mlp({ sizes: [6, hidden, 3], linear: "rotation", random: rng(1) });
  }
  forward(x: Tensor): Tensor {
    return this.mlp.forward(this.training ? mul(x, uniform(this.noise, x.shape, 0.5, 1.5)) : x);
  }
}

const data = gaussianClusters({ count: 60, features: 6, classes: 3, seed: 1 });
const config = { seed: 1 };

interface Setup {
  readonly hidden?: number;
  readonly callbacks?: readonly Callback[];
  readonly options?: Partial<FitOptions<Noisy, LabelledBatch>>;
  /** Steps after which it is interrupted. */
  readonly until?: number;
}

/** Two epochs of twelve steps, from the newest checkpoint of `folder` if there is one. */
async function train({
  hidden = 8,
  callbacks,
  options,
  until,
}: Setup = {}): Promise<{ model: Noisy; result: FitResult }> {
  const model = new Noisy(hidden);
  const parameters = model.parameters();
  const resume = latestCheckpoint(folder);
  const stop = new AbortController();
  const interrupt: Callback = { onStep: ({ step }) => (step === until ? stop.abort() : undefined) };
  const result = await fit(model, new DataLoader(data, { batchSize: 5, seed: 3 }), {
    loss: classification,
    optimizer: adam(parameters, { learningRate: cosine({ learningRate: 1e-2, steps: 24 }) }),
    average: new MovingAverage(parameters, { decay: 0.9 }),
    epochs: 2,
    evaluate: { data: new DataLoader(data, { batchSize: 60 }), every: 4 },
    callbacks: [
      interrupt,
      ...(callbacks ?? [checkpoints({ folder, config, everySteps: 5, keepLast: 2 })]),
    ],
    signal: stop.signal,
    logEvery: 3,
    ...(resume && { resume }),
    ...options,
  });
  return { model, result };
}

async function weightsOf(model: Noisy): Promise<Record<string, TypedArray>> {
  const weights: Record<string, TypedArray> = {};
  for (const [path, value] of Object.entries(model.stateDict())) weights[path] = await value.data();
  return weights;
}

describe("a checkpoint", () => {
  test("puts all back: weights, state, noise, averages, logs half full, files", async () => {
    let writer: RunWriter | undefined;
    const inRun = (name: string): Callback => {
      writer?.close();
      writer = open(name);
      return recordRun(writer, "rotation");
    };
    const open = (name: string): RunWriter => {
      const path = join(folder, name);
      const fresh = {
        title: "",
        command: "",
        started: "",
        models: [],
        epochs: 2,
        stepsPerEpoch: 12,
        options: {},
      };
      const machine = { node: "", platform: "", cpu: "", cores: 1, memory: 1 };
      return readdirSync(folder).includes(name)
        ? new RunWriter(path)
        : new RunWriter(path, { ...fresh, machine });
    };
    const whole = await train({ callbacks: [inRun("whole")] });
    for (const until of [4, 5, 10, 13, 20, undefined]) {
      const { result } = await train({
        callbacks: [inRun("parts"), checkpoints({ folder, everySteps: 100 })],
        ...(until !== undefined && { until }),
      });
      expect([result.interrupted, result.position.step]).toEqual([
        until !== undefined,
        until ?? 24,
      ]);
      // what a killed process may have written after its last checkpoint
      if (until !== undefined)
        writeFileSync(join(folder, "parts", "metrics.jsonl"), "garbage", { flag: "a" });
    }
    const parts = await train({ callbacks: [inRun("parts"), checkpoints({ folder })] });
    writer?.close();
    expect(await weightsOf(parts.model)).toEqual(await weightsOf(whole.model));
    expect(parts.result.evaluation).toEqual(whole.result.evaluation);
    for (const name of ["metrics.jsonl", "metrics.csv"])
      expect(readFileSync(join(folder, "parts", name), "utf8")).toBe(
        readFileSync(join(folder, "whole", name), "utf8"),
      );
  });

  test("carries configuration and versions, and numbers of any kind", async () => {
    await train({ until: 5 });
    const { config: saved, versions, progress } = readCheckpoint(checkpointPath(folder, 5));
    expect(saved).toEqual(config);
    expect(versions.node).toBe(process.versions.node);
    const order = { samples: 60, batchSize: 5, seed: 3, dropLast: false, data: data.digest?.() };
    expect(progress.loader).toEqual({ epoch: 0, position: 5, order });
    const odd = { nan: Number.NaN, down: -Infinity, zero: -0, third: 1 / 3 };
    expect(parseExactly(stringifyExactly(odd))).toEqual(odd);
  });

  test("is written when due; the last and the best are kept", async () => {
    const best = { metric: "loss", better: "lower", keep: 1 } as const;
    await train({ callbacks: [checkpoints({ folder, everySteps: 7, keepLast: 2, best })] });
    // the last evaluation, at 24, is the best one
    expect(checkpointSteps(folder)).toEqual([21, 24]);
    const worst = { ...best, better: "higher" } as const;
    rmSync(folder, { recursive: true });
    await train({ callbacks: [checkpoints({ folder, everySteps: 7, keepLast: 2, best: worst })] });
    expect(checkpointSteps(folder)).toEqual([4, 21, 24]);
    expect(() => checkpoints({ folder, keepLast: 0 })).toThrow(
      "a whole keepLast of at least 1, got 0",
    );
  });
});

describe("a folder with checkpoints", () => {
  const saver = (): Callback => checkpoints({ folder, everySteps: 5, keepLast: 2 });
  const files = (): Record<string, Buffer> =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  /** A training that begins anew, whatever lies in the folder. */
  const anew = (callback: Callback): Promise<unknown> => {
    const model = new Noisy(8);
    return fit(model, new DataLoader(data, { batchSize: 5, seed: 4 }), {
      loss: classification,
      optimizer: adam(model.parameters()),
      epochs: 1,
      callbacks: [callback],
    });
  };

  test("of another training is left alone: one that begins there is refused", async () => {
    await train({ callbacks: [saver()] });
    const before = files();
    await expect(anew(saver())).rejects.toThrow(
      `without checkpoints for a training that begins, got steps 20, 24 in ${folder}`,
    );
    expect(files()).toEqual(before);
  });

  test("a callback used for a second training is no way around that", async () => {
    const once = saver();
    await train({ callbacks: [once] });
    const before = files();
    await expect(anew(once)).rejects.toThrow(/a folder without checkpoints/);
    expect(files()).toEqual(before);
  });

  test("a training taken up from an older one does not remove the later ones", async () => {
    await train({ callbacks: [saver()] });
    const older = { ...readCheckpoint(checkpointPath(folder, 20)) };
    const before = files();
    await expect(train({ callbacks: [saver()], options: { resume: older } })).rejects.toThrow(
      /without checkpoints after step 20, .* got steps 24/,
    );
    expect(files()).toEqual(before);
  });

  test("interrupted before its first step, a training goes on from there", async () => {
    const signal = AbortSignal.abort();
    await train({ callbacks: [saver()], options: { signal } });
    expect(checkpointSteps(folder)).toEqual([0]);
    const { result } = await train({ callbacks: [saver()] });
    expect([result.position.step, checkpointSteps(folder)]).toEqual([24, [20, 24]]);
  });

  test("is locked while it is written to; the lock of a dead process is taken over", async () => {
    const both = await Promise.allSettled([
      train({ callbacks: [saver()] }),
      train({ callbacks: [saver()] }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(String(both.find(({ status }) => status === "rejected"))).toBeDefined();
    expect(readdirSync(folder)).not.toContain("spm.lock");
    const gone = { pid: 2 ** 22 + 1, host: hostname(), started: "1", since: "yesterday" };
    writeFileSync(join(folder, "spm.lock"), JSON.stringify(gone));
    expect((await train({ callbacks: [saver()] })).result.position.step).toBe(24);
    writeFileSync(join(folder, "spm.lock"), JSON.stringify({ ...gone, host: "elsewhere" }));
    await expect(train({ callbacks: [saver()] })).rejects.toThrow(
      `lock: expected nobody else to write into ${folder}, got process 4194305 on elsewhere since`,
    );
    const reused = { ...gone, pid: process.ppid, started: "another process of that number" };
    writeFileSync(join(folder, "spm.lock"), JSON.stringify(reused));
    expect((await train({ callbacks: [saver()] })).result.position.step).toBe(24);
    expect(readdirSync(folder).filter((name) => name.startsWith("spm.lock"))).toEqual([]);
  });
});

describe("a resumed training", () => {
  const saved = async (): Promise<void> => {
    await train({ until: 10 });
  };
  const others: [string, object, string][] = [
    ["another logEvery", { logEvery: 5 }, "logEvery 3, got logEvery 5"],
    ["accumulation", { accumulate: 2 }, "accumulate 1, got accumulate 2"],
    ["other reactions", { onNonFinite: "skip" }, 'onNonFinite "stop", got onNonFinite "skip"'],
    ["fewer epochs", { epochs: 0 }, "at least the 1 epochs"],
  ];
  test.each(others)("with %s is refused", async (_, options, message) => {
    await train({ until: 13 });
    await expect(train({ options })).rejects.toThrow(message);
  });

  test("of other samples, order or optimizer is refused, unless that is allowed", async () => {
    await saved();
    const resume = latestCheckpoint(folder);
    const go = async (loader: DataLoader<LabelledBatch>, more: object = {}, rate = 1e-2) => {
      const model = new Noisy(8);
      const parameters = model.parameters();
      return fit(model, loader, {
        loss: classification,
        optimizer: adam(parameters, {
          learningRate: cosine({ learningRate: 1e-2, steps: 24 }),
          weightDecay: rate,
        }),
        average: new MovingAverage(parameters, { decay: 0.9 }),
        epochs: 2,
        evaluate: { data: new DataLoader(data, { batchSize: 60 }), every: 4 },
        logEvery: 3,
        ...(resume && { resume }),
        ...more,
      });
    };
    const other = gaussianClusters({ count: 60, features: 6, classes: 3, seed: 2 });
    const same = { batchSize: 5, seed: 3 };
    await expect(go(new DataLoader(other, same), {}, 0)).rejects.toThrow(/expected .* of data /);
    await expect(go(new DataLoader(data, { ...same, batchSize: 10 }), {}, 0)).rejects.toThrow(
      "a position in the batches of batchSize 10, got one of batchSize 5",
    );
    await expect(go(new DataLoader(data, same), {}, 0.1)).rejects.toThrow(
      /"weightDecay":0[,}].*0\.1/s,
    );
    const allowChanged = true;
    const wider = await go(new DataLoader(data, { ...same, batchSize: 10 }), { allowChanged }, 0.1);
    expect(wider.position.step).toBe(12);
    const more = await go(new DataLoader(data, same), { epochs: 3 }, 0);
    expect(more.position.step).toBe(36);
  });

  test("draws what its data set would have drawn", async () => {
    const make = () => {
      const random = rng(5);
      const noisy = ({ x, y }: LabelledBatch) => ({ x: mul(x, uniform(random, x.shape)), y });
      return new DataLoader(mapBatches(data, noisy, { random }), { batchSize: 5, seed: 3 });
    };
    const go = async (until = Number.POSITIVE_INFINITY) => {
      const resume = latestCheckpoint(folder);
      const model = new Noisy(8);
      const stop = new AbortController();
      const onStep: Callback["onStep"] = ({ step }) => (step === until ? stop.abort() : undefined);
      await fit(model, make(), {
        loss: classification,
        optimizer: adam(model.parameters()),
        epochs: 2,
        signal: stop.signal,
        callbacks: [{ onStep }, ...(until < 24 || resume ? [saver()] : [])],
        ...(resume && { resume }),
      });
      return weightsOf(model);
    };
    const saver = () => checkpoints({ folder });
    const whole = await go();
    await go(7);
    expect(await go()).toEqual(whole);
  });
});

describe("faults", () => {
  test("a damaged checkpoint is set aside for the one before, and named", async () => {
    await train({ until: 11 });
    expect(checkpointSteps(folder)).toEqual([10, 11]);
    const path = checkpointPath(folder, 11);
    const file = readFileSync(path);
    file[file.length - 20]! ^= 1; // one bit of one weight
    writeFileSync(path, file);
    const found = latestCheckpoint(folder);
    expect(found?.progress.step).toBe(10);
    expect(found?.damaged).toHaveLength(1);
    expect(found?.damaged[0]?.reason).toMatch(/expected the checksum that .*11\.safetensors names/);
    expect(checkpointSteps(folder)).toEqual([10, 11]); // who reads changes nothing
    setAside(found!.damaged);
    expect(readdirSync(folder)).toContain("step-0000000011.safetensors.damaged");
    expect(latestCheckpoint(folder)?.damaged).toEqual([]);
  });

  test("a checkpoint that was cut short, too; with none left that is an error", async () => {
    await train({ until: 11 });
    truncateSync(checkpointPath(folder, 11), 2000);
    expect(latestCheckpoint(folder)?.progress.step).toBe(10);
    truncateSync(checkpointPath(folder, 10), 4);
    expect(() => latestCheckpoint(folder)).toThrow(
      /expected a whole checkpoint in .*, got 2 damaged: readCheckpoint:/,
    );
  });

  test("a folder of checkpoints that somebody removes while it trains is made anew", async () => {
    const inner = join(folder, "run", "checkpoints");
    const remove: Callback = {
      onStep: ({ step }) => void (step === 12 && rmSync(join(folder, "run"), { recursive: true })),
    };
    await train({ callbacks: [remove, checkpoints({ folder: inner, everySteps: 10 })] });
    expect(checkpointSteps(inner)).toEqual([20, 24]);
    expect(latestCheckpoint(inner)?.progress.step).toBe(24);
  });

  test("what is not a checkpoint file is named", async () => {
    const path = checkpointPath(folder, 5);
    expect(() => readCheckpoint(folder)).toThrow(CheckpointError);
    expect(() => readCheckpoint(folder)).toThrow(
      /got \/.* \(safetensors: expected a file, got .*, a folder\)/,
    );
    expect(() => readCheckpoint(path)).toThrow(
      /expected a checkpoint that can be read, got .*5\.safetensors: ENOENT: no such file/,
    );
    expect(() => latestCheckpoint("/dev/null/x")).toThrow(CheckpointError);
    await train({ until: 5 });
    const { values, progress, config } = readCheckpoint(path);
    const bad = { ...progress, window: [{ values: { loss: "1" } }] } as unknown as typeof progress;
    await writeCheckpoint(path, { values, progress: bad }, config);
    expect(() => readCheckpoint(path)).toThrow(
      /: expected window\[0\]\.values\.loss to be number in the progress of .*, got "1"$/,
    );
    expect(() => verifyCheckpoint(path)).toThrow(CheckpointError);
  });

  test("a checkpoint of another model names the first mismatch, and changes nothing", async () => {
    await train({ until: 5 });
    await expect(train({ hidden: 9 })).rejects.toThrow(
      /^loadStateDict: expected float32\[\d+(, \d+)?\] for "mlp\.layers\.0\.\w+", got float32\[/,
    );
  });

  test("a full disk ends the training and leaves the checkpoints before whole", async () => {
    const fill: Callback = {
      onStep({ step }) {
        if (step === 10) symlinkSync("/dev/full", join(folder, "step-0000000010.safetensors.part"));
      },
    };
    const training = train({ callbacks: [fill, checkpoints({ folder, everySteps: 5 })] });
    await expect(training).rejects.toThrow(CheckpointError);
    await expect(training).rejects.toThrow(
      new RegExp(
        /^checkpoint: expected to write step-0000000010\.safetensors, /.source +
          /got ENOSPC: no space left on device.*/.source +
          /\nhelp: .* the checkpoints before this one are whole$/.source,
      ),
    );
    expect(readdirSync(folder)).toEqual(["step-0000000005.safetensors"]);
    expect(latestCheckpoint(folder)?.progress.step).toBe(5);
  });

  test("a disk full at the first checkpoint leaves none, and the message says so", async () => {
    const fill: Callback = {
      onStep: ({ step }) =>
        void (
          step === 1 && symlinkSync("/dev/full", join(folder, "step-0000000005.safetensors.part"))
        ),
    };
    await expect(
      train({ callbacks: [fill, checkpoints({ folder, everySteps: 5 })] }),
    ).rejects.toThrow(
      /got ENOSPC: no space left on device.*\nhelp: .*start again: there is no checkpoint yet$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a folder that cannot be written is an error before the first step", async () => {
    // root may write wherever a disk does
    const locked = process.getuid?.() === 0 ? "/proc/spm" : join(folder, "locked");
    if (!locked.startsWith("/proc")) {
      mkdirSync(locked);
      chmodSync(locked, 0o555);
    }
    const steps: number[] = [];
    const count: Callback = { onStep: ({ step }) => void steps.push(step) };
    const target = join(locked, "checkpoints");
    await expect(train({ callbacks: [count, checkpoints({ folder: target })] })).rejects.toThrow(
      /^checkpoint: expected to write checkpoints, got (ENOENT|EACCES|EROFS|EPERM)/,
    );
    expect(steps).toEqual([]);
  });
});
