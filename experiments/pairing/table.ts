/** @file Pairs among the columns of a table, and whether networks gain by them. */
import { rng } from "@spm/core";
import { type FoundPairing, pairingFromData } from "@spm/mixer/analysis";
import { trained } from "../hierarchy/training.ts";
import { sequenceTensors } from "../parts/random-hierarchy.ts";
import { uninterrupted } from "../parts/steps.ts";
import { BINS, columns, loadWages, thirds, WIDTH } from "./wages.ts";

/** The rows: networks on the columns in their order, in a random one, in the found one. */
const tableRows = {
  "mixer natural": ["mixer", "natural"],
  "mixer random": ["mixer", "random"],
  "mixer found": ["mixer", "found"],
  "tree random": ["tree", "random"],
  "tree found": ["tree", "found"],
  "dense 64": ["dense 64", "natural"],
} as const;

/** One of {@link tableRows}. */
type TableRow = keyof typeof tableRows;

/** A training on the table. */
export interface TableTraining {
  readonly row: TableRow;
  readonly rate: number;
  readonly seed: number;
  readonly parameters: number;
  readonly validation: number;
  readonly test: number;
}

/** The pairs of columns found in a third of the rows. */
export interface TablePairing {
  readonly seed: number;
  readonly depth: number;
  readonly pValues: readonly (number | null)[];
  /** Names of both columns of each pair, and their mutual information in nats. */
  readonly pairs: readonly { readonly names: readonly string[]; readonly weight: number }[];
}

/** Options of the trainings. */
export interface TablePlan {
  readonly rates: readonly number[];
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly signal: AbortSignal;
}

/** Finds pairs for each seed's third of the table, and trains every row at every rate. */
export async function tableRecords({
  rates,
  seeds,
  steps,
  signal,
}: TablePlan): Promise<{ trainings: TableTraining[]; pairings: TablePairing[] }> {
  const wages = await loadWages();
  const trainings: TableTraining[] = [];
  const pairings: TablePairing[] = [];
  for await (const seed of uninterrupted(seeds, signal)) {
    const parts = thirds(wages, seed);
    const { x, y } = sequenceTensors(parts.training);
    const found = pairingFromData(x, y, { random: rng(seed) });
    pairings.push(pairingOf(found, seed));
    const inputs = Array.from({ length: WIDTH }, (_, k) => k);
    const order = {
      natural: inputs,
      random: Array.from(rng(seed + 500).permutation(WIDTH)),
      found: found.order,
    };
    const sizes = { n: WIDTH, v: BINS, channels: 4, hidden: 16 };
    const rows = Object.entries(tableRows) as [TableRow, (typeof tableRows)[TableRow]][];
    for await (const [row, [net, name]] of uninterrupted(rows, signal))
      for (const rate of rates) {
        const training = { sizes, steps, batch: 64, rate, seed, signal };
        const outcome = await trained(net, parts, order[name], training);
        if (outcome === undefined) break;
        const { parameters, validation, test } = outcome;
        trainings.push({ row, rate, seed, parameters, validation, test });
      }
  }
  return { trainings, pairings };
}

function pairingOf({ levels, depth }: FoundPairing, seed: number): TablePairing {
  const [first] = levels;
  const pairs = (first?.pairs ?? []).map((pair, k) => ({
    names: pair.flat().map((input) => columns[input] ?? "constant"),
    weight: first?.weights[k] ?? 0,
  }));
  const named = pairs.filter(({ names }) => !names.includes("constant"));
  return {
    ...{ seed, depth },
    pValues: levels.map(({ pValue }) => pValue),
    pairs: named.sort((a, b) => b.weight - a.weight),
  };
}
