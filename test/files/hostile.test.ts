import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rng, SpmError } from "@spm/core";
import { curvesSvg, renderReport } from "@spm/report";
import { htmlPage } from "@spm/report/draw";
import {
  checkpointPath,
  latestCheckpoint,
  readRun,
  readRunConfig,
  writeCheckpoint,
} from "@spm/trainer/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spmItself } from "../../packages/cli/src/caller.ts";
import { printEvaluation } from "../../packages/cli/src/evaluate.ts";
import { inspectFile } from "../../packages/cli/src/inspect.ts";
import { ours } from "../../packages/cli/src/registries.ts";
import { resume } from "../../packages/cli/src/resume.ts";
import { train } from "../../packages/cli/src/train.ts";
import { resolveTraining } from "../../packages/cli/src/train-config.ts";
import { openChromium } from "../browser/chromium.ts";
import { full } from "../full.ts";
import {
  dangerous,
  malformed,
  mutatedJson,
  type RunTexts,
  textsOf,
  writeMutated,
} from "./hostile.ts";

const silent = { write: () => true };
const parent = mkdtempSync(join(tmpdir(), "spm-hostile-"));
const original = join(parent, "original");
const folder = join(parent, "run");
let texts: RunTexts;

const options = {
  ...{ dataset: "clusters", samples: 40, batchSize: 20, epochs: 1, hidden: 4, depth: 1 },
  ...{ backend: "reference", logEvery: 1, tensorboard: true, patience: 3, average: 0.9 },
};
const parts = { stdout: silent, signal: new AbortController().signal, caller: spmItself };
const run = (out: string, given?: object): Promise<boolean> =>
  given
    ? train(resolveTraining({}, given as never, ours), out, parts)
    : resume(out, { set: {}, allowChanged: false }, parts);

beforeAll(async () => {
  await run(original, options);
  await run(folder, options);
  texts = textsOf(original);
});
afterAll(() => rmSync(parent, { recursive: true }));

/** What `f` throws, if that isn't what a person can use; undefined where all is well. */
async function fault(f: () => unknown): Promise<string | undefined> {
  try {
    await f();
    return undefined;
  } catch (error) {
    if (error instanceof SpmError) return undefined;
    return error instanceof Error ? `${error.stack}` : String(error);
  }
}

test("mutated records and configs: the right page, or an error with file and line", async () => {
  const random = rng(7);
  const faults: string[] = [];
  let [pages, refused] = [0, 0];
  for (let k = 0; k < (full ? 100_000 : 600); k++) {
    writeMutated(folder, texts, random);
    try {
      const read = readRun(folder);
      const page = renderReport(read);
      const bad = dangerous(page) ?? malformed(curvesSvg(read));
      if (bad !== undefined) faults.push(`${k}: ${bad}`);
      pages++;
    } catch (error) {
      refused++;
      const text = String(error);
      if (!(error instanceof SpmError) || !/(config\.json|line \d+ of .*\.jsonl), got/s.test(text))
        faults.push(`${k}: ${error instanceof Error ? error.stack : text}`);
    }
    const bad = await fault(() =>
      resolveTraining({}, readRunConfig(folder).options, ours, join(folder, "config.json")),
    );
    if (bad !== undefined) faults.push(`${k}: ${bad}`);
  }
  expect(faults.slice(0, 5)).toEqual([]);
  expect(pages).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(200);
});

test("mutated checkpoints with right checksums: inspect, eval and resume say so", async () => {
  const random = rng(8);
  const faults: string[] = [];
  for (const name of ["config.json", "metrics.jsonl", "timing.jsonl"] as const)
    writeFileSync(join(folder, name), texts[name]);
  const { values, progress, config } = latestCheckpoint(join(original, "checkpoints"))!;
  const path = checkpointPath(join(folder, "checkpoints"), progress.step);
  for (let k = 0; k < (full ? 3000 : 40); k++) {
    const hostile = random.integer(2) === 0;
    const state = hostile
      ? { values, progress: mutatedJson(progress, random) }
      : { values, progress };
    await writeCheckpoint(
      path,
      state as never,
      (hostile ? config : mutatedJson(config, random)) as never,
    );
    for (const f of [
      () => inspectFile(path),
      () => printEvaluation(folder, { json: true }, silent, ours),
      () => run(folder),
    ]) {
      const bad = await fault(f);
      if (bad !== undefined) faults.push(`${k}: ${bad}`);
    }
  }
  expect(faults.slice(0, 5)).toEqual([]);
});

const browser = await openChromium();
afterAll(() => browser?.close());

test.runIf(browser !== null)(
  "Chromium runs nothing of a hostile page, and the SVG is XML",
  async () => {
    const open = `<script>document.title='PWNED'</script><img src=x onerror="document.title=1">`;
    const attack = `"'></title></style>${open}`;
    const read = readRun(original);
    const model = { run: attack, parameters: attack as unknown as number };
    const hostile = {
      config: {
        ...read.config,
        ...{ title: attack, command: attack, started: attack, models: [model] },
        options: { [attack]: attack },
        machine: { ...read.config.machine, cpu: attack },
      },
      metrics: read.metrics.map((record) => ({ ...record, run: attack })),
      timings: read.timings.map((record) => ({ ...record, run: attack })),
    };
    const page = await browser!.newPage();
    const titleOf = async (html: string): Promise<string> => {
      const file = join(parent, "page.html");
      writeFileSync(file, html);
      await page.goto(`file://${file}`);
      return page.title();
    };
    expect(await titleOf(renderReport(hostile))).toContain(
      "<script>document.title='PWNED'</script>",
    );
    expect(await page.locator("script, img").count()).toBe(0);
    // Were something not escaped, the policy would hold all the same.
    expect(await titleOf(htmlPage("safe", open))).toBe("safe");
    expect(await page.locator("script, img").count()).toBe(2);
    // And it is not the test that can't fail: without the policy they do run.
    const lax = htmlPage("safe", open).replace(/<meta http-equiv[^>]*>/, "");
    expect(await titleOf(lax)).toMatch(/^(PWNED|1)$/);
    const parsed = await page.evaluate(
      (svg) =>
        new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll("parsererror")
          .length,
      curvesSvg({ ...hostile, config: { ...hostile.config, title: "\u0000\ud800<&" } }),
    );
    expect(parsed).toBe(0);
  },
);
