/** @file Optimizers by name: the command's flags, help, sweeps and tests are made from them. */
import { adagradEntry } from "./adagrad.ts";
import { adamEntry, adamwEntry } from "./adam.ts";
import { adamaxEntry } from "./adamax.ts";
import { lionEntry } from "./lion.ts";
import { muonEntry } from "./muon.ts";
import { nadamEntry } from "./nadam.ts";
import type { OptimizerEntry } from "./optimizer-entry.ts";
import { radamEntry } from "./radam.ts";
import { rmspropEntry } from "./rmsprop.ts";
import { sgdEntry } from "./sgd.ts";

/**
 * The optimizers. A new one is its file and a line here.
 * @example optimizers.adam.create([parameter([1])], { learningRate: 1e-3 });
 */
export const optimizers = {
  adam: adamEntry as OptimizerEntry,
  adamw: adamwEntry as OptimizerEntry,
  sgd: sgdEntry as OptimizerEntry,
  rmsprop: rmspropEntry as OptimizerEntry,
  adagrad: adagradEntry as OptimizerEntry,
  nadam: nadamEntry as OptimizerEntry,
  radam: radamEntry as OptimizerEntry,
  adamax: adamaxEntry as OptimizerEntry,
  lion: lionEntry as OptimizerEntry,
  muon: muonEntry as OptimizerEntry,
};

/** The names of all optimizers. */
export type OptimizerName = keyof typeof optimizers;
