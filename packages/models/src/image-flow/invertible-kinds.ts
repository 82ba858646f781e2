/** @file The record of linear bijections: one word decides those of a flow. */
import { checkOptions, ValueError } from "@spm/core/extend";
import { butterfly, type MixerKind, mixers, shuffle } from "@spm/mixer";
import { CirculantDiagonal, MixerLayer } from "@spm/nn";
import { checkChoice, LinearMap } from "@spm/nn/extend";
import {
  FixedPermutation,
  InvertibleDense,
  type InvertibleFactory,
  InvertibleLu,
  type InvertibleMap,
  type InvertibleOptions,
  invertibleOptions,
} from "./invertible-maps.ts";

/** An entry of {@link invertibleKinds}. */
export interface InvertibleEntry {
  /** One line. */
  readonly description: string;
  readonly create: InvertibleFactory;
}

/** The names of linear bijections. */
export type InvertibleKind =
  | "circulant-diagonal"
  | "dense"
  | "lu"
  | "permutation"
  | keyof typeof mixers;

/** Without padding, which no inverse sees through. */
const ofMixer = (mixer: MixerKind): InvertibleEntry => ({
  description: mixer.parameterisation.description,
  create: (n, { random }) => {
    const schedule = Number.isInteger(Math.log2(n)) ? butterfly(n) : shuffle(n);
    return new MixerLayer(mixer, n, n, { random, bias: false, schedule });
  },
});

/**
 * Every linear bijection by name; all start orthogonal.
 * @example invertibleKinds.rotation.create(12, { random: rng(1) }).parameterCount(); // 48
 */
export const invertibleKinds: Readonly<Record<InvertibleKind, InvertibleEntry>> = {
  "circulant-diagonal": {
    description: "a circulant between two diagonals, as in CDFlow",
    create: (n, { random }) => new CirculantDiagonal(n, n, { random, bias: false }),
  },
  ...(Object.fromEntries(
    Object.entries(mixers).map(([name, mixer]) => [name, ofMixer(mixer)]),
  ) as Record<keyof typeof mixers, InvertibleEntry>),
  lu: {
    description: "a matrix as P L U, as in Glow",
    create: (n, options) => new InvertibleLu(n, options),
  },
  dense: {
    description: "a matrix of n² numbers, factorised for its determinant and inverse",
    create: (n, options) => new InvertibleDense(n, options),
  },
  permutation: {
    description: "a fixed shuffle",
    create: (n, options) => new FixedPermutation(n, options),
  },
};

/** The linear bijections of a flow: a name, or a factory. */
export type InvertibleChoice = InvertibleKind | InvertibleFactory;

/**
 * A linear bijection of R^n, [..., n] → [..., n], by name or by a factory.
 * @throws ValueError for an unknown name, or a factory that makes anything but a map n → n with an
 * inverse and a determinant
 * @example
 * const map = invertible("circulant-diagonal", 12, { random: rng(1) });
 * map.inverse(map.forward(ones([2, 12]))); // ones, to rounding
 */
export function invertible(
  choice: InvertibleChoice,
  n: number,
  options: InvertibleOptions,
): InvertibleMap {
  checkOptions("invertible", options, invertibleOptions);
  if (typeof choice !== "function") {
    checkChoice("invertible", Object.keys(invertibleKinds), choice);
    return invertibleKinds[choice].create(n, options);
  }
  const made: unknown = choice(n, options);
  if (isInvertible(made) && made.inFeatures === n && made.outFeatures === n) return made;
  const got =
    made instanceof LinearMap
      ? `${made.constructor.name} ${made.inFeatures} → ${made.outFeatures}`
      : String(made);
  throw new ValueError("invertible", `a factory that makes an invertible map ${n} → ${n}`, got);
}

const isInvertible = (made: unknown): made is InvertibleMap =>
  made instanceof LinearMap && "inverse" in made && "logAbsDet" in made;
