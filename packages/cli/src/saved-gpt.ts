/** @file The GPT of a checkpoint or of a model's file, which may be somebody else's: checked. */
import { Gpt, gptOf, inputMaps } from "@spm/models";
import { linearKinds } from "@spm/nn";
import { CheckpointError } from "@spm/trainer";
import { type Checkpoint, loadModel, misfit } from "@spm/trainer/node";
import { Ajv, type ValidateFunction } from "ajv";
import type { SavedFile } from "./saved-model.ts";
import type { SavedConfig } from "./saved-task.ts";

const size = { type: "integer", minimum: 1, maximum: 2 ** 16 };
const bits = { type: "integer", minimum: 2, maximum: 8 };
const maps = Object.keys(inputMaps);
/** The config of a checkpoint, as far as it is that of a GPT. */
const gptSchema = {
  properties: {
    gpt: {
      type: "object",
      properties: {
        vocabulary: { type: "string" },
        context: size,
        width: size,
        heads: size,
        layers: { ...size, maximum: 1024 },
        linear: { enum: Object.keys(linearKinds) },
        tied: { type: "boolean" },
        rounding: {
          type: "object",
          properties: {
            weights: bits,
            activations: { ...bits, nullable: true },
            map: { enum: maps },
          },
          required: ["weights", "activations", "map"],
        },
      },
      required: ["vocabulary", "context", "width", "heads", "layers", "linear", "tied"],
    },
  },
};
let compiled: ValidateFunction | undefined;
function gptConfig(): ValidateFunction {
  compiled ??= new Ajv({ strictTypes: false }).compile(gptSchema);
  return compiled;
}

/**
 * The GPT that `spm experiment charlm` or `spm quantise` saved; undefined for another model.
 * @param op - the command that asks, for the message
 * @throws CheckpointError for the config of a GPT that isn't one
 */
export function savedGpt(
  op: string,
  path: string,
  checkpoint: Pick<Checkpoint, "values" | "config">,
): { readonly model: Gpt; readonly vocabulary: string } | undefined {
  const bad = misfit(gptConfig(), checkpoint.config);
  if (bad !== undefined)
    throw new CheckpointError(op, `${bad.expected} in the config of ${path}`, bad.got);
  return gptOf(checkpoint);
}

/** That of {@link savedGpt}, or one that a model's file describes beside a task of text. */
export function languageModel(
  op: string,
  path: string,
  checkpoint: SavedFile,
): { readonly model: Gpt; readonly vocabulary: string } | undefined {
  const saved = savedGpt(op, path, checkpoint);
  const { vocabulary } = (checkpoint.config ?? {}) as Partial<SavedConfig>;
  if (saved !== undefined || !checkpoint.describes || typeof vocabulary !== "string") return saved;
  const model = loadModel(path);
  if (!(model instanceof Gpt)) return undefined;
  const [known, outputs] = [[...vocabulary].length, model.embedding.weight.shape[0]];
  if (known === outputs) return { model, vocabulary };
  throw new CheckpointError(op, `a vocabulary of ${outputs} characters in ${path}`, known);
}
