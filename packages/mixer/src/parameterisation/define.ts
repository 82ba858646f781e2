/**
 * @file Parameterisations: the map from parameters to the 2×2 blocks of a mixer, and all that
 * follows from it.
 */
import {
  noGrad,
  type Rng,
  reference,
  type Shape,
  type Tensor,
  type TypedArray,
  tensor,
  vjp,
} from "@spm/core";
import { checkList, elements } from "@spm/core/extend";
import type { Schedule } from "../schedule.ts";
import type { Blocks } from "../stages.ts";

/** The names of the parameters, in their order as operands. */
export type Names = readonly string[];

/** A value for each name. */
export type Named<N extends Names, T> = { readonly [K in N[number]]: T };

/**
 * One parameter: `[P, ...each]` for the P pairs of a schedule, or `[R, ...each]` for its R
 * unpaired coordinates.
 */
export interface ParameterLayout<Name extends string = string> {
  readonly name: Name;
  readonly per: "pair" | "unpaired";
  readonly each: Shape;
}

/**
 * A distribution of initial parameters. `haar`: uniform over the blocks that the kind has, so that
 * entries of W have variance 1/n. `identity`: W near the identity, angles N(0, noise²). `quarter`:
 * angles ±π/4 + N(0, noise²), where W is flat, |W_ij| ≈ 1/√n. `hadamard`: the Hadamard matrix, for
 * one pass of a butterfly, with N(0, noise²) added to the angles (of rotations over n = 2 with its
 * second column negated).
 */
export type MixerInit = "haar" | "identity" | "quarter" | "hadamard";

/** The definition of a kind of mixer, for {@link defineParameterisation}. */
export interface ParameterisationDefinition<N extends Names> {
  /** One word: the kind's name in models, reports and on the command line. */
  readonly name: string;
  /** One line for lists of kinds. */
  readonly description: string;
  /** Counts, shapes, reversal, concatenation and copies for each sample follow from these. */
  readonly parameters: { readonly [K in keyof N]: ParameterLayout<N[K] & string> };
  /**
   * Parameters `[..., P, ...each]` → blocks `[..., P, 4]`, rows [a, b, c, d], and unpairedScales
   * `[..., R]`, in differentiable ops. Leading axes pass.
   */
  compose(
    parameters: Named<N, Tensor>,
    unpaired: number,
  ): { blocks: Tensor; unpairedScales: Tensor };
  /**
   * The same numbers in float64, for the reference kernels.
   * @defaultValue made of `compose`
   * @throws ValueError for numbers that are not finite
   */
  blocks?(parameters: Named<N, TypedArray>, unpaired: number): Blocks;
  /**
   * The pullback of `blocks`: gradients of the blocks → gradients of the parameters, at these
   * parameters.
   * @defaultValue made of `compose`
   */
  pullBack?(sums: Blocks, at: Blocks, parameters: Named<N, TypedArray>): Named<N, Float64Array>;
  /**
   * Whether every block is orthogonal for all parameters and unpaired coordinates pass unchanged.
   * Then the inverse is the transpose, ln|det| is 0, and the backward pass may walk back from the
   * output (`reverse`).
   */
  readonly orthogonal: boolean;
  /**
   * The name of the only parameter of an orthogonal kind, where it is an angle θ with B(θ) = R(θ)
   * B₀: then θ̄ = Σ z_i g_j − z_j g_i at the stage's outputs, one sum a pair instead of four.
   */
  readonly angle?: N[number];
  /**
   * The sign of the determinants of all blocks: presets and factorisations move the other sign into
   * d_out; `any` where both occur.
   */
  readonly determinant: 1 | -1 | "any";
  /** Parameters of the transposed blocks. */
  transpose(parameters: Named<N, Tensor>): Named<N, Tensor>;
  /**
   * Parameters of the inverse blocks; without it inverses are general mixers. Orthogonal kinds need
   * none.
   */
  inverse?(parameters: Named<N, Tensor>): Named<N, Tensor>;
  /** Parameters of the nearest blocks (Frobenius norm), pair by pair. */
  nearest(blocks: Float64Array, unpairedScales: Float64Array): Named<N, Float64Array>;
  /**
   * Initial parameters, drawn in the order of the pairs.
   * @throws ValueError for an init that the kind does not have
   */
  initial(schedule: Schedule, random: Rng, init: MixerInit, noise?: number): Named<N, Float64Array>;
  /**
   * For `fromDense`'s sweeps: the change of a block that lowers ‖R − Aᵀ ΔB C‖ most, from ⟨a_p, R
   * c_q⟩ and the Gram matrices of A's and C's rows, all row-major 2×2. Without it fromDense stops
   * at what peeling or elimination gives.
   */
  improve?(block: Quad, correlation: Quad, ga: Quad, gc: Quad): Quad;
  /**
   * Parameters with the rows of each block, and the factors of unpaired coordinates, multiplied by
   * these: `compose` of two mixers needs it where there are diagonals between them.
   */
  scaleRows?(
    parameters: Named<N, Tensor>,
    first: Tensor,
    second: Tensor,
    unpaired: Tensor,
  ): Named<N, Tensor>;
}

