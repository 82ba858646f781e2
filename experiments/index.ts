/** @file @spm/experiments: questions, and the run folders that answer them. */
import { adaptive } from "./adaptive/adaptive.ts";
import { attribution } from "./attribution/attribution.ts";
import { charlm } from "./charlm/charlm.ts";
import { collapse } from "./collapse/collapse.ts";
import { compress } from "./compress/compress.ts";
import { deep } from "./deep/deep.ts";
import { flow } from "./flow/flow.ts";
import { hierarchy } from "./hierarchy/hierarchy.ts";
import { imageFlow } from "./image-flow/image-flow.ts";
import { learnTransform } from "./learn-transform/learn-transform.ts";
import { longRange } from "./long-range/long-range.ts";
import { memory } from "./memory/memory.ts";
import { mnist } from "./mnist/mnist.ts";
import { molecules } from "./molecules/molecules.ts";
import { pairing } from "./pairing/pairing.ts";
import type { Experiment } from "./parts/experiment.ts";
import { photonic } from "./photonic/photonic.ts";
import { quantise } from "./quantise/quantise.ts";
import { rotors } from "./rotors/rotors.ts";
import { samples } from "./samples/samples.ts";
import { teacher } from "./teacher/teacher.ts";
import { text } from "./text/text.ts";
import { timing } from "./timing/timing.ts";
import { twoMixers } from "./two-mixers/two-mixers.ts";

export { loadMobyDick } from "./charlm/moby-dick.ts";
export type { Experiment, Findings, Section, Settings, Table, Trial } from "./parts/experiment.ts";
export { type ExperimentRun, runExperiment } from "./parts/run-experiment.ts";
export { readSettings, tuneOf } from "./parts/settings.ts";

/**
 * All experiments, in the order that `spm experiment` lists them.
 *
 * @example
 * ```ts
 * import { experiments } from "@spm/experiments";
 * console.log(experiments.map(({ name, question }) => `${name}: ${question}`).join("\n"));
 * ```
 */
export const experiments: readonly Experiment[] = [
  samples, //
  mnist,
  charlm,
  text,
  timing,
  compress,
  deep,
  flow,
  imageFlow,
  learnTransform,
  collapse,
  longRange,
  molecules,
  rotors,
  teacher,
  twoMixers,
  adaptive,
  attribution,
  photonic,
  hierarchy,
  pairing,
  quantise,
  memory,
];
