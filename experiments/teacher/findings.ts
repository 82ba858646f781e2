/** @file The findings on students: a table and a chart for each teacher and task. */
import type { LinearKind } from "@spm/nn";
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section, Table } from "../parts/experiment.ts";
import { type Attempt, atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { tablesFile } from "../parts/tables-file.ts";
import type { TeacherKind } from "../parts/two-layer-net.ts";

/** The tasks. */
export const tasks = ["10 classes", "regression"] as const;

/** One of {@link tasks}. */
export type TaskKind = (typeof tasks)[number];

/** A training of a student. Scores are shares of wrong classes, or relative squared errors. */
export interface TeacherAttempt extends Attempt {
  readonly teacher: TeacherKind;
  readonly task: TaskKind;
  readonly student: LinearKind;
  readonly parameters: number;
  /** The score on the samples that were learned. */
  readonly train: number;
  readonly seconds: number;
}

type Row = BestRate<TeacherAttempt>;

/** Rows of one teacher and task. */
type Group = readonly [Row, ...Row[]];

/** The findings of trainings, each row at its best rate. */
export function teacherFindings(attempts: readonly TeacherAttempt[]): Findings {
  const groups = grouped(atBestRates(attempts));
  const sections: Section[] = groups.flatMap((group) => {
    const [{ teacher: kind, task }] = group[0].runs;
    const measure = task === "regression" ? "Relative squared error (less is better)" : "Accuracy";
    return [
      {
        heading: `Teacher: ${kind}; ${task}`,
        text: `${measure}, mean ± half the range over the seeds. ${remark(kind)}`,
        table: table(group),
        figure: figure(group),
      },
      ...ratesSections(group, `${kind}, ${task}, on the validation samples`, (v) =>
        (task === "regression" ? v : 1 - v).toPrecision(3),
      ),
    ];
  });
  return {
    summary:
      groups.length === 0
        ? "Interrupted before anything was measured."
        : groups.map(sentence).join(" "),
    sections,
    results: { attempts: attempts.map((one) => ({ ...one })) },
    files: [tablesFile(sections)],
  };
}

/** What is shown of a score: accuracies, or errors. */
const values = ({ runs }: Row, which: "test" | "train" = "test"): number[] =>
  runs.map((run) => (run.task === "regression" ? run[which] : 1 - run[which]));

/** Remarks on the figures. */
const remark = (kind: TeacherKind): string =>
  kind === "same schedule"
    ? "The mixers among the students share the teacher's schedule and could represent it: " +
      "if they won, they would by construction."
    : "No structured student can represent this teacher.";

function table(group: Group): Table {
  return {
    head: ["student", "parameters", "rate", "test", "by seed", "train"],
    rows: group.map((row) => [
      row.runs[0].student,
      formatCount(row.runs[0].parameters),
      String(row.rate),
      shown(values(row)),
      values(row)
        .map((v) => digitsOf(values(row))(v))
        .join(", "),
      shown(values(row, "train")),
    ]),
  };
}

/** Scores by parameters, for each student the mean and the range over the seeds. */
function figure(group: Group): NonNullable<Section["figure"]> {
  const [{ teacher: kind, task }] = group[0].runs;
  const scale = task === "regression" ? "log" : "linear";
  return {
    name: `${kind}-${task}`.replaceAll(" ", "-"),
    svg: seriesChart({
      title: `Teacher: ${kind}; ${task}, equal steps`,
      x: { label: "parameters of the student", scale: "log" },
      y: { label: task === "regression" ? "relative squared test error" : "test accuracy", scale },
      joined: false,
      series: group.map((row) => ({
        name: row.runs[0].student,
        points: [
          {
            x: row.runs[0].parameters,
            y: average(values(row)),
            low: Math.min(...values(row)),
            high: Math.max(...values(row)),
          },
        ],
      })),
    }),
  };
}

const described: Readonly<Record<TeacherKind, string>> = {
  "same schedule": "mixers of the same schedule",
  "other schedule": "mixers of another schedule",
  dense: "dense layers",
};

/** The rows by teacher and task, in order of appearance. */
function grouped(rows: readonly Row[]): Group[] {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const key = `${row.runs[0].teacher}|${row.runs[0].task}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function sentence(group: Group): string {
  const [{ teacher: kind, task }] = group[0].runs;
  const order = [...group].sort(
    (a, b) => (average(values(a)) - average(values(b))) * (task === "regression" ? 1 : -1),
  );
  const said = order.map((row) => `${row.runs[0].student} ${shown(values(row))}`);
  return `Taught by ${described[kind]}, ${task}: ${said.join(", ")}.`;
}

const average = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

/** "0.755", "2e-5", by the size of the average. */
const digitsOf =
  (list: readonly number[]) =>
  (value: number): string =>
    average(list) >= 0.01 ? value.toFixed(3) : value.toExponential(0);

/** "0.755 ± 0.004", "2e-5 ± 1e-5" */
function shown(list: readonly number[]): string {
  const half = (Math.max(...list) - Math.min(...list)) / 2;
  const digits = digitsOf(list);
  return `${digits(average(list))} ± ${digits(half)}`;
}
