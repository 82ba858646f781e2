/** @file Seconds of FactGraSS and of LoGra on the layers of a character GPT. */
import { factGrass, factoredGradients, type LayerCompressor, logra } from "@spm/attribution";
import { rng, scope, type Tensor } from "@spm/core";
import { encodeCharacters, nextCharacters, vocabularyOf } from "@spm/data";
import { Gpt } from "@spm/models";
import { crossEntropy, Linear } from "@spm/nn";
import { loadMobyDick } from "../charlm/moby-dick.ts";
import { median } from "../parts/statistics.ts";
import { uninterrupted } from "../parts/steps.ts";

/** What was timed, as medians of rounds. */
export interface Throughput {
  readonly compressor: string;
  /** Numbers a layer. */
  readonly k: number;
  readonly layers: number;
  readonly tokens: number;
  readonly parameters: number;
  /** Of one batch: compressing alone, and with the pass forward and back. */
  readonly seconds: { readonly compressing: number; readonly whole: number };
}

/** Options of {@link timeLayers}. */
export interface LayerTiming {
  readonly width: number;
  readonly layers: number;
  readonly context: number;
  readonly batch: number;
  readonly k: number;
  readonly rounds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Times both in alternate rounds, on the same batch. */
export async function timeLayers(timing: LayerTiming): Promise<Throughput[]> {
  const { width, layers, context, batch, k, rounds, seed, signal } = timing;
  const text = [...(await loadMobyDick())].slice(0, 20_000).join("");
  const vocabulary = vocabularyOf(text);
  const windows = nextCharacters(encodeCharacters(text, vocabulary), { context });
  const { x, y } = windows.batch(Int32Array.from({ length: batch }, (_, i) => 7 * i));
  const sizes = { vocabulary: vocabulary.length, context, width, layers, heads: 4 };
  const model = new Gpt({ ...sizes, tied: false, random: rng(seed) });
  const linears = [...model.namedModules()].flatMap(([path, layer]) =>
    layer instanceof Linear ? [[path, layer] as const] : [],
  );
  const random = rng(seed);
  const kinds = [
    { name: "FactGraSS", make: factGrass },
    { name: "LoGra", make: logra },
  ].map(({ name, make }) => {
    const compressors = linears.map(([path, layer]) => {
      const bias = layer.bias !== null;
      return [path, make(layer.inFeatures, layer.outFeatures, k, { random, bias })] as const;
    });
    return { name, ...timed(Object.fromEntries(compressors)), rounds: [] as Round[] };
  });
  for await (const _ of uninterrupted(Array(rounds), signal))
    for (const kind of kinds) {
      const before = kind.spent();
      const started = performance.now();
      scope(() => {
        const loss = (): Tensor => crossEntropy(model.forward(x), y);
        factoredGradients(model, loss, kind.compressors);
      });
      const whole = (performance.now() - started) / 1000;
      kind.rounds.push({ compressing: kind.spent() - before, whole });
    }
  return kinds.map(({ name, rounds }) => ({
    compressor: name,
    k,
    layers: linears.length,
    tokens: batch * context,
    parameters: model.parameterCount(),
    seconds: {
      compressing: median(rounds.map(({ compressing }) => compressing)),
      whole: median(rounds.map(({ whole }) => whole)),
    },
  }));
}

type Round = Throughput["seconds"];

/** Layer compressors that add up the seconds of compressing. */
function timed(compressors: Readonly<Record<string, LayerCompressor>>): {
  readonly compressors: Readonly<Record<string, LayerCompressor>>;
  readonly spent: () => number;
} {
  let seconds = 0;
  const watched = Object.entries(compressors).map(([path, compressor]) => {
    const compress = (inputs: Tensor, cotangents: Tensor): Tensor => {
      const started = performance.now();
      const result = compressor.compress(inputs, cotangents);
      seconds += (performance.now() - started) / 1000;
      return result;
    };
    return [path, { ...compressor, compress }] as const;
  });
  return { compressors: Object.fromEntries(watched), spent: () => seconds };
}
