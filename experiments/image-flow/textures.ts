/** @file Periodic textures: sums of waves on a torus, in colours. */
import { type Rng, type Tensor, tensor } from "@spm/core";

const WAVES = 4;
/** The greatest frequency along an axis, in periods a side. */
const HIGHEST = 3;
const GREY = 128;
/** Of a wave of one period a side; others are lower as their frequency is higher. */
const AMPLITUDE = 60;

/** A wave: periods along both axes, phase, amplitude in each colour. */
interface Wave {
  readonly across: number;
  readonly down: number;
  readonly phase: number;
  readonly colours: readonly number[];
}

function drawWave(random: Rng): Wave {
  const frequency = (): number => random.integer(2 * HIGHEST + 1) - HIGHEST;
  let [across, down] = [frequency(), frequency()];
  while (across === 0 && down === 0) [across, down] = [frequency(), frequency()];
  const amplitude = (AMPLITUDE * random.normal()) / Math.hypot(across, down);
  const colours = [0, 1, 2].map(() => amplitude * (1 + 0.4 * random.normal()));
  return { across, down, phase: 2 * Math.PI * random.uniform(), colours };
}

/**
 * New images [count, 3, side, side] of whole numbers 0 … 255: a grey with four cosines of random
 * whole frequencies, so that opposite borders fit.
 */
export function textures(count: number, side: number, random: Rng): Tensor {
  const pixels = new Float32Array(count * 3 * side * side);
  let at = 0;
  for (let image = 0; image < count; image++) {
    const waves = Array.from({ length: WAVES }, () => drawWave(random));
    for (let colour = 0; colour < 3; colour++)
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const value = waves.reduce((sum, { across, down, phase, colours }) => {
            const turn = (2 * Math.PI * (across * x + down * y)) / side;
            return sum + (colours[colour] ?? 0) * Math.cos(turn + phase);
          }, GREY);
          pixels[at++] = Math.min(255, Math.max(0, Math.round(value)));
        }
  }
  return tensor(pixels, { shape: [count, 3, side, side] });
}
