/**
 * @file The packages in Chromium: the example's page, and every primitive on WebGL2, where gpu.js
 * draws textures.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LinearKind } from "@spm/nn";
import { build as esbuild } from "esbuild";
import type { Page } from "playwright-core";
import { build, createServer, defaultClientConditions, preview } from "vite";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { train } from "../../examples/train-in-the-browser/spirals.ts";
import { full } from "../full.ts";
import { openChromium } from "./chromium.ts";
import type { Outcome, StepTimes, Trained } from "./contract.ts";
import { trainIn } from "./page.ts";

const resolve = { conditions: ["@spm/source", ...defaultClientConditions] };
const browser = await openChromium();
const server =
  browser &&
  (await createServer({
    configFile: false,
    root: fileURLToPath(new URL("../..", import.meta.url)),
    cacheDir: "node_modules/.cache/browser-test",
    logLevel: "warn",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    resolve,
    optimizeDeps: {
      entries: [
        "examples/train-in-the-browser/index.html",
        "examples/resnet-in-the-browser/index.html",
        "examples/resnet-in-the-browser/worker.ts",
        "test/browser/contract.html",
      ],
    },
  }));
await server?.listen();
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const address = (path: string): string => new URL(path, server!.resolvedUrls!.local[0]).href;

async function openPage(): Promise<Page> {
  const page = await browser!.newPage();
  onTestFinished(() => page.close());
  page.setDefaultTimeout(0); // the test has a timeout
  return page;
}

const steps = 30;

/** The losses of the same training here, on the reference. */
async function lossesHere(layers: LinearKind): Promise<readonly number[]> {
  const losses: number[] = [];
  await train(layers, steps, async (_, loss) => void losses.push(loss));
  return losses;
}

