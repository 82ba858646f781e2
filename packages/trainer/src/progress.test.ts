import { describe, expect, test } from "vitest";
import type { MetricsEvent, Training } from "./hooks.ts";
import { progress } from "./progress.ts";

const training: Training = {
  stop() {},
  capture: () => Promise.reject(new Error("progress captures nothing")),
  weights: () => ({}),
  finishWith() {},
};

function event(step: number, steps = 200): MetricsEvent {
  return {
    step,
    steps,
    epoch: Math.ceil(step / 100),
    epochs: 2,
    seconds: step / 10,
    elapsed: step / 10,
    learningRate: 1e-3,
    metrics: { loss: 1 / step, accuracy: 0.9 },
  };
}

/** Everything that a run of 200 steps writes, a log every ten steps. */
async function written(stream: { isTTY?: boolean; columns?: number }): Promise<string[]> {
  const chunks: string[] = [];
  const callback = progress("rotation", { ...stream, write: (text) => chunks.push(text) });
  await callback.onStart?.({ ...event(1), step: 0, elapsed: 0, seconds: 0 }, training);
  for (let step = 1; step <= 200; step++) {
    await callback.onStep?.(event(step), training);
    if (step % 10 === 0) await callback.onLog?.(event(step), training);
    if (step % 100 === 0) await callback.onEvaluate?.(event(step), training);
  }
  await callback.onEnd?.({ ...event(200), ending: "finished" }, training);
  return chunks;
}

describe("progress", () => {
  test("where the output is no terminal: a dozen plain lines", async () => {
    const lines = (await written({})).join("");
    expect(lines).not.toContain("\r");
    expect(lines).not.toContain("\x1b");
    expect(lines.split("\n").slice(0, 6)).toMatchInlineSnapshot(`
      [
        "rotation  epoch 1/2  step  10/200  loss 0.1000  accuracy 90.00 %  10 steps/s  19 s left",
        "rotation  epoch 1/2  step  20/200  loss 0.0500  accuracy 90.00 %  10 steps/s  18 s left",
        "rotation  epoch 1/2  step  40/200  loss 0.0250  accuracy 90.00 %  10 steps/s  16 s left",
        "rotation  epoch 1/2  step  60/200  loss 0.0167  accuracy 90.00 %  10 steps/s  14 s left",
        "rotation  epoch 1/2  step  80/200  loss 0.0125  accuracy 90.00 %  10 steps/s  12 s left",
        "rotation  epoch 1/2  step 100/200  loss 0.0100  accuracy 90.00 %  10 steps/s  10 s left",
      ]
    `);
    expect(lines.split("\n")).toHaveLength(11 + 2 + 1);
  });

  test("on a terminal: one line redrawn, within its width, evaluations kept above it", async () => {
    const chunks = await written({ isTTY: true, columns: 60 });
    const drawn = chunks.filter((chunk) => !chunk.includes("\n"));
    expect(drawn.length).toBeGreaterThan(100);
    for (const chunk of drawn) {
      expect(chunk.startsWith("\r")).toBe(true);
      expect(chunk.replaceAll("\x1b[K", "").trim().length).toBeLessThan(60);
    }
    const kept = chunks.filter((chunk) => chunk.includes("\n"));
    expect(kept).toHaveLength(2);
    expect(kept[0]?.replaceAll("\x1b[K", "")).toBe(
      "\rrotation  epoch 1/2  step 100/200  loss 0.0100\n" +
        "  accuracy 90.00 %  (test, after 10 s)\n",
    );
  });

  test("a wide terminal shows epoch, step, loss, accuracy, rate and time left", async () => {
    const chunks = await written({ isTTY: true, columns: 200 });
    expect(
      chunks
        .findLast((chunk) => chunk.includes("step 150/200"))
        ?.replaceAll("\x1b[K", "")
        .trim(),
    ).toMatchInlineSnapshot(
      `"rotation  ━━━━━━━━━━━━━━━─────  epoch 2/2  step 150/200  loss 0.0071  accuracy 90.00 %  10 steps/s  5 s left"`,
    );
  });

  test("redraws at most ten times a second", async () => {
    const chunks: string[] = [];
    const callback = progress("dense", { isTTY: true, write: (text) => chunks.push(text) });
    for (let step = 1; step < 1000; step++)
      await callback.onStep?.({ ...event(step, 2000), elapsed: step / 1000 }, training);
    expect(chunks.length).toBeLessThanOrEqual(11);
  });

  test("a resumed training counts its own steps and seconds: rate and time left", async () => {
    const lines: string[] = [];
    const callback = progress("again", { write: (text) => lines.push(text) });
    const at = (step: number, seconds: number) => ({
      ...event(step),
      seconds,
      elapsed: 2 * seconds,
    });
    await callback.onStart?.(at(100, 50), training); // 2 steps a second so far
    await callback.onLog?.(at(120, 52), training); // and now 10, twice as long with evaluations
    expect(lines[0]).toContain("10 steps/s  16 s left");
  });

  test("all metrics are shown, the loss function's own by name", async () => {
    const lines: string[] = [];
    const callback = progress("own", { write: (text) => lines.push(text) });
    const metrics = { loss: 0.5, accuracy: 0.9, mae: 0.012345, perplexity: 1234.5 };
    await callback.onEvaluate?.({ ...event(100), metrics }, training);
    expect(lines[0]).toContain(
      "loss 0.5000  accuracy 90.00 %  mae 0.01235  perplexity 1235  (test",
    );
  });
});
