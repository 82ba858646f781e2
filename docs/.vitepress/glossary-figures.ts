/** @file The pictures of docs/glossary.md: pairs of a schedule, and boxes with arrows. */
import { butterfly } from "@spm/mixer";
import { pairsOf } from "@spm/mixer/extend";
import { LIGHT, svgElement, svgPicture, svgText } from "@spm/report/draw";

const [BLUE = "", ORANGE = ""] = LIGHT.models;

/** A picture on a ground of its own. */
function drawn(title: string, width: number, height: number, content: readonly string[]): string {
  const ground = svgElement("rect", { width, height, fill: LIGHT.ground });
  const attributes = { "font-size": 13, fill: LIGHT.ink };
  return `${svgPicture(title, { width, height }, attributes, [ground, ...content])}\n`;
}

const segment = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
  svgElement("line", { x1, y1, x2, y2, stroke, "stroke-width": 2 });

const n = 8;
const stages = pairsOf(butterfly(n));
const row = (i: number): number => 30 + 26 * i;
const HEIGHT = row(n - 1) + 30;

/** The coordinates as lines from left to right, each with its name in front. */
const coordinates = (width: number): string[] =>
  Array.from({ length: n }, (_, i) => [
    svgText(24, row(i) + 4, String(i), { "text-anchor": "end" }),
    segment(34, row(i), width - 16, row(i), LIGHT.grid),
  ]).flat();

/** A pair as a joint between the lines of its coordinates. */
const joint = (x: number, i: number, j: number, colour: string): string[] => [
  segment(x, row(i), x, row(j), colour),
  svgElement("circle", { cx: x, cy: row(i), r: 4.5, fill: colour }),
  svgElement("circle", { cx: x, cy: row(j), r: 4.5, fill: colour }),
];

/** A stage's pairs beside each other, as far as they would cross. */
const stage = (x: number, pairs: readonly (readonly [i: number, j: number])[]): string[] =>
  pairs.flatMap(([i, j]) => joint(x + 14 * (i % (j - i)), i, j, i === 0 ? ORANGE : BLUE));

const pair = drawn("A pair: two coordinates and the block that mixes them", 420, HEIGHT, [
  ...coordinates(220),
  ...joint(110, 0, 1, ORANGE),
  svgText(236, row(0) + 4, "y₀ = a x₀ + b x₁"),
  svgText(236, row(1) + 4, "y₁ = c x₀ + d x₁"),
  svgText(236, row(5) + 4, "no partner in this picture:"),
  svgText(236, row(6) + 4, "these pass"),
]);

const one = drawn("A stage: four disjoint pairs of eight coordinates", 420, HEIGHT, [
  ...coordinates(220),
  ...stage(110, stages[1] ?? []),
  svgText(236, row(0) + 4, "four pairs, none shares"),
  svgText(236, row(1) + 4, "a coordinate with another:"),
  svgText(236, row(2) + 4, "0 2, 1 3, 4 6, 5 7"),
]);

const schedule = drawn("A schedule: the pairs of three stages", 420, HEIGHT + 20, [
  ...coordinates(420),
  ...stages.flatMap((pairs, l) => [
    ...stage(80 + 120 * l, pairs),
    svgText(80 + 120 * l, HEIGHT + 6, `distance ${2 ** l}`, { "text-anchor": "middle" }),
  ]),
]);

/** A named box, 90 wide, around (x, y). */
const box = (x: number, y: number, name: string): string[] => [
  svgElement("rect", {
    x: x - 45,
    y: y - 18,
    width: 90,
    height: 36,
    rx: 6,
    fill: LIGHT.ground,
    stroke: LIGHT.ink,
  }),
  svgText(x, y + 5, name, { "text-anchor": "middle" }),
];

/** An arrow with what it carries above it. */
function arrow(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  carries: string,
  colour: string,
): string[] {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const wing = (turn: number): string =>
    segment(x2, y2, x2 - 8 * Math.cos(angle + turn), y2 - 8 * Math.sin(angle + turn), colour);
  const beside =
    x1 === x2 ? { x: x1 + 8, anchor: "start" } : { x: (x1 + x2) / 2, anchor: "middle" };
  return [
    segment(x1, y1, x2, y2, colour),
    wing(0.5),
    wing(-0.5),
    svgText(beside.x, (y1 + y2) / 2 - (x1 === x2 ? -4 : 7), carries, {
      "text-anchor": beside.anchor,
    }),
  ];
}

const residual = drawn("A residual goes from a forward to its own backward", 460, 190, [
  ...box(220, 40, "forward"),
  ...box(220, 150, "backward"),
  ...arrow([60, 40], [172, 40], "x", BLUE),
  ...arrow([268, 40], [400, 40], "y", BLUE),
  ...arrow([220, 60], [220, 130], "residual", LIGHT.ink),
  ...arrow([400, 150], [268, 150], "ȳ", ORANGE),
  ...arrow([172, 150], [60, 150], "x̄", ORANGE),
]);

const cotangent = drawn("Values run forward, cotangents run back", 560, 150, [
  ...box(155, 40, "y = f(x)"),
  ...box(345, 40, "loss = g(y)"),
  ...box(155, 120, "(∂y/∂x)ᵀ ȳ"),
  ...box(345, 120, "(∂loss/∂y)ᵀ"),
  ...arrow([30, 40], [107, 40], "x", BLUE),
  ...arrow([203, 40], [297, 40], "y", BLUE),
  ...arrow([393, 40], [520, 40], "loss", BLUE),
  ...arrow([520, 120], [393, 120], "1", ORANGE),
  ...arrow([297, 120], [203, 120], "ȳ, like y", ORANGE),
  ...arrow([107, 120], [30, 120], "x̄, like x", ORANGE),
]);

/** The pictures by the names of their files. */
export const glossaryFigures: Readonly<Record<string, string>> = {
  "glossary-pair.svg": pair,
  "glossary-stage.svg": one,
  "glossary-schedule.svg": schedule,
  "glossary-residual.svg": residual,
  "glossary-cotangent.svg": cotangent,
};
