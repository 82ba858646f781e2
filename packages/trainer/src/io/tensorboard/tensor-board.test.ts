import { mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MetricsEvent, Training } from "../../hooks.ts";
import { tensorBoard } from "./tensor-board.ts";
import { crc32c, maskedCrc32c } from "./tf-record.ts";

const EVENT = `syntax = "proto3";
message Event {
  double wall_time = 1; int64 step = 2;
  oneof what { string file_version = 3; Summary summary = 5; }
}
message Summary {
  message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1;
}`;
const Event = protobuf.parse(EVENT, { keepCase: true }).root.lookupType("Event");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spm-board-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The events of the file; every length and checksum must be right. */
function decoded(): unknown[] {
  const file = readFileSync(join(folder, "events.out.tfevents.spm"));
  const events: unknown[] = [];
  let at = 0;
  while (at < file.length) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    events.push(Event.toObject(Event.decode(data), { longs: Number }));
    at += 16 + length;
  }
  expect(at).toBe(file.length);
  return events;
}

const training: Training = {
  stop() {},
  capture: () => Promise.reject(new Error("captures nothing")),
  weights: () => ({}),
  finishWith() {},
};
const event = (step: number, loss: number): MetricsEvent => {
  const position = { step, steps: 400, epoch: 1, epochs: 1, seconds: 1, elapsed: 1 };
  return { ...position, learningRate: 0.5, metrics: { loss, accuracy: 0.25 } };
};

test("CRC-32C has the values of RFC 3720", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

test("the masked form is the one that begins every TensorBoard file", () => {
  // An event of 24 bytes, e.g. the first: its length's checksum, as TensorFlow writes it.
  expect(maskedCrc32c(Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0))).toBe(0x224b7fa3);
});

test("a protobuf library reads the events back", async () => {
  const board = tensorBoard(folder, { now: () => 1234.5 });
  await board.onStart?.({ ...event(0, 0), step: 0 }, training);
  await board.onLog?.(event(10, 2.5), training);
  await board.onEvaluate?.(event(300, Number.NaN), training);
  await board.onEnd?.({ ...event(400, 0), ending: "finished" }, training);
  const summary = (...values: [string, number][]): unknown => ({
    value: values.map(([tag, simple_value]) => ({ tag, simple_value })),
  });
  expect(decoded()).toEqual([
    { wall_time: 1234.5, file_version: "brain.Event:2" },
    {
      wall_time: 1234.5,
      step: 10,
      summary: summary(["train/loss", 2.5], ["train/accuracy", 0.25], ["learningRate", 0.5]),
    },
    {
      wall_time: 1234.5,
      step: 300,
      summary: summary(["test/loss", Number.NaN], ["test/accuracy", 0.25]),
    },
  ]);
});

test("a resumed training goes on where its checkpoint was", async () => {
  const first = tensorBoard(folder);
  await first.onStart?.(event(0, 0), training);
  await first.onLog?.(event(10, 1), training);
  const state = first.state?.() ?? null;
  await first.onLog?.(event(20, 1), training);
  const second = tensorBoard(folder);
  second.restore?.(state);
  await second.onStart?.(event(10, 0), training);
  await second.onLog?.(event(20, 2), training);
  expect(decoded()).toHaveLength(3);
  expect(decoded()[2]).toMatchObject({
    step: 20,
    summary: { value: [{ tag: "train/loss", simple_value: 2 }, {}, {}] },
  });
});

test("a file that was cut is set aside, and training goes on in a new one", async () => {
  const first = tensorBoard(folder);
  await first.onStart?.(event(0, 0), training);
  await first.onLog?.(event(10, 1), training);
  const state = first.state?.() ?? null;
  const path = join(folder, "events.out.tfevents.spm");
  truncateSync(path, 20);
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const second = tensorBoard(folder);
  second.restore?.(state);
  await second.onStart?.(event(10, 0), training);
  await second.onLog?.(event(20, 2), training);
  expect(decoded()).toMatchObject([{ file_version: "brain.Event:2" }, { step: 20 }]);
  expect(readFileSync(`${path}.damaged`)).toHaveLength(20);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining(`${path} is shorter than it was`),
  );
  warn.mockRestore();
});

test("the events of another training are not written over", async () => {
  const first = tensorBoard(folder);
  await first.onStart?.({ ...event(0, 0), step: 0 }, training);
  await first.onEnd?.({ ...event(0, 0), ending: "finished" }, training);
  expect(() => tensorBoard(folder).onStart?.({ ...event(0, 0), step: 0 }, training)).toThrow(
    /^tensorBoard: expected a folder without events for a training that begins, got .*tfevents/,
  );
});
