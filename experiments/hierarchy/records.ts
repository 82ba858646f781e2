/** @file What `results.json` holds: a record for each training and for each pairing found. */

/** The sizes of the data of a record. */
export interface DataSizes {
  readonly n: number;
  readonly v: number;
  readonly m: number;
  readonly noise: number;
  /** Training samples. */
  readonly samples: number;
  readonly seed: number;
}

/** A training at one rate; shares of right answers. */
export interface TrainingRecord extends DataSizes {
  readonly row: string;
  readonly steps: number;
  readonly rate: number;
  readonly parameters: number;
  /** On the first 2,000 training samples. */
  readonly seen: number;
  /** On samples that choose the rate. */
  readonly validation: number;
  /** On those that are reported. */
  readonly test: number;
  readonly seconds: number;
}

/** Pairs found from the training samples of a seed. */
export interface PairingRecord extends DataSizes {
  /** On each level, the groups that are those of the hierarchy, of all. */
  readonly right: readonly { readonly right: number; readonly of: number }[];
  readonly pValues: readonly (number | null)[];
  readonly depth: number;
  /** The pairs of each level, as the inputs of both sides. */
  readonly pairs: readonly (readonly (readonly (readonly number[])[])[])[];
  /** The place of each input in the hierarchy. */
  readonly places: readonly number[];
  readonly seconds: number;
}

/** All of a run. */
export interface Records {
  readonly trainings: readonly TrainingRecord[];
  readonly pairings: readonly PairingRecord[];
}
