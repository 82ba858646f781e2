/**
 * @file Data with a hierarchy whose inputs come in a random order: what the right pairs are worth,
 * and what pairs found from the training samples are.
 */
import { rng } from "@spm/core";
import { type FoundPairing, pairingFromData } from "@spm/mixer/analysis";
import { earlierRuns } from "../parts/earlier-runs.ts";
import type { Experiment, Trial } from "../parts/experiment.ts";
import { readNumbers, readRates } from "../parts/lists.ts";
import {
  type HierarchySizes,
  type RandomHierarchy,
  randomHierarchy,
  rightGroups,
  sequenceTensors,
  sidesTold,
} from "../parts/random-hierarchy.ts";
import { uninterrupted } from "../parts/steps.ts";
import { hierarchyFindings } from "./findings.ts";
import type { PairingRecord, Records, TrainingRecord } from "./records.ts";
import { type Order, type Row, readRows } from "./rows.ts";
import { type Parts, trained } from "./training.ts";

/** Settings: the data, the rows, the sizes of a training. */
type Hierarchy = HierarchySizes & {
  readonly samples: string;
  readonly rows: string;
  readonly rates: string;
  readonly seeds: number;
  readonly channels: number;
  readonly hidden: number;
  readonly steps: number;
  readonly batch: number;
  readonly heldOut: number;
  readonly from: string;
};

/**
 * Accuracy by row and number of training samples, each row at the rate that is best on held-out
 * samples of the first seed; or, with `from=FOLDER`, the tables and pictures of all runs there.
 */
export const hierarchy: Experiment<Hierarchy> = {
  name: "hierarchy",
  question: "Can the right pairs be found from data, and what are they worth?",
  settings: {
    n: 8,
    v: 6,
    m: 3,
    noise: 0,
    samples: "1000",
    rows:
      "mixer true,mixer found,mixer given,butterflies given,tree found,convolution sides," +
      "dense 256",
    rates: "0.01,0.03,0.05",
    seeds: 1,
    channels: 16,
    hidden: 32,
    steps: 1000,
    batch: 128,
    heldOut: 2000,
    from: "",
  },
  quick: {
    rows: "mixer found,mixer given",
    rates: "0.03",
    channels: 8,
    steps: 100,
    batch: 64,
    heldOut: 300,
  },
  async run({ settings, seed, signal, log }) {
    if (settings.from !== "") {
      const runs = earlierRuns<Records>(settings.from, "hierarchy");
      return hierarchyFindings({
        trainings: runs.flatMap(({ trainings }) => trainings),
        pairings: runs.flatMap(({ pairings }) => pairings),
      });
    }
    const trainings: TrainingRecord[] = [];
    const pairings: PairingRecord[] = [];
    const rows = readRows(settings.rows);
    for (const samples of readNumbers("samples", settings.samples)) {
      const worlds = Array.from({ length: settings.seeds }, (_, k) =>
        world(settings, samples, seed + k, pairings),
      );
      for await (const row of uninterrupted(rows, signal))
        trainings.push(...(await measured(row, samples, worlds, { settings, seed, signal, log })));
    }
    return hierarchyFindings({ trainings, pairings });
  },
};

/** The samples of a seed, and the orders of their inputs. */
interface World {
  readonly seed: number;
  readonly parts: Parts;
  order(name: Order): readonly number[];
}

/** Draws the samples; finds pairs once an order asks for them, and keeps the record. */
function world(
  { n, v, m, noise, heldOut }: Hierarchy,
  samples: number,
  seed: number,
  pairings: PairingRecord[],
): World {
  const made = randomHierarchy({ n, v, m, noise }, seed);
  const parts = {
    training: made.draw("training", samples),
    validation: made.draw("validation", heldOut),
    test: made.draw("test", heldOut),
  };
  let pairing: FoundPairing | undefined;
  const found = (): FoundPairing => {
    if (pairing !== undefined) return pairing;
    const started = performance.now();
    const { x, y } = sequenceTensors(parts.training);
    pairing = pairingFromData(x, y, { states: v, random: rng(seed) });
    const seconds = (performance.now() - started) / 1000;
    pairings.push({ n, v, m, noise, samples, seed, ...recordOf(pairing, made), seconds });
    return pairing;
  };
  const inputs = made.places.map((_, input) => input);
  const order: Record<Order, () => readonly number[]> = {
    true: () => inputs.toSorted((a, b) => (made.places[a] ?? 0) - (made.places[b] ?? 0)),
    given: () => inputs,
    random: () => Array.from(rng(seed + 500).permutation(n)),
    found: () => found().order,
    sides: () => sidesTold(found(), made.places),
  };
  return { seed, parts, order: (name) => order[name]() };
}

const recordOf = (
  pairing: FoundPairing,
  { places }: RandomHierarchy,
): Pick<PairingRecord, "right" | "pValues" | "depth" | "pairs" | "places"> => ({
  right: rightGroups(pairing, places),
  pValues: pairing.levels.map(({ pValue }) => pValue),
  depth: pairing.depth,
  pairs: pairing.levels.map(({ pairs }) => pairs.map(([a, b]) => [[...a], [...b]])),
  places: [...places],
});

/** Trains a row at every rate from the first seed, and at the best of them from the others. */
async function measured(
  { name, net, order }: Row,
  samples: number,
  worlds: readonly World[],
  { settings, signal, log }: Trial<Hierarchy>,
): Promise<TrainingRecord[]> {
  const { n, v, m, noise, channels, hidden, steps, batch } = settings;
  const records: TrainingRecord[] = [];
  const once = async ({ seed, parts, order: orderOf }: World, rate: number): Promise<void> => {
    const training = { sizes: { n, v, channels, hidden }, steps, batch, rate, seed, signal };
    const outcome = await trained(net, parts, orderOf(order), training);
    if (outcome === undefined) return;
    const { training: seen, ...rest } = outcome;
    records.push({ row: name, n, v, m, noise, samples, steps, rate, seed, seen, ...rest });
    const percent = (100 * rest.test).toFixed(1);
    log(`${name}, ${samples} samples, rate ${rate}, seed ${seed}: ${percent} %`);
  };
  const [first, ...others] = worlds;
  if (first === undefined) return [];
  const rates = readRates(settings.rates);
  for await (const rate of uninterrupted(rates, signal)) await once(first, rate);
  const best = records.toSorted((a, b) => b.validation - a.validation)[0]?.rate;
  if (best !== undefined)
    for await (const other of uninterrupted(others, signal)) await once(other, best);
  return records;
}
