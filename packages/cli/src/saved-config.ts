/** @file The config in a checkpoint of `spm train`, which may be somebody else's: checked. */

import type { LoadContext } from "@spm/data/datasets";
import { CheckpointError } from "@spm/trainer";
import { type Checkpoint, misfit } from "@spm/trainer/node";
import { Ajv, type ValidateFunction } from "ajv";
import type { Registries } from "./registries.ts";
import { encodingSchema } from "./saved-encoding.ts";
import type { SavedConfig } from "./saved-task.ts";
import { resolveTraining } from "./train-config.ts";

const size = { type: "integer", minimum: 1, maximum: 2 ** 24 };
let compiled: ValidateFunction<SavedConfig> | undefined;

/** The form of a config before its options are looked at. */
function validator(): ValidateFunction<SavedConfig> {
  compiled ??= new Ajv().compile<SavedConfig>({
    type: "object",
    properties: {
      options: { type: "object" },
      features: size,
      classes: size,
      vocabulary: { type: "string" },
      encoding: encodingSchema,
    },
    required: ["options", "features", "classes"],
  });
  return compiled;
}

/** The inputs and outputs of a model of data in an encoding. */
function sizesOf(
  encoding: SavedConfig["encoding"],
): Pick<SavedConfig, "features" | "classes"> | undefined {
  if (encoding === undefined) return undefined;
  if (encoding.kind === "images") {
    const { channels, width, height, classes } = encoding;
    return { features: channels * width * height, classes: classes.length };
  }
  const { target, features } = encoding;
  const inputs = features.map(
    (feature) =>
      (feature.kind === "number" ? 1 : feature.categories.length) + (feature.missing ? 1 : 0),
  );
  return {
    features: inputs.reduce((a, b) => a + b, 0),
    classes: target.kind === "number" ? 1 : target.categories.length,
  };
}

/** The context in which data is loaded, as the saved run had it. */
export const contextOf = ({ encoding }: Pick<SavedConfig, "encoding">): LoadContext =>
  encoding === undefined ? {} : { encoding };

/**
 * The config of a checkpoint, whose options are as they stand there.
 *
 * @param path - where the checkpoint is from
 * @throws CheckpointError for one that `spm train` did not write
 */
export function configAsSaved(path: string, { config }: Pick<Checkpoint, "config">): SavedConfig {
  if (typeof config !== "object" || config === null || !("options" in config))
    throw new CheckpointError(
      "loadModel",
      "a checkpoint of spm train",
      `${path}, written by another program`,
    );
  const bad = misfit(validator(), config);
  if (bad !== undefined)
    throw new CheckpointError("loadModel", `${bad.expected} in the config of ${path}`, bad.got);
  return config as unknown as SavedConfig;
}

/**
 * The config of a checkpoint, with its options checked and complete.
 *
 * @param path - where the checkpoint is from
 * @throws CheckpointError for one that `spm train` did not write; ValueError for options, names or
 * ranges that aren't there
 */
export function savedConfig(
  path: string,
  checkpoint: Pick<Checkpoint, "config">,
  registries: Registries,
): SavedConfig {
  const { options, vocabulary, ...shape } = configAsSaved(path, checkpoint);
  const { classes, features } = shape;
  const sizes = sizesOf(shape.encoding);
  if (sizes && (sizes.features !== features || sizes.classes !== classes))
    throw new CheckpointError(
      "loadModel",
      `${sizes.features} features and ${sizes.classes} classes, as the encoding has`,
      `${features} and ${classes} in ${path}`,
    );
  const known = vocabulary === undefined ? classes : new Set(vocabulary).size;
  if (known !== classes || (vocabulary !== undefined && features % classes !== 0))
    throw new CheckpointError(
      "loadModel",
      `a vocabulary of ${classes} characters, for whole characters of ${features} features`,
      `${known} characters in ${path}`,
    );
  const resolved = resolveTraining({}, options, registries, path);
  return { options: resolved, ...shape, ...(vocabulary !== undefined && { vocabulary }) };
}
