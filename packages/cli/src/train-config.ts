/**
 * @file Merges defaults, a configuration file and flags, each over those before, and checks the
 * result.
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { ValueError } from "@spm/core/extend";
import { reasonOf } from "@spm/trainer/node";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { spmItself } from "./caller.ts";
import { asNumber, asNumbers } from "./option-values.ts";
import type { OwningChoice } from "./own-options.ts";
import { entryOf, type Registries, suggestedRate } from "./registries.ts";
import {
  type EveryTrainOptions,
  flagOf,
  type TrainOptions,
  trainOptions,
  trainSchema,
} from "./train-options.ts";

const ajv = new Ajv({ allErrors: false });
const validators = new WeakMap<object, ValidateFunction>();

/** The check of a schema that `make` gives, compiled once for each `key`. */
function validatorOf(key: object, make: () => object): ValidateFunction {
  const validate = validators.get(key) ?? ajv.compile(make());
  validators.set(key, validate);
  return validate;
}

/** Options by name, not yet checked. */
export type Given = Readonly<Record<string, unknown>>;

/**
 * Options from a JSON file that {@link trainSchema} describes, or from the config.json of a run.
 *
 * @throws ValueError for what cannot be read, is not JSON, or not such a configuration
 */
export function readConfig(path: string, registries: Registries): Given {
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ValueError("config", `JSON in ${path}`, reasonOf(error));
  }
  const ofRun = (config ?? {}) as { readonly started?: unknown; readonly options?: unknown };
  if (typeof ofRun.started === "string" && ofRun.options !== undefined) config = ofRun.options;
  const { $schema: _, ...given } = checked(config, path, registries) as Record<string, unknown>;
  return given;
}

type Unrated = Omit<EveryTrainOptions, "learningRate"> &
  Partial<Pick<EveryTrainOptions, "learningRate">> &
  Given;

/**
 * The options of a training: the defaults, overridden by `config`, overridden by `flags`. Defaults
 * are those of every training and of the chosen data set, optimizer and schedule; the learning rate
 * is the suggested one.
 *
 * @param flags - options that are undefined were not given
 * @param where - where they are from, for errors
 * @throws ValueError naming the option that is out of range, missing, or does not go with another
 */
export function resolveTraining(
  config: Given,
  flags: Given,
  registries: Registries,
  where = "the options",
): TrainOptions {
  const table = Object.entries(trainOptions(registries));
  const defaults = table.flatMap(([name, { schema, of }]) =>
    schema.default === undefined || of !== undefined ? [] : [[name, schema.default]],
  );
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const merged = { ...Object.fromEntries(defaults), ...config, ...Object.fromEntries(given) };
  const options = checked(merged, where, registries) as Unrated;
  if (options.dataset === undefined)
    throw new ValueError(
      "train",
      "a dataset",
      "none",
      `${spmItself.command} train --help lists them`,
    );
  if (options.restoreBest && options.patience === undefined)
    throw new ValueError("train", "--patience with --restore-best", "none");
  const whole: Given = {
    ...options,
    ...chosenOptions(registries, "dataset", options.dataset, options),
    ...chosenOptions(registries, "optimizer", options.optimizer, options),
    ...chosenOptions(registries, "schedule", options.schedule, options),
    learningRate: options.learningRate ?? suggestedRate(registries, options),
  };
  const inOrder = table.flatMap(([name]) =>
    whole[name] === undefined ? [] : [[name, whole[name]]],
  );
  return Object.fromEntries(inOrder) as TrainOptions;
}

/**
 * The options of a chosen entry with its defaults, and undefined for those that only others have.
 * @throws ValueError for an option that only others have, one that is missing, or out of range
 */
function chosenOptions(
  registries: Registries,
  choice: OwningChoice,
  chosen: string,
  options: Given,
): Given {
  const entry = entryOf(registries, choice, chosen);
  const own: Record<string, unknown> = {};
  for (const [name, { schema, of }] of Object.entries(trainOptions(registries))) {
    if (of?.choice !== choice) continue;
    const { [chosen]: mine } = of.entries;
    own[name] = mine === undefined ? undefined : (options[name] ?? mine.default);
    // Runs of before have a text's context written down whatever their data set.
    const harmless = choice === "dataset" && isDeepStrictEqual(options[name], schema.default);
    if (mine === undefined && options[name] !== undefined && !harmless)
      throw new ValueError(
        "train",
        `no ${flagOf(name)} with ${choice} ${chosen}`,
        JSON.stringify(options[name]),
        `it is an option of ${Object.keys(of.entries).join(", ")}`,
      );
  }
  for (const name of "required" in entry ? (entry.required ?? []) : [])
    if (own[name] === undefined)
      throw new ValueError("train", `${flagOf(name)} for the ${choice} ${chosen}`, "none");
  const validate = validatorOf(entry, () => ({ type: "object", properties: entry.options }));
  refuseUnless(validate, own, "the options");
  return own;
}

function checked(value: unknown, where: string, registries: Registries): unknown {
  refuseUnless(
    validatorOf(registries, () => trainSchema(registries)),
    value,
    where,
  );
  return value;
}

function refuseUnless(validate: ValidateFunction, value: unknown, where: string): void {
  if (validate(value)) return;
  throw new ValueError(
    "train",
    ...told(validate.errors?.[0] as ErrorObject, value),
    `look at ${where}`,
  );
}

/** The expected and the given value of an error. */
function told(
  { instancePath, keyword, message, params }: ErrorObject,
  root: unknown,
): [string, string] {
  const [option = "", place] = instancePath.split("/").slice(1);
  const name = place === undefined ? option : `${option}[${place}]`;
  const whole = option === "" ? root : (root as Record<string, unknown>)[option];
  const got = place === undefined ? whole : (whole as readonly unknown[])[Number(place)];
  if (keyword === "additionalProperties")
    return ["an option that there is", `"${params.additionalProperty}"`];
  const expected = {
    enum: `${name} to be one of ${params.allowedValues?.join(", ")}`,
    minItems: `${name} to be at least ${params.limit} numbers`,
    maxItems: `${name} to be at most ${params.limit} numbers`,
  }[keyword];
  return [
    expected ?? `${name || "the file"} ${message?.replace("must be", "to be") ?? keyword}`,
    JSON.stringify(got),
  ];
}

/**
 * Options from lines `name=value`, read by the type of the option.
 * @throws ValueError for another line, or an option that there isn't
 */
export function givenBySet(lines: readonly string[], registries: Registries): Given {
  const table = trainOptions(registries);
  const values = lines.map((line) => {
    const [, name = "", text = ""] = /^(\w+)=(.*)$/s.exec(line) ?? [];
    const { [name]: option } = table;
    if (option === undefined)
      throw new ValueError(
        "set",
        "NAME=VALUE with an option that there is",
        `"${line}"`,
        Object.keys(table).join(", "),
      );
    const { type } = option.schema;
    if (type === "string") return [name, text];
    if (type === "array") return [name, asNumbers(text)];
    if (type === "boolean" && (text === "true" || text === "false")) return [name, text === "true"];
    return [name, asNumber(text)];
  });
  return Object.fromEntries(values) as Given;
}
