/**
 * @file Every experiment in its quick form: a whole run folder, and the same results again from the
 * same seed (of a quick one; of each in `npm run test:full`).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setBackend } from "@spm/core";
import { wasm } from "@spm/wasm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { full } from "../../test/full.ts";
import { shownCommands, wordsOf } from "../../test/shown-commands.ts";
import {
  type Experiment,
  type ExperimentRun,
  experiments,
  readSettings,
  runExperiment,
  type Settings,
} from "../index.ts";

const work = mkdtempSync(join(tmpdir(), "spm-experiments-"));
afterAll(() => rmSync(work, { recursive: true }));
beforeAll(async () => setBackend(await wasm()));

let folders = 0;
async function run(experiment: Experiment, given: Partial<ExperimentRun>): Promise<string> {
  const out = join(work, String(folders++));
  const { signal } = new AbortController();
  await runExperiment(experiment, {
    seed: 3,
    out,
    command: "spm experiment",
    signal,
    log: () => {},
    ...given,
  });
  return out;
}
const quickRun = (experiment: Experiment): Promise<string> => run(experiment, { quick: true });

/** Seconds that this process has computed, which other processes do not lengthen. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** `results.json` without what was measured in seconds. */
const results = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, "results.json"), "utf8"), (key, value) =>
    key === "seconds" ? undefined : value,
  );

/** Settings whose steps are short, where one of the full form takes seconds. */
const shortSteps: Readonly<Record<string, Settings>> = { quantise: { batch: 2 } };

describe.each(experiments)("$name", (experiment) => {
  test("runs, reports, and repeats itself from its seed", { timeout: 120_000 }, async () => {
    const first = await quickRun(experiment);
    if (full || experiment.name === "deep")
      expect(results(await quickRun(experiment))).toEqual(results(first));
    const report = readFileSync(join(first, "report.html"), "utf8");
    expect(report).toContain(experiment.question);
    expect(report).not.toMatch(/NaN|undefined|\[object/);
    expect(existsSync(join(first, "config.json"))).toBe(true);
  });

  test("ends when it is interrupted, with a report", { timeout: 60_000 }, async () => {
    const before = await run(experiment, { signal: AbortSignal.abort() });
    // by a timer, as Ctrl-C comes in by the event loop: a loop that never lets it have its turn
    // would run to its end, minutes later
    const signal = AbortSignal.timeout(300);
    let aborted = Number.NaN;
    signal.addEventListener("abort", () => {
      aborted = cpuSeconds();
    });
    const during = await run(experiment, { signal, settings: shortSteps[experiment.name] ?? {} });
    const spent = cpuSeconds() - aborted;
    expect(spent, "seconds of computing after the interruption").toBeLessThan(2);
    for (const folder of [before, during]) {
      const report = readFileSync(join(folder, "report.html"), "utf8");
      expect(report).not.toMatch(/NaN|undefined|\[object/);
    }
  });
});

test("a tuned form tries the rates of its experiment, and runs apart make one report", {
  timeout: 60_000,
}, async () => {
  const { signal } = new AbortController();
  const folder = join(work, "tuned");
  const mnist = experiments.find(({ name }) => name === "mnist") as Experiment;
  const given = (settings: Settings, name: string) => ({
    ...{ settings, seed: 3, command: "", signal, log: () => {} },
    out: join(folder, name),
  });
  for (const rows of ["dense-4", "sparse-rotation"])
    await runExperiment(mnist, { ...given({ rows, seeds: 2 }, rows), quick: true, tune: true });
  const { findings } = await runExperiment(mnist, given({ from: folder }, "all"));
  const [table, rates] = findings.sections;
  expect(table?.table?.rows.map(([row]) => row)).toEqual(["dense-4", "sparse-rotation"]);
  expect(rates?.table?.head.slice(1)).toEqual(["0.001", "0.003", "0.01", "0.03"]);
  expect(rates?.table?.rows.flat().filter((cell) => cell.endsWith("*"))).toHaveLength(2);
});

describe("settings", () => {
  const numberOf = ({ settings }: Experiment) =>
    Object.keys(settings).find((key) => typeof settings[key] === "number");
  const experiment = experiments.find((e) => numberOf(e) !== undefined) as Experiment;
  const name = numberOf(experiment) as string;

  test("are read by their kind", () => {
    expect(readSettings(experiment, [`${name}=16`])).toEqual({ [name]: 16 });
  });

  test("and rates to tune that pages name are those of their experiments", () => {
    const { blocks, inline } = shownCommands();
    const commands = [...blocks, ...inline].flatMap(({ line }) => {
      const [name = "", ...words] = wordsOf(line.split(/(?:^|\s)experiment /)[1] ?? "");
      return words.length === 0
        ? []
        : [{ line, words, of: experiments.find((e) => e.name === name) }];
    });
    expect(commands.length).toBeGreaterThan(20);
    for (const { line, words, of } of commands) {
      const set = words.filter((word, k) => words[k - 1] === "--set" && !/=[A-Z]+$/.test(word));
      if (of !== undefined)
        expect(Object.keys(readSettings(of, set)), line).toHaveLength(set.length);
      if (words.includes("--tune") && of !== undefined) expect(of.tune, line).toBeDefined();
    }
  });

  test.each([
    ["nonsense=1", /experiment: expected a setting of .*, got "nonsense"/],
    [`${name}`, /expected name=value/],
    [`${name}=many`, /to be a number, as .* is, got "many"/],
    [`${name}=-1`, /as a whole number ≥ 1, got -1/],
    [`${name}=0`, /as a whole number ≥ 1, got 0/],
    [`${name}=1.5`, /as a whole number ≥ 1, got 1.5/],
    ["noise=-0.1", /noise ≥ 0, got -0.1/],
    ["noise=Infinity", /noise ≥ 0, got Infinity/],
  ])("%s is refused", (line, message) => {
    expect(() => readSettings(experiment, [line])).toThrow(message);
  });
});
