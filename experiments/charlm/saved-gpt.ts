/** @file A trained GPT as a checkpoint, for `spm sample`. */
import { rng, type Tensor } from "@spm/core";
import { Gpt } from "@spm/models";
import type { LinearKind } from "@spm/nn";
import { type Checkpoint, encodeCheckpoint } from "@spm/trainer/node";

/**
 * What it takes to build the model again; `vocabulary` lists the characters in the order of their
 * tokens.
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
 * The file: weights under `model.`, the sizes under `gpt` of the configuration. It can be sampled
 * from, not trained on.
 */
export async function savedGpt(
  model: Gpt,
  { vocabulary, context, width, heads, layers, linear, tied }: SavedGpt,
  step: number,
): Promise<{ name: string; bytes: Uint8Array }> {
  const weights = Object.entries(model.stateDict()).map(
    ([path, value]) => [`model.${path}`, value] as const,
  );
  const progress = {
    step,
    loader: { epoch: 0, position: step },
    unevaluated: false,
    clock: { seconds: 0, elapsed: 0 },
    window: [],
    evaluation: null,
    badInRow: 0,
    generators: {},
    callbacks: {},
  };
  const config = { gpt: { vocabulary, context, width, heads, layers, linear, tied } };
  const bytes = await encodeCheckpoint({ values: Object.fromEntries(weights), progress }, config);
  return { name: `gpt-${linear}.safetensors`, bytes };
}

/**
 * The model of such a file, in evaluation mode; undefined for a checkpoint of another program.
 * @throws ShapeError where weights and sizes do not fit
 */
export function gptOf({
  config,
  values,
}: Checkpoint): { model: Gpt; vocabulary: string } | undefined {
  const saved = (config as { readonly gpt?: SavedGpt } | null)?.gpt;
  if (saved === undefined) return undefined;
  const { vocabulary, ...sizes } = saved;
  const model = new Gpt({ ...sizes, vocabulary: vocabulary.length, random: rng(0) });
  const weights = Object.entries(values).map(
    ([name, value]) => [name.replace(/^model\./, ""), value as Tensor] as const,
  );
  model.loadStateDict(Object.fromEntries(weights));
  return { model: model.eval() as Gpt, vocabulary };
}
