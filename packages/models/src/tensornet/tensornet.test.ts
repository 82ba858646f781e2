/** @file What TensorNet owes to physics, in float64: symmetries, forces, molecules apart. */
import {
  add,
  cast,
  concat,
  matmul,
  neg,
  normal,
  rng,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  transpose,
  zeros,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { functionalCall } from "@spm/nn";
import { expect, test } from "vitest";
import { edgesWithin, energyAndForces, TensorNet, type TensorNetOptions } from "../index.ts";

const float64 = { dtype: "float64" } as const;
const CUTOFF = 4.5;
const random = rng(4);
const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const integers = (...values: number[]): Tensor => tensor(Int32Array.from(values));

/** A chiral molecule of five different neighbourhoods. */
const positions = tensor(
  [
    [0, 0, 0],
    [0.63, 0.63, 0.63],
    [-0.8, -0.81, 0.79],
    [-0.9, 0.85, -0.88],
    [0.61, -0.64, -0.6],
  ],
  float64,
);
const species = integers(6, 1, 8, 7, 1);

interface Molecules {
  readonly species?: Tensor;
  readonly molecules?: Tensor;
  readonly charges?: Tensor;
  readonly cutoff?: number;
}

/** A small network in float64 as a function of positions. */
function network(given: Partial<TensorNetOptions> = {}) {
  const sizes = { width: 4, layers: 2, radial: 5, species: 9, cutoff: CUTOFF };
  const model = new TensorNet({ ...sizes, ...given, random: rng(3) });
  const state = Object.fromEntries(
    Object.entries(model.stateDict()).map(([path, value]) => [path, cast(value, "float64")]),
  );
  return (at: Tensor, { molecules, charges = zeros([1], float64), ...own }: Molecules = {}) => {
    const of = molecules ?? zeros([at.shape[0] ?? 0], { dtype: "int32" });
    const edges = edgesWithin(at, own.cutoff ?? CUTOFF, { molecules: of });
    return functionalCall(model, state, at, own.species ?? species, edges, of, charges);
  };
}

/** Largest difference of two tensors, or of a tensor from 0. */
const apart = (a: Tensor, b?: Tensor): number =>
  Math.max(...numbers(b ? sub(a, b) : a).map(Math.abs));

/** A rotation by the angles about z, x and z again, [3, 3]. */
function rotation(a: number, b: number, c: number): Tensor {
  const about = (angle: number, [i, j, k]: [number, number, number]): Tensor => {
    const m = [0, 1, 2].map(() => [0, 0, 0]);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const set = (r: number, s: number, v: number) => m[r]?.splice(s, 1, v);
    set(k, k, 1);
    set(i, i, cos);
    set(j, j, cos);
    set(i, j, -sin);
    set(j, i, sin);
    return tensor(m, float64);
  };
  return matmul(matmul(about(a, [0, 1, 2]), about(b, [1, 2, 0])), about(c, [0, 1, 2]));
}
const turn = rotation(0.7, 1.1, -2.3);
const turned = (r: Tensor): Tensor => matmul(r, transpose(turn));

test.each(["O(3)", "SO(3)"] as const)(
  "%s: energies stay, forces turn with the molecule",
  (group) => {
    const energyOf = network({ group });
    const { energies, forces } = energyAndForces(energyOf, positions);
    const moved = energyAndForces(energyOf, add(turned(positions), tensor([1, -2, 0.5], float64)));
    expect(apart(moved.energies, energies)).toBeLessThan(1e-12);
    expect(apart(moved.forces, turned(forces))).toBeLessThan(1e-12);
    expect(apart(forces)).toBeGreaterThan(1e-4);
  },
);

test("the mirror image has the same energy with O(3), and with SO(3) alone another", () => {
  const difference = (group: "O(3)" | "SO(3)"): number => {
    const energyOf = network({ group });
    return apart(energyOf(neg(positions)), energyOf(positions));
  };
  expect(difference("O(3)")).toBeLessThan(1e-14);
  expect(difference("SO(3)")).toBeGreaterThan(1e-10);
});

test("the order of the atoms is of no meaning", () => {
  const energyOf = network();
  const order = integers(3, 0, 4, 2, 1);
  const { energies, forces } = energyAndForces(energyOf, positions);
  const own = { species: take(species, order) };
  const found = energyAndForces((r) => energyOf(r, own), take(positions, order));
  expect(apart(found.energies, energies)).toBeLessThan(1e-13);
  expect(apart(found.forces, take(forces, order))).toBeLessThan(1e-13);
});

test("forces sum to 0, and so do their torques; they are the difference quotients", () => {
  const energyOf = network();
  const { forces } = energyAndForces(energyOf, positions);
  expect(apart(sum(forces, 0))).toBeLessThan(1e-13);
  const [r, f] = [numbers(positions), numbers(forces)];
  const torque = [0, 1, 2].map((k) => {
    const [a, b] = [(k + 1) % 3, (k + 2) % 3];
    return [0, 1, 2, 3, 4].reduce(
      (total, i) => total + r[3 * i + a]! * f[3 * i + b]! - r[3 * i + b]! * f[3 * i + a]!,
      0,
    );
  });
  expect(Math.max(...torque.map(Math.abs))).toBeLessThan(1e-13);
  for (let i = 0; i < 15; i++) {
    const at = (h: number): number => {
      const step = Float64Array.from({ length: 15 }, (_, k) => (k === i ? h : 0));
      return numbers(energyOf(add(positions, tensor(step, { shape: [5, 3] }))))[0]!;
    };
    expect(Math.abs((at(-1e-5) - at(1e-5)) / 2e-5 - f[i]!)).toBeLessThan(1e-9);
  }
});

test("at the cutoff neither energies nor forces jump", () => {
  const energyOf = network();
  const [near, far] = [-1e-6, 1e-6].map((by) =>
    energyAndForces(
      (r) => energyOf(r, { species: integers(8, 1) }),
      tensor(
        [
          [0, 0, 0],
          [0, 0, CUTOFF + by],
        ],
        float64,
      ),
    ),
  );
  expect(apart(near!.energies, far!.energies)).toBeLessThan(1e-12);
  expect(apart(near!.forces, far!.forces)).toBeLessThan(1e-7);
});

test("pairs beyond the cutoff change nothing", () => {
  const energyOf = network({ cutoff: 1.4 });
  const [few, all] = [energyOf(positions, { cutoff: 1.4 }), energyOf(positions)];
  expect(apart(few, all)).toBeLessThan(1e-14);
});

test("molecules of a batch don't meet, whatever their order: bits of each alone", () => {
  const energyOf = network();
  const other = take(positions, integers(2, 0, 1));
  const [kinds, charge] = [integers(8, 1, 1), tensor([1], float64)];
  const [one, two] = [
    energyAndForces((r) => energyOf(r), positions),
    energyAndForces((r) => energyOf(r, { species: kinds, charges: charge }), other),
  ];
  const batch = {
    species: concat([kinds, species], 0),
    molecules: integers(1, 1, 1, 0, 0, 0, 0, 0),
    charges: tensor([0, 1], float64),
  };
  const both = energyAndForces((r) => energyOf(r, batch), concat([other, positions], 0));
  expect(numbers(both.energies)).toEqual([...numbers(one.energies), ...numbers(two.energies)]);
  expect(numbers(both.forces)).toEqual([...numbers(two.forces), ...numbers(one.forces)]);
});

test("a charge makes a difference", () => {
  const energyOf = network();
  const charged = energyOf(positions, { charges: tensor([1], float64) });
  expect(apart(charged, energyOf(positions))).toBeGreaterThan(1e-6);
});

test("dipoles turn with the molecule, and change sign with it", () => {
  const dipoleOf = network({ head: "dipole" });
  const dipole = dipoleOf(positions);
  expect(dipole.shape).toEqual([1, 3]);
  expect(apart(dipole)).toBeGreaterThan(1e-2);
  const shifted = add(turned(positions), tensor([5, -3, 2], float64));
  expect(apart(dipoleOf(shifted), turned(dipole))).toBeLessThan(1e-12);
  expect(apart(dipoleOf(neg(positions)), neg(dipole))).toBeLessThan(1e-13);
});

test("of an ion the dipole moves with the origin, by its charge", () => {
  const dipoleOf = network({ head: "dipole" });
  const by = tensor([1, -2, 0.5], float64);
  const charges = tensor([2], float64);
  const here = dipoleOf(positions, { charges });
  const there = dipoleOf(add(positions, by), { charges });
  expect(apart(sub(there, here), tensor([[2, -4, 1]], float64))).toBeLessThan(1e-13);
});

test("scale, shift and references", () => {
  const references = [0, 1, 0, 0, 0, 0, 10, 100, 1000];
  const plain = numbers(network()(positions))[0]!;
  const given = numbers(network({ scale: 3, shift: 7, references })(positions))[0]!;
  expect(given).toBeCloseTo(3 * plain + 7 + 1112, 10);
});

test.each([
  [{ width: 128 }, 535_681],
  [{ width: 128, layers: 2 }, 769_921],
  [{ width: 256, layers: 3 }, 3_925_249],
  [{ width: 128, layers: 2, species: 100 }, 766_337],
  [{ width: 64, species: 9 }, 135_297],
])("%j has the published number of parameters: %d", (sizes, count) => {
  expect(new TensorNet({ ...sizes, cutoff: 5, random }).parameterCount()).toBe(count);
});

test.each<[string, () => unknown]>([
  [
    "TensorNet: expected width, layers, radial and species ≥ 1, got 4 and 0 and 32 and 128",
    () => new TensorNet({ width: 4, layers: 0, cutoff: 5, random }),
  ],
  [
    "TensorNet: expected a finite cutoff above 0, got 0",
    () => new TensorNet({ width: 4, cutoff: 0, random }),
  ],
  [
    'TensorNet: expected O(3), SO(3), got "E(3)"',
    () => new TensorNet({ width: 4, cutoff: 5, random, group: "E(3)" as "O(3)" }),
  ],
  [
    "TensorNet: expected references of 3 species, got 1",
    () => new TensorNet({ width: 4, cutoff: 5, species: 3, references: [1], random }),
  ],
  [
    "TensorNet: expected molecules [5], got [4]",
    () =>
      functionalCall(
        new TensorNet({ width: 4, cutoff: 5, random }),
        {},
        ...[normal(random, [5, 3]), species, zeros([2, 1], { dtype: "int32" })],
        ...[zeros([4], { dtype: "int32" }), zeros([1])],
      ),
  ],
])("%s", (message, attempt) => {
  expect(attempt).toThrow(message);
});
