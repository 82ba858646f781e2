/** @file The images: digits from disk, and textures that are drawn. */
import { type Rng, rng, type Tensor, tensor } from "@spm/core";
import { loadMnist } from "@spm/data/mnist";
import { textures } from "./textures.ts";

/** Images as whole numbers 0 … 255, [count, channels, height, width]. */
export interface Images {
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Times that the flow squeezes them. */
  readonly levels: number;
  /** To train on. */
  readonly draw: (count: number, random: Rng) => Tensor;
  /** To choose rates by. */
  readonly held: Tensor;
  readonly test: Tensor;
}

/** The names of the sets of images. */
export const imageNames: readonly ["mnist", "textures"] = ["mnist", "textures"];

/** One of {@link imageNames}. */
export type ImageName = (typeof imageNames)[number];

/** Seeds of the textures that no run trains on. */
const HELD = 1e6;
const TEST = 2e6;

/** A set of images with `held` and `tested` of those that are not trained on. */
export async function loadImages(name: ImageName, held: number, tested: number): Promise<Images> {
  return name === "mnist" ? digits(held, tested) : periodic(held, tested);
}

function periodic(held: number, tested: number): Images {
  const side = 32;
  return {
    shape: [3, side, side],
    levels: 4,
    draw: (count, random) => textures(count, side, random),
    held: textures(held, side, rng(HELD)),
    test: textures(tested, side, rng(TEST)),
  };
}

/** Trained on are the first images of the training set, all but the held ones. */
async function digits(held: number, tested: number): Promise<Images> {
  const side = 28;
  const size = side * side;
  const { train, test } = await loadMnist();
  const chosen = (pixels: Uint8Array, places: readonly number[]): Tensor => {
    const values = new Float32Array(places.length * size);
    for (const [k, place] of places.entries())
      values.set(pixels.subarray(place * size, (place + 1) * size), k * size);
    return tensor(values, { shape: [places.length, 1, side, side] });
  };
  const range = (start: number, count: number) =>
    Array.from({ length: count }, (_, k) => start + k);
  const trained = train.count - held;
  return {
    shape: [1, side, side],
    levels: 2,
    draw: (count, random) =>
      chosen(
        train.pixels,
        Array.from({ length: count }, () => random.integer(trained)),
      ),
    held: chosen(train.pixels, range(trained, held)),
    test: chosen(test.pixels, range(0, tested)),
  };
}
