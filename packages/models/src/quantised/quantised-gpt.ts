/** @file A GPT whose linear maps are rounded, made from a trained one, and out of a file again. */
import { exp, mean, mul, noGrad, type Parameter, rng, sub, sum, type Tensor } from "@spm/core";
import { checkOptions, kindOf, type OptionNames, ValueError } from "@spm/core/extend";
import { Linear, type LinearFactory, logSoftmax, replaceLinear } from "@spm/nn";
import { checkChoice, LinearMap, stateOf } from "@spm/nn/extend";
import { Gpt, type GptOptions } from "../gpt/gpt.ts";
import { type InputMap, type InputMapName, inputMaps } from "./input-maps.ts";
import { type CodedMatrix, QuantisedLinear, RoundedLinear } from "./quantised-linear.ts";

/** The rounding of a GPT, as its file has it. */
export interface Rounding {
  /** Bits of weights, 2 to 8. */
  readonly weights: number;
  /** Bits of activations, 2 to 8, or null where they are not rounded. */
  readonly activations: number | null;
  /** The map of inputs before the rounding. */
  readonly map: InputMapName;
}

/** Options of {@link quantisedGpt}. */
export interface QuantisedGptOptions extends Rounding {
  /** Seed of the random signs of rotations. */
  readonly seed: number;
}

const names: OptionNames<QuantisedGptOptions> = {
  weights: true,
  activations: true,
  map: true,
  seed: true,
};

/** A GPT that is being rounded. */
export interface QuantisedGpt {
  /** Rounds weights and inputs of the maps in its blocks as it runs. */
  readonly model: Gpt;
  readonly maps: readonly QuantisedLinear[];
  /** Clips, and the numbers of the maps of inputs; each once. */
  readonly learned: readonly Parameter[];
  /** Numbers of the maps of inputs. */
  readonly extra: number;
}

/**
 * A rounding copy of a dense GPT: y = round(W T⁻¹) round(T x) + b in its blocks, with W in 2 to 8
 * bits by output channel, x in as many by token. Query, key and value share T, the map of their
 * inputs. Clips begin at those of the least error of W; to learn them and T, minimise
 * {@link divergence}, which passes derivatives straight through the rounding.
 * x [batch, time], int32 → logits [batch, time, vocabulary].
 * @param trained - of dense maps; it stays as it is
 * @param sizes - those of `trained`
 * @throws ValueError for maps that are not dense, unknown words, or bits out of range
 * @example
 * const sizes = { vocabulary: 5, context: 8, width: 8, heads: 2, layers: 1 };
 * const trained = new Gpt({ ...sizes, random: rng(1) });
 * const bits = { weights: 3, activations: null, map: "mixer", seed: 1 } as const;
 * quantisedGpt(trained, sizes, bits).extra; // 116
 */
export function quantisedGpt(
  trained: Gpt,
  sizes: Omit<GptOptions, "random">,
  options: QuantisedGptOptions,
): QuantisedGpt {
  checkGpt("quantisedGpt", trained);
  checkOptions("quantisedGpt", options, names);
  const { seed, ...rounding } = options;
  checkRounding("quantisedGpt", rounding);
  for (const path of mapPaths(trained)) {
    const map = trained.namedModules().get(path);
    if (!(map instanceof Linear))
      throw new ValueError("quantisedGpt", `a dense ${path}`, map?.label);
  }
  const model = new Gpt({ ...sizes, random: rng(seed) });
  noGrad(() => model.loadStateDict(trained.stateDict()));
  const maps: QuantisedLinear[] = [];
  replaceMaps(model, rounding.map, seed, (inFeatures, outFeatures, { bias = true }, input) => {
    const { weights: bits, activations } = rounding;
    const map = new QuantisedLinear(inFeatures, outFeatures, { bias, bits, activations, input });
    maps.push(map);
    return map;
  });
  const inputs = [...new Set(maps.map(({ input }) => input))];
  return {
    model,
    maps,
    learned: [...new Set(maps.flatMap((map) => map.learned))],
    extra: inputs.reduce((n, map) => n + map.parameterCount(), 0),
  };
}

/**
 * A GPT of weights that are rounded already, which a state dict fills.
 * @returns the model, and what follows once it is filled: where activations are not rounded, the
 * maps of inputs go into dense weights, so that it runs as any other
 */
export function roundedGpt(
  sizes: Omit<GptOptions, "random">,
  rounding: Rounding,
): { readonly model: Gpt; finish(): void } {
  checkRounding("gptOf", rounding);
  const random = rng(0);
  const model = new Gpt({ ...sizes, random });
  const { activations, map } = rounding;
  replaceMaps(
    model,
    map,
    0,
    (inFeatures, outFeatures, { bias = true }, input) =>
      new RoundedLinear(inFeatures, outFeatures, { bias, input, activations }),
  );
  const finish = (): void => {
    if (activations !== null) return;
    replaceLinear(model, "dense", {
      random,
      where: (found) => found instanceof RoundedLinear,
      fromDense: (weight, dense) => void dense.assignDense(weight),
    });
  };
  return { model, finish };
}

