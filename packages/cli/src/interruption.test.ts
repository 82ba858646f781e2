import { afterEach, expect, test, vi } from "vitest";
import { INTERRUPTED, interruptible } from "./interruption.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const heard: string[] = [];
const stderr = { write: (text: string) => heard.push(text) } as unknown as NodeJS.WritableStream;

test(
  "the first SIGINT aborts the signal, " +
    "its echo through npm does nothing, the next exits with 130",
  async () => {
    vi.useFakeTimers();
    vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const aborted = await interruptible(
      async (signal) => {
        expect(signal.aborted).toBe(false);
        process.emit("SIGINT");
        expect(signal.aborted).toBe(true);
        vi.advanceTimersByTime(2);
        process.emit("SIGINT");
        vi.advanceTimersByTime(1000);
        expect(() => process.emit("SIGINT")).toThrow(`exit ${INTERRUPTED}`);
        return signal.aborted;
      },
      stderr,
      "writing a checkpoint",
    );
    expect(aborted).toBe(true);
    expect(heard).toEqual(["\ninterrupted: writing a checkpoint; again to quit at once\n"]);
  },
);

test("leaves no listener behind, also when the work fails", async () => {
  const before = process.listenerCount("SIGINT");
  await expect(interruptible(() => Promise.reject(new Error("disk full")), stderr)).rejects.toThrow(
    "disk full",
  );
  expect(process.listenerCount("SIGINT")).toBe(before);
});
