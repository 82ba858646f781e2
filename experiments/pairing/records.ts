/** @file What `results.json` holds, by what was measured. */
import type { LayerError } from "./layers.ts";
import type { PixelPairing, PixelTraining } from "./pixels.ts";
import type { Recovery } from "./recovery.ts";
import type { TablePairing, TableTraining } from "./table.ts";

/** The records of a run; what it did not measure is not there, or empty. */
export interface Records {
  readonly recovery?: readonly Recovery[];
  readonly pixels?: {
    readonly trainings: readonly PixelTraining[];
    readonly pairings: readonly PixelPairing[];
  };
  readonly table?: {
    readonly trainings: readonly TableTraining[];
    readonly pairings: readonly TablePairing[];
  };
  readonly layers?: readonly LayerError[];
}
