/** @file Clouds of points side by side, as SVG. */
import type { Tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { escapeXml } from "@spm/report";

const [SIDE, GAP, LEFT, TOP] = [150, 8, 96, 22];

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
    let path = "";
    for (let i = 0; i < data.length; i += 2) {
      const [px, py] = [place(data[i]!), place(-data[i + 1]!)];
      if (px >= 0 && px <= SIDE && py >= 0 && py <= SIDE) path += `M${px} ${py}h0`;
    }
    return (
      `<g transform="translate(${x} ${y})"><rect width="${SIDE}" ` +
      `height="${SIDE}" fill="#f8fafc"/><path d="${path}" stroke="#1d4ed8" ` +
      'stroke-opacity="0.6" stroke-width="1.6" stroke-linecap="round"/></g>'
    );
  };
  const heads = columns.map(
    (name, k) =>
      `<text x="${LEFT + k * (SIDE + GAP) + SIDE / 2}" ` +
      `y="15" text-anchor="middle">${escapeXml(name)}</text>`,
  );
  const body = rows.flatMap(({ name, clouds }, r) => {
    const y = TOP + r * (SIDE + GAP);
    return [
      `<text x="${LEFT - 8}" y="${y + SIDE / 2}" text-anchor="end">${escapeXml(name)}</text>`,
      ...clouds.map((points, k) => cloud(points, LEFT + k * (SIDE + GAP), y)),
    ];
  });
  const title = "data and samples of each flow";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" ` +
    `font-size="12" fill="#0f172a"><title>${title}</title><rect width="${width}" ` +
    `height="${height}" fill="#ffffff"/>${[...heads, ...body].join("\n")}</svg>`
  );
}
