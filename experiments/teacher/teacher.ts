/** @file Whether the mixer's bias helps a student of a two-layer teacher, at equal steps. */
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
import { crossEntropy, linearKinds } from "@spm/nn";
import type { Experiment } from "../parts/experiment.ts";
import { readKinds, readNames } from "../parts/lists.ts";
import { uninterrupted } from "../parts/steps.ts";
import { earlierAttempts, seedsFrom, sweep } from "../parts/sweep.ts";
import { type Samples, train } from "../parts/train.ts";
import { studentNet, type TwoLayerNet, teacherKinds, teacherNet } from "../parts/two-layer-net.ts";
import { relativeError } from "../two-mixers/methods.ts";
import { type TaskKind, type TeacherAttempt, tasks, teacherFindings } from "./findings.ts";

const settings = {
  n: 64,
  samples: 4096,
  batch: 256,
  steps: 1000,
  rates: "0.003,0.01,0.03",
  /** Teachers and samples drawn for each entry. */
  seeds: 3,
  /** By name, with commas, or "all". */
  teachers: "all",
  tasks: "all",
  students: "dense,low-rank,rotation,general",
  /** A folder of runs of this experiment: their results as one report, without training. */
  from: "",
};

const CLASSES = 10;
const [VALIDATION, TEST] = [1024, 4096];
/** The data of a seed: for training, validation and test. */
interface Data {
  readonly learned: Samples;
  readonly validation: Samples;
  readonly test: Samples;
}

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
  tune: { samples: 8192, steps: 1500, students: "all", rates: "0.001,0.003,0.01,0.03" },
  async run({ settings: given, seed, signal, log }) {
    if (given.from !== "")
      return teacherFindings(earlierAttempts<TeacherAttempt>(given.from, "teacher"));
    const kinds = readKinds(given.students);
    const attempts: TeacherAttempt[] = [];
    const groups = readNames("teachers", given.teachers, teacherKinds).flatMap((kind) =>
      readNames("tasks", given.tasks, tasks).map((task) => ({ teacher: kind, task })),
    );
    for await (const group of uninterrupted(groups, signal)) {
      const rows = kinds.map((student) => ({
        ...{ ...group, student, row: `${group.teacher}, ${group.task}, ${student}` },
        ownRate: linearKinds[student].learningRate,
      }));
      const options = { rates: given.rates, seeds: seedsFrom(seed, given.seeds), signal };
      attempts.push(
        ...(await sweep(rows, options, async (plans, k) => {
          const draw = drawn(group, given, k);
          const found: TeacherAttempt[] = [];
          for await (const { ownRate: _, ...plan } of uninterrupted(plans, signal)) {
            const fit = await fitted(plan, draw, { ...given, signal });
            if (signal.aborted) break; // only complete measurements are reported
            found.push({ ...plan, seed: k, ...fit });
            log(`${plan.row}, rate ${plan.rate}, seed ${k}: ${fit.test.toPrecision(3)}`);
          }
          return found;
        })),
      );
    }
    return teacherFindings(attempts);
  },
};

/** A seed's data, and the generator in the state from which all its students start. */
interface Draw {
  readonly data: Data;
  readonly outputs: number;
  readonly random: Rng;
  readonly state: Rng["state"];
}

function drawn(
  { teacher: kind, task }: Pick<TeacherAttempt, "teacher" | "task">,
  { n, samples }: typeof settings,
  seed: number,
): Draw {
  const outputs = task === "regression" ? n : CLASSES;
  const [hidden, inputs, random] = rng(seed * 1000).split(3) as [Rng, Rng, Rng];
  const net = teacherNet(kind, n, outputs, hidden);
  const data = noGrad(() => dataOf(net, task, n, samples, inputs));
  return { data, outputs, random, state: random.state };
}

async function fitted(
  { student, task, rate }: Pick<TeacherAttempt, "student" | "task" | "rate">,
  { data, outputs, random, state }: Draw,
  { n, batch, steps, signal }: typeof settings & { readonly signal: AbortSignal },
): Promise<Pick<TeacherAttempt, "validation" | "test" | "train" | "parameters" | "seconds">> {
  random.state = state; // all fits of a seed start in the same state
  const net = studentNet(student, n, outputs, random);
  const loss = ({ x, y }: Samples): Tensor =>
    task === "regression" ? mean(square(sub(net.forward(x), y))) : crossEntropy(net.forward(x), y);
  const limits = { batch, rate, steps, signal };
  const { seconds } = await train(net.parameters(), loss, data.learned, limits);
  return {
    validation: await score(net, data.validation, task),
    test: await score(net, data.test, task),
    train: await score(net, data.learned, task),
    parameters: net.parameterCount(),
    seconds,
  };
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

/** The share of wrong classes, or the relative squared error. */
async function score(net: TwoLayerNet, { x, y }: Samples, task: TaskKind): Promise<number> {
  if (task === "regression") return relativeError((inputs) => net.forward(inputs), { x, y });
  const classes = noGrad(() => argmax(net.forward(x), -1));
  const [found, labels] = [await classes.data(), await y.data()];
  classes.dispose();
  let wrong = 0;
  for (let i = 0; i < labels.length; i++) if (found[i] !== labels[i]) wrong++;
  return wrong / labels.length;
}
