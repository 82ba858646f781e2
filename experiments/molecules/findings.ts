/** @file The report on trainings: tables and pictures, made of records alone. */
import { seriesChart } from "@spm/report";
import type { Findings, Section } from "../parts/experiment.ts";
import { medianBar, showSpread, spreadOf } from "../parts/statistics.ts";
import { type ContenderName, contenderNames } from "./contenders.ts";
import { setNames, type TrainingRecord } from "./records.ts";
import type { Errors } from "./training.ts";
import type { WaterForces } from "./water.ts";

type Trainings = readonly TrainingRecord[];

/** Trainings that differ in their seeds alone. */
interface Group {
  readonly set: WaterForces;
  readonly model: ContenderName;
  readonly frames: number;
  readonly steps: number;
  readonly runs: Trainings;
}

const plain = (v: number): string => v.toFixed(2);
const over = (runs: Trainings, value: (run: TrainingRecord) => number): string =>
  showSpread(spreadOf(runs.map(value)), plain);
const meanOf = (runs: Trainings, value: (run: TrainingRecord) => number): number =>
  spreadOf(runs.map(value))?.mean ?? 0;

/** Milliseconds of a step of training, which are no results: machines differ. */
function milliseconds({ curve }: TrainingRecord): number {
  const last = curve.at(-1);
  return last ? (1000 * last.seconds) / last.step : 0;
}

const stepsOf = ({ curve }: TrainingRecord): number => curve.at(-1)?.step ?? 0;

/** In the order of sets, models, frames and steps. */
function grouped(trainings: Trainings): Group[] {
  const groups = new Map<string, Group>();
  for (const run of trainings) {
    const { set, model, frames } = run;
    const steps = stepsOf(run);
    const key = JSON.stringify([set, model, frames, steps]);
    const runs = [...(groups.get(key)?.runs ?? []), run];
    groups.set(key, { set, model, frames, steps, runs });
  }
  return [...groups.values()].sort(
    (a, b) =>
      setNames.indexOf(a.set) - setNames.indexOf(b.set) ||
      contenderNames.indexOf(a.model) - contenderNames.indexOf(b.model) ||
      a.frames - b.frames ||
      a.steps - b.steps,
  );
}

/** The tables and pictures of all trainings. */
export function moleculesFindings(trainings: Trainings): Findings {
  const groups = grouped(trainings);
  const mostOf = (own: readonly Group[]): number => Math.max(0, ...own.map((g) => g.frames));
  const longest = Math.max(0, ...groups.map(({ steps }) => steps));
  const full = groups.filter(({ frames }) => frames === mostOf(groups));
  const unmixed = groups.filter(({ model, steps }) => !isMixed(model) && steps === longest);
  const compared = unmixed.filter(({ frames }) => frames === mostOf(unmixed));
  const sections = [
    errorsSection(compared),
    ...setNames.flatMap((set) => curveSections(set, compared)),
    ...setNames.map((set) => learningSection(set, unmixed)),
    dynamicsSection(trainings),
    mixingSection(full.filter(({ model, set }) => set === "pairs" && isTensorNet(model))),
    ratesSection(full),
  ];
  return {
    summary: summaryOf(compared.length > 0 ? compared : full),
    sections: sections.flatMap((section) => section ?? []),
    results: { trainings: trainings.map((run) => ({ ...run })) as never },
  };
}

const isTensorNet = (model: ContenderName): boolean => model.startsWith("tensornet");
const isMixed = (model: ContenderName): boolean => isTensorNet(model) && model !== "tensornet";

function summaryOf(compared: readonly Group[]): string {
  if (compared.length === 0) return "Interrupted before anything was measured.";
  const lines = setNames.flatMap((set) => {
    const own = compared.filter((group) => group.set === set);
    const [first] = own;
    if (first === undefined) return [];
    const errors = own.map(({ model, runs }) => `${model} ${over(runs, ({ test }) => test.force)}`);
    return `${set}, ${first.frames} frames: ${errors.join(", ")}`;
  });
  return `Mean absolute error of forces, kcal/mol/Å, of ${lines.join("; ")}.`;
}

