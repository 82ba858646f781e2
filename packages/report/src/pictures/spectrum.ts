/** @file Eigenvalues and singular values of a matrix as a picture. */
import type { Tensor } from "@spm/core";
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { shifted, svgElement, svgText } from "../svg.ts";
import { framed, type PictureOptions, titleOf } from "./frame.ts";
import { matrixRows } from "./matrix.ts";

/** The eigenvalues and singular values of a matrix. */
export interface Spectrum {
  /** [real, imaginary]; null unless the matrix is square. */
  readonly eigenvalues: readonly (readonly [number, number])[] | null;
  /** Descending. */
  readonly singularValues: readonly number[];
}

/**
 * The spectrum of W [out, in], in float64. Cost O(n³).
 *
 * @throws ShapeError unless W has two axes
 * @example
 * ```ts
 * import { eye } from "@spm/core";
 * import { spectrum } from "@spm/report/draw";
 * console.log(spectrum(eye(2)).singularValues); // [1, 1]
 * ```
 */
export function spectrum(w: Tensor): Spectrum {
  const matrix = new Matrix(matrixRows(w));
  const { diagonal } = new SingularValueDecomposition(matrix, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  const singularValues = [...diagonal].sort((a, b) => b - a);
  if (!matrix.isSquare()) return { eigenvalues: null, singularValues };
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix);
  return {
    eigenvalues: realEigenvalues.map((re, k) => [re, imaginaryEigenvalues[k]!]),
    singularValues,
  };
}

/**
 * A picture of the {@link spectrum} of W [out, in]: eigenvalues in the complex plane with the unit
 * circle, and singular values in descending order. Those of an orthogonal matrix are on the circle
 * and 1. Cost O(n³).
 *
 * @param options - `title` (default `"spectrum"`)
 * @returns an SVG
 * @throws ShapeError unless W has two axes; OptionError for an unknown option
 * @example
 * ```ts
 * import { eye } from "@spm/core";
 * import { spectrumPicture } from "@spm/report";
 * const svg = spectrumPicture(eye(8), { title: "the identity" });
 * ```
 */
export function spectrumPicture(w: Tensor, options: PictureOptions = {}): string {
  const title = titleOf("spectrumPicture", options, "spectrum");
  const { eigenvalues, singularValues } = spectrum(w);
  const plane = eigenvalues === null ? [] : [complexPlane(eigenvalues)];
  const shift = eigenvalues === null ? 0 : SIDE + 50;
  return framed(shift + SIDE + 46, SIDE + 20, title, [
    ...plane,
    shifted(shift, 0, descent(singularValues)),
  ]);
}

const SIDE = 200;
const LINE = { stroke: "currentColor", "stroke-opacity": 0.35, fill: "none" };

const dots = (places: readonly (readonly [x: number, y: number])[]): string =>
  svgElement(
    "g",
    { fill: "#2563eb", "fill-opacity": 0.75 },
    ...places.map(([cx, cy]) => svgElement("circle", { cx, cy, r: 2.5 })),
  );

function complexPlane(values: readonly (readonly [number, number])[]): string {
  const reach = 1.15 * Math.max(1, ...values.map(([re, im]) => Math.hypot(re, im)));
  const place = (v: number): number => (SIDE / 2) * (1 + v / reach);
  const middle = SIDE / 2;
  return [
    svgElement("path", { d: `M0 ${middle}H${SIDE}M${middle} 0V${SIDE}`, ...LINE }),
    svgElement("circle", { cx: middle, cy: middle, r: middle / reach, ...LINE }),
    dots(values.map(([re, im]) => [place(re), place(-im)])),
    svgText(0, SIDE + 15, "eigenvalues and the unit circle"),
  ].join("");
}

function descent(values: readonly number[]): string {
  const [top, bottom] = [values[0] ?? 1, values.at(-1) ?? 1];
  const left = 40;
  const high = 1.08 * (top || 1);
  const x = (k: number): number => left + ((k + 0.5) / values.length) * SIDE;
  const y = (v: number): number => SIDE * (1 - v / high);
  const before = { "text-anchor": "end" };
  return [
    svgElement("path", { d: `M${left} 0V${SIDE}H${left + SIDE}`, ...LINE }),
    dots(values.map((v, k) => [x(k), y(v)])),
    svgText(left - 5, y(top) + 4, top.toPrecision(3), before),
    svgText(left - 5, SIDE, "0", before),
    svgText(left, SIDE + 15, `${values.length} singular values, smallest ${bottom.toPrecision(3)}`),
  ].join("");
}