describe.runIf(browser !== null)("in the browser", () => {
  test.each([
    { on: "reference", layers: "rotation", name: "reference" },
    { on: "wasm", layers: "general", name: "wasm simd" },
    { on: "webgpu, software", layers: "rotation", name: "webgpu software swiftshader" },
    { on: "webgl2", layers: "general", name: "gpu.js webgl2" },
  ] as const)("$layers layers train on $on as they do in Node", async ({ on, layers, name }) => {
    const want = await lossesHere(layers);
    const { losses, report, text } = await trainIn(
      await openPage(),
      address("examples/train-in-the-browser/index.html"),
      { on, layers, steps },
    );
    expect(report?.name, text).toBe(name);
    expect(losses.length).toBe(steps / 10 + 1);
    const worst = losses.reduce((most, loss, i) => Math.max(most, Math.abs(loss - want[i]!)), 0);
    expect(worst).toBeLessThan(1e-5);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.03);
    // On wasm, softmax, with which the page draws, is the reference's.
    expect(report!.fallbacks.filter(({ primitive }) => primitive !== "softmax")).toEqual([]);
  });

  test("a residual network of mixers trains in a worker, without a fallback", async () => {
    const page = await openPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address("examples/resnet-in-the-browser/index.html"));
    await page.waitForFunction(() =>
      /right|Error/.test(document.querySelector("pre")!.textContent),
    );
    const text = (await page.textContent("pre"))!.trim();
    expect(complaints).toEqual([]);
    const losses = [...text.matchAll(/loss (\S+)/g)].map((match) => Number(match[1]));
    expect(losses.length, text).toBe(6);
    expect(losses[5]).toBeLessThan(losses[0]! / 3);
    expect(Number(/(\d+) of 200 others right/.exec(text)?.[1])).toBeGreaterThan(180);
    const report = JSON.parse(/^ran on (.*)$/m.exec(text)?.[1] ?? "{}");
    expect([report.name, report.fallbacks]).toEqual(["wasm simd", []]);
  });

  test("a software adapter is refused where hardware is asked for, with advice", async () => {
    const choice = { on: "webgpu", layers: "rotation", steps };
    const { text } = await trainIn(
      await openPage(),
      address("examples/train-in-the-browser/index.html"),
      choice,
    );
    expect(text).toMatchInlineSnapshot(`
      "BackendError: gpu: expected a hardware adapter, got swiftshader (software)
      help: open the page from https or localhost in a browser with WebGPU, hardware acceleration on; otherwise use gpu({ mode: "webgl2" }) or @spm/wasm; gpu({ mode: "webgpu", adapter: "software" }) takes this one"
    `);
  });

  test(
    "bundled for production by Vite and by esbuild, " +
      "without a setting for our packages, the page trains",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "spm-page-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const root = fileURLToPath(new URL("../../examples/train-in-the-browser", import.meta.url));
      const outDir = join(folder, "vite");
      await build({ configFile: false, root, logLevel: "error", resolve, build: { outDir } });
      const bundled = await esbuild({
        ...{
          entryPoints: [join(root, "main.ts")],
          outdir: join(folder, "esbuild"),
          logLevel: "silent",
        },
        ...{
          bundle: true,
          splitting: true,
          format: "esm",
          target: "es2022",
          conditions: ["@spm/source"],
        },
      });
      expect(bundled.warnings).toEqual([]);
      const page = readFileSync(join(root, "index.html"), "utf8").replace("./main.ts", "./main.js");
      writeFileSync(join(folder, "esbuild/index.html"), page);
      for (const [made, on] of [["vite", "webgl2"] as const, ["esbuild", "wasm"] as const]) {
        const served = await preview({
          ...{ configFile: false, root: folder, logLevel: "error", build: { outDir: made } },
          preview: { host: "127.0.0.1", port: 0 },
        });
        onTestFinished(() => served.close());
        const choice = { on, layers: "dense", steps: 30 };
        const { losses, text } = await trainIn(
          await openPage(),
          served.resolvedUrls!.local[0]!,
          choice,
        );
        expect(losses.length, text).toBe(4);
        expect(losses[3]).toBeLessThan(losses[0]!);
      }
    },
  );

  test("the console shows class and fields of a tensor and a model, and all as text", async () => {
    const page = await openPage();
    await page.goto(address("test/browser/contract.html"));
    await page.waitForFunction(() => "print" in globalThis);
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.enable");
    const logged: string[] = [];
    session.on("Runtime.consoleAPICalled", ({ args: [value, text] }) => {
      const { description, properties = [] } = value?.preview ?? {};
      if (typeof text?.value !== "string") return; // the server's own lines
      const fields = properties.map(({ name, value }) => `${name}: ${value}`);
      logged.push(`${description} { ${fields.join(", ")} }`, text.value);
    });
    await page.evaluate(() => (globalThis as unknown as { print(): void }).print());
    await expect.poll(() => logged.length).toBe(4);
    // docs/guide.md, docs/faq.md: one private field, which comes first
    expect(logged).toMatchInlineSnapshot(`
      [
        "Tensor { #has: Object, shape: Array(2), dtype: float32 }",
        "Tensor float32[1, 2] on reference
      [[1., 2.]]",
        "Mlp { #activation: , training: true, layers: Array(1) }",
        "Mlp                      parameters
      ───────────────────────────────────
      layers.0  Linear                  9
        weight  float32[3, 2]           6
        bias    float32[3]              3
      total     36 bytes                9",
      ]
    `);
  });

  test("a lost device rejects what waits for it", async () => {
    const page = await openPage();
    await page.goto(address("test/browser/contract.html"));
    await page.waitForFunction(() => "lose" in globalThis);
    expect(
      await page.evaluate(() => (globalThis as unknown as { lose(): Promise<string> }).lose()),
    ).toMatchInlineSnapshot(`
      "BackendError: gpu: expected a device that answers, got a lost one (Device was destroyed.)
      help: open a new one with gpu() and resume from the last checkpoint"
    `);
  });

  test("a captured step has the bits of one that runs", async () => {
    const page = await openPage();
    await page.goto(address("test/browser/contract.html"));
    await page.waitForFunction(() => "train" in globalThis);
    type Train = { train(captured: boolean, steps: number): Promise<Trained> };
    const trained = (captured: boolean) =>
      page.evaluate((choice) => (globalThis as unknown as Train).train(choice, 20), captured);
    const [plain, captured] = [await trained(false), await trained(true)];
    expect(captured.losses).toEqual(plain.losses);
    expect(captured.repeated).toBe(captured.losses.length - 2);
  });

  test.runIf(full)("captured calls of a small step return in less than half the time", async () => {
    const page = await openPage();
    await page.goto(address("test/browser/contract.html"));
    await page.waitForFunction(() => "time" in globalThis);
    type Time = { time(...call: unknown[]): Promise<[plain: StepTimes, captured: StepTimes]> };
    const [plain, captured] = await page.evaluate(
      (call) => (globalThis as unknown as Time).time(...call),
      [[8, 8, 3], 4, 21, 200],
    );
    const ratio = (of: keyof StepTimes): number =>
      plain[of].map((t, k) => t / captured[of][k]!).toSorted((a, b) => a - b)[10]!;
    process.stdout.write(
      `A step 8-8-3 in Chromium, uncaptured over captured, median of 21 rounds by turns: ` +
        `${ratio("calls").toFixed(1)} until its call returns, ${ratio("whole").toFixed(2)} whole\n`,
    );
    expect(ratio("calls")).toBeGreaterThan(2);
  });

  test("primitives on WebGL2 equal the reference: a fourth here, all in full", async () => {
    const page = await openPage();
    await page.goto(address("test/browser/contract.html"));
    await page.waitForFunction(() => "compare" in globalThis);
    const { outcomes, fallbacks } = await page.evaluate(
      (every) =>
        (globalThis as unknown as { compare(every: number): Promise<Outcome> }).compare(every),
      full ? 1 : 4,
    );
    expect(outcomes.length).toBeGreaterThan(full ? 150 : 40);
    expect(outcomes.filter(({ distance, tolerance }) => !(distance <= tolerance))).toEqual([]);
    expect(fallbacks).toEqual([]);
  });
});
