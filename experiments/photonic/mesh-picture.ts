/** @file A mesh drawn as the device is: modes to the right, an interferometer where two cross. */

import { tensor } from "@spm/core";
import { rotationMixer, type Schedule } from "@spm/mixer";
import { eachPair } from "@spm/mixer/extend";
import { stageAnglesPicture } from "@spm/report";
import { LIGHT, svgElement, svgPicture, svgText } from "@spm/report/draw";

/** Height of a mode, width of a layer, of the margin, in pixels; colours of angles. */
const [PITCH, LAYER, MARGIN, COLOURS] = [4, 64, 28, 24];
/** The most interferometers that are drawn one by one. */
const DRAWN = 1000;

/**
 * A mesh with its angles θ in (−π, π]. Every interferometer is a cross whose colour is its angle
 * and whose strength is |sin θ|, the share that changes the mode; a mesh of more than 1,000 is a
 * heat map instead.
 */
export function meshPicture(schedule: Schedule, angles: readonly number[], title: string): string {
  if (schedule.first.length > DRAWN) {
    const parameters = { angles: tensor([...angles]) };
    return stageAnglesPicture({ mixer: rotationMixer, schedule, parameters }, { title });
  }
  const y = (mode: number): number => MARGIN + (mode + 0.5) * PITCH;
  const x = (layer: number): number => MARGIN + layer * LAYER;
  const width = x(schedule.stages) + MARGIN;
  const below = y(schedule.n - 1) + PITCH;
  const crosses = crossesOf(schedule, angles, x, y);
  const guides = Array.from(
    { length: schedule.n },
    (_, mode) => `M${x(0)} ${y(mode)}H${x(schedule.stages)}`,
  );
  const content = [
    svgElement("rect", { width, height: below + 40, fill: LIGHT.ground }),
    svgText(MARGIN, 18, title, { "font-size": 13, "font-weight": 600 }),
    svgElement("path", { d: guides.join(""), stroke: LIGHT.ink, "stroke-opacity": 0.08 }),
    ...crosses,
    ...legend(below),
  ];
  const attributes = { "font-size": 11, color: LIGHT.ink, fill: "currentColor" };
  return svgPicture(title, { width, height: below + 40 }, attributes, content);
}

/** Lines of one colour and strength as one path each. */
function crossesOf(
  schedule: Schedule,
  angles: readonly number[],
  x: (layer: number) => number,
  y: (mode: number) => number,
): string[] {
  const paths = new Map<string, { angle: number; strength: number; lines: string[] }>();
  for (let l = 0; l < schedule.stages; l++)
    eachPair(schedule, l, (i, j, p) => {
      const angle = angles[p] ?? 0;
      const level = Math.round((COLOURS * angle) / (2 * Math.PI)) + COLOURS;
      const strength = Math.round(4 * Math.abs(Math.sin(angle))) / 4;
      if (strength === 0) return;
      const key = `${level % COLOURS} ${strength}`;
      const path = paths.get(key) ?? { angle, strength, lines: [] };
      paths.set(key, path);
      const [from, to] = [x(l) + 4, x(l + 1) - 4];
      path.lines.push(`M${from} ${y(i)}L${to} ${y(j)}M${from} ${y(j)}L${to} ${y(i)}`);
    });
  return [...paths.values()].map(({ angle, strength, lines }) =>
    svgElement("path", {
      d: lines.join(""),
      fill: "none",
      stroke: hue(angle),
      "stroke-opacity": 0.7 * strength,
      "stroke-width": 0.6,
    }),
  );
}

const hue = (angle: number): string =>
  `hsl(${Math.round((180 * angle) / Math.PI + 360) % 360} 65% 42%)`;

function legend(below: number): string[] {
  const named = ["−π", "−π/2", "0", "π/2", "π"];
  return named
    .flatMap((name, k) => {
      const at = MARGIN + 70 + 56 * k;
      return [
        svgElement("rect", {
          x: at,
          y: below + 12,
          width: 14,
          height: 10,
          fill: hue((k / 2 - 1) * Math.PI),
        }),
        svgText(at + 18, below + 21, name),
      ];
    })
    .concat(svgText(MARGIN, below + 21, "angle θ:"));
}
