/** @file Points in the plane from four densities far from Gaussian. */
import { type Rng, type Tensor, tensor } from "@spm/core";
import { ValueError } from "@spm/core/extend";

/** One point, with the number of the arm, moon, ring or square that it belongs to. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly part: number;
}

const noisy = (random: Rng, x: number, y: number, part: number, deviation: number): Point => ({
  x: x + deviation * random.normal(),
  y: y + deviation * random.normal(),
  part,
});

const draws: Readonly<Record<string, (random: Rng) => Point>> = {
  /** Two interleaved half circles of radius 1.6. */
  moons(random) {
    const part = random.uniform() < 0.5 ? 0 : 1;
    const turn = Math.PI * random.uniform();
    const [x, y] = [1.6 * Math.cos(turn), 1.6 * Math.sin(turn)];
    return part === 0
      ? noisy(random, x - 0.8, y - 0.4, 0, 0.15)
      : noisy(random, 0.8 - x, 0.4 - y, 1, 0.15);
  },
  /** Circles of radius 1 and 2.4. */
  rings(random) {
    const part = random.uniform() < 0.5 ? 0 : 1;
    const turn = 2 * Math.PI * random.uniform();
    const radius = part === 0 ? 1 : 2.4;
    return noisy(random, radius * Math.cos(turn), radius * Math.sin(turn), part, 0.12);
  },
  /** Every second square of 1.5 on a board from −3 to 3. */
  checkerboard(random) {
    const part = random.integer(8);
    const row = part >> 1;
    const column = 2 * (part & 1) + (row & 1);
    return {
      x: 1.5 * (column + random.uniform()) - 3,
      y: 1.5 * (row + random.uniform()) - 3,
      part,
    };
  },
  /** Two arms that wind once and a half around the middle. */
  spirals(random) {
    const part = random.uniform() < 0.5 ? 0 : 1;
    const turn = 3 * Math.PI * Math.sqrt(random.uniform());
    const radius = (2.8 * turn) / (3 * Math.PI) + 0.15;
    const angle = turn + part * Math.PI;
    return noisy(random, radius * Math.cos(angle), radius * Math.sin(angle), part, 0.08);
  },
};

/** The names of the densities. */
export const planarNames: readonly string[] = Object.keys(draws);

/**
 * Independent points.
 * @returns points [count, 2], within about 3.5 of the middle, and the part of each, [count] of
 * int32
 * @throws ValueError for an unknown name
 */
export function planarPoints(
  name: string,
  count: number,
  random: Rng,
): { points: Tensor; parts: Tensor } {
  const draw = draws[name];
  if (draw === undefined)
    throw new ValueError("planarPoints", `one of ${planarNames.join(", ")}`, `"${name}"`);
  const points = new Float32Array(2 * count);
  const parts = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const { x, y, part } = draw(random);
    points.set([x, y], 2 * i);
    parts[i] = part;
  }
  return { points: tensor(points, { shape: [count, 2] }), parts: tensor(parts) };
}
