/** @file The angles of a mixer's blocks, stage by stage. */
import { noGrad } from "@spm/core";
import { elements } from "@spm/core/extend";
import { type Factors, rotation, toGeneral } from "@spm/mixer";
import { eachPair } from "@spm/mixer/extend";
import { svgText } from "../svg.ts";
import { cyclic } from "./colours.ts";
import { framed, type PictureOptions, titleOf } from "./frame.ts";
import { type ColourScale, colourBar, heatMap } from "./heat-map.ts";

/**
 * The angle of every pair, in (−π, π]: the parameter of a kind that has one, otherwise the angle of
 * the nearest rotation, which for a block [a, b; c, d] is atan2(c − b, a + d). CPU backends only.
 *
 * @param factors - a mixer of W [out, in]
 * @returns a row for each stage, in the order of the schedule's pairs
 * @example
 * ```ts
 * import { hadamard } from "@spm/mixer";
 * import { stageAngles } from "@spm/report/draw";
 * console.log(stageAngles(hadamard(4)).length); // 2
 * ```
 */
export function stageAngles(factors: Factors): number[][] {
  const { schedule, mixer, parameters } = factors;
  const own = parameters[mixer.parameterisation.angle ?? ""];
  const angles = own ? elements(own.ndarray()).slice() : nearestAngles(factors);
  return Array.from({ length: schedule.stages }, (_, l) => {
    const row: number[] = [];
    eachPair(schedule, l, (_i, _j, p) => row.push(wrapped(angles[p] ?? 0)));
    return row;
  });
}

function nearestAngles(factors: Factors): Float64Array {
  const blocks = noGrad(() => elements(toGeneral(factors).parameters.blocks.ndarray()).slice());
  const scales = new Float64Array(factors.schedule.unpaired.length);
  return rotation.nearest(Float64Array.from(blocks), scales).angles;
}

const wrapped = (angle: number): number => Math.atan2(Math.sin(angle), Math.cos(angle));

/**
 * A heat map of {@link stageAngles}, a row a stage, the first at the top. Pale is no rotation, dark
 * half a turn. CPU backends only.
 *
 * @param factors - a mixer of W [out, in]
 * @param options - `title` (default `"angle of each pair"`)
 * @returns an SVG
 * @throws OptionError for an unknown option
 * @example
 * ```ts
 * import { hadamard } from "@spm/mixer";
 * import { stageAnglesPicture } from "@spm/report";
 * const svg = stageAnglesPicture(hadamard(8));
 * ```
 */
export function stageAnglesPicture(factors: Factors, options: PictureOptions = {}): string {
  const title = titleOf("stageAnglesPicture", options, "angle of each pair");
  const rows = stageAngles(factors);
  const columns = Math.max(...rows.map((row) => row.length), 1);
  const width = Math.min(Math.max(400 / columns, 2), 28);
  const height = Math.min(Math.max(160 / rows.length, 4), 24);
  const [left, right, below] = [58, columns * width + 58, rows.length * height];
  const scale: ColourScale = { colours: cyclic, low: -Math.PI, high: Math.PI };
  const named = rows.flatMap((_, l) =>
    l === 0 || l === rows.length - 1
      ? [svgText(left - 6, (l + 0.5) * height + 4, `stage ${l + 1}`, { "text-anchor": "end" })]
      : [],
  );
  return framed(right + 60, Math.max(below, 60) + 20, title, [
    heatMap(rows, scale, { x: left, y: 0, width, height }),
    ...named,
    svgText(left, below + 15, `pair 1 to ${columns}`),
    colourBar(scale, right + 16, Math.max(below, 60), ["−π", "π"]),
  ]);
}
