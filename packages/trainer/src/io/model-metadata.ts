/** @file The names in the metadata of a file with a model, and its description there. */
import { Module } from "@spm/nn";
import { describeModel } from "@spm/nn/extend";

/** The names. */
export const modelMetadata = {
  model: "spm.model",
  undescribed: "spm.undescribed",
  task: "spm.task",
  versions: "spm.versions",
} as const;

/** The metadata that describes a model, or says why nothing does. */
export function descriptionMetadata(model: unknown, prefix = ""): Record<string, string> {
  const found =
    model instanceof Module ? describeModel(model, prefix) : "the model is no Module of @spm/nn";
  return typeof found === "string"
    ? { [modelMetadata.undescribed]: found }
    : { [modelMetadata.model]: JSON.stringify(found) };
}
