/** @file The picture of a found pairing: shuffled inputs, the tree over them, what it is worth. */
import { LIGHT, svgElement, svgPicture, svgText } from "@spm/report/draw";
import { spreadOf } from "../parts/statistics.ts";
import type { PairingRecord } from "./records.ts";

/** A row of the bars: shares of right answers by seed. */
export interface Bar {
  readonly name: string;
  readonly shares: readonly number[];
  /** Whether it is drawn in the first colour. */
  readonly ours: boolean;
}

/** Sizes, in user units. */
const [LEFT, TOP, FAN, LEVEL, BARS, NAMES, GAP] = [56, 64, 96, 44, 210, 200, 56];

const { ink, grid, models } = LIGHT;
const [OURS = ink, WRONG = ink, THEIRS = ink] = [models[0], models[1], models[4]];

const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
  svgElement("path", { d: `M${x1} ${y1}L${x2} ${y2}`, stroke, fill: "none" });

/** The height of each group's line, by its least input. */
type Heights = Map<number, number>;

const least = (group: readonly number[]): number => Math.min(...group);

/** The inputs in the found order: both sides of the pairs, from the last level down. */
function foundOrder({ pairs, places }: PairingRecord): number[] {
  const orders = new Map(places.map((_, input) => [input, [input]]));
  for (const level of pairs)
    for (const pair of level) {
      const order = pair.flatMap((group) => orders.get(least(group)) ?? []);
      orders.set(least(order), order);
    }
  return orders.get(0) ?? [];
}

/** Lines from the places where inputs come in to those in the found order, and their numbers. */
function fan({ places }: PairingRecord, order: readonly number[], step: number): string[] {
  const y = (k: number): number => TOP + (k + 0.5) * step;
  return order.flatMap((input, k) => [
    line(LEFT, y(input), LEFT + FAN, y(k), grid),
    svgText(LEFT - 8, y(input) + 4, String((places[input] ?? 0) + 1), { "text-anchor": "end" }),
    svgText(LEFT + FAN + 4, y(k) + 4, String((places[input] ?? 0) + 1)),
  ]);
}

/** The pairs of all levels, in blue where the group is one of the hierarchy, else in orange. */
function tree(record: PairingRecord, order: readonly number[], step: number): string[] {
  const { pairs, places } = record;
  const heights: Heights = new Map(order.map((input, k) => [input, TOP + (k + 0.5) * step]));
  const start = LEFT + FAN + 26;
  return pairs.flatMap((level, l) =>
    level.map((pair) => {
      const whole = pair.flat();
      const size = 2 ** (l + 1);
      const blocks = new Set(whole.map((input) => Math.floor((places[input] ?? 0) / size)));
      const stroke = blocks.size === 1 ? OURS : WRONG;
      const [x, next] = [start + l * LEVEL, start + (l + 1) * LEVEL];
      const [a = 0, b = 0] = pair.map((group) => heights.get(least(group)) ?? 0);
      const middle = (a + b) / 2;
      heights.set(least(whole), middle);
      return svgElement("path", {
        d: `M${x} ${a}H${next - 10}V${b}H${x}M${next - 10} ${middle}H${next}`,
        ...{ stroke, fill: "none", "stroke-width": 2 },
      });
    }),
  );
}

/** Accuracies as bars, a dot for each seed. */
function barChart(bars: readonly Bar[], left: number, height: number): string[] {
  const step = height / Math.max(1, bars.length);
  const thick = Math.min(16, step * 0.6);
  return bars.flatMap(({ name, shares, ours }, k) => {
    const y = TOP + (k + 0.5) * step;
    const mean = spreadOf(shares)?.mean ?? 0;
    const [x, fill] = [left + NAMES, ours ? OURS : THEIRS];
    return [
      svgText(x - 8, y + 4, name, { "text-anchor": "end" }),
      svgElement("rect", { x, y: y - thick / 2, width: BARS, height: thick, fill: "#eef1f4" }),
      svgElement("rect", { x, y: y - thick / 2, width: BARS * mean, height: thick, fill }),
      ...shares.map((share) => svgElement("circle", { cx: x + BARS * share, cy: y, r: 2.5 })),
      svgText(x + BARS + 8, y + 4, `${(100 * mean).toFixed(1)} %`),
    ];
  });
}

/** An SVG of both halves. */
export function pairingPicture(record: PairingRecord, bars: readonly Bar[], title: string): string {
  const { n, pairs } = record;
  const height = Math.max(12 * n, 22 * bars.length, 160);
  const order = foundOrder(record);
  const step = height / n;
  const right = LEFT + FAN + 26 + pairs.length * LEVEL + GAP;
  const size = { width: right + NAMES + BARS + 70, height: TOP + height + 16 };
  const head = { "font-weight": 600 };
  return svgPicture(title, size, { fill: ink, "font-size": 13, "font-family": "sans-serif" }, [
    svgElement("rect", { ...size, fill: "#ffffff" }),
    svgText(16, 24, "inputs as they come", head),
    svgText(LEFT + FAN + 26, 24, "pairs found from them", head),
    svgText(right, 24, "accuracy on test samples", head),
    svgText(16, 44, "their true places", { fill: "#57606a" }),
    svgText(LEFT + FAN + 26, 44, "level by level", { fill: "#57606a" }),
    svgText(right, 44, title, { fill: "#57606a" }),
    ...fan(record, order, step),
    ...tree(record, order, step),
    ...barChart(bars, right, height),
  ]);
}
