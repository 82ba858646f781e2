/** @file The GPT of a checkpoint, which may be somebody else's: checked. */
import { type Gpt, gptOf, inputMaps } from "@spm/models";
import { linearKinds } from "@spm/nn";
import { CheckpointError } from "@spm/trainer";
import { type Checkpoint, misfit } from "@spm/trainer/node";
import { Ajv, type ValidateFunction } from "ajv";

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
