/** @file Colour scales as short lists of colours. */

type Rgb = readonly [number, number, number];

/** Evenly spaced colours along the anchors, from the first to the last. */
function scale(anchors: readonly string[], levels: number): readonly string[] {
  const colours = anchors.map(
    (hex): Rgb => [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16)) as never,
  );
  return Array.from({ length: levels }, (_, level) => {
    const at = (level / (levels - 1)) * (colours.length - 1);
    const low = Math.min(Math.floor(at), colours.length - 2);
    const mixed = colours[low]!.map((v, k) =>
      Math.round(v + (at - low) * (colours[low + 1]![k]! - v)),
    );
    return `#${mixed.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
  });
}

/** A scale for numbers of both signs: blue, white at 0, red. */
export const diverging: readonly string[] = scale(
  ["#16437e", "#3f7fbf", "#a7cbe3", "#f7f7f5", "#f3b89c", "#cf5246", "#7d1128"],
  31,
);

/** A scale for angles from −π to π: dark at both ends, which are the same angle, and pale at 0. */
export const cyclic: readonly string[] = scale(
  ["#2b1638", "#3d4ea0", "#7ba3c4", "#ece6e6", "#cf9275", "#a03a4f", "#2b1638"],
  31,
);

/** A scale from black to white. */
export const grey: readonly string[] = scale(["#000000", "#ffffff"], 16);

/** The colour of v on a scale over [low, high]; beyond it, that of the nearest end. */
export function colourOf(colours: readonly string[], v: number, low: number, high: number): string {
  const share = high > low ? (v - low) / (high - low) : 0.5;
  const level = Math.round(Math.min(Math.max(share, 0), 1) * (colours.length - 1));
  return colours[level]!;
}
