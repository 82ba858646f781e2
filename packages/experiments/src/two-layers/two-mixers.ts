/** @file Whether gradient descent finds two mixers around a nonlinearity, and what helps. */
import { noGrad, type Rng, rng } from "@spm/core";
import { seriesChart } from "@spm/trainer/node";
import type { Experiment, Section } from "../experiment.ts";
import { DENSE, GIVEN, PLAIN, RECIPE, relativeError, samplesOf, teacherOf, type Way, ways } from "./ways.ts";

const settings = {
  /** n, each a power of two. */
  widths: "8 16",
  /** Teachers for each entry. */
  trials: 4,
  samples: 8192,
  batch: 256,
  steps: 2000,
  rate: 0.03,
  /** Standard deviation of what is added to the outputs, whose own is 0.63, in the second part. */
  noise: 0.1,
  /** N of the second part, as multiples of n. */
  sizes: "16 64 256",
};

/** Below it a run counts as solved: the errors of those that are not stand far above. */
const SOLVED = 1e-3;
const TEST_SAMPLES = 4096;

interface Cell {
  readonly way: string;
  readonly n: number;
  /** Relative squared test errors, ascending; runs that found that their way does not apply are not among them. */
  readonly errors: readonly number[];
  readonly refused: number;
}

/** Two mixers with Haar angles around a tanh: what finds them from samples. */
export const twoMixers: Experiment<typeof settings> = {
  name: "two-mixers",
  question: "Does gradient descent find two mixers around a nonlinearity, and what helps?",
  settings,
  quick: { widths: "8", trials: 1, samples: 256, batch: 64, steps: 60, sizes: "8" },
  async run({ settings: given, seed, signal, log }) {
    const { trials, samples, batch, steps, rate, noise } = given;
    const widths = given.widths.split(" ").map(Number);
    const n = widths.at(-1)!;
    const sizes = given.sizes.split(" ").map((text) => Number(text) * n);

    async function measured(way: Way, width: number, count: number, level: number): Promise<Cell> {
      const errors: number[] = [];
      for (let trial = 0; trial < trials; trial++) {
        const [hidden, drawn, random] = rng(seed * 1000 + trial).split(3) as [Rng, Rng, Rng];
        const teacher = teacherOf(way, width, hidden);
        const data = noGrad(() => samplesOf(teacher, width, count, level, drawn));
        const training = { batch: Math.min(batch, count), rate, steps, signal };
        const learned = await way.learn({ n: width, teacher, data, random, training });
        const fresh = noGrad(() => samplesOf(teacher, width, TEST_SAMPLES, 0, drawn));
        if (learned !== null) errors.push(await relativeError(learned, fresh));
      }
      const refused = trials - errors.length;
      return { way: way.name, n: width, errors: errors.sort((a, b) => a - b), refused };
    }

    const cells: Cell[] = [];
    for (const width of widths)
      for (const way of ways) {
        const cell = await measured(way, width, samples, 0);
        cells.push(cell);
        log(`n = ${width}, ${way.name}: ${shown(cell, trials)}`);
      }
    const bySize: (Cell & { samples: number })[] = [];
    for (const way of ways.filter(({ name }) => [PLAIN, DENSE, RECIPE].includes(name)))
      for (const count of sizes) bySize.push({ ...(await measured(way, n, count, noise)), samples: count });

    const share = ({ errors }: Cell): number => errors.filter((e) => e < SOLVED).length / trials;
    const cell = (name: string, width: number): Cell => cells.find((c) => c.way === name && c.n === width)!;
    return {
      summary: `n = ${n}, ${trials} teachers: gradient descent solves ${percent(share(cell(GIVEN, n)))} when one of the two layers is given, ${percent(share(cell(PLAIN, n)))} when it has to find both, and ${percent(share(cell(RECIPE, n)))} when it starts from dense layers whose hidden units were put in order.`,
      sections: [
        {
          heading: "What finds them",
          text: `Share of the teachers that were solved (relative squared test error below ${SOLVED}), and the median error. The student has the teacher's schedule unless said, and so could represent it exactly: this is about finding, not about representing.`,
          table: {
            head: ["student", ...widths.map((width) => `n = ${width}`)],
            rows: ways.map(({ name }) => [name.trim(), ...widths.map((width) => shown(cell(name, width), trials))]),
          },
          figure: {
            name: "two-mixers",
            svg: seriesChart({
              title: "Two mixers around a tanh: share of teachers found",
              x: { label: "n", scale: "log", ticks: widths },
              y: { label: "share solved" },
              series: [GIVEN, PLAIN, DENSE, RECIPE].map((name) => ({
                name,
                points: widths.map((width) => ({ x: width, y: share(cell(name, width)) })),
              })),
            }),
          },
        },
        {
          heading: `Few samples, noise ${noise}, n = ${n}`,
          text: "Relative squared test error against noiseless outputs, median (least to most). Refused: the dense layers were too inexact for an order to be found.",
          table: {
            head: ["student", ...sizes.map((count) => `N = ${count}`)],
            rows: [DENSE, PLAIN, RECIPE].map((name) => [
              name,
              ...sizes.map((count) => spread(bySize.find((c) => c.way === name && c.samples === count)!)),
            ]),
          },
          ...pictureOf(bySize, sizes, noise, n),
        },
      ],
      results: { cells: cells.map((c) => ({ ...c })), bySize: bySize.map((c) => ({ ...c })) },
    };
  },
};

function pictureOf(
  cells: readonly (Cell & { samples: number })[],
  sizes: readonly number[],
  noise: number,
  n: number,
): Pick<Section, "figure"> {
  return {
    figure: {
      name: "two-mixers-samples",
      svg: seriesChart({
        title: `Two mixers around a tanh, n = ${n}, noise ${noise}: error by samples`,
        x: { label: "samples N", scale: "log", ticks: sizes },
        y: { label: "relative squared error", scale: "log" },
        series: [DENSE, PLAIN, RECIPE].map((name) => ({
          name,
          points: cells
            .filter((c) => c.way === name && c.errors.length > 0)
            .map(({ samples, errors }) => ({ x: samples, y: median(errors), low: errors[0]!, high: errors.at(-1)! })),
        })),
      }),
    },
  };
}

const median = (sorted: readonly number[]): number => sorted[Math.floor((sorted.length - 1) / 2)]!;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const digits = (v: number): string => (v >= 0.01 ? v.toFixed(2) : v.toExponential(0));

/** "3 of 4, 2e-14"; "refused" where the way never applied. */
function shown({ errors, refused }: Cell, trials: number): string {
  if (errors.length === 0) return "refused";
  const solved = errors.filter((e) => e < SOLVED).length;
  return `${solved} of ${trials}, ${digits(median(errors))}${refused > 0 ? ` (${refused} refused)` : ""}`;
}

function spread({ errors, refused }: Cell): string {
  if (errors.length === 0) return "refused";
  const text = `${digits(median(errors))} (${digits(errors[0]!)} to ${digits(errors.at(-1)!)})`;
  return refused > 0 ? `${text}, ${refused} refused` : text;
}
