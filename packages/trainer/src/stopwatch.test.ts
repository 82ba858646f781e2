import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Stopwatch } from "./stopwatch.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

test("one clock stands still while paused, also while read or when the work fails", async () => {
  const watch = new Stopwatch();
  vi.advanceTimersByTime(1000);
  await watch.pausedFor(async () => {
    vi.advanceTimersByTime(250);
    expect(watch.read()).toEqual({ seconds: 1, elapsed: 1.25 });
  });
  vi.advanceTimersByTime(500);
  const failing = watch.pausedFor(async () => {
    vi.advanceTimersByTime(250);
    throw new Error("evaluation failed");
  });
  await expect(failing).rejects.toThrow("evaluation failed");
  expect(watch.read()).toEqual({ seconds: 1.5, elapsed: 2 });
});
