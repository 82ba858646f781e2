/** @file How many samples of a hidden operator each kind of layer needs to know it. */
import { noGrad, type Rng, rng, ValueError } from "@spm/core";
import { type LinearKind, linear } from "@spm/nn";
import { seriesChart } from "@spm/trainer/node";
import type { Experiment, Section } from "../experiment.ts";
import { readKinds, readNames } from "../lists.ts";
import { median, medianAndRange } from "../statistics.ts";
import { type Fit, recover } from "./recover.ts";
import { checkWidth, teachers } from "./teachers.ts";

const settings = {
  n: 64,
  /** Teachers and samples drawn for each entry of a table. */
  trials: 3,
  noise: 0.1,
  steps: 500,
  rate: 0.1,
  /** N, as multiples of n. */
  samples: "1/8,1/4,1/2,1,4",
  /** By name, with commas, or "all". */
  teachers: "all",
  students: "all",
};

interface Cell {
  readonly teacher: string;
  readonly student: LinearKind;
  readonly samples: number;
  readonly noise: number;
  /** One relative squared error for each trial, ascending. */
  readonly errors: readonly number[];
}

/** Error against samples: every structured student beside dense least squares, on teachers in and out of its class. */
export const samples: Experiment<typeof settings> = {
  name: "samples",
  question: "How many samples of a hidden linear operator does each kind of layer need to recover it?",
  settings,
  quick: { n: 16, trials: 1, steps: 300, samples: "1/2,2", students: "dense,rotation,general,low-rank" },
  async run({ settings: { n, trials, noise, steps, rate, samples: multiples, ...chosen }, seed, signal, log }) {
    checkWidth(n);
    const kinds = readKinds(chosen.students);
    const counts = multiples.split(",").map((text) => count(text, n));
    const cells: Cell[] = [];
    const [own = ""] = Object.keys(teachers);
    const wanted = readNames("teachers", chosen.teachers, Object.keys(teachers));
    const others = wanted.filter((name) => name !== own);
    if (wanted.includes(own))
      for (const level of new Set([0, noise])) cells.push(...(await measured(own, counts, level)));
    // Out of class: with too few samples for a dense layer, and with plenty.
    for (const name of others) cells.push(...(await measured(name, [n / 2, 4 * n], 0)));

    async function measured(teacher: string, sizes: readonly number[], level: number): Promise<Cell[]> {
      const found: Cell[] = [];
      for (const student of kinds)
        for (const size of sizes) {
          const errors: number[] = [];
          for (let trial = 0; trial < trials; trial++) {
            const [hidden, data] = rng(seed * 1000 + trial).split(2) as [Rng, Rng];
            const fit: Fit = { student, samples: size, noise: level, steps, rate };
            const w = noGrad(() => teachers[teacher]!(n, hidden));
            errors.push(await recover(w, data, fit, signal));
            w.dispose();
          }
          if (signal.aborted) return found; // only what was measured to its end
          found.push({ teacher, student, samples: size, noise: level, errors: errors.sort((a, b) => a - b) });
        }
      log(`${teacher}${level > 0 ? `, noise ${level}` : ""}: done`);
      return found;
    }

    const parameters = Object.fromEntries(
      kinds.map((kind) => [kind, linear(kind, n, n, { random: rng(seed), bias: false }).parameterCount()]),
    );
    const curves = (level: number, name: string): Section => ({
      heading: level === 0 ? "Same schedule, no noise" : `Same schedule, noise ${level}`,
      text:
        level === 0
          ? "Relative squared error, median of the trials (least to most). The rotation and general students share the teacher's schedule: they can represent it, and so win by construction; that is the alignment this measures, not a general virtue."
          : "The dense student is ridge regression that knows the noise and the prior: the best that it can do. The others have no regularisation but their structure.",
      table: table(
        cells.filter((c) => c.teacher === own && c.noise === level),
        counts,
      ),
      figure: {
        name,
        svg: seriesChart({
          title: `n = ${n}, ${level === 0 ? "no noise" : `noise ${level}`}: error of a hidden rotation mixer by samples`,
          x: { label: "samples N", scale: "log", ticks: counts },
          y: { label: "relative squared error", scale: "log" },
          series: kinds.map((student) => ({
            name: student,
            points: cells
              .filter((c) => c.teacher === own && c.student === student && c.noise === level)
              .map(({ samples: x, errors }) => ({ x, y: median(errors), low: errors[0]!, high: errors.at(-1)! })),
          })),
        }),
      },
    });

    function table(of: readonly Cell[], sizes: readonly number[]): NonNullable<Section["table"]> {
      return {
        head: ["student", "parameters", ...sizes.map((size) => `N = ${size}`)],
        rows: kinds.map((student) => [
          student,
          String(parameters[student]),
          ...sizes.map((size) => {
            const cell = of.find((c) => c.student === student && c.samples === size);
            return cell === undefined ? "–" : medianAndRange(cell.errors);
          }),
        ]),
      };
    }

    const exact = cells.filter((c) => c.teacher === own && c.noise === 0 && median(c.errors) < 1e-6);
    const at = (student: LinearKind): string =>
      String(exact.find((c) => c.student === student)?.samples ?? `more than ${counts.at(-1)}`);
    return {
      summary: wanted.includes(own)
        ? `Without noise and with the teacher's own schedule, an error below 1e-6 takes ${kinds.map((kind) => `${kind} ${at(kind)}`).join(", ")} samples (n = ${n}).`
        : `Teachers out of class, n = ${n}: ${others.join(", ")}.`,
      sections: [
        ...(wanted.includes(own) ? [curves(0, "samples"), ...(noise > 0 ? [curves(noise, "samples-noise")] : [])] : []),
        ...others.map((name) => ({
          heading: `Teacher out of class: ${name}`,
          table: table(
            cells.filter((c) => c.teacher === name),
            [n / 2, 4 * n],
          ),
        })),
      ],
      results: { n, parameters, cells: cells.map((cell) => ({ ...cell })) },
    };
  },
};

/** "1/4" of n. @throws ValueError unless it makes a whole number of samples */
function count(text: string, n: number): number {
  const [over = Number.NaN, under = 1] = text.split("/").map(Number);
  const size = (n * over) / under;
  if (!Number.isInteger(size) || size < 1)
    throw new ValueError("samples", "multiples of n that are whole", `"${text}"`);
  return size;
}
