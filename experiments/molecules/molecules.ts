/** @file Energies and forces of water trimers: TensorNet beside models that know less of space. */
import { type Rng, rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import type { Experiment } from "../parts/experiment.ts";
import { readNames, readNumbers, readRates } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { type ContenderName, contenderNames, contenders } from "./contenders.ts";
import { driftOf, dynamicsOf } from "./dynamics.ts";
import { moleculesFindings } from "./findings.ts";
import { labelled, positionsOf, splitFrames } from "./frames.ts";
import { readRecords, setNames, type TrainingRecord } from "./records.ts";
import { type Frames, normals } from "./sampler.ts";
import { errorsOfMean, errorsOn, shuffled, trainOn } from "./training.ts";
import type { WaterForces } from "./water.ts";

const settings = {
  /** By name, with commas, or "all". */
  sets: "all",
  models: "all",
  /** Training frames of each row. */
  frames: "1500",
  seeds: 3,
  width: 16,
  layers: 1,
  batch: 8,
  steps: 3000,
  /** Each is tried for `trial` steps; the one with the least validation error of forces is used. */
  rates: "0.003,0.006,0.012",
  trial: 300,
  /** Steps of molecular dynamics with the TensorNet that has learned all training frames. */
  dynamics: 2000,
  trimers: 400,
  relax: 300,
  burnIn: 1000,
  apart: 400,
  snapshots: 5,
  /** The seed of the frames, which are the same for all seeds of training. */
  draw: 1,
  /** The folder of the saved frames; they are not saved for "". */
  data: "runs/molecules-data",
  /** A folder of earlier runs, which are reported instead of training. */
  from: "",
};

/** What a training is of. */
interface Row {
  readonly set: WaterForces;
  readonly model: ContenderName;
  readonly count: number;
  readonly seed: number;
}

/** TensorNet, a network of distances and one of coordinates, each at its best rate. */
export const molecules: Experiment<typeof settings> = {
  name: "molecules",
  question:
    "How much better do tensors learn the forces of molecules than distances or coordinates?",
  settings,
  quick: {
    sets: "pairs",
    models: "tensornet,tensornet-rotation,distances,coordinates",
    frames: "18",
    seeds: 1,
    width: 4,
    batch: 4,
    steps: 2,
    rates: "0.01",
    trial: 1,
    dynamics: 4,
    trimers: 8,
    relax: 100,
    burnIn: 20,
    apart: 10,
    snapshots: 3,
    data: "",
  },
  async run({ settings: given, seed, signal, log }) {
    if (given.from !== "") return moleculesFindings(readRecords(given.from));
    const [sets, models] = [
      readNames("sets", given.sets, setNames),
      readNames("models", given.models, contenderNames),
    ];
    const [counts, rates] = [readNumbers("frames", given.frames), readRates(given.rates)];
    const { trimers, snapshots, relax, burnIn, apart, draw, data: folder } = given;
    const split = splitFrames(trimers, snapshots);
    for (const count of counts)
      if (count > split.train.length)
        throw new ValueError("molecules", `frames ≤ ${split.train.length}`, count);
    const sampling = { relax, burnIn, apart, snapshots };
    const source = { trimers, sampling, seed: draw, folder, log, signal };
    const positions = await positionsOf(source);
    const rows = sets.flatMap((set) =>
      models.flatMap((model) =>
        counts.flatMap((count) =>
          Array.from({ length: given.seeds }, (_, k) => ({ set, model, count, seed: seed + k })),
        ),
      ),
    );
    const trainings: TrainingRecord[] = [];
    for await (const row of uninterrupted(rows, signal)) {
      const record = await trained(row);
      if (record === undefined) break;
      trainings.push(record);
      log(
        `${row.set}, ${row.model}, ${row.count} frames, rate ${record.rate}: ` +
          `${record.test.energy.toFixed(2)} kcal/mol, ${record.test.force.toFixed(2)} kcal/mol/Å`,
      );
    }
    return moleculesFindings(trainings);

    async function trained({ set, model, count, seed }: Row): Promise<TrainingRecord | undefined> {
      const frames = labelled(set, positions);
      const [chosen, made, order, turns, pace] = rng(seed).split(5) as [Rng, Rng, Rng, Rng, Rng];
      const train = shuffled(split.train, chosen).slice(0, count);
      const { scale, shift } = scaleOf(frames, train);
      const { validation } = split;
      const fit = async (rate: number, steps: number) => {
        const { width, layers, batch } = given;
        const random = rng(0);
        random.state = made.state; // every fit begins with the same weights, and sees one order
        const contender = contenders[model]({ width, layers, scale, shift, random });
        random.state = order.state;
        const options = { frames, train, validation, batch, rate, steps, scale, random, signal };
        return { contender, curve: await trainOn(contender, options) };
      };
      const tried = [];
      for (const rate of rates) {
        const { curve, contender } = await fit(rate, given.trial);
        const last = curve.at(-1);
        if (last) tried.push({ rate, energy: last.energy, force: last.force });
        contender.module.dispose();
      }
      const best = tried.reduce<(typeof tried)[number] | undefined>(
        (least, one) => (least && least.force <= one.force ? least : one),
        undefined,
      );
      if (best === undefined || signal.aborted) return undefined;
      const { contender, curve } = await fit(best.rate, given.steps);
      if (signal.aborted) return undefined;
      const moving = model === "tensornet" && set === "pairs" && count === split.train.length;
      const starts = split.test.filter((_, k) => k % snapshots === 0).slice(0, 8);
      const ran = moving
        ? dynamicsOf(contender, set, frames, starts, given.dynamics, pace)
        : undefined;
      const record = {
        ...{ set, model, frames: count, seed, width: given.width, rate: best.rate, tried, curve },
        parameters: contender.module.parameterCount(),
        test: errorsOn(contender, frames, split.test),
        turned: errorsOn(contender, frames, split.test, () => rotation(turns)),
        constant: errorsOfMean(frames, train, split.test),
        dynamics: ran
          ? { ...ran, drift: { learned: driftOf(ran.learned), true: driftOf(ran.true) } }
          : null,
      };
      contender.module.dispose();
      return record;
    }
  },
};

/** The root mean square of the forces and the mean of the energies. */
function scaleOf(frames: Frames, train: readonly number[]): { scale: number; shift: number } {
  let [squares, shift] = [0, 0];
  for (const i of train) {
    shift += (frames.energies[i] ?? 0) / train.length;
    for (const f of frames.forces.subarray(27 * i, 27 * i + 27))
      squares += f ** 2 / (27 * train.length);
  }
  return { scale: Math.sqrt(squares), shift };
}

/** A uniform rotation, row-major, of a random quaternion. */
function rotation(random: Rng): number[] {
  const q = [...normals(random), ...normals(random)];
  const [a, b, c, d] = q.map((v) => v / Math.hypot(...q)) as [number, number, number, number];
  return [
    [1 - 2 * (c * c + d * d), 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), 1 - 2 * (b * b + d * d), 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), 1 - 2 * (b * b + c * c)],
  ].flat();
}
