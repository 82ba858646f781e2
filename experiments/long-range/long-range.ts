/**
 * @file Sequences of 128 to 16,384 positions: what sparse links, attention and mixers along the
 * sequence learn of them, and what a step costs.
 */
import { currentBackend, scope } from "@spm/core";
import { Paramixer } from "@spm/models";
import type { Experiment, Section, Trial } from "../parts/experiment.ts";
import { readNames, readNumbers, readRates } from "../parts/lists.ts";
import { median } from "../parts/statistics.ts";
import { uninterrupted } from "../parts/steps.ts";
import { type Contender, contenderNames, type SequenceNetwork } from "./contenders.ts";
import { costs } from "./cost.ts";
import { longRangeFindings, showBytes } from "./findings.ts";
import { mixingPicture } from "./mixing-picture.ts";
import { type CostRecord, type ErrorRecord, readRecords } from "./records.ts";
import { type Task, type TaskName, taskNames, taskOf } from "./tasks.ts";
import { trained } from "./training.ts";

/** The two measurements. */
const measurements = ["error", "cost"] as const;

/** The longest sequences whose dense matrices are drawn. */
const DRAWN = 128;

/** Pixels of a digit. */
const PIXELS = 784;

/** Settings: lists of what is measured, and the sizes of a training. */
type LongRange = {
  readonly measure: string;
  readonly tasks: string;
  readonly contenders: string;
  readonly lengths: string;
  readonly costLengths: string;
  readonly rates: string;
  readonly width: number;
  readonly batch: number;
  readonly steps: number;
  readonly heldOut: number;
  readonly images: number;
  readonly costBatch: number;
  readonly rounds: number;
  readonly least: number;
  readonly longest: number;
  readonly from: string;
};

/**
 * Errors by task, contender and length from one seed, and costs by length; or, with
 * `from=FOLDER`, the tables and pictures of all runs in that folder.
 */
export const longRange: Experiment<LongRange> = {
  name: "long-range",
  question: "What do sparse links, attention and mixers learn of long sequences, and at what cost?",
  settings: {
    measure: "error,cost",
    tasks: "adding,maximum",
    contenders: "all",
    lengths: "128,512",
    costLengths: "128,256,512,1024,2048,4096,8192,16384",
    rates: "0.003,0.006",
    width: 16,
    batch: 10,
    steps: 10_000,
    heldOut: 1000,
    images: 10_000,
    costBatch: 1,
    rounds: 5,
    least: 0.02,
    longest: 20,
    from: "",
  },
  quick: {
    tasks: "maximum",
    lengths: "8",
    costLengths: "16,32",
    rates: "0.01",
    width: 4,
    steps: 3,
    heldOut: 20,
    rounds: 2,
    least: 0.0002,
  },
  async run({ settings, seed, signal, log }) {
    if (settings.from !== "") return longRangeFindings(readRecords(settings.from));
    const names = readNames("contenders", settings.contenders, contenderNames);
    const measured = readNames("measure", settings.measure, measurements);
    const trial = { settings, seed, signal, log };
    const pictures: Section[] = [];
    const errors = measured.includes("error") ? await errorRecords(names, trial, pictures) : [];
    const found = measured.includes("cost") ? await costRecords(names, trial) : [];
    const findings = longRangeFindings({ errors, costs: found });
    return { ...findings, sections: [...findings.sections, ...pictures] };
  },
};

/** Trains every contender on every task and length at every rate, and draws its matrices. */
async function errorRecords(
  names: readonly Contender[],
  { settings, seed, signal, log }: Trial<LongRange>,
  pictures: Section[],
): Promise<ErrorRecord[]> {
  const { width, batch, steps, heldOut, images } = settings;
  const lengths = readNumbers("lengths", settings.lengths);
  const rates = readRates(settings.rates);
  const records: ErrorRecord[] = [];
  for (const name of readNames("tasks", settings.tasks, taskNames))
    for (const n of name === "digits" ? [PIXELS] : lengths) {
      const task = await taskOf(name, n, images);
      const plans = names
        .filter((contender) => learns(contender, name))
        .flatMap((contender) => rates.map((rate) => ({ contender, rate })));
      for await (const { contender, rate } of uninterrupted(plans, signal)) {
        const training = { width, batch, steps, rate, seed, heldOut, signal };
        const result = await trained(task, { task: name, contender }, training);
        if (result === undefined) break;
        const { record, model } = result;
        records.push(record);
        const title = `${name}, ${contender}, n = ${n}, rate ${rate}, seed ${seed}`;
        log(`${title}: test error ${record.test.toPrecision(3)}, ${record.seconds.toFixed(1)} s`);
        pictures.push(...matrixSections(model, task, title));
        for (const p of model.parameters()) p.dispose();
      }
    }
  return records;
}

/** Whether a task's errors have a row of the contender. */
const learns = (contender: Contender, task: TaskName): boolean =>
  contender === "attention in pieces" // the same numbers as attention
    ? false
    : (contender !== "linear" && contender !== "mlp") || task === "digits";

/** The dense matrix of a trained Paramixer of few positions, at the first test sequence. */
function matrixSections(model: SequenceNetwork, task: Task, title: string): Section[] {
  if (
    !(model instanceof Paramixer) ||
    task.length > DRAWN ||
    currentBackend().arrayOf === undefined
  )
    return [];
  const svg = scope(() => mixingPicture(model, task.heldOut("test", 1).x, title));
  return [{ heading: title, figure: { name: title.replaceAll(/[^a-z0-9.]+/g, "-"), svg } }];
}

/** The costs at every length, short before long, which may leave too little memory for others. */
async function costRecords(
  names: readonly Contender[],
  { settings, seed, signal, log }: Trial<LongRange>,
): Promise<CostRecord[]> {
  const { width, costBatch: batch, rounds, least, longest } = settings;
  const records: CostRecord[] = [];
  const measured = names.filter((name) => name !== "linear" && name !== "mlp");
  const lengths = readNumbers("costLengths", settings.costLengths).sort((a, b) => a - b);
  for await (const n of uninterrupted(lengths, signal)) {
    const task = await taskOf("maximum", n, 1);
    const plan = { width, batch, rounds, least, longest, seed, signal };
    const own = await costs(task, measured, plan);
    if (signal.aborted) break; // only what was measured to its end
    records.push(...own);
    const shown = own.map((record) => {
      const ms = 1000 * median(record.seconds);
      return `${record.contender} ${ms.toPrecision(3)} ms, ${showBytes(record.bytes)}`;
    });
    log(`n = ${n}: ${shown.join("; ")}`);
  }
  return records;
}
