/**
 * @file The options that data sets, optimizers and schedules add to a training, each with a line
 * that names the entries that have it and their defaults.
 */
import { isDeepStrictEqual } from "node:util";
import { type OptionSchema, ValueError } from "@spm/core/extend";
import { type Choice, choices, type Registries } from "./registries.ts";

/** A choice whose entries have options. */
export type OwningChoice = Exclude<Choice, "layer">;

type Schemas = Readonly<Record<string, OptionSchema>>;

/** An option of some entries. */
export interface OwnOption {
  /** The part of the schema that all entries share. */
  readonly schema: OptionSchema;
  /** The option that chooses the entry, and the schema of each entry with this option. */
  readonly of: {
    readonly choice: OwningChoice;
    readonly entries: Schemas;
  };
}

/**
 * The options of all entries of a choice, by name.
 * @throws ValueError for a name that makes no flag, or one whose values are of several types
 */
export function ownOptions(
  registries: Registries,
  choice: OwningChoice,
): Record<string, OwnOption> {
  const entries: Readonly<Record<string, { readonly options: Schemas }>> =
    registries[choices[choice]];
  const found: Record<string, Schemas> = {};
  for (const [entry, { options }] of Object.entries(entries))
    for (const [name, schema] of Object.entries(options))
      found[name] = { ...found[name], [entry]: schema };
  return Object.fromEntries(
    Object.entries(found).map(([name, entries]) => [
      name,
      { schema: inCommon(choices[choice], name, entries), of: { choice, entries } },
    ]),
  );
}

/** The part that the schemas of one option share; the rest is checked for the chosen entry. */
function inCommon(list: string, name: string, entries: Schemas): OptionSchema {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name))
    throw new ValueError(list, "an option in camel case", `"${name}"`);
  const schemas = Object.values(entries);
  const [first] = schemas as [OptionSchema, ...OptionSchema[]];
  const types = new Set(schemas.map(({ type }) => type));
  if (types.size > 1) throw new ValueError(list, `${name} of one type`, [...types].join(" and "));
  const alike = Object.entries(first).filter(([key, value]) =>
    schemas.every((schema) => isDeepStrictEqual(schema[key as keyof OptionSchema], value)),
  );
  const items = first.type === "array" && { items: { type: "number" as const } };
  const description = described(entries);
  return { ...items, ...Object.fromEntries(alike), description, type: first.type };
}

/** The description of an option, with the entries that have it and their defaults. */
function described(entries: Schemas): string {
  const value = ({ default: value }: OptionSchema): string =>
    value === undefined || value === false ? "" : `: ${value}`;
  return [...grouped(Object.entries(entries), ([, { description }]) => description)]
    .map(([meaning, having]) => {
      const values = [...grouped(having, ([, schema]) => value(schema))];
      return `${meaning} (${values.map(([shown, list]) => `${namesOf(list)}${shown}`).join("; ")})`;
    })
    .join("; ");
}

/** The default learning rates, for the help of `train`. */
export function suggestedRates(registries: Registries): string {
  const scales = grouped(Object.entries(registries.optimizers), ([, entry]) => entry.adamScale);
  const others = scales.get(undefined) ?? [];
  scales.delete(undefined);
  const scaled = [...scales].map(
    ([scale, list]) => `${scale === 1 ? "" : `${scale} times it `}with ${namesOf(list)}`,
  );
  const ofLayers = `the layer's ${scaled.join(", ")}: ${layerRates(registries)}`;
  return others.length === 0 ? ofLayers : `${ofLayers}; else the optimizer's: ${byRate(others)}`;
}

/** Adam's rate for each kind of layer, for help. */
export const layerRates = ({ linearKinds }: Registries): string =>
  byRate(Object.entries(linearKinds));

const byRate = (
  entries: readonly (readonly [string, { readonly learningRate: number }])[],
): string =>
  [...grouped(entries, ([, { learningRate }]) => learningRate)]
    .map(([rate, list]) => `${rate} ${namesOf(list)}`)
    .join("; ");

const namesOf = (entries: readonly (readonly [name: string, ...unknown[]])[]): string =>
  entries.map(([name]) => name).join(", ");

/** The items by key, in the order of their first. */
function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
