/**
 * @file The picture of a butterfly, drawn from the schedule itself: `docs/images/butterfly.svg`.
 */
import { butterfly } from "@spm/mixer";
import { pairsOf } from "@spm/mixer/extend";

const n = 8;
const [left, top, step, row] = [70, 56, 150, 34];
const x = (stage: number): number => left + stage * step;
const y = (i: number): number => top + i * row;

/**
 * The butterfly of width 8 as SVG: a column for each z_l, two crossing lines for each pair, that of
 * (0, 1), (0, 2), (0, 4) in colour.
 */
export function butterflyFigure(): string {
  const stages = pairsOf(butterfly(n));
  const [width, height] = [x(stages.length) + left, y(n - 1) + 24];
  const lines = stages.flatMap((pairs, l) =>
    pairs.flatMap(([i, j]) => {
      const kind = i === 0 ? ' class="one"' : "";
      return [i, j].flatMap((from) =>
        [i, j].map(
          (to) => `<line${kind} x1="${x(l)}" y1="${y(from)}" x2="${x(l + 1)}" y2="${y(to)}"/>`,
        ),
      );
    }),
  );
  const columns = Array.from({ length: stages.length + 1 }, (_, l) => l);
  const dots = columns.flatMap((l) =>
    Array.from({ length: n }, (_, i) => `<circle cx="${x(l)}" cy="${y(i)}" r="4"/>`),
  );
  const text = (at: number, line: number, anchor: string, value: string) =>
    `<text x="${at}" y="${line}" text-anchor="${anchor}">${value}</text>`;
  const names = columns.map((l) =>
    text(x(l), top - 32, "middle", l === 0 ? "z₀ = d_in ⊙ x" : `z${"₀₁₂₃"[l]}`),
  );
  const distances = stages.map((_, l) =>
    text(x(l) + step / 2, top - 14, "middle", `distance ${2 ** l}`),
  );
  const indices = Array.from({ length: n }, (_, i) => [
    text(left - 14, y(i) + 4, "end", i.toString(2).padStart(3, "0")),
    text(x(stages.length) + 14, y(i) + 4, "start", i.toString(2).padStart(3, "0")),
  ]).flat();
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const description =
    "Three stages pair coordinates at distance 1, 2 and 4, " +
    "whose binary indices differ in one bit; every output sees every input along one path.";
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>A butterfly over 8 coordinates</title>
<desc>${description}</desc>
<style>
line { stroke: #7a869a; stroke-width: 1.2 }
line.one { stroke: #d9480f; stroke-width: 2.4 }
circle { fill: #3b5bdb }
text { font: 13px system-ui, sans-serif; fill: #5c6778 }
</style>
${[...lines, ...dots, ...names, ...distances, ...indices].join("\n")}
</svg>
`;
}
