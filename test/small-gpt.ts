/** @file A small GPT of characters, untrained, in a file. */
import { rng } from "@spm/core";
import { Gpt } from "@spm/models";
import type { LinearKind } from "@spm/nn";
import { encodeCheckpoint } from "@spm/trainer/node";

/** The bytes of a GPT as `spm experiment charlm` saves it. */
export async function smallGpt(vocabulary: string, linear: LinearKind): Promise<Uint8Array> {
  const sizes = { context: 8, width: 32, heads: 2, layers: 1, linear, tied: false } as const;
  const model = new Gpt({ ...sizes, vocabulary: vocabulary.length, random: rng(1) });
  const values = Object.fromEntries(
    Object.entries(model.stateDict()).map(([path, value]) => [`model.${path}`, value]),
  );
  const progress = {
    ...{ step: 1, unevaluated: false, window: [], evaluation: null, badInRow: 0 },
    loader: {
      ...{ epoch: 0, position: 1 },
      order: { samples: 0, batchSize: 1, seed: null, dropLast: false, data: null },
    },
    clock: { seconds: 0, elapsed: 0 },
    ...{ generators: {}, dataGenerators: {}, settings: {}, callbacks: {} },
  };
  return encodeCheckpoint({ values, progress }, { gpt: { ...sizes, vocabulary } });
}
