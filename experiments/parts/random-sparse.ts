/** @file A linear map whose matrix has few entries, at random places that stay. */
import {
  normal,
  type Parameter,
  parameter,
  scatterAdd,
  type Tensor,
  tensor,
  zeros,
} from "@spm/core";
import type { LinearEntry, LinearOptions } from "@spm/nn";
import { affine, LinearMap } from "@spm/nn/extend";

/**
 * y = x Wᵀ + b, W with `entries` numbers a row at places drawn at random: the plainest of all maps
 * with few parameters. Initial entries are N(0, gain²/entries). The places are not counted as
 * parameters, as a seed draws them again. x [..., in] → [..., out]
 */
export class RandomSparse extends LinearMap {
  /** [out, entries] */
  readonly values: Parameter;
  readonly bias: Parameter | null;
  readonly #places: Int32Array;

  constructor(
    inFeatures: number,
    outFeatures: number,
    { entries, random, gain = 1, bias = true }: LinearOptions & { readonly entries: number },
  ) {
    super(inFeatures, outFeatures);
    const count = Math.max(1, Math.min(inFeatures, entries));
    const rows = Array.from({ length: outFeatures }, () =>
      random.permutation(inFeatures).slice(0, count),
    );
    this.#places = Int32Array.from(rows.flatMap((row) => [...row]));
    this.values = parameter(() => normal(random, [outFeatures, count], 0, gain / Math.sqrt(count)));
    this.bias = bias ? parameter(() => zeros([outFeatures]), { decay: false }) : null;
  }

  get flopsPerRow(): number {
    const [rows = 0, entries = 0] = this.values.shape;
    return 2 * rows * entries + (this.bias === null ? 0 : rows);
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    return affine(x, this.toDense(), this.bias);
  }

  toDense(): Tensor {
    const { values, inFeatures, outFeatures } = this;
    const places = tensor(this.#places, { shape: values.shape, backend: values.backend });
    return scatterAdd(values, places, 1, [outFeatures, inFeatures]);
  }
}

/** The numbers of a square mixer's blocks that is as wide as a map, shared out to its rows. */
const entriesAs = (perPair: number, inFeatures: number, outFeatures: number): number => {
  const stages = Math.ceil(Math.log2(Math.max(inFeatures, outFeatures)));
  return Math.round((perPair * 2 ** (stages - 1) * stages) / outFeatures);
};

const entry = (perPair: number, mixer: string): LinearEntry => ({
  description: `as many entries at random places as the blocks of a ${mixer} mixer have numbers`,
  learningRate: 0.01,
  create: (inFeatures, outFeatures, options) => {
    const entries = entriesAs(perPair, inFeatures, outFeatures);
    return new RandomSparse(inFeatures, outFeatures, { ...options, entries });
  },
});

/** Random sparse maps of as many numbers as a rotation mixer, and as a general one. */
export const sparseKinds: Readonly<Record<"sparse-rotation" | "sparse-general", LinearEntry>> = {
  "sparse-rotation": entry(1, "rotation"),
  "sparse-general": entry(4, "general"),
};
