/** @file The part of help that lists data sets, layers, optimizers and schedules, a line each. */
import { choices, type Registries } from "./registries.ts";
import { folded } from "./terminal.ts";

const headings: Readonly<Record<keyof Registries, string>> = {
  datasets: "Data sets",
  linearKinds: "Layers",
  optimizers: "Optimizers",
  rateSchedules: "Schedules of the learning rate",
};

/**
 * The entries of some lists, in the order of the options that name them.
 * @example entryList(ours, ["datasets"]); // "\nData sets:\n  mnist     60,000 and …"
 */
export function entryList(
  registries: Registries,
  lists: readonly (keyof Registries)[] = Object.values(choices),
): string {
  const names = lists.flatMap((list) => Object.keys(registries[list]));
  const width = Math.max(...names.map((name) => name.length));
  return lists
    .map((list) => {
      const lines = Object.entries(registries[list]).map(
        ([name, { description }]) =>
          `\n${folded(`  ${name.padEnd(width)}  ${description}`, undefined, width + 4)}`,
      );
      return `\n${headings[list]}:${lines.join("")}`;
    })
    .join("\n");
}
