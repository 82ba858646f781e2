/** @file A drawing as the images of MNIST are: in a box of 20 pixels, its mass in the middle. */

/** The sides of the image and of the box in it. */
const [SIDE, BOX] = [28, 20];

/** The first and last index with ink along an axis, −1 without any. */
function span(side: number, inked: (k: number) => boolean): readonly [number, number] {
  const all = Array.from({ length: side }, (_, k) => k).filter(inked);
  return [all[0] ?? -1, all.at(-1) ?? -1];
}

/**
 * A drawing scaled so that its longer side is 20 pixels, each the mean of what lies under it, and
 * shifted so that its centre of mass is in the middle of 28 × 28 pixels.
 * @param pixels - a square, row by row, 0 for paper to 1 for ink
 * @returns [784] in 0 … 1; zeros for an empty drawing
 */
export function centredDigit(pixels: Float32Array): Float32Array {
  const side = Math.round(Math.sqrt(pixels.length));
  const ink = (r: number, c: number): number =>
    r < 0 || c < 0 || r >= side || c >= side ? 0 : (pixels[r * side + c] ?? 0);
  const some = Array.from({ length: side }, (_, k) => k);
  const [top, bottom] = span(side, (r) => some.some((c) => ink(r, c) > 0));
  const [left, right] = span(side, (c) => some.some((r) => ink(r, c) > 0));
  const image = new Float32Array(SIDE * SIDE);
  if (top < 0) return image;
  const scale = Math.max(bottom - top + 1, right - left + 1) / BOX;
  // The centre of mass, in pixels of the drawing.
  let [mass, down, across] = [0, 0, 0];
  for (const r of some)
    for (const c of some) {
      mass += ink(r, c);
      down += ink(r, c) * (r + 0.5);
      across += ink(r, c) * (c + 0.5);
    }
  const [row, column] = [down / mass, across / mass];
  const parts = Math.max(1, Math.ceil(scale)); // points of a pixel along each axis
  for (let r = 0; r < SIDE; r++)
    for (let c = 0; c < SIDE; c++) {
      let sum = 0;
      for (let i = 0; i < parts; i++)
        for (let j = 0; j < parts; j++) {
          const y = row + (r + (i + 0.5) / parts - SIDE / 2) * scale;
          const x = column + (c + (j + 0.5) / parts - SIDE / 2) * scale;
          sum += ink(Math.floor(y), Math.floor(x));
        }
      image[r * SIDE + c] = sum / parts ** 2;
    }
  return image;
}