function errorsSection(compared: readonly Group[]): Section | undefined {
  if (compared.length === 0) return undefined;
  const rows = compared.map(({ set, model, runs }) => {
    const best = compared.find((group) => group.set === set && group.model === "tensornet");
    const ratio = best && meanOf(runs, force) / meanOf(best.runs, force);
    return [
      `${set}, ${model}`,
      String(runs[0]?.parameters ?? 0),
      over(runs, ({ test }) => test.energy),
      over(runs, force),
      over(runs, ({ turned }) => turned.force),
      ratio === undefined ? "–" : plain(ratio),
      over(runs, milliseconds),
    ];
  });
  const constants = setNames.flatMap((set) => {
    const runs = compared.find((group) => group.set === set)?.runs;
    if (!runs) return [];
    const value = (of: (errors: Errors) => number) => over(runs, (run) => of(run.constant));
    return [[`${set}, a constant`, "1", value(energy), value(ofForce), value(ofForce), "–", "–"]];
  });
  return {
    heading: "Errors",
    text:
      "Mean absolute errors on frames of trimers that were not trained on: energies in kcal/mol, " +
      "forces in kcal/mol/Å, and forces once each frame is turned at random. Mean over seeds, " +
      "and the range. The ratio is that of forces to TensorNet's. Milliseconds are those of a " +
      "step of training.",
    table: {
      head: ["set, model", "parameters", "energy", "force", "force, turned", "ratio", "ms a step"],
      rows: [...rows, ...constants],
    },
  };
}

const energy = (errors: Errors): number => errors.energy;
const ofForce = (errors: Errors): number => errors.force;
const force = ({ test }: TrainingRecord): number => test.force;

/** Validation errors against steps, and against seconds. */
function curveSections(set: WaterForces, compared: readonly Group[]): Section[] {
  const own = compared.filter((group) => group.set === set);
  if (own.length === 0) return [];
  const chart = (
    name: string,
    label: string,
    unit: string,
    at: (point: TrainingRecord["curve"][number]) => number,
    value: (errors: Errors) => number,
  ) => ({
    name: `molecules-${set}-${name}`,
    svg: seriesChart({
      title: `${label} on validation frames, ${set}`,
      x: { label: unit, scale: "log" },
      y: { label, scale: "log" },
      series: own.map(({ model, runs }) => ({
        name: model,
        points: (runs[0]?.curve ?? []).map((_, k) => {
          const points = runs.flatMap(({ curve }) => curve[k] ?? []);
          return { x: medianBar(points.map(at)).y, ...medianBar(points.map(value)) };
        }),
      })),
    }),
  });
  const [forces, energies] = ["force error, kcal/mol/Å", "energy error, kcal/mol"] as const;
  const rows = own.map(({ model, steps, runs }) => {
    const half = ({ curve }: TrainingRecord): Errors | undefined =>
      curve.findLast(({ step }) => 2 * step <= steps);
    const last = ({ curve }: TrainingRecord): Errors | undefined => curve.at(-1);
    return [
      model,
      over(runs, (run) => half(run)?.force ?? 0),
      over(runs, (run) => last(run)?.force ?? 0),
    ];
  });
  return [
    {
      heading: `On the way, ${set}`,
      text:
        "Validation errors of forces by half of the steps and in the end. The learning rate " +
        "falls to 0 by a cosine, so they are flat in the end by necessity.",
      table: { head: ["model", "by half", "in the end"], rows },
      figure: chart("steps", forces, "steps", ({ step }) => step, ofForce),
    },
    {
      heading: `Against seconds, ${set}`,
      figure: chart("seconds", forces, "seconds", ({ seconds }) => seconds, ofForce),
    },
    {
      heading: `Energies, ${set}`,
      figure: chart("energies", energies, "steps", ({ step }) => step, energy),
    },
    {
      heading: `Energies against seconds, ${set}`,
      figure: chart("energies-seconds", energies, "seconds", ({ seconds }) => seconds, energy),
    },
  ];
}

