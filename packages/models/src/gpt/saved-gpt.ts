/** @file A trained GPT of a checkpoint: its sizes in the configuration, its weights. */
import { rng, type Tensor } from "@spm/core";
import type { LinearKind } from "@spm/nn";
import { type Rounding, roundedGpt } from "../quantised/quantised-gpt.ts";
import { Gpt } from "./gpt.ts";

/**
 * The sizes of a model, under `gpt` of the configuration; `vocabulary` lists the characters in the
 * order of their tokens.
 */
export interface SavedGpt {
  readonly vocabulary: string;
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  readonly linear: LinearKind;
  readonly tied: boolean;
  /** Of a model that `spm quantise` wrote: the rounding of the maps in its blocks. */
  readonly rounding?: Rounding;
}

/**
 * The GPT of a checkpoint with weights under `model.`, in evaluation; undefined for a checkpoint of
 * another program. Packed weights are there as float32, as a reader of the file gives them: a
 * rounded model takes the memory of one that is not.
 * @throws ShapeError where weights and sizes do not fit
 * @example gptOf({ config: { epochs: 3 }, values: {} }) === undefined; // true
 */
export function gptOf(checkpoint: {
  readonly config: unknown;
  readonly values: Readonly<Record<string, unknown>>;
}): { readonly model: Gpt; readonly vocabulary: string } | undefined {
  const { config, values } = Object(checkpoint) as typeof checkpoint;
  const saved = (config as { readonly gpt?: SavedGpt } | null)?.gpt;
  if (saved === undefined) return undefined;
  const { vocabulary, rounding, ...given } = saved;
  const sizes = { ...given, vocabulary: vocabulary.length };
  const { model, finish } =
    rounding === undefined
      ? { model: new Gpt({ ...sizes, random: rng(0) }), finish: undefined }
      : roundedGpt(sizes, rounding);
  const weights = Object.entries(values).map(
    ([name, value]) => [name.replace(/^model\./, ""), value as Tensor] as const,
  );
  model.loadStateDict(Object.fromEntries(weights));
  finish?.();
  model.eval();
  return { model, vocabulary };
}