function checkGpt(op: string, ...models: readonly Gpt[]): void {
  for (const model of models)
    if (!(model instanceof Gpt)) throw new ValueError(op, "a Gpt", kindOf(model));
}

function checkRounding(op: string, { weights, activations, map }: Rounding): void {
  checkChoice(op, Object.keys(inputMaps), map);
  for (const [of, bits] of Object.entries({ weights, activations }))
    if (
      !(bits === null && of === "activations") &&
      !([2, 3, 4, 5, 6, 7, 8] as unknown[]).includes(bits)
    )
      throw new ValueError(op, `2 to 8 bits of ${of}`, bits);
}

/** Puts a rounding map in the place of each in the blocks; query, key and value share an input. */
function replaceMaps(
  model: Gpt,
  kind: InputMapName,
  seed: number,
  make: (...given: [...Parameters<LinearFactory>, InputMap]) => RoundedLinear,
): void {
  const random = rng(seed);
  const shared = new Map<string, InputMap>();
  for (const path of mapPaths(model)) {
    const site = path.replace(/\.(query|key|value)$/, "");
    replaceLinear(
      model,
      (inFeatures, outFeatures, options) => {
        const input = shared.get(site) ?? inputMaps[kind](inFeatures, random);
        shared.set(site, input);
        return make(inFeatures, outFeatures, options, input);
      },
      {
        random,
        where: (_, at) => at === path,
        fromDense: (w, map) => void (map instanceof QuantisedLinear && map.assignDense(w)),
      },
    );
  }
}

/** The paths of the linear maps of the blocks. */
const mapPaths = (model: Gpt): string[] =>
  [...model.namedModules()].flatMap(([path, module]) =>
    path.startsWith("blocks.") && module instanceof LinearMap ? [path] : [],
  );

/**
 * The parts that a file has of a GPT that was rounded: weights of its blocks as codes, all else as
 * tensors; clips of weights are in their scales. `encodeSafetensors` of @spm/trainer takes both.
 * @param angleBits - 8 gives angles as codes, too, of 2π / 256
 * @returns `tensors`, and `coded` matrices [out, in], by their paths in the model
 * @example
 * const sizes = { vocabulary: 5, context: 8, width: 8, heads: 2, layers: 1 };
 * const rounding = { weights: 3, activations: null, map: "mixer", seed: 1 } as const;
 * const quantised = quantisedGpt(new Gpt({ ...sizes, random: rng(1) }), sizes, rounding);
 * (await codedState(quantised)).coded["blocks.0.attention.query.weight"]?.codes.length; // 64
 */
export async function codedState(
  quantised: Pick<QuantisedGpt, "model" | "maps">,
  angleBits: 8 | 16 = 16,
): Promise<{
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly coded: Readonly<Record<string, CodedMatrix>>;
}> {
  const { model, maps } = Object(quantised) as typeof quantised;
  checkGpt("codedState", model);
  const clips = new Set<Tensor>(maps.map(({ weightClips }) => weightClips));
  const byWeight = new Map<Tensor, QuantisedLinear>(maps.map((map) => [map.weight, map]));
  const tensors: Record<string, Tensor> = {};
  const coded: Record<string, CodedMatrix> = {};
  for (const [path, value] of stateOf(model)) {
    if (clips.has(value)) continue;
    const map = byWeight.get(value);
    if (map !== undefined) coded[path] = await map.coded();
    else if (path.endsWith(".signs")) coded[path] = await codedSigns(value);
    else if (path.endsWith(".angles") && angleBits === 8) coded[path] = await codedAngles(value);
    else tensors[path] = value;
  }
  return { tensors, coded };
}

/** ±1 as a bit. */
async function codedSigns(signs: Tensor): Promise<CodedMatrix> {
  const { shape } = signs;
  const codes = Uint8Array.from(await signs.data(), (sign) => (sign > 0 ? 1 : 0));
  const scales = Float32Array.of(1);
  return { shape, bits: 1, group: codes.length, levels: [-1, 1], codes, scales };
}

/** Angles as bytes, modulo a turn. */
async function codedAngles(angles: Tensor): Promise<CodedMatrix> {
  const { shape } = angles;
  const scale = Math.PI / 128;
  const codes = Uint8Array.from(await angles.data(), (a) => (Math.round(a / scale) & 255) ^ 128);
  const levels = Array.from({ length: 256 }, (_, code) => code - 128);
  return { shape, bits: 8, group: codes.length, levels, codes, scales: Float32Array.of(scale) };
}

/**
 * Σ p (ln p − ln q), the mean over tokens: how far a rounded model's answers, q, are from those of
 * the model that it was made of, p. tokens [batch, time], int32 → a scalar []
 * @example
 * const sizes = { vocabulary: 5, context: 8, width: 8, heads: 2, layers: 1 };
 * const model = new Gpt({ ...sizes, random: rng(1) });
 * divergence(model, model, tensor([[1, 2]], { dtype: "int32" })); // 0
 */
export function divergence(of: Gpt, from: Gpt, tokens: Tensor): Tensor {
  checkGpt("divergence", of, from);
  const p = noGrad(() => logSoftmax(from.forward(tokens)));
  const q = logSoftmax(of.forward(tokens));
  return mean(sum(mul(exp(p), sub(p, q)), -1));
}
