/** @file A trained GPT as a checkpoint, for `spm sample`. */
import type { Tensor } from "@spm/core";
import type { Gpt, SavedGpt } from "@spm/models";
import { describeModel } from "@spm/nn/extend";
import type { CompactOptions } from "@spm/trainer";
import { encodeCheckpoint } from "@spm/trainer/node";

const noOrder = { samples: 0, batchSize: 1, seed: null, dropLast: false };

/**
 * The file: weights under `model.`, the sizes under `gpt` of the configuration. It serves sampling,
 * and, since it describes its model, `python/spm_torch`; training can't be resumed from it.
 */
export async function savedGpt(
  model: Gpt,
  saved: SavedGpt,
  step: number,
): Promise<{ name: string; bytes: Uint8Array }> {
  const description = { "spm.model": JSON.stringify(describeModel(model, "model.")) };
  const bytes = await encodedGpt(model.stateDict(), saved, { step, description });
  return { name: `gpt-${saved.linear}.safetensors`, bytes };
}

/** Such a file of a state dict, with tensors in few bits by their paths in the model. */
export async function encodedGpt(
  state: Readonly<Record<string, Tensor>>,
  { vocabulary, context, width, heads, layers, linear, tied, rounding }: SavedGpt,
  {
    step = 0,
    description = {},
    packed = {},
    half = false,
  }: CompactOptions & {
    readonly step?: number;
    readonly description?: Readonly<Record<string, string>>;
  } = {},
): Promise<Uint8Array> {
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
  const sizes = { vocabulary, context, width, heads, layers, linear, tied };
  const config = { gpt: { ...sizes, ...(rounding && { rounding: { ...rounding } }) } };
  const training = { values: inModel(state), progress, description };
  return encodeCheckpoint(training, config, { packed: inModel(packed), half });
}

const inModel = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [`model.${path}`, value]));
