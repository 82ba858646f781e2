/** @file Flows of images whose channels are mixed by every linear bijection, at equal terms. */
import { earlierRuns } from "../parts/earlier-runs.ts";
import type { Experiment } from "../parts/experiment.ts";
import { readNames, readNumbers, readRates } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { imageFlowFindings, type Records } from "./findings.ts";
import { imageNames, loadImages } from "./images.ts";
import { type FlowRecord, measureRow } from "./measure.ts";
import { mixingNames } from "./mixings.ts";
import { type MapSeconds, timeMaps } from "./time-maps.ts";

/** What a run may consist of. */
const partNames = [...imageNames, "timing"] as const;

/** Bits a number, digits and seconds of every mixing, on digits and on periodic textures. */
export const imageFlow: Experiment<{
  parts: string;
  mixings: string;
  depth: number;
  hidden: number;
  leastFactor: number;
  steps: number;
  trial: number;
  batch: number;
  rates: string;
  seeds: number;
  held: number;
  tested: number;
  widths: string;
  rounds: number;
  from: string;
}> = {
  name: "image-flow",
  question: "Do circulants between diagonals, or mixers, serve a flow of images as dense maps do?",
  settings: {
    parts: "all",
    mixings: "circulant-diagonal,near-identity,general,rotation,lu,dense,permutation",
    depth: 3,
    hidden: 16,
    leastFactor: 0,
    steps: 500,
    trial: 100,
    batch: 16,
    rates: "0.003,0.01,0.03",
    seeds: 3,
    held: 250,
    tested: 500,
    widths: "12,24,48,96",
    rounds: 5,
    from: "",
  },
  quick: {
    mixings: "circulant-diagonal,lu",
    depth: 1,
    hidden: 4,
    steps: 3,
    trial: 1,
    batch: 4,
    rates: "0.003",
    seeds: 1,
    held: 4,
    tested: 4,
    widths: "12",
    rounds: 1,
  },
  async run({ settings, seed, signal, log }) {
    const { from, seeds, held, tested, rounds, ...training } = settings;
    const parts = readNames("parts", settings.parts, partNames);
    const mixings = readNames("mixings", settings.mixings, mixingNames);
    const rates = readRates(settings.rates);
    const widths = readNumbers("widths", settings.widths);
    if (from !== "") {
      const runs = earlierRuns<Records>(from, "image-flow");
      return imageFlowFindings({
        flows: runs.flatMap(({ flows }) => flows),
        times: runs.flatMap(({ times }) => times),
      });
    }
    const flows: FlowRecord[] = [];
    for await (const images of uninterrupted(imageNames, signal)) {
      if (!parts.includes(images)) continue;
      const data = await loadImages(images, held, tested);
      for await (const mixing of uninterrupted(mixings, signal))
        for (let k = 0; k < seeds && !signal.aborted; k++) {
          const options = { ...training, rates, images, mixing, seed: seed + k, signal };
          const record = await measureRow(data, options);
          if (record === null) continue;
          flows.push(record);
          const { bits, rate, seconds } = record;
          log(
            `${images}, ${mixing}, seed ${seed + k}: ${bits.toFixed(3)} bits a number, ` +
              `rate ${rate}, ${seconds.toFixed(3)} s a step`,
          );
        }
    }
    const times: MapSeconds[] = [];
    if (parts.includes("timing"))
      for await (const n of uninterrupted(widths, signal))
        times.push(...(await timeMaps(n, mixings, { rounds, seed })));
    return imageFlowFindings({ flows, times });
  },
};
