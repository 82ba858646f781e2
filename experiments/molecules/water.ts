/**
 * @file The energy of three flexible water molecules and its gradient: q-SPC/Fw, and a term of
 * three oxygens. Units: kcal/mol, Å, fs, atomic masses; atoms in the order O H H, O H H, O H H.
 */

/** Molecules. */
export const WATERS = 3;
/** Atoms of all of them. */
export const ATOMS = 9;
/** Coordinates of all atoms. */
export const COORDINATES = 27;

/** q-SPC/Fw (Paesani et al. 2006): springs, charges, Lennard-Jones of the oxygens. */
const bond = { stiffness: 1059.162, length: 1 };
const bend = { stiffness: 75.9, angle: (112 * Math.PI) / 180 };
const lennardJones = { depth: 0.1554252, size: 3.165492 };
const charges = [-0.84, 0.42, 0.42];
/** Energy of two elementary charges at 1 Å. */
const COULOMB = 332.0637;
/** The three-body term of mW (Molinero and Moore 2009), which favours the tetrahedron's angle. */
const tetrahedral = { strength: 23.15 * 6.189, decay: 1.2 * 2.3925, reach: 1.8 * 2.3925 };
const TETRAHEDRON = -1 / 3;

/** The two sets of the experiment: interactions of pairs and angles in a molecule, or also mW's. */
export type WaterForces = "pairs" | "three-body";

/** The mass of the atom that a coordinate belongs to. */
export const massOf = (coordinate: number): number =>
  Math.floor(coordinate / 3) % 3 === 0 ? 15.999 : 1.008;

/** Coordinate k of the way from atom j to atom i. */
const way = (x: Float64Array, i: number, j: number, k: number): number =>
  (x[3 * i + k] ?? 0) - (x[3 * j + k] ?? 0);

/** x[at] += by */
export function increase(x: Float64Array, at: number, by: number): void {
  x[at] = (x[at] ?? 0) + by;
}

/** Adds to the gradient what a function of a distance has as derivative. */
function pull(gradient: Float64Array, x: Float64Array, i: number, j: number, slope: number): void {
  for (let k = 0; k < 3; k++) {
    const g = slope * way(x, i, j, k);
    increase(gradient, 3 * i + k, g);
    increase(gradient, 3 * j + k, -g);
  }
}

function distance(x: Float64Array, i: number, j: number): number {
  let squares = 0; // Math.hypot takes several times as long
  for (let k = 0; k < 3; k++) squares += way(x, i, j, k) ** 2;
  return Math.sqrt(squares);
}

/** The cosine of the angle at i between j and k. */
function cosine(x: Float64Array, i: number, j: number, k: number): number {
  let dot = 0;
  for (let c = 0; c < 3; c++) dot += way(x, j, i, c) * way(x, k, i, c);
  return dot / (distance(x, i, j) * distance(x, i, k));
}

/** Adds `slope` times the gradient of {@link cosine}. */
function turn(
  gradient: Float64Array,
  x: Float64Array,
  [i, j, k]: readonly [number, number, number],
  slope: number,
): void {
  const [a, b, c] = [distance(x, i, j), distance(x, i, k), cosine(x, i, j, k)];
  for (let m = 0; m < 3; m++) {
    const [u, v] = [way(x, j, i, m) / a, way(x, k, i, m) / b];
    const [toJ, toK] = [(slope * (v - c * u)) / a, (slope * (u - c * v)) / b];
    increase(gradient, 3 * j + m, toJ);
    increase(gradient, 3 * k + m, toK);
    increase(gradient, 3 * i + m, -toJ - toK);
  }
}

/** Bonds and angle of the molecule whose oxygen is o. */
function inside(x: Float64Array, gradient: Float64Array, o: number): number {
  let energy = 0;
  for (const h of [o + 1, o + 2]) {
    const r = distance(x, o, h);
    const stretch = r - bond.length;
    energy += 0.5 * bond.stiffness * stretch ** 2;
    pull(gradient, x, o, h, (bond.stiffness * stretch) / r);
  }
  const c = cosine(x, o, o + 1, o + 2);
  const bent = Math.acos(c) - bend.angle;
  turn(gradient, x, [o, o + 1, o + 2], (-bend.stiffness * bent) / Math.sqrt(1 - c * c));
  return energy + 0.5 * bend.stiffness * bent ** 2;
}

/** Charges and Lennard-Jones between the molecules whose oxygens are o and p. */
function between(x: Float64Array, gradient: Float64Array, o: number, p: number): number {
  let energy = 0;
  for (const [a, q] of charges.entries())
    for (const [b, s] of charges.entries()) {
      const r = distance(x, o + a, p + b);
      const attraction = (COULOMB * q * s) / r;
      energy += attraction;
      pull(gradient, x, o + a, p + b, -attraction / (r * r));
    }
  const r = distance(x, o, p);
  const six = (lennardJones.size / r) ** 6;
  pull(gradient, x, o, p, (24 * lennardJones.depth * (six - 2 * six * six)) / (r * r));
  return energy + 4 * lennardJones.depth * (six * six - six);
}

/** The term of the angle at the oxygen i between those of j and k. */
function ofThree(
  x: Float64Array,
  gradient: Float64Array,
  [i, j, k]: readonly [number, number, number],
): number {
  const { strength, decay, reach } = tetrahedral;
  const [r, s] = [distance(x, i, j), distance(x, i, k)];
  if (r >= reach || s >= reach) return 0;
  const off = cosine(x, i, j, k) - TETRAHEDRON;
  const fading = strength * Math.exp(decay / (r - reach) + decay / (s - reach));
  const energy = fading * off * off;
  turn(gradient, x, [i, j, k], 2 * fading * off);
  pull(gradient, x, i, j, (-energy * decay) / ((r - reach) ** 2 * r));
  pull(gradient, x, i, k, (-energy * decay) / ((s - reach) ** 2 * s));
  return energy;
}

const oxygens = [0, 3, 6] as const;
const corners = [
  [0, 3, 6],
  [3, 6, 0],
  [6, 0, 3],
] as const;

/** The energy at positions x [27]; writes its gradient, −F. */
export function waterEnergy(kind: WaterForces, x: Float64Array, gradient: Float64Array): number {
  gradient.fill(0);
  let energy = 0;
  for (const o of oxygens) energy += inside(x, gradient, o);
  for (const o of oxygens) for (const p of oxygens) if (o < p) energy += between(x, gradient, o, p);
  if (kind === "three-body") for (const corner of corners) energy += ofThree(x, gradient, corner);
  return energy;
}
