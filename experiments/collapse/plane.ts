/** @file Features of three classes on the plane through their means at the end of training. */
import { strip, svgElement, svgPicture } from "@spm/report/draw";

/** Points of three classes at a step: x, y, x, y … of each class, its mean last. */
export interface Plane {
  readonly step: number;
  readonly classes: readonly (readonly number[])[];
}

const CLASSES = [0, 1, 2];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, v, i) => total + v * (b[i] ?? 0), 0);
const minus = (a: readonly number[], b: readonly number[], by = 1): number[] =>
  a.map((v, i) => v - by * (b[i] ?? 0));
const unit = (a: readonly number[]): number[] => a.map((v) => v / (Math.sqrt(dot(a, a)) || 1));
const meanOf = (points: readonly (readonly number[])[]): number[] =>
  (points[0] ?? []).map((_, i) => points.reduce((sum, p) => sum + (p[i] ?? 0), 0) / points.length);

/** Coordinates of features [N, d] of classes 0, 1 and 2, of all steps on the plane of the last. */
export function onPlane(
  seen: readonly { readonly step: number; readonly features: Float64Array }[],
  labels: readonly number[],
): Plane[] {
  const steps = seen.map(({ step, features }) => {
    const width = features.length / labels.length;
    const rows = labels.map((_, i) => [...features.subarray(i * width, (i + 1) * width)]);
    return { step, classes: CLASSES.map((c) => rows.filter((_, i) => labels[i] === c)) };
  });
  const [a = [], b = [], c = []] = (steps.at(-1)?.classes ?? []).map(meanOf);
  const centre = meanOf([a, b, c]);
  const first = unit(minus(a, centre));
  const across = minus(b, c);
  const second = unit(minus(across, first, dot(across, first)));
  const place = (point: readonly number[]): number[] =>
    [first, second].map((axis) => Number(dot(minus(point, centre), axis).toFixed(3)));
  return steps.map(({ step, classes }) => ({
    step,
    classes: classes.map((points) => [...points, meanOf(points)].flatMap(place)),
  }));
}

const SIZE = 150;
const COLOURS = ["#2563eb", "#d97706", "#059669"];

/** The planes side by side, each class in its colour, its mean large, means joined. */
export const planesPicture = (title: string, planes: readonly Plane[]): string =>
  strip(
    title,
    planes.map(({ step, classes }) => [`step ${step}`, planePicture(`step ${step}`, classes)]),
  );

function planePicture(title: string, classes: readonly (readonly number[])[]): string {
  const at = (v: number): number => Number((SIZE / 2 + (v * SIZE) / 2.1).toFixed(1));
  const pairs = classes.map((points) =>
    points.flatMap((x, k) => (k % 2 === 0 ? [[at(x), at(points[k + 1] ?? 0)] as const] : [])),
  );
  const means = pairs.map((points) => points.at(-1) ?? [0, 0]);
  return svgPicture(title, { width: SIZE, height: SIZE }, {}, [
    svgElement("polygon", {
      points: means.map(([x, y]) => `${x},${y}`).join(" "),
      fill: "none",
      stroke: "currentColor",
      "stroke-opacity": 0.4,
    }),
    ...pairs.map((points, c) =>
      svgElement(
        "g",
        { fill: COLOURS[c] ?? "#111827", "fill-opacity": 0.7 },
        ...points.map(([cx, cy], k) =>
          svgElement("circle", { cx, cy, r: k === points.length - 1 ? 5 : 1.6 }),
        ),
      ),
    ),
  ]);
}
