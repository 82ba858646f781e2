/**
 * @file Recurrent networks that keep a state for hundreds of steps: orthogonal maps of a mixer, of
 * its first stage alone, and of all rotations, beside gated networks of as many numbers.
 */
import { type Rng, rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { loadMnist } from "@spm/data/mnist";
import { crossEntropy } from "@spm/nn";
import type { Experiment } from "../parts/experiment.ts";
import { readNames } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { earlierAttempts, type Plan, type SweptRow, seedsFrom, sweep } from "../parts/sweep.ts";
import { type MemoryAttempt, memoryFindings } from "./findings.ts";
import { type RowName, rowNames, type SequenceNet, sequenceNet, widthOf } from "./recurrence.ts";
import {
  copyingBatch,
  copyingSizes,
  memoryless,
  PixelSequences,
  pixelSizes,
  type SequenceBatch,
} from "./tasks.ts";
import { errorOf, meanLoss, type TrainingPlan, train } from "./training.ts";

const settings = {
  /** By name, with commas, or "all". */
  rows: "all",
  /** "copy-500" copies over 500 steps, "pixels" reads images. */
  tasks: "copy-500,copy-1000,pixels",
  /** Of the mixer; others have as many numbers. */
  width: 512,
  batch: 64,
  /** Of copying. */
  iterations: 1250,
  epochs: 10,
  /** The edge of the squares of pixels that are a step. */
  pool: 1,
  images: 55_000,
  /** Images that choose the rates, the last of the training set. */
  held: 5000,
  testImages: 10_000,
  seeds: 1,
  /** Learning rates to choose from; a row's own without any. */
  rates: "",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

/** The rates of the rows where none are tried. */
const rowRates = { mixer: 0.001, "one-stage": 0.001, dense: 0.001, gru: 0.003, lstm: 0.003 };

interface MemoryRow extends SweptRow {
  readonly task: string;
  readonly method: RowName;
}

/** Losses and errors by network, of as many numbers. */
export const memory: Experiment<typeof settings> = {
  name: "memory",
  question: "Does an orthogonal recurrence of mixers remember longer than gates, and why?",
  settings,
  quick: {
    tasks: "copy-6,pixels",
    width: 16,
    batch: 8,
    iterations: 3,
    epochs: 1,
    pool: 7,
    images: 24,
    held: 16,
    testImages: 16,
  },
  tune: { rates: "0.0003,0.001,0.003", seeds: 3 },
  async run({ settings: given, seed, signal, log }) {
    const { rates, from } = given;
    if (from !== "") return memoryFindings(earlierAttempts<MemoryAttempt>(from, "memory"));
    const names = readNames("rows", given.rows, rowNames);
    const plans = given.tasks.split(",").flatMap((text) => {
      const task = text.trim();
      delayOf(task); // refuses another name before anything runs
      return names.map(
        (method): MemoryRow => ({
          ...{ task, method, row: `${task}, ${method}` },
          ownRate: rowRates[method],
        }),
      );
    });
    const attempts = await sweep(
      plans,
      { rates, seeds: seedsFrom(seed, given.seeds), signal },
      async (chosen: readonly Plan<MemoryRow>[], k) => {
        const found: MemoryAttempt[] = [];
        for await (const plan of uninterrupted(chosen, signal)) {
          const result = await attempt(plan, given, k, signal);
          if (result === undefined) break;
          found.push(result);
          log(`${plan.row}, rate ${plan.rate}, seed ${k}: ${result.test.toFixed(4)}`);
        }
        return found;
      },
    );
    return memoryFindings(attempts);
  },
};

/** The pause of a copying task; null for images. */
function delayOf(task: string): number | null {
  if (task === "pixels") return null;
  const [, delay] = task.match(/^copy-([1-9]\d*)$/) ?? [];
  if (delay !== undefined) return Number(delay);
  throw new ValueError("experiment", "tasks like copy-500, or pixels", `"${task}"`);
}

/** What is trained on, and what is measured after it. */
interface Task extends Pick<TrainingPlan, "iterations" | "next" | "loss"> {
  score(net: SequenceNet, part: "validation" | "test"): Promise<number>;
}

async function attempt(
  { row, rate, task, method }: Plan<MemoryRow>,
  given: typeof settings,
  seed: number,
  signal: AbortSignal,
): Promise<MemoryAttempt | undefined> {
  const delay = delayOf(task);
  const own = delay === null ? pixelSizes : copyingSizes;
  const width = widthOf(method, { ...own, width: given.width });
  const [first = rng(seed), second = first] = rng(seed).split(2);
  const net = sequenceNet(method, { ...own, width }, first);
  const { score, ...plan } =
    delay === null ? await pixels(given, second) : copying(delay, given, second);
  const started = performance.now();
  const losses = await train(net, { ...plan, rate, signal });
  const seconds = (performance.now() - started) / 1000;
  if (signal.aborted) return undefined;
  const without = delay === null ? null : memoryless(delay);
  const solved = without === null ? -1 : losses.findIndex((loss) => loss < without / 10);
  const apart = Math.max(1, Math.floor(losses.length / 50));
  const result = {
    ...{ row, rate, seed, task, method, width, parameters: net.parameterCount() },
    validation: await score(net, "validation"),
    test: await score(net, "test"),
    memoryless: without,
    solvedAt: solved < 0 ? null : solved + 1,
    curve: losses.flatMap((loss, k) => (k % apart === 0 ? [[k + 1, loss] as const] : [])),
    seconds,
  };
  net.dispose();
  return result;
}

/** Batches of new sequences that choose rates, and that are reported. */
const [CHOOSING, REPORTED] = [4, 16];

function copying(delay: number, { batch, iterations }: typeof settings, random: Rng): Task {
  const loss: TrainingPlan["loss"] = (net, { steps, y }) => crossEntropy(net.forward(...steps), y);
  const next = (): SequenceBatch => copyingBatch(random, delay, batch);
  return {
    ...{ iterations, next, loss },
    score: (net, part) => {
      const count = part === "validation" ? CHOOSING : REPORTED;
      return meanLoss(
        net,
        loss,
        Array.from({ length: count }, () => next),
      );
    },
  };
}

const TEST_BATCH = 250;

async function pixels(
  { batch, epochs, pool, images, held, testImages }: typeof settings,
  random: Rng,
): Promise<Task> {
  const { train: all, test } = await loadMnist();
  const [learned, tested] = [new PixelSequences(all, pool), new PixelSequences(test, pool)];
  const perEpoch = Math.max(1, Math.floor(images / batch));
  let order = random.permutation(images);
  const next = (iteration: number): SequenceBatch => {
    const k = iteration % perEpoch;
    if (k === 0) order = random.permutation(images);
    return learned.batch(order.subarray(k * batch, (k + 1) * batch));
  };
  const parts = (data: PixelSequences, start: number, count: number) =>
    Array.from({ length: Math.ceil(count / TEST_BATCH) }, (_, k) => () => {
      const from = start + k * TEST_BATCH;
      const length = Math.min(TEST_BATCH, start + count - from);
      return data.batch(Array.from({ length }, (_, i) => from + i));
    });
  return {
    iterations: epochs * perEpoch,
    next,
    loss: (net, { steps, y }) => crossEntropy(net.last(steps), y),
    score: (net, part) =>
      part === "validation"
        ? errorOf(net, parts(learned, all.count - held, held))
        : errorOf(net, parts(tested, 0, testImages)),
  };
}
