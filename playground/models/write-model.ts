/** @file A trained model as a file beside this one. */
import { writeFileSync } from "node:fs";
import type { Module } from "@spm/nn";
import { encodeSafetensors } from "@spm/trainer";

/** Writes `NAME.safetensors`: the weights by their paths, and what it is as metadata. */
export function writeModel(
  name: string,
  model: Module,
  metadata: Readonly<Record<string, string>>,
): void {
  const bytes = encodeSafetensors(model.stateDict(), metadata);
  writeFileSync(new URL(`${name}.safetensors`, import.meta.url), bytes);
  console.log(`${name}.safetensors: ${bytes.length} bytes`, metadata);
}
