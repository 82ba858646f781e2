/** @file Eigenvalues and singular values of a matrix as a picture. */
import type { Tensor } from "@spm/core";
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { matrixRows } from "./matrix.ts";
import { framed, label, px } from "./svg.ts";

/** What a matrix does to directions. */
export interface Spectrum {
  /** [real, imaginary]; null unless the matrix is square. */
  readonly eigenvalues: readonly (readonly [number, number])[] | null;
  /** Descending. */
  readonly singularValues: readonly number[];
}

/** The spectrum of W [out, in], in float64; O(n³). @throws ShapeError unless it has two axes */
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
 * The {@link spectrum}: eigenvalues in the complex plane with the unit circle, and the singular
 * values from the largest to the smallest. Those of an orthogonal matrix lie on the circle, and
 * at 1.
 * @returns an SVG
 * @example writeFileSync("spectrum.svg", spectrumPicture(layer.toDense()));
 */
export function spectrumPicture(w: Tensor, title = "spectrum"): string {
  const { eigenvalues, singularValues } = spectrum(w);
  const plane = eigenvalues === null ? [] : [complexPlane(eigenvalues)];
  const shift = eigenvalues === null ? 0 : SIDE + 50;
  return framed(shift + SIDE + 46, SIDE + 20, title, [
    ...plane,
    `<g transform="translate(${shift} 0)">${descent(singularValues)}</g>`,
  ]);
}

const SIDE = 200;
const INK = "#2563eb";

function complexPlane(values: readonly (readonly [number, number])[]): string {
  const reach = 1.15 * Math.max(1, ...values.map(([re, im]) => Math.hypot(re, im)));
  const place = (v: number): number => (SIDE / 2) * (1 + v / reach);
  const dots = values.map(
    ([re, im]) => `<circle cx="${px(place(re))}" cy="${px(place(-im))}" r="2.5"/>`,
  );
  const line = `stroke="currentColor" stroke-opacity="0.35" fill="none"`;
  return [
    `<path d="M0 ${SIDE / 2}H${SIDE}M${SIDE / 2} 0V${SIDE}" ${line}/>`,
    `<circle cx="${SIDE / 2}" cy="${SIDE / 2}" r="${px(SIDE / 2 / reach)}" ${line}/>`,
    `<g fill="${INK}" fill-opacity="0.75">${dots.join("")}</g>`,
    label(0, SIDE + 15, "eigenvalues and the unit circle"),
  ].join("");
}

function descent(values: readonly number[]): string {
  const [top, bottom] = [values[0] ?? 1, values.at(-1) ?? 1];
  const left = 40;
  const high = 1.08 * (top || 1);
  const x = (k: number): number => left + ((k + 0.5) / values.length) * SIDE;
  const y = (v: number): number => SIDE * (1 - v / high);
  const dots = values.map((v, k) => `<circle cx="${px(x(k))}" cy="${px(y(v))}" r="2.5"/>`);
  return [
    `<path d="M${left} 0V${SIDE}H${left + SIDE}" ` +
      'stroke="currentColor" stroke-opacity="0.35" fill="none"/>',
    `<g fill="${INK}" fill-opacity="0.75">${dots.join("")}</g>`,
    label(left - 5, y(top) + 4, top.toPrecision(3), "end"),
    label(left - 5, SIDE, "0", "end"),
    label(left, SIDE + 15, `${values.length} singular values, smallest ${bottom.toPrecision(3)}`),
  ].join("");
}