function learningSection(of: WaterForces, all: readonly Group[]): Section | undefined {
  const groups = all.filter(({ set }) => set === of);
  const counts = [...new Set(groups.map(({ frames }) => frames))].sort((a, b) => a - b);
  if (counts.length < 2) return undefined;
  const models = contenderNames.filter((name) => groups.some(({ model }) => model === name));
  const runsOf = (name: ContenderName, count: number): Trainings =>
    groups.find(({ model, frames }) => model === name && frames === count)?.runs ?? [];
  return {
    heading: `Learning curve, ${of}`,
    text: "Errors of forces on test frames, in kcal/mol/Å, by the number of training frames.",
    table: {
      head: ["frames", ...models],
      rows: counts.map((count) => [
        String(count),
        ...models.map((model) => over(runsOf(model, count), force)),
      ]),
    },
    figure: {
      name: `molecules-frames-${of}`,
      svg: seriesChart({
        title: `force error by training frames, ${of}`,
        x: { label: "training frames", scale: "log", ticks: counts },
        y: { label: "force error, kcal/mol/Å", scale: "log" },
        series: models.map((model) => ({
          name: model,
          points: counts.flatMap((count) => {
            const runs = runsOf(model, count);
            return runs.length > 0 ? [{ x: count, ...medianBar(runs.map(force)) }] : [];
          }),
        })),
      }),
    },
  };
}

function dynamicsSection(trainings: Trainings): Section | undefined {
  const ran = trainings.flatMap(({ seed, dynamics }) => (dynamics ? [{ seed, ...dynamics }] : []));
  const [first] = ran;
  if (first === undefined) return undefined;
  const fields = ["learned", "true"] as const;
  const rows = ran.flatMap(({ seed, drift }) =>
    fields.map((field) => {
      const { slope, size, furthest } = drift[field];
      return [`seed ${seed}, ${field}`, ...[slope, size, furthest].map((v) => v.toFixed(4))];
    }),
  );
  const { times, energies } = first.learned;
  return {
    heading: "Molecular dynamics",
    text:
      `Velocity Verlet with steps of 0.5 fs for ${times.at(-1)} fs, ${energies[0]?.length ?? 0} ` +
      "trimers from test frames at 300 K, with the forces that TensorNet learned and with the " +
      "true ones. The total energy, of each field by itself, is constant but for the steps' " +
      "error: the slope of a line through it (mean, and mean of sizes), in kcal/mol per ps, and " +
      "its largest distance from the start, in kcal/mol.",
    table: { head: ["field", "slope", "|slope|", "furthest"], rows },
    figure: {
      name: "molecules-dynamics",
      svg: seriesChart({
        title: `total energy from its start, mean over trimers, seed ${first.seed}`,
        x: { label: "fs" },
        y: { label: "kcal/mol" },
        series: fields.map((field) => ({
          name: field,
          points: first[field].times.map((x, k) => {
            const [now, start] = [first[field].energies[k] ?? [], first[field].energies[0] ?? []];
            return { x, y: now.reduce((sum, e, i) => sum + (e - (start[i] ?? e)) / now.length, 0) };
          }),
        })),
      }),
    },
  };
}

function mixingSection(groups: readonly Group[]): Section | undefined {
  // mixers may have been trained for fewer steps than the rest, and dense maps for as many
  const steps = groups.find(({ model }) => isMixed(model))?.steps;
  const alike = groups.filter((group) => group.steps === steps);
  if (alike.length < 2) return undefined;
  return {
    heading: "Channel mixing",
    text:
      "TensorNet with its nine maps of the channels of I, A and S dense, or mixers, after " +
      `${steps} steps. Test errors, parameters of the whole network, milliseconds of a step.`,
    table: {
      head: ["mixing", "parameters", "energy", "force", "ms a step"],
      rows: alike.map(({ model, runs }) => [
        model === "tensornet" ? "dense" : model.replace("tensornet-", ""),
        String(runs[0]?.parameters ?? 0),
        over(runs, ({ test }) => test.energy),
        over(runs, force),
        over(runs, milliseconds),
      ]),
    },
  };
}

function ratesSection(groups: readonly Group[]): Section | undefined {
  if (groups.length === 0) return undefined;
  const rates = [
    ...new Set(groups.flatMap(({ runs }) => runs.flatMap(({ tried }) => tried.map((t) => t.rate)))),
  ].sort((a, b) => a - b);
  return {
    heading: "Rates",
    text:
      "Validation errors of forces after the short training with each rate, of all seeds, and " +
      "the rates that were used.",
    table: {
      head: ["set, model", ...rates.map(String), "used"],
      rows: groups.map(({ set, model, steps, runs }) => [
        `${set}, ${model}, ${steps} steps`,
        ...rates.map((rate) => {
          const tried = runs.flatMap((run) => run.tried.filter((t) => t.rate === rate));
          return showSpread(spreadOf(tried.map(ofForce)), plain);
        }),
        runs.map((run) => run.rate).join(", "),
      ]),
    },
  };
}
