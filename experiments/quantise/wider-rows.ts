/** @file Rows of weights with a bit more, for methods without angles to take as many bytes. */
import type { QuantisedLinear } from "@spm/models";

/** Bits that say how many a row has. */
const ROW = 8;

/**
 * Gives a bit more to the rows that it brings the most, by squared error a bit, as long as there
 * are so many bits to spend.
 */
export async function widenRows(maps: readonly QuantisedLinear[], budget: number): Promise<void> {
  const gains = await Promise.all(
    maps.map(async (map) => {
      const [now, then] = [bitsOf(map), bitsOf(map) + 1].map((bits) => map.rowErrors(bits).data());
      const [errors, better] = [await now, await then];
      return Array.from({ length: map.outFeatures }, (_, row) => ({
        ...{ map, row },
        gain: ((errors?.[row] ?? 0) - (better?.[row] ?? 0)) / map.inFeatures,
      }));
    }),
  );
  const rows = maps.reduce((n, { outFeatures }) => n + outFeatures, 0);
  let left = budget - ROW * rows;
  const wide = new Map(maps.map((map) => [map, new Uint8Array(map.outFeatures).fill(bitsOf(map))]));
  for (const { map, row } of gains.flat().sort((a, b) => b.gain - a.gain)) {
    if (left < map.inFeatures) continue;
    left -= map.inFeatures;
    wide.get(map)?.fill(bitsOf(map) + 1, row, row + 1);
  }
  for (const [map, bits] of wide) map.bits = bits;
}

const bitsOf = ({ bits }: QuantisedLinear): number =>
  typeof bits === "number" ? bits : Math.min(...bits);

/**
 * Bytes that a file would take less than ours, where all codes of a matrix have the bits of its
 * widest row: with a byte a row that says how many its codes have.
 */
export function bytesSaved(maps: readonly QuantisedLinear[]): number {
  const saved = maps.map(({ bits, inFeatures }) => {
    if (typeof bits === "number") return 0;
    const most = Math.max(...bits);
    return bits.reduce((n, b) => n + (most - b) * inFeatures - ROW, 0);
  });
  return Math.floor(saved.reduce((a, b) => a + b, 0) / 8);
}
