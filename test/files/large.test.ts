import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ones, type Tensor, zeros } from "@spm/core";
import { chart, LIGHT } from "@spm/report/draw";
import {
  encodeCheckpoint,
  latestCheckpoint,
  type RunConfig,
  readCheckpoint,
  readSafetensors,
  writeCheckpoint,
} from "@spm/trainer/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { full } from "../full.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spm-large-"));
  path = join(folder, "step-0000000001.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("of 3 GiB what is asked for is read, in its place", async () => {
  const [size, row] = [805_306_368, 1000];
  const json = JSON.stringify({
    huge: { dtype: "F32", shape: [size], data_offsets: [0, 4 * size] },
    half: { dtype: "F16", shape: [row], data_offsets: [4 * size, 4 * size + 2 * row] },
  });
  const header = Buffer.alloc(8);
  header.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, "w");
  writeSync(file, header);
  writeSync(file, json);
  ftruncateSync(file, 8 + json.length + 4 * size + 2 * row); // sparse: zeros that take no space
  writeSync(file, Buffer.of(0, 0x3c), 0, 2, 8 + json.length + 4 * size + 2 * (row - 1));
  closeSync(file);
  const { entries, tensor: read } = readSafetensors(path);
  expect(entries.map(({ name, end }) => [name, end])).toEqual([
    ["huge", 4 * size],
    ["half", 4 * size + 2 * row],
  ]);
  const half = await read("half").data();
  expect([half[0], half.at(-2), half.at(-1), half.length]).toEqual([0, 0, 1, row]);
});

const [count, longest] = full ? [1_000_000, 100_000_000] : [100_000, 10_000_000];

test(`${count} empty tensors, a header of ${longest} bytes: read in a few JSON.parse`, () => {
  const entries = Array.from(
    { length: count },
    (_, k) => `"layers.${k}.weight":{"dtype":"F32","shape":[0,8],"data_offsets":[0,0]}`,
  );
  const whole = Buffer.alloc(8 + longest, " ");
  whole.writeBigUInt64LE(BigInt(longest));
  whole.write(`{${entries.join(",")}}`, 8);
  const text = whole.toString("utf8", 8);
  writeFileSync(path, whole);
  const parsing = cpuSeconds(() => JSON.parse(text));
  const reading = cpuSeconds(() => {
    const file = readSafetensors(path);
    expect(file.entries).toHaveLength(count);
    expect(file.tensor(`layers.${count - 1}.weight`).shape).toEqual([0, 8]);
  });
  expect(reading / parsing).toBeLessThan(6); // 2 to 3 measured
});

/** Seconds of this process: those beside it don't count. */
function cpuSeconds(f: () => void): number {
  const begun = process.cpuUsage();
  f();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

const progress = {
  step: 1,
  loader: {
    epoch: 0,
    position: 1,
    order: { samples: 1, batchSize: 1, seed: 1, dropLast: false, data: null },
  },
  unevaluated: false,
  clock: { seconds: 0, elapsed: 0 },
  window: [],
  evaluation: null,
  badInRow: 0,
  generators: {},
  dataGenerators: {},
  settings: {},
  callbacks: {},
};

test("a config of ten million characters is read back; one that can't be is refused", async () => {
  const note = `"${"x".repeat(1e7)}\\`;
  await writeCheckpoint(path, { values: { "model.w": ones([2]) }, progress }, { note });
  const { config } = readCheckpoint(path);
  expect((config as { note: string }).note === note).toBe(true);
  await expect(encodeCheckpoint({ values: {}, progress }, "x".repeat(1e8))).rejects.toThrow(
    /^safetensors: expected at most 100000000 bytes of names and metadata/,
  );
});

test("a hundred and fifty thousand records are drawn", () => {
  const at = { run: "a", split: "train", epoch: 1 } as const;
  const steps = Array.from({ length: 150_000 }, (_, step) => step);
  const run = {
    config: { models: [{ run: "a", parameters: 1 }] } as unknown as RunConfig,
    metrics: steps.map((step) => ({ ...at, step, learningRate: 1, loss: 1, accuracy: null })),
    timings: steps.map((step) => ({ ...at, step, seconds: step, elapsed: step })),
  };
  expect(chart(run, "loss", "step", LIGHT).length).toBeGreaterThan(1e6);
});

if (full)
  test("a checkpoint of more than 2 GiB, in one tensor and in several", async () => {
    for (const size of [[560_000_000], [269_000_000, 269_000_000]]) {
      const values: Record<string, Tensor | number> = {
        "optimizer.steps": 1,
        "model.b": ones([3]),
      };
      for (const [k, n] of size.entries()) values[`model.w${k}`] = zeros([n]);
      await writeCheckpoint(path, { values, progress }, null);
      expect(statSync(path).size).toBeGreaterThan(2 ** 31);
      const found = latestCheckpoint(folder);
      expect([found?.progress.step, found?.damaged]).toEqual([1, []]);
      const read = found?.values["model.b"] as Tensor;
      expect(await read.data()).toEqual(Float32Array.of(1, 1, 1));
    }
  });
