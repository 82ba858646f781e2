import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endWith, interruptible } from "./interruption.ts";

const heard: string[] = [];
const stderr = { write: (text: string) => heard.push(text) } as unknown as NodeJS.WritableStream;

beforeEach(() => {
  heard.length = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  process.exitCode = undefined;
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "the first %s aborts the signal, its echo through npm does nothing, Ctrl-C then exits: %i",
  async (name, code) => {
    vi.useFakeTimers();
    vi.spyOn(process, "exit").mockImplementation((with_) => {
      throw new Error(`exit ${with_}`);
    });
    await interruptible(
      async (signal) => {
        expect(signal.aborted).toBe(false);
        process.emit(name);
        expect(signal.aborted).toBe(true);
        vi.advanceTimersByTime(2);
        process.emit(name);
        vi.advanceTimersByTime(1000);
        process.emit("SIGTERM"); // which some senders repeat
        expect(() => process.emit("SIGINT")).toThrow("exit 130");
        return signal.aborted;
      },
      stderr,
      "writing a checkpoint",
    );
    expect(process.exitCode).toBe(code);
    expect(heard).toEqual(["\ninterrupted: writing a checkpoint; Ctrl-C to quit at once\n"]);
  },
);

test("work that came to its end all the same has its own exit code", async () => {
  await interruptible(async () => {
    process.emit("SIGTERM");
    return false;
  }, stderr);
  expect(process.exitCode).toBeUndefined();
  expect(endWith(141)).toBe(false);
});

test("leaves no listener behind, also when the work fails", async () => {
  const count = () => ["SIGINT", "SIGTERM", "SIGHUP"].map((name) => process.listenerCount(name));
  const before = count();
  await expect(interruptible(() => Promise.reject(new Error("disk full")), stderr)).rejects.toThrow(
    "disk full",
  );
  expect(count()).toEqual(before);
});
