/** @file The way of one input coordinate to the outputs of a mixer. */
import { noGrad } from "@spm/core";
import { elements, ValueError } from "@spm/core/extend";
import { type Factors, toGeneral } from "@spm/mixer";
import { eachPair, eachUnpaired, inFeatures, outFeatures } from "@spm/mixer/extend";
import { px, svgElement, svgText } from "../svg.ts";
import { framed, type PictureOptions, titleOf } from "./frame.ts";

/** The part of a unit input that flows from one coordinate to another in a stage. */
export interface Flow {
  readonly from: number;
  readonly to: number;
  /** The signed amount. */
  readonly amount: number;
}

/** A unit input after each stage. */
export interface Reach {
  /** z₀ to z_L, each [n]; the first is d_in at the coordinate and 0 elsewhere. */
  readonly states: readonly Float64Array[];
  /** The flows from state l to state l + 1, without those of 0. */
  readonly flows: readonly (readonly Flow[])[];
  /** The column of W, [out]. */
  readonly outputs: Float64Array;
}

/**
 * Follows a unit input in one coordinate through the stages, in float64. CPU backends only. Cost
 * O(nL).
 *
 * @param factors - a mixer of W [out, in]
 * @throws ValueError for a coordinate outside of [0, in)
 * @example
 * ```ts
 * import { hadamard } from "@spm/mixer";
 * import { reach } from "@spm/report/draw";
 * console.log(reach(hadamard(4), 0).outputs); // the first column of W
 * ```
 */
export function reach(factors: Factors, coordinate: number): Reach {
  if (!Number.isInteger(coordinate) || coordinate < 0 || coordinate >= inFeatures(factors))
    throw new ValueError("reach", `a coordinate in [0, ${inFeatures(factors)})`, coordinate);
  const { schedule, parameters, dIn, dOut } = noGrad(() => toGeneral(factors));
  const blocks = elements(parameters.blocks.ndarray());
  const scales = elements(parameters.unpairedScales.ndarray());
  let state = new Float64Array(schedule.n);
  state[coordinate] = dIn ? (elements(dIn.ndarray())[coordinate] ?? 1) : 1;
  const states = [state];
  const flows: Flow[][] = [];
  for (let l = 0; l < schedule.stages; l++) {
    const [before, after] = [state, new Float64Array(schedule.n)];
    const flow: Flow[] = [];
    const send = (from: number, to: number, factor = 0): void => {
      const amount = factor * before[from]!;
      after[to]! += amount;
      if (amount !== 0) flow.push({ from, to, amount });
    };
    eachPair(schedule, l, (i, j, p) => {
      const [a, b, c, d] = blocks.subarray(4 * p, 4 * p + 4);
      send(i, i, a);
      send(j, i, b);
      send(i, j, c);
      send(j, j, d);
    });
    eachUnpaired(schedule, l, (i, r) => send(i, i, scales[r]));
    states.push(after);
    flows.push(flow);
    state = after;
  }
  const gains = dOut && elements(dOut.ndarray());
  const outputs = state.slice(0, outFeatures(factors)).map((v, i) => v * (gains?.[i] ?? 1));
  return { states, flows, outputs };
}

/**
 * A picture of the {@link reach} of a coordinate: stages to the right, coordinates downwards. The
 * strength of a line is the amount that flows, red is positive, blue negative; the bars at the
 * right are the outputs, a column of W.
 *
 * @param factors - a mixer of W [out, in]
 * @param options - `title` (default `"input COORDINATE on its way"`)
 * @returns an SVG
 * @throws ValueError for a coordinate outside of [0, in); OptionError for an unknown option
 * @example
 * ```ts
 * import { hadamard } from "@spm/mixer";
 * import { reachPicture } from "@spm/report";
 * const svg = reachPicture(hadamard(8), 0);
 * ```
 */
export function reachPicture(
  factors: Factors,
  coordinate: number,
  options: PictureOptions = {},
): string {
  const title = titleOf("reachPicture", options, `input ${coordinate} on its way`);
  const { states, flows, outputs } = reach(factors, coordinate);
  const { n } = factors.schedule;
  const [step, left] = [Math.max(36, 320 / flows.length), 10];
  const pitch = Math.min(Math.max(320 / n, 2), 16);
  const x = (l: number): number => left + l * step;
  const y = (i: number): number => (i + 0.5) * pitch;
  const most = Math.max(...flows.flat().map(({ amount }) => Math.abs(amount)), 1e-30);
  const lines = flows.flatMap((flow, l) =>
    flow.map(({ from, to, amount }) => {
      const share = Math.abs(amount) / most;
      return svgElement("path", {
        d: `M${px(x(l))} ${px(y(from))}L${px(x(l + 1))} ${px(y(to))}`,
        stroke: colour(amount),
        "stroke-opacity": 0.1 + 0.9 * share,
        "stroke-width": 0.5 + 2 * share,
      });
    }),
  );
  const r = Math.min(pitch / 4, 2);
  const nodes = states.flatMap((z, l) =>
    [...z.keys()].map((i) => svgElement("circle", { cx: x(l), cy: y(i), r })),
  );
  const right = x(flows.length) + 14;
  const largest = outputs.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-30);
  const bars = [...outputs].map((v, i) =>
    svgElement("rect", {
      x: right,
      y: y(i) - 0.4 * pitch,
      width: (40 * Math.abs(v)) / largest,
      height: 0.8 * pitch,
      fill: colour(v),
    }),
  );
  const below = n * pitch + 14;
  return framed(right + 64, below + 6, title, [
    svgElement("g", { "fill-opacity": 0.3 }, ...nodes),
    svgElement("g", { fill: "none" }, ...lines),
    ...bars,
    svgText(left, below, "input"),
    svgText(x(flows.length), below, `after stage ${flows.length}`, { "text-anchor": "end" }),
    svgText(right, below, "outputs"),
  ]);
}

const colour = (v: number): string => (v < 0 ? "#2166ac" : "#c2362b");
