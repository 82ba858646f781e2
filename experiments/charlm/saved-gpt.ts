/** @file A trained GPT as a checkpoint, for `spm sample`. */
import type { Gpt, SavedGpt } from "@spm/models";
import { describeModel } from "@spm/nn/extend";
import { encodeCheckpoint } from "@spm/trainer/node";

const noOrder = { samples: 0, batchSize: 1, seed: null, dropLast: false };

/**
 * The file: weights under `model.`, the sizes under `gpt` of the configuration. It serves sampling,
 * and, since it describes its model, `python/spm_torch`; training can't be resumed from it.
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
    loader: { epoch: 0, position: step, order: { ...noOrder, data: null } },
    unevaluated: false,
    clock: { seconds: 0, elapsed: 0 },
    window: [],
    evaluation: null,
    badInRow: 0,
    generators: {},
    dataGenerators: {},
    settings: {},
    callbacks: {},
  };
  const config = { gpt: { vocabulary, context, width, heads, layers, linear, tied } };
  const values = Object.fromEntries(weights);
  const description = { "spm.model": JSON.stringify(describeModel(model, "model.")) };
  const bytes = await encodeCheckpoint({ values, progress, description }, config);
  return { name: `gpt-${linear}.safetensors`, bytes };
}
