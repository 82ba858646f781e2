/** @file The ten digits as lines that a hand draws, in parts of the side of a square. */

/** A place: to the right, and down. */
type Place = readonly [number, number];

/** A stroke: the pen goes from place to place without being lifted. */
export type Stroke = readonly Place[];

/** Places of a circle between two angles, in radians, clockwise from the top. */
const arc = (x: number, y: number, radius: number, from = 0, to = 2 * Math.PI): Place[] =>
  Array.from({ length: 21 }, (_, k) => {
    const angle = from + ((to - from) * k) / 20;
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  });

const line = (...numbers: readonly number[]): Place[] =>
  Array.from({ length: numbers.length / 2 }, (_, k) => [
    numbers[2 * k] ?? 0,
    numbers[2 * k + 1] ?? 0,
  ]);

/** The strokes of each digit. */
export const digitStrokes: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.3)],
  [line(0.5, 0.15, 0.5, 0.85)],
  [[...arc(0.5, 0.35, 0.2, -1.5, 2.2), ...line(0.28, 0.8, 0.75, 0.8)]],
  [[...arc(0.48, 0.32, 0.17, -1.5, 3), ...arc(0.48, 0.68, 0.19, 0.1, 4.2)]],
  [line(0.4, 0.15, 0.3, 0.55, 0.75, 0.55), line(0.62, 0.15, 0.62, 0.9)],
  [[...line(0.7, 0.2, 0.38, 0.2, 0.36, 0.45), ...arc(0.5, 0.62, 0.2, -0.6, 3.8)]],
  [[...line(0.6, 0.15, 0.4, 0.45), ...arc(0.5, 0.68, 0.18, -1.5, 4.7)]],
  [line(0.25, 0.2, 0.75, 0.2, 0.4, 0.9)],
  [[...arc(0.5, 0.32, 0.16, 3.14, -3.14), ...arc(0.5, 0.68, 0.19)]],
  [[...arc(0.5, 0.35, 0.18, 1.5, 7.8), ...line(0.66, 0.9)]],
];
