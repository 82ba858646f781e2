/** @file Models that go to PyTorch in a file, and come back in another. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { normal, rng, type Tensor, tanh, tensor } from "@spm/core";
import { brick, generalMixer, randomMatching } from "@spm/mixer";
import { Gpt, Mlp } from "@spm/models";
import { Gru, type LinearFactory, Lstm, linearKinds, MixerLayer, type Module, Rnn } from "@spm/nn";
import { loadModel, readSafetensors, saveModel, writeSafetensors } from "@spm/trainer/node";
import { distance } from "./layers.ts";

/** A model and an input of it. */
export interface ModelCase {
  readonly model: Module;
  readonly input: Tensor;
}

/** Differences of a model's outputs: as it was saved here, and as it came back. */
export interface ThereAndBack {
  readonly name: string;
  readonly there: number;
  readonly back: number;
}

const tokens = tensor(Int32Array.of(1, 2, 3, 4, 6, 0, 5, 5), { shape: [2, 4] });
const sequences = normal(rng(2), [2, 5, 3]);
const rows = normal(rng(3), [4, 12]);

/** Free blocks on a schedule of pairs, without d_in, in float32. */
const matched: LinearFactory = (inFeatures, outFeatures, options) => {
  const n = Math.max(inFeatures, outFeatures);
  const schedule = randomMatching(n, 4, rng(n));
  return new MixerLayer(generalMixer, inFeatures, outFeatures, {
    ...options,
    schedule,
    diagonals: false,
  });
};

/** Operators side by side, neighbours paired. */
const split: LinearFactory = (inFeatures, outFeatures, options) =>
  new MixerLayer(generalMixer, inFeatures, outFeatures, {
    ...options,
    schedule: brick(Math.min(inFeatures, outFeatures), 3),
    rectangular: "split",
  });

/** A map of another kind each time, until all have been there. */
function everyKind(): LinearFactory {
  const kinds = Object.values(linearKinds);
  return (inFeatures, outFeatures, options) =>
    (kinds.pop() ?? linearKinds.dense).create(inFeatures, outFeatures, options);
}

/** Models of every kind that Python knows. */
export function modelCases(): Record<string, ModelCase> {
  const random = rng(4);
  const sizes = [12, 9, 20, 16, 7, 12, 13, 11, 18, 10, 12, 8, 5, 3];
  const gpt = { vocabulary: 7, context: 6, width: 8, heads: 4, layers: 2, random };
  return {
    mlp: { model: new Mlp({ sizes: [12, 16, 3], linear: "rotation", random }), input: rows },
    kinds: { model: new Mlp({ sizes, linear: everyKind(), random }), input: rows },
    pairs: { model: new Mlp({ sizes: [12, 9, 3], linear: matched, random }), input: rows },
    split: {
      model: new Mlp({ sizes: [12, 5, 13, 3], linear: split, activation: tanh, random }),
      input: rows,
    },
    gru: { model: new Gru(3, 8, { linear: "reflection", random }), input: sequences },
    lstm: {
      model: new Lstm(3, 4, { layers: 2, bidirectional: true, dropout: 0.5, random }),
      input: sequences,
    },
    rnn: { model: new Rnn(3, 4, { nonlinearity: "relu", random }), input: sequences },
    gpt: { model: new Gpt({ ...gpt, linear: "general" }), input: tokens },
    rotary: {
      model: new Gpt({
        ...gpt,
        keyValueHeads: 2,
        positions: "rotary",
        norm: "rms",
        activation: "swiglu",
        attentionDropout: 0.1,
        tied: false,
      }),
      input: tokens,
    },
  };
}

/** The differences of all outputs. */
export async function thereAndBack(
  python: string,
  cases: Readonly<Record<string, ModelCase>>,
): Promise<ThereAndBack[]> {
  const folder = mkdtempSync(join(tmpdir(), "spm-pytorch-"));
  const file = (name: string): string => join(folder, `${name}.safetensors`);
  try {
    for (const [name, { model }] of Object.entries(cases))
      await saveModel(file(name), model.eval());
    const inputs = Object.entries(cases).map(([name, { input }]) => [name, input] as const);
    writeSafetensors(file("inputs"), Object.fromEntries(inputs));
    const script = fileURLToPath(new URL("models.py", import.meta.url));
    const { status, stderr } = spawnSync(python, ["-B", script, folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(`models.py: ${stderr}`);
    const found = readSafetensors(file("found"));
    return Object.entries(cases).map(([name, { model, input }]) => {
      const returned = loadModel(file(`${name}.moved`));
      return {
        name,
        there: distance(model.forward(input), found.tensor(name)),
        back: distance(returned.forward(input), found.tensor(`${name}.moved`)),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
