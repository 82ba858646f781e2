/** @file Orders of an image's pixels over 1,024 places, and what was found of shuffled ones. */
import { rng, tensor } from "@spm/core";
import type { LabelledImages } from "@spm/data";
import { type FoundPairing, pairingFromData } from "@spm/mixer/analysis";

const SIDE = 28;
/** Pixels of an image. */
export const PIXELS = 784;
/** The places that a mixer has for them. */
export const PLACES = 1024;

/** The orders, and what each knows. */
export const pixelOrders = {
  natural: "row after row",
  grid: "row after row of a 32 × 32 grid around the image",
  "z-order": "squares of 2 × 2, 4 × 4, … of that grid",
  random: "the order that the pixels come in, drawn by the seed",
  found: "what pairingFromData finds of the pixels in the random order",
} as const;

/** One of {@link pixelOrders}. */
export type PixelOrder = keyof typeof pixelOrders;

/** The pixel of a place of the 32 × 32 grid, −1 beside the image. */
function gridPixel(row: number, column: number): number {
  const [r, c] = [row - 2, column - 2];
  return r >= 0 && r < SIDE && c >= 0 && c < SIDE ? r * SIDE + c : -1;
}

/** Every second bit of a number, from bit 0 on. */
const everySecond = (bits: number): number =>
  [0, 1, 2, 3, 4].reduce((total, k) => total + (((bits >> (2 * k)) & 1) << k), 0);

/** Pixels in a random order, as they come. */
export const shuffledPixels = (seed: number): number[] => Array.from(rng(seed).permutation(PIXELS));

/** The pixel at each of 1,024 places, −1 for none. */
export function pixelsOf(order: PixelOrder, seed: number, found: () => FoundPairing): number[] {
  const places = Array.from({ length: PLACES }, (_, place) => place);
  const shuffled = shuffledPixels(seed);
  switch (order) {
    case "natural":
      return places.map((place) => (place < PIXELS ? place : -1));
    case "grid":
      return places.map((place) => gridPixel(place >> 5, place & 31));
    case "z-order":
      return places.map((place) => gridPixel(everySecond(place >> 1), everySecond(place)));
    case "random":
      return places.map((place) => shuffled[place] ?? -1);
    default:
      return found().order.map((input) => shuffled[input] ?? -1);
  }
}

/**
 * The pairs found among the shuffled pixels of the first `count` images, by correlation; 240
 * constants fill the width up to 1,024, so that all groups of a level are of one size.
 */
export function pixelPairing(
  { pixels }: LabelledImages,
  count: number,
  samples: number,
  seed: number,
): FoundPairing {
  const shuffled = shuffledPixels(seed);
  const images = Array.from(
    rng(seed + 1)
      .permutation(count)
      .slice(0, samples),
  );
  const x = new Float32Array(images.length * PLACES);
  for (const [k, image] of images.entries())
    for (const [place, pixel] of shuffled.entries())
      x[k * PLACES + place] = pixels[image * PIXELS + pixel] ?? 0;
  const values = tensor(x, { shape: [images.length, PLACES] });
  const found = pairingFromData(values, null, { samples, permutations: 19, alpha: 0.05 });
  values.dispose();
  return found;
}

/** The share of the pairs of two pixels that touch each other, by a side or a corner. */
export function neighbours({ levels }: FoundPairing, seed: number, live: Uint8Array): number {
  const shuffled = shuffledPixels(seed);
  const distances = (levels[0]?.pairs ?? []).flatMap((pair) => {
    const pixels = pair.flat().map((input) => shuffled[input] ?? -1);
    const [a = -1, b = -1] = pixels;
    if (a < 0 || b < 0 || !live[a] || !live[b]) return [];
    const rows = Math.abs(Math.floor(a / SIDE) - Math.floor(b / SIDE));
    return [Math.max(rows, Math.abs((a % SIDE) - (b % SIDE)))];
  });
  return distances.filter((distance) => distance <= 1).length / distances.length;
}
