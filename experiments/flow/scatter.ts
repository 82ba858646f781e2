/** @file Clouds of points side by side, as SVG. */
import type { Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { svgElement, svgPicture, svgText } from "@spm/report/draw";

const [SIDE, GAP, LEFT, TOP] = [150, 8, 96, 22];
const DOTS = {
  stroke: "#1d4ed8",
  "stroke-opacity": 0.6,
  "stroke-width": 1.6,
  "stroke-linecap": "round",
};

/** A row of clouds, [count, 2] each. */
export interface CloudRow {
  readonly name: string;
  readonly clouds: readonly Tensor[];
}

/** A table of pictures of the square from −reach to reach; every column under its name. */
export function scatterTable(
  columns: readonly string[],
  rows: readonly CloudRow[],
  reach = 3.6,
): string {
  const [width, height] = [LEFT + columns.length * (SIDE + GAP), TOP + rows.length * (SIDE + GAP)];
  const place = (v: number): number => Math.round(((v + reach) / (2 * reach)) * SIDE * 2) / 2;
  const cloud = (points: Tensor, x: number, y: number): string => {
    const data = elements(points.ndarray());
    let d = "";
    for (let i = 0; i < data.length; i += 2) {
      const [px, py] = [place(data[i]!), place(-data[i + 1]!)];
      if (px >= 0 && px <= SIDE && py >= 0 && py <= SIDE) d += `M${px} ${py}h0`;
    }
    return svgElement(
      "g",
      { transform: `translate(${x} ${y})` },
      svgElement("rect", { width: SIDE, height: SIDE, fill: "#f8fafc" }),
      svgElement("path", { d, ...DOTS }),
    );
  };
  const left = (column: number): number => LEFT + column * (SIDE + GAP);
  const heads = columns.map((name, k) =>
    svgText(left(k) + SIDE / 2, 15, name, { "text-anchor": "middle" }),
  );
  const body = rows.flatMap(({ name, clouds }, r) => {
    const y = TOP + r * (SIDE + GAP);
    return [
      svgText(LEFT - 8, y + SIDE / 2, name, { "text-anchor": "end" }),
      ...clouds.map((points, k) => cloud(points, left(k), y)),
    ];
  });
  const size = { width, height };
  return svgPicture("data and samples of each flow", size, { "font-size": 12, fill: "#0f172a" }, [
    svgElement("rect", { ...size, fill: "#ffffff" }),
    ...heads,
    ...body,
  ]);
}