/** A 2×2 matrix, row-major. */
export type Quad = readonly [a: number, b: number, c: number, d: number];

/** A parameterisation of the blocks of P pairs and the factors of R unpaired coordinates. */
export interface Parameterisation<N extends Names = Names> extends ParameterisationDefinition<N> {
  /** The parameters' shapes over a schedule. */
  shapes(schedule: Schedule): Shape[];
  /** The number of values in all parameters over a schedule. */
  count(schedule: Schedule): number;
  blocks(parameters: Named<N, TypedArray>, unpaired: number): Blocks;
  pullBack(sums: Blocks, at: Blocks, parameters: Named<N, TypedArray>): Named<N, Float64Array>;
}

/**
 * Completes the definition of a parameterisation. `defineMixer` makes its op, with a closed-form
 * backward; algebra, presets and layers follow.
 * @example
 * const doubled: Parameterisation<["angles"]> = defineParameterisation({
 *   ...rotation,
 *   name: "doubled",
 * });
 */
export function defineParameterisation<const N extends Names>(
  definition: ParameterisationDefinition<N>,
): Parameterisation<N> {
  const layouts: readonly ParameterLayout[] = checkList(
    "defineParameterisation",
    Object(definition).parameters,
    "parameters",
  );
  const shapes = ({ first, unpaired }: Schedule): Shape[] =>
    layouts.map(({ per, each }) => [(per === "pair" ? first : unpaired).length, ...each]);
  const count = (schedule: Schedule): number =>
    shapes(schedule).reduce((total, shape) => total + shape.reduce((a, b) => a * b, 1), 0);
  const composed = { blocks: blocksBy(definition), pullBack: pullBackBy(definition) };
  return { ...composed, ...definition, shapes, count };
}

/**
 * A list of values in the order of the parameters, by name.
 * @example byName(rotation, [1]); // { angles: 1 }
 */
export const byName = <N extends Names, T>(
  { parameters }: Pick<Parameterisation<N>, "parameters">,
  list: readonly T[],
): Named<N, T> =>
  Object.fromEntries(parameters.map(({ name }, k) => [name, list[k]])) as Named<N, T>;

/** A function of each parameter and its layout, by name. */
export const mapParameters = <N extends Names, T, U>(
  { parameters }: Pick<Parameterisation<N>, "parameters">,
  named: Named<N, T>,
  f: (value: T, layout: ParameterLayout<N[number]>) => U,
): Named<N, U> => {
  const layouts: readonly ParameterLayout<N[number]>[] = parameters;
  return Object.fromEntries(
    layouts.map((layout) => [layout.name, f(named[layout.name], layout)]),
  ) as Named<N, U>;
};

/**
 * Values by name, as a list in the order of the parameters.
 * @example inOrder(rotation, { angles: 1 }); // [1]
 */
export const inOrder = <T>(
  { parameters }: Pick<Parameterisation, "parameters">,
  named: Named<Names, T>,
): T[] => parameters.flatMap(({ name }) => named[name] ?? []);

const asTensors = (
  parameters: readonly ParameterLayout[],
  named: Named<Names, TypedArray>,
): Tensor[] =>
  parameters.flatMap(({ name, each }) => {
    const values = named[name];
    return values === undefined ? [] : [onReference(values, [values.length / size(each), ...each])];
  });

const onReference = (values: TypedArray, shape: Shape): Tensor =>
  tensor(Float64Array.from(values), { shape, backend: reference });

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
const numbers = (x: Tensor): Float64Array => Float64Array.from(elements(x.ndarray()));

const blocksBy =
  <N extends Names>(definition: ParameterisationDefinition<N>) =>
  (parameters: Named<N, TypedArray>, unpaired: number): Blocks =>
    noGrad(() => {
      const named = byName<N, Tensor>(definition, asTensors(definition.parameters, parameters));
      const { blocks, unpairedScales } = definition.compose(named, unpaired);
      return { blocks: numbers(blocks), unpairedScales: numbers(unpairedScales) };
    });

const pullBackBy =
  <N extends Names>(definition: ParameterisationDefinition<N>) =>
  (sums: Blocks, at: Blocks, parameters: Named<N, TypedArray>): Named<N, Float64Array> =>
    noGrad(() => {
      const list = asTensors(definition.parameters, parameters);
      const parts = (["blocks", "unpairedScales"] as const).map((part) => {
        const { value, pullback } = vjp(
          (...xs: Tensor[]) =>
            definition.compose(byName<N, Tensor>(definition, xs), at.unpairedScales.length)[part],
          ...list,
        );
        return pullback(onReference(sums[part], value.shape)).map(numbers);
      });
      const [byBlocks = [], byScales = []] = parts;
      return byName<N, Float64Array>(
        definition,
        byBlocks.map((g, k) => g.map((v, i) => v + (byScales[k]?.[i] ?? 0))),
      );
    });
