/** @file Pairs of atoms: who is near whom, and functions of their distance. */
import {
  add,
  cast,
  cos,
  div,
  exp,
  greater,
  less,
  mul,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
} from "@spm/core";
import {
  checkOptions,
  checkTensors,
  elements,
  type OptionNames,
  ShapeError,
  showShape,
  ValueError,
} from "@spm/core/extend";

/** Options of {@link edgesWithin}. */
export interface EdgeOptions {
  /**
   * The molecule of each atom, int32 [atoms]: atoms of two molecules are never a pair.
   * @defaultValue all atoms are of one
   */
  readonly molecules?: Tensor;
}

const names: OptionNames<EdgeOptions> = { molecules: true };

/**
 * All ordered pairs of atoms nearer than a cutoff, and each atom with itself, in the order of the
 * first and then of the second. Atoms are sorted into cubes of the cutoff's size, and only those of
 * a cube and its 26 neighbours are compared: O(atoms) where their density is bounded.
 * @param positions - [atoms, 3], in CPU memory
 * @param cutoff - above 0, in the unit of the positions
 * @returns int32 [2, edges]: the atoms that receive, and those that send
 * @throws ShapeError for other shapes; ValueError for a cutoff or a position that is not finite
 * @example
 * edgesWithin(tensor([[0, 0, 0], [0, 0, 1], [0, 0, 3]]), 2); // [[0, 0, 1, 1, 2], [0, 1, 0, 1, 2]]
 */
export function edgesWithin(positions: Tensor, cutoff: number, options: EdgeOptions = {}): Tensor {
  checkOptions("edgesWithin", options, names);
  const { molecules } = options;
  checkTensors("edgesWithin", positions, ...(molecules ? [molecules] : []));
  const [atoms = 0, three] = positions.shape;
  if (positions.shape.length !== 2 || three !== 3)
    throw new ShapeError("edgesWithin", "positions [atoms, 3]", showShape(positions.shape));
  if (molecules && (molecules.shape.length !== 1 || molecules.shape[0] !== atoms))
    throw new ShapeError("edgesWithin", `molecules [${atoms}]`, showShape(molecules.shape));
  if (!(cutoff > 0 && Number.isFinite(cutoff)))
    throw new ValueError("edgesWithin", "a finite cutoff above 0", cutoff);
  const places = Float64Array.from(elements(positions.ndarray()));
  const wrong = places.find((v) => !Number.isFinite(v));
  if (wrong !== undefined) throw new ValueError("edgesWithin", "finite positions", wrong);
  const owners = molecules ? Array.from(elements(molecules.ndarray())) : [];
  const [receivers, senders] = pairsOf(places, owners, cutoff);
  const data = new Int32Array(2 * receivers.length);
  data.set(receivers);
  data.set(senders, receivers.length);
  return tensor(data, { shape: [2, receivers.length], backend: positions.backend });
}

/** Cubes on an axis: few enough for their numbers to be exact, in whatever space atoms lie. */
const MOST_CUBES = 2 ** 12;
const steps = [-1, 0, 1];

/** The two atoms of each pair; `owners` are their molecules, all the same where none are given. */
function pairsOf(
  places: Float64Array,
  owners: readonly number[],
  cutoff: number,
): [receivers: number[], senders: number[]] {
  const pairs: [number[], number[]] = [[], []];
  for (const [i, near] of candidates(places, owners, cutoff).entries())
    for (const j of near) {
      let squares = 0;
      for (let k = 0; k < 3; k++) squares += (places[3 * i + k]! - places[3 * j + k]!) ** 2;
      if (squares >= cutoff * cutoff) continue;
      pairs[0].push(i);
      pairs[1].push(j);
    }
  return pairs;
}

/**
 * The atoms that each atom is compared with, in order: those of its molecule in its cube and in the
 * 26 around it.
 */
export function candidates(
  places: Float64Array,
  owners: readonly number[],
  cutoff: number,
): (readonly number[])[] {
  const [byX, byY, byZ] = [0, 1, 2].map((k) => cubesOn(places, k, cutoff)) as [
    number[],
    number[],
    number[],
  ];
  // an empty cube at either end of a row: the neighbours of an outer one are nobody's
  const row = MOST_CUBES + 3;
  const cubeOf = byX.map(
    (x, i) => (((owners[i] ?? 0) * row + x) * row + (byY[i] ?? 0)) * row + (byZ[i] ?? 0),
  );
  const cubes = new Map<number, number[]>();
  for (const [i, cube] of cubeOf.entries()) {
    const inside = cubes.get(cube);
    if (inside) inside.push(i);
    else cubes.set(cube, [i]);
  }
  const around = steps.flatMap((x) =>
    steps.flatMap((y) => steps.map((z) => (x * row + y) * row + z)),
  );
  const near = new Map<number, number[]>();
  for (const cube of cubes.keys()) {
    const atoms = around.flatMap((by) => cubes.get(cube + by) ?? []);
    near.set(
      cube,
      atoms.sort((a, b) => a - b),
    );
  }
  return cubeOf.map((cube) => near.get(cube) ?? []);
}

/** The number of each atom's cube along an axis, from 1; cubes are no smaller than the cutoff. */
function cubesOn(places: Float64Array, axis: number, cutoff: number): number[] {
  const values = Array.from(places.filter((_, at) => at % 3 === axis));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const size = Math.max(cutoff, (high - low) / MOST_CUBES);
  return values.map((v) => 1 + Math.floor((v - low) / size));
}

/** The features of pairs of atoms. */
export interface EdgeGeometry {
  /** r̂ from the sender to the receiver, [3, edges]; 0 for an atom with itself. */
  readonly directions: Tensor;
  /** φ(r) = ½ (cos(π r / r_c) + 1), 0 from r_c on, [edges, 1]. */
  readonly envelope: Tensor;
  /** φ · exp(−β (exp(−5 r / r_c) − μ_k)²), [edges, K]. */
  readonly radial: Tensor;
}

/** Distances and directions, differentiable by the positions also where an atom meets itself. */
export function edgeGeometry(
  positions: Tensor,
  [receivers, senders]: readonly [Tensor, Tensor],
  cutoff: number,
  count: number,
): EdgeGeometry {
  const { dtype, backend } = positions;
  const between = sub(take(positions, receivers), take(positions, senders));
  const squares = sum(square(between), { axis: -1, keepdims: true });
  // √ has no derivative at 0: an atom with itself gets the length 1, and then 0
  const apart = cast(greater(squares, 0), dtype);
  const lengths = sqrt(add(squares, sub(1, apart)));
  const distances = mul(apart, lengths);
  const wave = cos(mul(Math.PI / cutoff, distances));
  const inside = cast(less(distances, cutoff), dtype);
  const envelope = mul(mul(0.5, add(wave, 1)), inside);
  const [first, width] = [Math.exp(-cutoff), (2 * (1 - Math.exp(-cutoff))) / count];
  const step = (1 - first) / Math.max(1, count - 1);
  const centres = Float64Array.from({ length: count }, (_, k) => first + k * step);
  const decay = exp(mul(-5 / cutoff, distances));
  const off = sub(decay, tensor(centres, { dtype, backend }));
  const radial = mul(envelope, exp(mul(-1 / width ** 2, square(off))));
  return { directions: transpose(mul(apart, div(between, lengths))), envelope, radial };
}
