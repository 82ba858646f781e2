/** @file The findings on adaptive mixers: a table and a chart of each task. */
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section, Table } from "../parts/experiment.ts";
import { pageTables } from "../parts/page-tables.ts";
import { median, spreadOf } from "../parts/statistics.ts";
import { measures, type TaskName, taskNames } from "./tasks.ts";

/** A model on a task, at its best rate. */
export interface Cell {
  readonly task: TaskName;
  readonly model: string;
  readonly parameters: number;
  readonly rate: number;
  /** The rates tried on the first seed, and their scores on its validation samples. */
  readonly tried: readonly { readonly rate: number; readonly validation: number }[];
  /** The score on the test samples, of each seed. */
  readonly test: readonly number[];
  readonly steps: number;
  /** Of training, of each seed. */
  readonly seconds: readonly number[];
}

const texts: Readonly<Record<TaskName, string>> = {
  input:
    "The teacher is an adaptive mixer of mode input, so the student `input` could be it exactly: " +
    "that it wins shows that it trains, and no more.",
  local:
    "The teacher is an adaptive mixer of mode local, so the student `local` could be it exactly, " +
    "and `input` could not.",
  mnist: "Two hidden maps of each kind, 784 → 256 → 256, with ReLU, and a dense head.",
  charlm:
    "Two hidden maps of each kind, 256 → 256 → 256, with ReLU and a dense head, on embeddings of " +
    "16 characters predict the next one.",
};

const bestFirst = (group: readonly Cell[]): Cell[] =>
  [...group].sort((a, b) => median(a.test) - median(b.test));

/** The findings of cells measured in one run or in several. */
export function adaptiveFindings(cells: readonly Cell[]): Findings {
  const groups = taskNames
    .map((task) => ({ task, group: bestFirst(cells.filter((cell) => cell.task === task)) }))
    .filter(({ group }) => group.length > 0);
  const sections = groups.map(({ task, group }) => section(task, group));
  return {
    summary:
      groups.length === 0
        ? "Interrupted before anything was measured."
        : groups.map(({ task, group }) => sentence(task, group)).join(" "),
    sections,
    results: { cells: cells.map((cell) => ({ ...cell, tried: [...cell.tried] })) },
    files: [pageTables(sections)],
  };
}

/** "0.532", "2.1e-9" */
const digits = (value: number): string =>
  value >= 0.001 ? value.toPrecision(3) : value.toExponential(1);

/** "0.532: 0.531, 0.529, 0.535": the mean, and each seed's score. */
const shown = ({ test }: Cell): string =>
  test.length > 1
    ? `${digits(spreadOf(test)?.mean ?? 0)}: ${test.map(digits).join(", ")}`
    : test.map(digits).join();

const sentence = (task: TaskName, group: readonly Cell[]): string => {
  const scores = group.map((cell) => `${cell.model} ${digits(median(cell.test))}`);
  return `${task}, ${measures[task]}, median: ${scores.join(", ")}.`;
};

function tableOf(group: readonly Cell[]): Table {
  return {
    head: ["model", "numbers", "rate", "test", "ms a step"],
    rows: group.map((cell) => [
      cell.model,
      formatCount(cell.parameters),
      String(cell.rate),
      shown(cell),
      ((1000 * median(cell.seconds)) / cell.steps).toPrecision(2),
    ]),
  };
}

function section(task: TaskName, group: readonly Cell[]): Section {
  return {
    heading: `${task}: ${measures[task]}, less is better`,
    text: `${texts[task]} The mean over the seeds, and each.`,
    table: tableOf(group),
    figure: {
      name: task,
      svg: seriesChart({
        title: task,
        x: { label: "numbers that are learned", scale: "log" },
        y: {
          label: measures[task],
          scale: task === "input" || task === "local" ? "log" : "linear",
        },
        joined: false,
        series: group.map(({ model, parameters, test }) => {
          const { mean: y, ...range } = spreadOf(test) ?? { mean: 0 };
          return { name: model, points: [{ x: parameters, y, ...range }] };
        }),
      }),
    },
  };
}
