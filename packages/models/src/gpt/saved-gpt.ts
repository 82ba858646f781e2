/** @file A trained GPT that stands in a checkpoint: its sizes in the configuration, its weights. */
import { rng, type Tensor } from "@spm/core";
import type { LinearKind } from "@spm/nn";
import { Gpt } from "./gpt.ts";

/**
 * What it takes to build the model again, under `gpt` of the configuration; `vocabulary` lists the
 * characters in the order of their tokens.
 */
export interface SavedGpt {
  readonly vocabulary: string;
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly linear: LinearKind;
  readonly tied: boolean;
}

/**
 * The model of a checkpoint whose weights stand under `model.`, in evaluation mode; undefined for
 * one of another program.
 * @throws ShapeError where weights and sizes do not fit
 * @example const saved = gptOf(checkpoint); // { model, vocabulary }
 */
export function gptOf({
  config,
  values,
}: {
  readonly config: unknown;
  readonly values: Readonly<Record<string, unknown>>;
}): { readonly model: Gpt; readonly vocabulary: string } | undefined {
  const saved = (config as { readonly gpt?: SavedGpt } | null)?.gpt;
  if (saved === undefined) return undefined;
  const { vocabulary, ...sizes } = saved;
  const model = new Gpt({ ...sizes, vocabulary: vocabulary.length, random: rng(0) });
  const weights = Object.entries(values).map(
    ([name, value]) => [name.replace(/^model\./, ""), value as Tensor] as const,
  );
  model.loadStateDict(Object.fromEntries(weights));
  model.eval();
  return { model, vocabulary };
}
