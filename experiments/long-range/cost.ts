/** @file Seconds and bytes of a training step, contenders by turns, on the current backend. */
import { currentBackend, rng, scope } from "@spm/core";
import { BackendError } from "@spm/core/extend";
import { adam, type Captured, capture, type Optimizer } from "@spm/optim";
import { trainStep } from "@spm/trainer";
import { type Candidate, candidate, measure } from "../parts/harness.ts";
import { peakBytes } from "../parts/peak-bytes.ts";
import { settled } from "../parts/settled.ts";
import { uninterrupted } from "../parts/steps.ts";
import type { Contender, SequenceNetwork } from "./contenders.ts";
import type { CostRecord } from "./records.ts";
import type { Batch, Task } from "./tasks.ts";
import { contenderFor } from "./training.ts";

/** Calls after which a captured step is repeated. */
const RECORDING = 3;

/** Options of measuring. */
export interface CostPlan {
  readonly width: number;
  readonly batch: number;
  readonly rounds: number;
  /** Seconds of a sample at least. */
  readonly least: number;
  /** Seconds after which no further round begins. */
  readonly longest: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** A contender with its optimizer, and what its steps hold at most. */
interface Entry {
  readonly name: Contender;
  readonly model: SequenceNetwork;
  readonly optimizer: Optimizer;
  readonly bytes: number;
  readonly step: Captured<[Batch], void>;
}

/**
 * The costs of a step with Adam on one batch, captured on a GPU; a contender that the memory is too
 * small for is left out.
 */
export async function costs(
  task: Task,
  names: readonly Contender[],
  { width, batch, rounds, least, longest, seed, signal }: CostPlan,
): Promise<CostRecord[]> {
  const data = task.draw(batch, rng(seed));
  const entries: Entry[] = [];
  for await (const name of uninterrupted(names, signal)) {
    const entry = await entryOf(name, task, data, width, seed);
    if (entry !== undefined) entries.push(entry);
  }
  const candidates = entries.map(
    ({ name, step }): Candidate => candidate(name, () => step(data), { sample: least, settled }),
  );
  const measured = await measure(candidates, { rounds, seconds: least, longest, slow: longest });
  for (const entry of entries) disposeOf(entry);
  for (const all of [data.x, data.y]) all.dispose();
  const backend = currentBackend().report().name;
  return measured.map(({ rounds: seconds }, k) => {
    const { name: contender, bytes } = entries[k] as Entry;
    return { contender, backend, n: task.length, width, batch, bytes, seconds };
  });
}

/** A contender after the steps that make Adam's means and record; undefined without room. */
async function entryOf(
  name: Contender,
  task: Task,
  data: Batch,
  width: number,
  seed: number,
): Promise<Entry | undefined> {
  const model = contenderFor(name, task, width, seed);
  const optimizer = adam(model.parameters(), { learningRate: 1e-6 });
  const run = ({ x, y }: Batch): void =>
    scope(() => void trainStep(optimizer, () => task.loss(model.forward(x), y)));
  const step = capture(run, { onRefusal: "run" });
  try {
    run(data);
    const { bytes } = peakBytes(currentBackend(), () => run(data));
    for (let k = 0; k < RECORDING; k++) step(data);
    await settled();
    return { name, model, optimizer, bytes, step };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    disposeOf({ model, optimizer, step });
    return undefined;
  }
}

function disposeOf({ model, optimizer, step }: Omit<Entry, "name" | "bytes">): void {
  step.dispose();
  optimizer.dispose();
  for (const p of model.parameters()) p.dispose();
}
