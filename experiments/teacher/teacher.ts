/**
 * @file Whether the mixer's bias helps a student of a two-layer teacher, at equal steps and at
 * equal seconds.
 */
import {
  argmax,
  mean,
  noGrad,
  normal,
  type Rng,
  rng,
  slice,
  square,
  sub,
  type Tensor,
} from "@spm/core";
import { crossEntropy, type LinearKind } from "@spm/nn";
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Experiment, Section, Table } from "../parts/experiment.ts";
import { readKinds, readNames, readRates } from "../parts/lists.ts";
import { type Samples, train } from "../parts/train.ts";
import {
  studentNet,
  type TeacherKind,
  type TwoLayerNet,
  teacherKinds,
  teacherNet,
} from "../parts/two-layer-net.ts";
import { relativeError } from "../two-mixers/methods.ts";

const settings = {
  n: 64,
  samples: 4096,
  batch: 256,
  steps: 1000,
  /**
   * The rates tried on the first seed; the best one on its validation samples is used for all
   * seeds.
   */
  rates: "0.003,0.01,0.03",
  /** Teachers and samples drawn for each entry. */
  seeds: 3,
  /** By name, with commas, or "all". */
  teachers: "all",
  tasks: "all",
  students: "dense,low-rank,rotation,general",
};

const CLASSES = 10;
const [VALIDATION, TEST] = [1024, 4096];
const tasks = ["10 classes", "regression"] as const;
type TaskKind = (typeof tasks)[number];

interface Cell {
  readonly teacher: TeacherKind;
  readonly task: TaskKind;
  readonly student: LinearKind;
  readonly parameters: number;
  readonly rate: number;
  /** Test score of each seed after equal steps: accuracy, or relative squared error. */
  readonly test: readonly number[];
  /** The same on the training samples. */
  readonly train: readonly number[];
  /** After as many seconds as the dense student's steps took. */
  readonly seconds: {
    readonly test: readonly number[];
    readonly steps: readonly number[];
    readonly budget: number;
  };
}

/** The data of a seed: for training, validation and test. */
interface Data {
  readonly learned: Samples;
  readonly validation: Samples;
  readonly test: Samples;
}

/** A seed's data, and the generator in the state from which all its students start. */
interface Draw {
  readonly data: Data;
  readonly random: Rng;
  readonly state: Rng["state"];
}

/** Cells of one teacher and task. */
type Group = readonly [Cell, ...Cell[]];

/** Students of every structure on teachers in and out of the mixer's class. */
export const teacher: Experiment<typeof settings> = {
  name: "teacher",
  question: "Does the bias of a mixer help a student of a two-layer teacher, and of which?",
  settings,
  quick: {
    n: 16,
    samples: 256,
    batch: 64,
    steps: 20,
    rates: "0.01",
    seeds: 2,
    students: "dense,rotation",
  },
  async run({ settings: given, seed, signal, log }) {
    const { n, samples, batch, steps, seeds } = given;
    const kinds = readKinds(given.students);
    const rates = readRates(given.rates);
    const cells: Cell[] = [];
    for (const teacherKind of readNames("teachers", given.teachers, teacherKinds))
      for (const task of readNames("tasks", given.tasks, tasks))
        if (!signal.aborted) await compare(teacherKind, task);

    async function compare(teacherKind: TeacherKind, task: TaskKind): Promise<void> {
      const outputs = task === "regression" ? n : CLASSES;
      const draw = (k: number): Draw => {
        const [hidden, drawn, random] = rng(seed * 1000 + k).split(3) as [Rng, Rng, Rng];
        const net = teacherNet(teacherKind, n, outputs, hidden);
        return {
          data: noGrad(() => dataOf(net, task, n, samples, drawn)),
          state: random.state,
          random,
        };
      };
      const first = draw(0);
      const others = Array.from({ length: seeds - 1 }, (_, k) => draw(k + 1));
      const fit = async (
        kind: LinearKind,
        { data, random, state }: Draw,
        rate: number,
        seconds?: number,
      ) => {
        random.state = state; // all fits of a student start in the same state
        const net = studentNet(kind, n, outputs, random);
        const loss = ({ x, y }: Samples): Tensor =>
          task === "regression"
            ? mean(square(sub(net.forward(x), y)))
            : crossEntropy(net.forward(x), y);
        const limits = { batch, rate, steps, signal, ...(seconds !== undefined && { seconds }) };
        return { net, data, ...(await train(net.parameters(), loss, data.learned, limits)) };
      };
      let budget = 0;
      for (const student of ["dense" as const, ...kinds.filter((kind) => kind !== "dense")]) {
        const tried = [];
        for (const rate of rates) {
          const run = await fit(student, first, rate);
          tried.push({ rate, run, score: await score(run.net, first.data.validation, task) });
        }
        const better = (a: number, b: number): boolean => (task === "regression" ? a < b : a > b);
        const best = tried.reduce((a, b) => (better(b.score, a.score) ? b : a));
        const runs = [best.run];
        for (const other of others) runs.push(await fit(student, other, best.rate));
        if (student === "dense")
          budget = runs.map((run) => run.seconds).sort((a, b) => a - b)[Math.floor(seeds / 2)]!;
        const timed = [];
        for (const one of [first, ...others])
          timed.push(await fit(student, one, best.rate, budget));
        const scores = (of: typeof runs, which: "test" | "learned"): Promise<number[]> =>
          Promise.all(of.map(({ net, data }) => score(net, data[which], task)));
        const cell: Cell = {
          teacher: teacherKind,
          task,
          student,
          parameters: best.run.net.parameterCount(),
          rate: best.rate,
          test: await scores(runs, "test"),
          train: await scores(runs, "learned"),
          seconds: {
            test: await scores(timed, "test"),
            steps: timed.map((run) => run.steps),
            budget,
          },
        };
        if (signal.aborted) return; // only complete measurements are reported
        if (kinds.includes(student)) cells.push(cell);
        log(
          `${teacherKind}, ${task}, ${student}: ${shown(cell.test)}, ` +
            `in equal seconds ${shown(cell.seconds.test)}`,
        );
      }
    }

    const groups = grouped(cells);
    return {
      summary:
        groups.length === 0
          ? "Interrupted before anything was measured."
          : groups.map(sentence).join(" "),
      sections: groups.map((group) => {
        const [{ teacher, task }] = group;
        const measure =
          task === "regression" ? "Relative squared error (less is better)" : "Accuracy";
        return {
          heading: `Teacher: ${teacher}; ${task}`,
          text: `${measure}, mean ± half the range over ${seeds} seeds. ${remark(teacher)}`,
          table: table(group),
          figure: figure(group),
        };
      }),
      results: { cells: cells.map((c) => ({ ...c, seconds: { ...c.seconds } })) },
    };
  },
};

