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
  const wrong = places.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0) throw new ValueError("edgesWithin", "finite positions", places[wrong]);
  const owners = molecules ? elements(molecules.ndarray()) : new Int32Array(atoms);
  const [receivers, senders] = pairsOf(places, owners, cutoff);
  return tensor(Int32Array.from([...receivers, ...senders]), {
    shape: [2, receivers.length],
    backend: positions.backend,
  });
}

/** The two atoms of each pair. */
function pairsOf(
  places: Float64Array,
  owners: ArrayLike<number>,
  cutoff: number,
): [receivers: number[], senders: number[]] {
  const cell = (i: number): number[] =>
    [0, 1, 2].map((k) => Math.floor(places[3 * i + k]! / cutoff));
  const key = (owner: number, [x = 0, y = 0, z = 0]: readonly number[]): string =>
    `${owner} ${x} ${y} ${z}`;
  const cells = new Map<string, number[]>();
  for (let i = 0; i < owners.length; i++) {
    const own = key(owners[i]!, cell(i));
    const inside = cells.get(own);
    if (inside) inside.push(i);
    else cells.set(own, [i]);
  }
  const pairs: [number[], number[]] = [[], []];
  const nearby = new Map<string, number[]>();
  for (let i = 0; i < owners.length; i++) {
    const at = cell(i);
    const own = key(owners[i]!, at);
    let near = nearby.get(own);
    if (near === undefined) {
      near = around(at)
        .flatMap((c) => cells.get(key(owners[i]!, c)) ?? [])
        .sort((a, b) => a - b);
      nearby.set(own, near);
    }
    for (const j of near) {
      let squares = 0;
      for (let k = 0; k < 3; k++) squares += (places[3 * i + k]! - places[3 * j + k]!) ** 2;
      if (squares < cutoff * cutoff) {
        pairs[0].push(i);
        pairs[1].push(j);
      }
    }
  }
  return pairs;
}

const steps = [-1, 0, 1];
const neighbours = steps.flatMap((x) => steps.flatMap((y) => steps.map((z) => [x, y, z])));

/** A cube and its 26 neighbours. */
const around = (at: readonly number[]): number[][] =>
  neighbours.map((step) => step.map((by, k) => by + (at[k] ?? 0)));

/** What the network knows of pairs of atoms. */
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
