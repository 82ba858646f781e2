/** @file The number of samples that each kind of layer needs to learn a hidden operator. */
import { noGrad, type Rng, rng } from "@spm/core";
import { ValueError } from "@spm/core/extend";
import { type LinearKind, linear } from "@spm/nn";
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Experiment, Section } from "../parts/experiment.ts";
import { readKinds, readNames } from "../parts/lists.ts";
import { median, medianAndRange, medianBar } from "../parts/statistics.ts";
import { type Fit, recover } from "./recover.ts";
import { checkWidth, type TeacherName, teacherNames, teachers } from "./teachers.ts";

const settings = {
  n: 64,
  /** Teachers and samples drawn for each entry of a table. */
  trials: 1,
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
  readonly teacher: TeacherName;
  readonly student: LinearKind;
  readonly samples: number;
  readonly noise: number;
  /** One relative squared error for each trial, ascending. */
  readonly errors: readonly number[];
}

/**
 * Error against samples: structured students and dense least squares, on teachers in and out of
 * their classes.
 */
export const samples: Experiment<typeof settings> = {
  name: "samples",
  question:
    "How many samples of a hidden linear operator does each kind of layer need to recover it?",
  settings,
  quick: {
    n: 16,
    trials: 1,
    steps: 100,
    samples: "1/2,2",
    students: "dense,rotation",
  },
  async run({
    settings: { n, trials, noise, steps, rate, samples: multiples, ...chosen },
    seed,
    signal,
    log,
  }) {
    checkWidth(n);
    const kinds = readKinds(chosen.students);
    const counts = multiples.split(",").map((text) => count(text, n));
    const cells: Cell[] = [];
    const wanted = readNames("teachers", chosen.teachers, teacherNames);
    const levels = [...new Set([0, noise])];
    for (const teacher of wanted)
      for (const level of levels)
        if (!signal.aborted) cells.push(...(await measured(teacher, level)));

    async function measured(teacher: TeacherName, level: number): Promise<Cell[]> {
      const found: Cell[] = [];
      for (const student of kinds)
        for (const size of counts) {
          const errors: number[] = [];
          for (let trial = 0; trial < trials; trial++) {
            const [hidden, data] = rng(seed * 1000 + trial).split(2) as [Rng, Rng];
            const fit: Fit = { student, samples: size, noise: level, steps, rate };
            const w = noGrad(() => teachers[teacher](n, hidden));
            errors.push(await recover(w, data, fit, signal));
            w.dispose();
          }
          if (signal.aborted) return found; // only complete measurements are reported
          found.push({
            teacher,
            student,
            samples: size,
            noise: level,
            errors: errors.sort((a, b) => a - b),
          });
        }
      log(`${teacher}${level > 0 ? `, noise ${level}` : ""}: done`);
      return found;
    }

    const sizes = kinds.map((kind) => {
      const student = linear(kind, n, n, { random: rng(seed), bias: false });
      return [kind, student.parameterCount()] as const;
    });
    const section = (teacher: TeacherName, level: number): Section => {
      const of = cells.filter((c) => c.teacher === teacher && c.noise === level);
      return {
        heading: `Teacher: ${teacher}, ${level === 0 ? "no noise" : `noise ${level}`}`,
        text:
          level === 0
            ? `Relative squared error, median of the trials (least to most). ${REMARKS[teacher]}`
            : `${REMARKS[teacher]} The dense student is ridge regression that knows the noise ` +
              "and the prior: the best that it can do.",
        table: {
          head: ["student", "parameters", ...counts.map((size) => `N = ${size}`)],
          rows: sizes.map(([student, parameters]) => [
            student,
            formatCount(parameters),
            ...counts.map((size) => {
              const cell = of.find((c) => c.student === student && c.samples === size);
              return cell === undefined ? "–" : medianAndRange(cell.errors);
            }),
          ]),
        },
        figure: {
          name: `${teacher.replaceAll(" ", "-")}${level === 0 ? "" : "-noise"}`,
          svg: seriesChart({
            title:
              `Teacher: ${teacher}, n = ${n}, ` +
              `${level === 0 ? "no noise" : `noise ${level}`}: error by samples`,
            x: { label: "samples N", scale: "log", ticks: counts },
            y: { label: "relative squared error", scale: "log" },
            series: kinds.map((student) => ({
              name: student,
              points: of
                .filter((c) => c.student === student)
                .map(({ samples: x, errors }) => ({ x, ...medianBar(errors) })),
            })),
          }),
        },
      };
    };
    const enough = (teacher: TeacherName, student: LinearKind): string => {
      const own = cells.filter(
        (c) => c.teacher === teacher && c.student === student && c.noise === 0,
      );
      if (own.length < counts.length) return `${student} (interrupted)`;
      return (
        `${student} ` +
        `${own.find((c) => median(c.errors) < 1e-6)?.samples ?? `more than ${counts.at(-1)}`}`
      );
    };
    const [first] = wanted as [TeacherName];
    return {
      summary:
        `Teacher ${first}, without noise: an error below 1e-6 takes ` +
        `${kinds.map((kind) => enough(first, kind)).join(", ")} samples (n = ${n}).`,
      sections: wanted.flatMap((teacher) => levels.map((level) => section(teacher, level))),
      results: {
        n,
        parameters: Object.fromEntries(sizes),
        cells: cells.map((cell) => ({ ...cell })),
      },
    };
  },
};

/** The students that can represent each teacher, a remark on the figures. */
const REMARKS: Readonly<Record<TeacherName, string>> = {
  "same schedule":
    "The mixers, butterfly and, where √n is a power of two, monarch can represent this teacher: " +
    "they win by construction. That is the alignment that this measures, not a general virtue.",
  "other schedule":
    "A mixer of as many parameters whose pairs meet in another order: " +
    "none of the structured students can represent it.",
  dense: "Gaussian entries: none of the structured students can represent it.",
  "low rank": "The low-rank student can represent it, and wins by construction.",
  DFT:
    "As real and imaginary parts. " +
    "Its bit reversal puts it out of reach of every structured student.",
  Hadamard: "The mixers can represent it: it is the butterfly with all angles π/4, up to signs.",
};

/** "1/4" of n. @throws ValueError if that is no whole number of samples */
function count(text: string, n: number): number {
  const [over = Number.NaN, under = 1] = text.split("/").map(Number);
  const size = (n * over) / under;
  if (!Number.isInteger(size) || size < 1)
    throw new ValueError("samples", "multiples of n that are whole", `"${text}"`);
  return size;
}
