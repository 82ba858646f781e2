/**
 * @file The names of a command line: layers, optimizers, schedules and data sets, ours and those
 * that a program registers for its run.
 */
import { ValueError } from "@spm/core/extend";
import { type DatasetEntry, datasets } from "@spm/data/datasets";
import { type LinearEntry, linearKinds } from "@spm/nn";
import { type OptimizerEntry, optimizers, rateSchedules, type ScheduleEntry } from "@spm/optim";

/** Entries by name, list by list. */
export interface Registries {
  readonly linearKinds: Readonly<Record<string, LinearEntry>>;
  readonly optimizers: Readonly<Record<string, OptimizerEntry>>;
  readonly rateSchedules: Readonly<Record<string, ScheduleEntry>>;
  readonly datasets: Readonly<Record<string, DatasetEntry>>;
}

/** The entries that a program adds. */
export type Registrations = Partial<Registries>;

/** The entries of `spm`. */
export const ours: Registries = { linearKinds, optimizers, rateSchedules, datasets };

/**
 * Our entries and those of a program.
 *
 * @throws ValueError for an unknown list, a name that is taken, or one that can't be part of a flag
 * @example registriesWith({ linearKinds: { mine: entry } }).linearKinds.mine; // entry
 */
export function registriesWith(own: Registrations): Registries {
  const lists = Object.keys(ours) as (keyof Registries)[];
  for (const [list, entries] of Object.entries(own)) {
    const known = lists.find((name) => name === list);
    if (known === undefined)
      throw new ValueError("registrations", `one of ${lists.join(", ")}`, `"${list}"`);
    for (const name of Object.keys(entries)) {
      if (!/^\w[\w.-]*$/.test(name))
        throw new ValueError(list, "a name of letters, digits and hyphens", `"${name}"`);
      if (Object.hasOwn(ours[known], name))
        throw new ValueError(list, "a name that is not taken", `"${name}"`);
    }
  }
  return {
    linearKinds: { ...linearKinds, ...own.linearKinds },
    optimizers: { ...optimizers, ...own.optimizers },
    rateSchedules: { ...rateSchedules, ...own.rateSchedules },
    datasets: { ...datasets, ...own.datasets },
  };
}

/** The options of a training that name an entry, with the list that it is in. */
export const choices: {
  readonly dataset: "datasets";
  readonly layer: "linearKinds";
  readonly optimizer: "optimizers";
  readonly schedule: "rateSchedules";
} = {
  dataset: "datasets",
  layer: "linearKinds",
  optimizer: "optimizers",
  schedule: "rateSchedules",
};

/** An option that names an entry. */
export type Choice = keyof typeof choices;

/** An entry of the list that a choice is from. */
type EntryOf<C extends Choice> = Registries[(typeof choices)[C]][string];

/** The entry that an option names. @throws ValueError for an unknown name */
export function entryOf<C extends Choice>(
  registries: Registries,
  choice: C,
  name: string,
): EntryOf<C> {
  const entries = registries[choices[choice]] as Readonly<Record<string, EntryOf<C>>>;
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined)
    throw new ValueError(
      "train",
      `${choice} to be one of ${Object.keys(entries).join(", ")}`,
      JSON.stringify(name),
    );
  return entry;
}

/**
 * The default learning rate: the layer's, which is one for Adam, times the optimizer's `adamScale`;
 * for an optimizer without one, the optimizer's own.
 */
export function suggestedRate(
  registries: Registries,
  { layer, optimizer }: { readonly layer: string; readonly optimizer: string },
): number {
  const { adamScale, learningRate } = entryOf(registries, "optimizer", optimizer);
  if (adamScale === undefined) return learningRate;
  return adamScale * entryOf(registries, "layer", layer).learningRate;
}
