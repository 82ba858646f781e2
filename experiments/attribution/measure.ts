/** @file What TRAK with one compressor is worth: its linear datamodelling score. */
import {
  type CheckpointGradients,
  type GradientBlocks,
  margin,
  searchDamping,
  trak,
} from "@spm/attribution";
import {
  add,
  concat,
  div,
  full,
  log,
  neg,
  noGrad,
  rng,
  type SliceRange,
  scope,
  sigmoid,
  slice,
  sub,
  type Tensor,
  tensor,
} from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { LabelledBatch } from "@spm/data";
import type { LinearKind } from "@spm/nn";
import { uninterrupted } from "../parts/steps.ts";
import {
  type Classifier,
  type HalfModel,
  halfOf,
  type Images,
  modelOf,
  wholeBatch,
} from "./half-models.ts";
import { type RowName, rows } from "./rows.ts";

/** What came out of one scoring. */
interface Outcome {
  /** The λ that the held-out test images chose. */
  readonly damping: number;
  /** The mean LDS of the other test images. */
  readonly lds: number;
}

/** A row of the table. */
export interface RowRecord {
  readonly kind: LinearKind;
  readonly row: RowName;
  readonly k: number;
  readonly seed: number;
  /** p */
  readonly parameters: number;
  /** All models are scored, those that gave gradients among them: as the source does. */
  readonly source: Outcome;
  /** Only the models that gave no gradients are scored. */
  readonly others: Outcome;
  /** Seconds of compressing at a checkpoint, the mean. */
  readonly seconds: number;
}

/** What a row is measured with. */
export interface Measuring {
  readonly row: RowName;
  readonly k: number;
  /** Of one kind and seed, by their index. */
  readonly models: readonly HalfModel[];
  readonly images: Images;
  /** The first models, which give gradients. */
  readonly checkpoints: number;
  /** The first test images, which choose λ. */
  readonly heldOut: number;
  readonly dampings: readonly number[];
  readonly signal: AbortSignal;
}

/** Measures a row; undefined once that is interrupted. */
export async function measureRow(measuring: Measuring): Promise<RowRecord | undefined> {
  const { row, k, models, images, checkpoints, heldOut, signal } = measuring;
  const [first] = models;
  if (first === undefined) throw new ValueError("attribution", "models of that kind", "none");
  const { kind, seed, parameters } = first;
  const n = images.train.length;
  const scorings = [models, models.slice(checkpoints)].map((scored) => ({
    halves: scored.map(({ index }) => [...halfOf(n, seed, index)]),
    truth: tensor(scored.map(({ margins }) => margins)),
  }));
  const dampings = [...measuring.dampings].sort((a, b) => a - b);
  const seconds: number[] = [];
  const scorer = scorerOf(measuring, first, (spent) => seconds.push(spent));
  let totals: Tensor[] = [];
  for await (const model of uninterrupted(models.slice(0, checkpoints), signal)) {
    const before = totals;
    const scores = scorer(modelOf(model), dampings);
    totals = scores.map((score, i) => scope(() => add(score, before[i] ?? 0)));
    for (const old of [...before, ...scores]) old.dispose();
  }
  if (signal.aborted) return undefined;
  const options = { heldOut: [...Array(heldOut).keys()], dampings };
  const [source, others] = await Promise.all(
    scorings.map(async ({ halves, truth }) => {
      const score = (damping: number): Tensor => totals[dampings.indexOf(damping)] ?? truth;
      const { damping, others: lds } = await searchDamping(score, halves, truth, options);
      return { damping, lds };
    }),
  );
  for (const total of totals) total.dispose();
  if (source === undefined || others === undefined) return undefined;
  const each = seconds.reduce((sum, one) => sum + one, 0) / seconds.length;
  return { kind, row, k, seed, parameters: parameters.length, source, others, seconds: each };
}

/** The scores of one checkpoint at rising dampings, [n, m] each, NaN where λ is too small. */
function scorerOf(
  { row, k, models, images, checkpoints, heldOut }: Measuring,
  first: HalfModel,
  spend: (seconds: number) => void,
): (model: Classifier, dampings: readonly number[]) => Tensor[] {
  const [train, test] = [wholeBatch(images.train), wholeBatch(images.test)];
  const [n, m] = [images.train.length, images.test.length];
  const margins = sharedMargins(models.slice(0, checkpoints).map(modelOf), train);
  const all = { x: concat([train.x, test.x], 0), y: concat([train.y, test.y], 0) };
  const chooses = { x: slice(test.x, [{ stop: heldOut }]), y: slice(test.y, [{ stop: heldOut }]) };
  const random = rng(first.seed);
  const compress = rows[row]({ k, random, model: modelOf(first), train, heldOut: chooses });
  return (model, dampings) =>
    scope(() => {
      const { blocks, seconds } = compress(model, all);
      spend(seconds);
      const checkpoint = { ...split(blocks, n), margins };
      for (const whole of Object.values(blocks)) whole.dispose(); // as large as their parts
      const parameters = first.parameters.length;
      const scoresAt = (damping: readonly number[]): Tensor[] => {
        if (damping.length === 0) return [];
        try {
          return trak([checkpoint], { damping, parameters });
        } catch (error) {
          if (!(error instanceof ValueError)) throw error;
          return [full([n, m], Number.NaN), ...scoresAt(damping.slice(1))]; // λ is too small
        }
      };
      return scoresAt(dampings);
    });
}

/** The gradients of the first n samples and of the others. */
function split(blocks: GradientBlocks, n: number): CheckpointGradients {
  const part = (range: SliceRange): GradientBlocks =>
    Object.fromEntries(Object.entries(blocks).map(([path, g]) => [path, slice(g, [range])]));
  return { train: part({ stop: n }), test: part({ start: n }) };
}

/**
 * The margins whose weights 1 − p are the mean of those at all checkpoints: with them TRAK is the
 * mean of what each checkpoint gives alone, so that the gradients of one are there at a time.
 */
function sharedMargins(models: readonly Classifier[], { x, y }: LabelledBatch): Tensor {
  return noGrad(() =>
    scope(() => {
      const weights = models.map((model) => sigmoid(neg(margin(model.forward(x), y))));
      const weight = div(
        weights.reduce((a, b) => add(a, b)),
        models.length,
      );
      return log(div(sub(1, weight), weight));
    }),
  );
}
