/**
 * @file Whether gradient descent finds two mixers around a nonlinearity, and which methods help.
 */
import { type Rng, rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { type SeriesChart, seriesChart } from "@spm/report";
import type { Experiment, Section } from "../parts/experiment.ts";
import { readNames, readNumbers } from "../parts/lists.ts";
import { brief, median, medianAndRange, medianBar } from "../parts/statistics.ts";
import {
  DENSE,
  GIVEN,
  type Method,
  methods,
  PLAIN,
  RECIPE,
  relativeError,
  samplesOf,
  teacherOf,
} from "./methods.ts";

const settings = {
  /** n, each a power of two. */
  widths: "16",
  /** The rows of the report, counted from 1, or "all". */
  methods: "all",
  /** Teachers for each entry. */
  trials: 3,
  samples: 8192,
  batch: 256,
  steps: 3000,
  rate: 0.03,
  /** Of students with a dense layer. */
  denseRate: 0.01,
  /** Standard deviation of the noise on the outputs, whose own is 0.63, in the second part. */
  noise: 0.1,
  /** N of the second part, as multiples of n. */
  sizes: "64",
};

/** The error below which a run counts as solved; the errors of other runs are far above. */
const SOLVED = 1e-3;
const TEST_SAMPLES = 4096;

interface Cell {
  readonly method: string;
  readonly n: number;
  /** Relative squared test errors, ascending, without the runs whose method did not apply. */
  readonly errors: readonly number[];
  readonly refused: number;
}

/** Two mixers with Haar angles around a tanh: methods that find them from samples. */
export const twoMixers: Experiment<typeof settings> = {
  name: "two-mixers",
  question: "Does gradient descent find two mixers around a nonlinearity, and what helps?",
  settings,
  quick: {
    widths: "8",
    methods: "1,5,25,26",
    trials: 1,
    samples: 256,
    batch: 64,
    steps: 60,
    sizes: "8",
  },
  async run({ settings: given, seed, signal, log }) {
    const { trials, samples, batch, steps, rate, denseRate, noise } = given;
    const widths = readNumbers("widths", given.widths);
    if (widths.some((width) => !Number.isInteger(Math.log2(width)) || width < 4))
      throw new ValueError("two-mixers", "widths 2^k ≥ 4", `"${given.widths}"`);
    const n = widths.at(-1)!;
    const number = (_: unknown, k: number): string => String(k + 1);
    const chosen = readNames("methods", given.methods, methods.map(number));
    const rows = methods.filter((method, k) => chosen.includes(number(method, k)));
    const sizes = readNumbers("sizes", given.sizes).map((times) => times * n);

    async function measured(
      method: Method,
      width: number,
      count: number,
      level: number,
    ): Promise<Cell> {
      const errors: number[] = [];
      for (let trial = 0; trial < trials; trial++) {
        const [hidden, drawn, random] = rng(seed * 1000 + trial).split(3) as [Rng, Rng, Rng];
        const teacher = teacherOf(method, width, hidden);
        const data = samplesOf(teacher, width, count, level, drawn);
        const training = { batch: Math.min(batch, count), rate, steps, signal };
        const learned = await method.learn({
          n: width,
          teacher,
          data,
          random,
          training,
          denseRate,
        });
        const fresh = samplesOf(teacher, width, TEST_SAMPLES, 0, drawn);
        if (learned !== null) errors.push(await relativeError(learned, fresh));
        for (const used of [data.x, data.y, fresh.x, fresh.y]) used.dispose();
      }
      const refused = trials - errors.length;
      return { method: method.name, n: width, errors: errors.sort((a, b) => a - b), refused };
    }

    const cells: Cell[] = [];
    for (const width of widths)
      for (const method of rows) {
        if (signal.aborted) break;
        const cell = await measured(method, width, samples, 0);
        if (signal.aborted) break; // only complete measurements are reported
        cells.push(cell);
        log(`n = ${width}, ${method.name}: ${shown(cell, trials)}`);
      }
    const bySize: (Cell & { samples: number })[] = [];
    for (const method of rows.filter(({ name }) => compared.some((one) => one === name)))
      for (const count of sizes) {
        if (signal.aborted) break;
        const cell = await measured(method, n, count, noise);
        if (!signal.aborted) bySize.push({ ...cell, samples: count });
      }

    const share = ({ errors }: Cell): number => errors.filter((e) => e < SOLVED).length / trials;
    const find = (name: string, width: number): Cell | undefined =>
      cells.find((c) => c.method === name && c.n === width);
    const drawn = labelled.filter((name) => cells.some((c) => c.method === name));
    const headlines = drawn.length > 0 ? drawn : rows.map(({ name }) => name);
    const shares = headlines.flatMap((name) => {
      const cell = find(name, n);
      return cell === undefined ? [] : [`${name}: ${Math.round(100 * share(cell))} %`];
    });
    const withNoise = compared.filter((name) => rows.some((method) => method.name === name));
    return {
      summary:
        shares.length === 0
          ? "Interrupted before anything was measured."
          : `Solved at n = ${n}, of ${trials} teachers: ${shares.join("; ")}.`,
      sections: [
        {
          heading: "What finds them",
          text:
            "How many of the teachers were solved (relative squared " +
            `test error below ${SOLVED}), and the median error. ` +
            "The student has the teacher's schedule if not stated otherwise, " +
            "and so could represent it exactly: this is about finding, not about representing.",
          table: {
            head: ["student", ...widths.map((width) => `n = ${width}`)],
            rows: rows.map(({ name }) => [
              name,
              ...widths.map((width) => shown(find(name, width), trials)),
            ]),
          },
          ...figure("two-mixers", {
            title: "Two mixers around a tanh: share of teachers found",
            x: { label: "n", scale: "log", ticks: widths },
            y: { label: "share solved", range: [0, 1] },
            series: drawn.map((name) => ({
              name: LABELS[name],
              points: cells.filter((c) => c.method === name).map((c) => ({ x: c.n, y: share(c) })),
            })),
          }),
        },
        ...(withNoise.length === 0
          ? []
          : [
              {
                heading: `Noise ${noise}, n = ${n}`,
                text:
                  "Relative squared test error against noiseless outputs, median (least to " +
                  "most). Refused: the dense layers were too inexact for an order to be found.",
                table: {
                  head: ["student", ...sizes.map((count) => `N = ${count}`)],
                  rows: withNoise.map((name) => [
                    name,
                    ...sizes.map((count) =>
                      spread(bySize.find((c) => c.method === name && c.samples === count)),
                    ),
                  ]),
                },
                ...figure("two-mixers-samples", {
                  title: `Two mixers around a tanh, n = ${n}, noise ${noise}: error by samples`,
                  x: { label: "samples N", scale: "log", ticks: sizes },
                  y: { label: "relative squared error", scale: "log" },
                  series: withNoise.map((name) => ({
                    name: LABELS[name],
                    points: bySize
                      .filter((c) => c.method === name && c.errors.length > 0)
                      .map(({ samples: x, errors }) => ({ x, ...medianBar(errors) })),
                  })),
                }),
              },
            ]),
      ],
      results: { cells: cells.map((c) => ({ ...c })), bySize: bySize.map((c) => ({ ...c })) },
    };
  },
};

/** The students of the second part. */
const compared = [DENSE, PLAIN, RECIPE] as const;

/** Those of the first picture. */
const labelled = [GIVEN, PLAIN, DENSE, RECIPE] as const;

/** In the legends. */
const LABELS: Readonly<Record<(typeof labelled)[number], string>> = {
  [GIVEN]: "one layer given",
  [PLAIN]: "both layers",
  [DENSE]: "dense",
  [RECIPE]: "dense first, ordered",
};

/** A picture, unless there is nothing to draw. */
const figure = (name: string, chart: SeriesChart): Pick<Section, "figure"> =>
  chart.series.some(({ points }) => points.length > 0)
    ? { figure: { name, svg: seriesChart(chart) } }
    : {};

/** "3 of 4, 2e-14"; "refused" where the method never applied. */
function shown(cell: Cell | undefined, trials: number): string {
  if (cell === undefined) return "–";
  const { errors, refused } = cell;
  if (errors.length === 0) return "refused";
  const solved = errors.filter((e) => e < SOLVED).length;
  return (
    `${solved} of ${trials}, ` +
    `${brief(median(errors))}${refused > 0 ? ` (${refused} refused)` : ""}`
  );
}

function spread(cell: Cell | undefined): string {
  if (cell === undefined) return "–";
  if (cell.errors.length === 0) return "refused";
  return medianAndRange(cell.errors) + (cell.refused > 0 ? `, ${cell.refused} refused` : "");
}
