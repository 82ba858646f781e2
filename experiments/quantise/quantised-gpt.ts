/** @file A GPT whose linear maps round their weights and inputs, made from a trained one. */
import {
  clamp,
  div,
  full,
  log,
  neg,
  noGrad,
  type Parameter,
  parameter,
  rng,
  sigmoid,
  sub,
  type Tensor,
  zeros,
} from "@spm/core";
import { Gpt, type GptOptions } from "@spm/models";
import { type LinearOptions, replaceLinear } from "@spm/nn";
import { affine, LinearMap } from "@spm/nn/extend";
import { bestClips, quantisedActivation, quantisedWeight } from "./quantisers.ts";
import { type InputMap, type InputMapName, inputMaps } from "./rotations.ts";

/** Bits of weights and of activations. */
export interface Bits {
  readonly weights: number;
  readonly activations: number;
}

/** The clip of activations at the start: sigmoid of it is 0.95. */
const START = 3;

/** y = round(W T⁻¹) round(T x) + b */
export class QuantisedLinear extends LinearMap {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly input: InputMap;
  /** Logits of the clips, [out, 1] of weights and [1] of activations. */
  readonly weightClips: Parameter;
  readonly inputClip: Parameter;
  readonly #bits: Bits;

  constructor(
    inFeatures: number,
    outFeatures: number,
    { bias = true, bits, input }: LinearOptions & { readonly bits: Bits; readonly input: InputMap },
  ) {
    super(inFeatures, outFeatures);
    this.weight = parameter(() => zeros([outFeatures, inFeatures]));
    this.bias = bias ? parameter(() => zeros([outFeatures])) : null;
    this.input = input;
    this.weightClips = parameter(() => zeros([outFeatures, 1]));
    this.inputClip = parameter(() => full([1], START));
    this.#bits = bits;
  }

  get flopsPerRow(): number {
    return 2 * this.inFeatures * this.outFeatures;
  }

  forward(x: Tensor): Tensor {
    const { activations } = this.#bits;
    const inputs = quantisedActivation(this.input.forward(x), activations, sigmoid(this.inputClip));
    return affine(inputs, this.#rounded(), this.bias);
  }

  /** round(W T⁻¹) */
  #rounded(): Tensor {
    const weight = this.input.weights(this.weight);
    return quantisedWeight(weight, this.#bits.weights, sigmoid(this.weightClips));
  }

  toDense(): Tensor {
    return this.weight;
  }

  /** Takes W over, and for each row of W T⁻¹ the clip of the least error. */
  override assignDense(weight: Tensor): number {
    this.checkDense(weight);
    this.weight.assign(weight);
    noGrad(() => {
      const clips = clamp(bestClips(this.input.weights(weight), this.#bits.weights), { max: 0.98 });
      this.weightClips.assign(neg(log(sub(div(1, clips), 1))));
    });
    return 0;
  }

  /** What is learned of it: the clips, and the map of its inputs. */
  get learned(): Parameter[] {
    return [this.weightClips, this.inputClip, ...this.input.parameters()];
  }
}

/** The rounding model, and its rounding maps. */
export interface QuantisedGpt {
  readonly model: Gpt;
  readonly maps: readonly QuantisedLinear[];
}

/** A rounding copy of a GPT; query, key and value share the map of their inputs. */
export function quantisedGpt(
  trained: Gpt,
  sizes: Omit<GptOptions, "random">,
  { kind, bits, seed }: { readonly kind: InputMapName; readonly bits: Bits; readonly seed: number },
): QuantisedGpt {
  const random = rng(seed);
  const model = new Gpt({ ...sizes, random });
  noGrad(() => model.loadStateDict(trained.stateDict()));
  const shared = new Map<string, InputMap>();
  const maps: QuantisedLinear[] = [];
  for (const path of mapPaths(model)) {
    replaceLinear(
      model,
      (inFeatures, outFeatures, { bias = true }) => {
        const site = path.replace(/\.(query|key|value)$/, "");
        const input = shared.get(site) ?? inputMaps[kind](inFeatures, random);
        shared.set(site, input);
        const map = new QuantisedLinear(inFeatures, outFeatures, { random, bias, bits, input });
        maps.push(map);
        return map;
      },
      { random, where: (_, at) => at === path, fromDense: (w, map) => void map.assignDense(w) },
    );
  }
  return { model, maps };
}

/** The paths of the linear maps of the blocks. */
const mapPaths = (model: Gpt): string[] =>
  [...model.namedModules()].flatMap(([path, module]) =>
    path.startsWith("blocks.") && module instanceof LinearMap ? [path] : [],
  );

/** Numbers of the maps of inputs, each once. */
export const extraNumbers = (maps: readonly QuantisedLinear[]): number =>
  [...new Set(maps.map(({ input }) => input))].reduce((n, map) => n + map.parameterCount(), 0);

const [FP16, BYTE] = [2, 8];

/**
 * Bytes on disk: weights packed, everything else, scales of channels and of inputs and the numbers
 * of input maps among it, in fp16.
 */
export function bytesOnDisk({ model, maps }: QuantisedGpt, bits: number): number {
  const packed = maps.reduce((n, { inFeatures, outFeatures }) => n + inFeatures * outFeatures, 0);
  const clips = maps.reduce((n, { outFeatures }) => n + outFeatures + 1, 0);
  const rounding = new Set<Parameter>(maps.flatMap((map) => [map.weight, ...map.learned]));
  const rest = model.parameters().filter((p) => !rounding.has(p));
  const others = rest.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
  return Math.ceil((packed * bits) / BYTE) + FP16 * (clips + others + extraNumbers(maps));
}
