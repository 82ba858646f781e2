/**
 * @file Neural collapse by depth: L2-regularised LayerNorm ResNets and transformers beside the
 * theory, and what else collapses.
 */
import { NonFiniteError } from "@spm/trainer";
import { earlierRuns } from "../parts/earlier-runs.ts";
import type { Experiment } from "../parts/experiment.ts";
import { readNames, readNumbers } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { collapseFindings } from "./findings.ts";
import { rows } from "./rows.ts";
import { type Outcome, trainNet } from "./train-net.ts";

const settings = {
  /** By name, with commas, or "all". */
  rows: "all",
  /** Blocks; "own" are those of each row. */
  depths: "own",
  seeds: 3,
  /** Images of each digit, texts of each genre. */
  each: 30,
  textsEach: 40,
  words: 8,
  vocabulary: 128,
  textWidth: 32,
  steps: 1000,
  rate: 0.005,
  lambda: 0.005,
  /** A folder of run folders to report of, instead of training. */
  from: "",
};

/** `results.json` of a run. */
interface Results {
  readonly nets: readonly Outcome[];
  readonly failures: readonly string[];
}

/** How near to collapse nets of each depth come. */
export const collapse: Experiment<typeof settings> = {
  name: "collapse",
  question: "Do the features of deep L2-regularised nets collapse, by which power of the depth?",
  settings,
  quick: {
    rows: "resnet-1,rotation,transformer-1-mse",
    depths: "1,2",
    seeds: 1,
    each: 4,
    textsEach: 4,
    steps: 10,
  },
  async run({ settings: given, seed, signal, log }) {
    if (given.from !== "") {
      const runs = earlierRuns<Results>(given.from, "collapse");
      return collapseFindings(
        runs.flatMap(({ nets }) => nets),
        runs.flatMap(({ failures }) => failures),
      );
    }
    const names = readNames("rows", given.rows, Object.keys(rows));
    const outcomes: Outcome[] = [];
    const failures: string[] = [];
    for (const name of names) {
      const row = rows[name];
      if (row === undefined) continue;
      const depths = given.depths === "own" ? row.depths : readNumbers("depths", given.depths);
      const nets = depths.flatMap((depth) =>
        Array.from({ length: given.seeds }, (_, k) => ({ depth, seed: seed + k })),
      );
      for await (const net of uninterrupted(nets, signal)) {
        const outcome = await trainNet(name, row, net.depth, given, net.seed, signal).catch(
          (error: unknown) => {
            if (!(error instanceof NonFiniteError)) throw error;
            return `${name}, depth ${net.depth}, seed ${net.seed}: ${error.message}`;
          },
        );
        if (outcome === undefined) break;
        if (typeof outcome === "string") {
          log(outcome);
          failures.push(outcome);
          continue;
        }
        outcomes.push(outcome);
        const { loss, penalty, accuracy, metrics } = outcome;
        log(
          `${name}, depth ${net.depth}, seed ${net.seed}: loss ${(loss + penalty).toFixed(4)}, ` +
            `accuracy ${accuracy}, NC1 ${metrics.nc1Trace.toExponential(2)}`,
        );
      }
    }
    return collapseFindings(outcomes, failures);
  },
};