/** Remarks on the figures. */
const remark = (kind: TeacherKind): string =>
  kind === "same schedule"
    ? "The mixers among the students share the teacher's schedule and could represent it: " +
      "if they won, they would by construction."
    : "No structured student can represent this teacher.";

function table(group: readonly Cell[]): Table {
  return {
    head: [
      "student",
      "parameters",
      "rate",
      "test, equal steps",
      "train",
      "test, equal seconds",
      "steps in them",
    ],
    rows: group.map((c) => [
      c.student,
      formatCount(c.parameters),
      String(c.rate),
      shown(c.test),
      shown(c.train),
      shown(c.seconds.test),
      String(Math.round(average(c.seconds.steps))),
    ]),
  };
}

/** Scores by parameters, for each student the mean and the range over the seeds. */
function figure(group: readonly Cell[]): NonNullable<Section["figure"]> {
  const [{ teacher: kind, task }] = group as [Cell];
  const scale = task === "regression" ? "log" : "linear";
  return {
    name: `${kind}-${task}`.replaceAll(" ", "-"),
    svg: seriesChart({
      title: `Teacher: ${kind}; ${task}, equal steps`,
      x: { label: "parameters of the student", scale: "log" },
      y: { label: task === "regression" ? "relative squared test error" : "test accuracy", scale },
      joined: false,
      series: group.map((c) => ({
        name: c.student,
        points: [
          {
            x: c.parameters,
            y: average(c.test),
            low: Math.min(...c.test),
            high: Math.max(...c.test),
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

/** The cells by teacher and task, in order of appearance. */
function grouped(cells: readonly Cell[]): Group[] {
  const groups = new Map<string, [Cell, ...Cell[]]>();
  for (const cell of cells) {
    const key = `${cell.teacher}|${cell.task}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
}

function sentence(group: Group): string {
  const [{ teacher: kind, task }] = group;
  const order = [...group].sort(
    (a, b) => (average(a.test) - average(b.test)) * (task === "regression" ? 1 : -1),
  );
  return (
    `Taught by ${described[kind]}, ${task}: ` +
    `${order.map((c) => `${c.student} ${shown(c.test)}`).join(", ")}.`
  );
}

const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** "0.755 ± 0.004", "2e-5 ± 1e-5" */
function shown(values: readonly number[]): string {
  const half = (Math.max(...values) - Math.min(...values)) / 2;
  const digits = (v: number): string =>
    average(values) >= 0.01 ? v.toFixed(3) : v.toExponential(0);
  return `${digits(average(values))} ± ${digits(half)}`;
}

function dataOf(net: TwoLayerNet, task: TaskKind, n: number, samples: number, random: Rng): Data {
  const x = normal(random, [samples + VALIDATION + TEST, n]);
  const out = net.forward(x);
  const y = task === "regression" ? out : argmax(out, -1);
  const part = (start: number, count: number): Samples => {
    const range = { start, stop: start + count };
    return { x: slice(x, [range]), y: slice(y, [range]) };
  };
  return {
    learned: part(0, samples),
    validation: part(samples, VALIDATION),
    test: part(samples + VALIDATION, TEST),
  };
}

/** Accuracy, or the relative squared error. */
async function score(net: TwoLayerNet, { x, y }: Samples, task: TaskKind): Promise<number> {
  if (task === "regression") return relativeError((inputs) => net.forward(inputs), { x, y });
  const classes = noGrad(() => argmax(net.forward(x), -1));
  const [found, labels] = [await classes.data(), await y.data()];
  classes.dispose();
  let hits = 0;
  for (let i = 0; i < found.length; i++) if (found[i] === labels[i]) hits++;
  return hits / found.length;
}
