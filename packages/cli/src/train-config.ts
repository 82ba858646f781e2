/**
 * @file Brings defaults, a configuration file and flags together, later ones over earlier ones, and
 * checks what comes out.
 */
import { readFileSync } from "node:fs";
import { ValueError } from "@spm/core";
import { Ajv, type ErrorObject } from "ajv";
import { type TrainOptions, trainOptions, trainSchema } from "./train-options.ts";

const ajv = new Ajv({ allErrors: false });
const validate = ajv.compile(trainSchema);

/** Options by name, not yet checked. */
export type Given = Readonly<Record<string, unknown>>;

/**
 * Options from a JSON file that {@link trainSchema} describes.
 *
 * @throws ValueError for what is not JSON or not such a configuration; Node's error for a file that
 * cannot be read
 */
export function readConfig(path: string): Given {
  let config: unknown;
  const text = readFileSync(path, "utf8");
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new ValueError("config", `JSON in ${path}`, (error as Error).message);
  }
  const { $schema: _, ...given } = checked(config, path) as Record<string, unknown>;
  return given;
}

/**
 * The defaults under `config` under `flags`.
 *
 * @param flags - options that are undefined were not given
 * @throws ValueError naming the option that is out of range, missing, or does not go with another
 */
export function resolveTraining(config: Given, flags: Given): TrainOptions {
  const defaults = Object.entries(trainOptions).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value]],
  );
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const merged = {
    ...Object.fromEntries(defaults),
    ...config,
    ...Object.fromEntries(given),
  } as Record<string, unknown>;
  const options = checked(merged, "the options") as TrainOptions;
  if (options.dataset === undefined)
    throw new ValueError("train", "a dataset", "none", "spm train --help");
  if (options.dataset === "text" && options.file === undefined)
    throw new ValueError("train", "--file for the dataset text", "none");
  if (options.dataset !== "text")
    for (const name of ["file", "context"] as const)
      if (options[name] !== trainOptions[name].default)
        throw new ValueError(
          "train",
          `no --${name} with dataset ${options.dataset}`,
          JSON.stringify(options[name]),
        );
  return options;
}

function checked(value: unknown, where: string): unknown {
  if (validate(value)) return value;
  throw new ValueError(
    "train",
    ...told(validate.errors?.[0] as ErrorObject, value),
    `look at ${where}`,
  );
}

/** What was expected and what was found, of one error. */
function told(
  { instancePath, keyword, message, params }: ErrorObject,
  root: unknown,
): [string, string] {
  const name = instancePath.slice(1);
  const got = name === "" ? root : (root as Record<string, unknown>)[name];
  if (keyword === "additionalProperties")
    return ["an option that there is", `"${params.additionalProperty}"`];
  const among =
    keyword === "enum" ? `${name} to be one of ${params.allowedValues.join(", ")}` : undefined;
  return [
    among ?? `${name || "the file"} ${message?.replace("must be", "to be") ?? keyword}`,
    JSON.stringify(got),
  ];
}
