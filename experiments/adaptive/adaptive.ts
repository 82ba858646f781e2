/**
 * @file Adaptive mixers beside static ones: on teachers that they could be, on digits, and on
 * characters.
 */
import { earlierRuns } from "../parts/earlier-runs.ts";
import type { Experiment } from "../parts/experiment.ts";
import { readNames, readRates } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { adaptiveFindings, type Cell } from "./findings.ts";
import { drawsOf, measure } from "./measure.ts";
import { modelNames } from "./students.ts";
import { loadTask, taskNames } from "./tasks.ts";

/** Scores of adaptive, static and dense maps, each at its own best rate. */
export const adaptive: Experiment<{
  tasks: string;
  models: string;
  n: number;
  batch: number;
  steps: number;
  rates: string;
  seeds: number;
  held: number;
  images: number;
  from: string;
}> = {
  name: "adaptive",
  question: "Are mixers whose angles depend on the input better than static ones?",
  settings: {
    tasks: "all",
    models: "all",
    n: 16,
    batch: 64,
    steps: 4000,
    rates: "0.001,0.003,0.01,0.03",
    seeds: 3,
    held: 10_000,
    images: 50_000,
    from: "",
  },
  quick: {
    tasks: "input,mnist,charlm",
    models: "input,local,bottleneck,rotation,general,mlp",
    batch: 16,
    steps: 6,
    rates: "0.01",
    seeds: 1,
    held: 100,
    images: 200,
  },
  async run({ settings, seed, signal, log }) {
    const { from, seeds, batch, steps } = settings;
    const rates = readRates(settings.rates);
    const models = readNames("models", settings.models, modelNames);
    const tasks = readNames("tasks", settings.tasks, taskNames);
    if (from !== "") {
      const runs = earlierRuns<{ cells: Cell[] }>(from, "adaptive");
      return adaptiveFindings(runs.flatMap((run) => run.cells));
    }
    const cells: Cell[] = [];
    for await (const name of uninterrupted(tasks, signal)) {
      const task = await loadTask(name, { ...settings, samples: steps * batch });
      const draws = await drawsOf(task, { seed, seeds, signal });
      for (const model of models) {
        const make = task.nets[model];
        if (make === undefined) continue;
        const cell = await measure(task, make, draws, { rates, batch, steps, signal });
        if (cell === null) break;
        cells.push({ task: name, model, ...cell });
        const scores = cell.test.map((score) => score.toPrecision(3)).join(", ");
        log(`${name}, ${model}, ${cell.parameters} numbers, rate ${cell.rate}: ${scores}`);
      }
    }
    return adaptiveFindings(cells);
  },
};
