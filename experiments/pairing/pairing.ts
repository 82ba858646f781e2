/**
 * @file Pairs found from data: where they are found and where not, in hierarchies, pixels, a table,
 * and layers of a network.
 */
import { earlierRuns } from "../parts/earlier-runs.ts";
import type { Experiment, Trial } from "../parts/experiment.ts";
import { readKinds, readNames, readNumbers, readRates } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { pairingFindings } from "./findings.ts";
import { type LayerOrder, layerOrders, layerRecords } from "./layers.ts";
import { type PixelOrder, pixelOrders } from "./pixel-orders.ts";
import { pixelRecords } from "./pixels.ts";
import type { Records } from "./records.ts";
import { recovery } from "./recovery.ts";
import { tableRecords } from "./table.ts";

/** What is measured. */
const measurements = ["recovery", "pixels", "table", "layers"] as const;

/** Settings: what is measured, hierarchies, and the sizes of trainings. */
type Pairing = {
  readonly measure: string;
  readonly inputs: string;
  readonly symbols: string;
  readonly rules: string;
  readonly noise: string;
  readonly samples: string;
  readonly labels: string;
  readonly permutations: number;
  readonly seeds: number;
  readonly orders: string;
  readonly layers: string;
  readonly layerOrders: string;
  readonly rates: string;
  readonly images: number;
  readonly heldOut: number;
  readonly epochs: number;
  readonly read: number;
  readonly steps: number;
  readonly hidden: number;
  readonly sweeps: number;
  readonly from: string;
};

/**
 * Records of every part that is asked for, from seeds that count on from the run's; or, with
 * `from=FOLDER`, the tables and pictures of all runs there.
 */
export const pairing: Experiment<Pairing> = {
  name: "pairing",
  question: "Where can pairs be found from data, and where not?",
  settings: {
    measure: "recovery",
    inputs: "8,16",
    symbols: "8",
    rules: "4",
    noise: "0",
    samples: "500,1000,2000,4000,8000",
    labels: "yes",
    permutations: 19,
    seeds: 3,
    orders: "natural,random,found",
    layers: "general,rotation",
    layerOrders: "all",
    rates: "0.003,0.01,0.03",
    images: 50_000,
    heldOut: 2000,
    epochs: 3,
    read: 5000,
    steps: 500,
    hidden: 256,
    sweeps: 1,
    from: "",
  },
  quick: {
    inputs: "8",
    samples: "200",
    seeds: 1,
    permutations: 9,
    rates: "0.01",
    images: 256,
    heldOut: 100,
    epochs: 1,
    read: 64,
    steps: 20,
    hidden: 16,
    sweeps: 0,
  },
  async run(trial) {
    const { settings, seed, signal, log } = trial;
    if (settings.from !== "")
      return pairingFindings(merged(earlierRuns<Records>(settings.from, "pairing")));
    const measured = readNames("measure", settings.measure, measurements);
    const seeds = Array.from({ length: settings.seeds }, (_, k) => seed + k);
    const rates = readRates(settings.rates);
    const { heldOut, images, epochs, steps, hidden, sweeps, read } = settings;
    const run: Records[] = [];
    if (measured.includes("recovery")) run.push({ recovery: await recoveries(trial, seeds) });
    if (measured.includes("pixels")) {
      const orders = readNames("orders", settings.orders, keysOf<PixelOrder>(pixelOrders));
      const kinds = readKinds(settings.layers);
      const plan = { orders, kinds, rates, seeds, images, heldOut, epochs };
      run.push({ pixels: await pixelRecords({ ...plan, samples: read, signal, log }) });
    }
    if (measured.includes("table"))
      run.push({ table: await tableRecords({ rates, seeds, steps, signal }) });
    if (measured.includes("layers")) {
      const orders = readNames(
        "layerOrders",
        settings.layerOrders,
        keysOf<LayerOrder>(layerOrders),
      );
      for (const own of seeds) {
        const plan = { orders, seed: own, hidden, images, epochs, samples: read, sweeps, signal };
        run.push({ layers: await layerRecords(plan) });
      }
    }
    return pairingFindings(merged(run));
  },
};

const keysOf = <Name extends string>(record: Readonly<Record<Name, string>>): Name[] =>
  Object.keys(record) as Name[];

/** The records of several runs as those of one. */
function merged(runs: readonly Records[]): Required<Records> {
  return {
    recovery: runs.flatMap((run) => run.recovery ?? []),
    pixels: {
      trainings: runs.flatMap((run) => run.pixels?.trainings ?? []),
      pairings: runs.flatMap((run) => run.pixels?.pairings ?? []),
    },
    table: {
      trainings: runs.flatMap((run) => run.table?.trainings ?? []),
      pairings: runs.flatMap((run) => run.table?.pairings ?? []),
    },
    layers: runs.flatMap((run) => run.layers ?? []),
  };
}

/** Finds pairs in every hierarchy of the lists that there is. */
async function recoveries(
  { settings, signal, log }: Trial<Pairing>,
  seeds: readonly number[],
): Promise<NonNullable<Records["recovery"]>> {
  const list = (name: "inputs" | "symbols" | "rules" | "samples"): number[] =>
    readNumbers(name, settings[name]);
  const noises = settings.noise.split(",").map(Number);
  const labels = settings.labels !== "no";
  const cases = list("inputs").flatMap((n) =>
    list("symbols").flatMap((v) =>
      list("rules")
        .filter((m) => m <= v)
        .flatMap((m) => noises.map((noise) => ({ n, v, m, noise }))),
    ),
  );
  const found: NonNullable<Records["recovery"]>[number][] = [];
  for await (const sizes of uninterrupted(cases, signal))
    for (const samples of list("samples"))
      for await (const seed of uninterrupted(seeds, signal)) {
        const record = recovery(sizes, samples, labels, seed, settings.permutations);
        found.push(record);
        const levels = record.right.map(({ right, of }) => `${right} of ${of}`).join(", ");
        const { n, v, m, noise } = sizes;
        log(`n ${n}, v ${v}, m ${m}, noise ${noise}, ${samples} samples, seed ${seed}: ${levels}`);
      }
  return found;
}
