/**
 * @file The picture of a butterfly, drawn from the schedule itself: `docs/images/butterfly.svg`.
 */
import { butterfly } from "@spm/mixer";
import { pairsOf } from "@spm/mixer/extend";
import { LIGHT, svgElement, svgPicture, svgText } from "@spm/report/draw";

const n = 8;
const [left, top, step, row] = [70, 56, 150, 34];
const x = (stage: number): number => left + stage * step;
const y = (i: number): number => top + i * row;

const STYLE = `
line { stroke: #7a869a; stroke-width: 1.2 }
line.one { stroke: #d9480f; stroke-width: 2.4 }
circle { fill: #3b5bdb }
text { font-size: 13px }
`;

/**
 * The butterfly of width 8 as SVG: a column for each z_l, two crossing lines for each pair, that of
 * (0, 1), (0, 2), (0, 4) in colour.
 */
export function butterflyFigure(): string {
  const stages = pairsOf(butterfly(n));
  const [width, height] = [x(stages.length) + left, y(n - 1) + 24];
  const lines = stages.flatMap((pairs, l) =>
    pairs.flatMap(([i, j]) => {
      const kind = i === 0 ? "one" : undefined;
      return [i, j].flatMap((from) =>
        [i, j].map((to) =>
          svgElement("line", { class: kind, x1: x(l), y1: y(from), x2: x(l + 1), y2: y(to) }),
        ),
      );
    }),
  );
  const columns = Array.from({ length: stages.length + 1 }, (_, l) => l);
  const coordinates = Array.from({ length: n }, (_, i) => i);
  const dots = columns.flatMap((l) =>
    coordinates.map((i) => svgElement("circle", { cx: x(l), cy: y(i), r: 4 })),
  );
  const [middle, end] = [{ "text-anchor": "middle" }, { "text-anchor": "end" }];
  const names = columns.map((l) =>
    svgText(x(l), top - 32, l === 0 ? "z₀ = d_in ⊙ x" : `z${"₀₁₂₃"[l]}`, middle),
  );
  const distances = stages.map((_, l) =>
    svgText(x(l) + step / 2, top - 14, `distance ${2 ** l}`, middle),
  );
  const indices = coordinates.flatMap((i) => {
    const bits = i.toString(2).padStart(3, "0");
    return [
      svgText(left - 14, y(i) + 4, bits, end),
      svgText(x(stages.length) + 14, y(i) + 4, bits),
    ];
  });
  const description =
    "Three stages pair coordinates at distance 1, 2 and 4, " +
    "whose binary indices differ in one bit; every output sees every input along one path.";
  return `${svgPicture("A butterfly over 8 coordinates", { width, height }, { fill: "#5c6778" }, [
    svgElement("desc", {}, description),
    svgElement("style", {}, STYLE),
    svgElement("rect", { width, height, fill: LIGHT.ground }),
    ...lines,
    ...dots,
    ...names,
    ...distances,
    ...indices,
  ])}\n`;
}
