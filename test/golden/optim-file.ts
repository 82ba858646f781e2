/**
 * @file `optim.json`: optimizer trajectories under given gradients, learning-rate schedules,
 * clipping, reduce-on-plateau.
 */
import { parameter } from "@spm/core";
import * as o from "@spm/optim";
import * as oExtend from "@spm/optim/extend";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { goldenTensor, numbersError, type Precision, toTensor } from "./golden-tensor.ts";
import { searchCase } from "./lbfgs-file.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
  MalformedError,
} from "./python-json.ts";

/** The cases of the file. @throws MalformedError */
export function optimCases(file: JsonObject, where: string): GoldenCase[] {
  const listed = (
    key: string,
    toCase: (item: JsonObject, where: string) => GoldenCase,
  ): GoldenCase[] =>
    asList(file[key] ?? [], `${where}.${key}`).map((item, i) => {
      const at = `${where}.${key}[${i}]`;
      return toCase(asObject(item, at), at);
    });
  const single = (
    key: string,
    toCase: (item: JsonObject, where: string) => GoldenCase,
  ): GoldenCase[] =>
    file[key] === undefined
      ? []
      : [toCase(asObject(file[key], `${where}.${key}`), `${where}.${key}`)];
  return [
    ...listed("optimizers", optimizerCase),
    ...listed("schedulers", scheduleCase),
    ...listed("searches", searchCase),
    ...single("clip_grad_norm", clipCase),
    ...single("reduce_on_plateau", plateauCase),
  ];
}

/** The optimizers, by the first word of a case's name. */
const optimizers = {
  sgd: o.sgd,
  adam: o.adam,
  adamw: o.adamw,
  rmsprop: o.rmsprop,
  adagrad: o.adagrad,
  nadam: o.nadam,
  radam: o.radam,
  adamax: o.adamax,
  muon: o.muon,
  lion: o.lion,
};

/** Our word for PyTorch's, where it is not the same. */
const renamed: Readonly<Record<string, string>> = {
  lr: "learningRate",
  weight_decay: "weightDecay",
  lr_decay: "learningRateDecay",
  eps: "epsilon",
  initial_accumulator_value: "initialSum",
  momentum_decay: "momentumDecay",
  ns_steps: "iterations",
  ns_coefficients: "coefficients",
};
const same = [
  "momentum",
  "dampening",
  "maximize",
  "nesterov",
  "betas",
  "amsgrad",
  "alpha",
  "centered",
];

/** @throws MalformedError for an option that we have no word for */
function optionsOf(options: JsonObject, where: string): Record<string, Json> {
  const entries = Object.entries(options).filter(([key]) => key !== "note");
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const ours = renamed[key] ?? (same.includes(key) ? key : undefined);
      if (ours === undefined) throw new MalformedError(where, "options that have a word here", key);
      return [ours, value];
    }),
  );
}

function optimizerCase(item: JsonObject, where: string): GoldenCase {
  const name = asString(item.name, `${where}.name`);
  const tensors = (key: string) =>
    asList(item[key], `${where}.${key}`).map((value, i) =>
      goldenTensor(value, `${where}.${key}[${i}]`),
    );
  const grads = tensors("grads");
  const [start, ...trajectory] = tensors("params");
  if (start === undefined || grads.length === 0 || trajectory.length !== grads.length)
    throw new MalformedError(
      where,
      "a start, and a parameter after each of some gradients",
      `${grads.length} gradients`,
    );
  const options = optionsOf(asObject(item.options, `${where}.options`), `${where}.options`);
  const make = optimizers[name.split("_")[0] as keyof typeof optimizers] as
    | typeof o.adam
    | undefined;
  if (make === undefined) return { name, run: undefined };
  const run = (precision: Precision): Comparison[] => {
    const p = parameter(toTensor(start, precision));
    const optimizer = make([p], options);
    return grads.map((grad, i) => {
      optimizer.step([toTensor(grad, precision)]);
      return compare(`the parameter after step ${i + 1}`, p, trajectory[i]!);
    });
  };
  return { name, run };
}

type Options = (key: string) => number;

/** The schedules, by name; `learningRate` is the optimizer's. */
const schedules: Readonly<
  Record<string, (learningRate: number, options: Options, fields: JsonObject) => o.RateSchedule>
> = {
  step: (learningRate, get) =>
    o.stepDecay({ learningRate, every: get("step_size"), factor: get("gamma") }),
  multistep: (learningRate, get, { milestones }) =>
    o.multistep({
      learningRate,
      milestones: asNumbers(milestones, "milestones"),
      factor: get("gamma"),
    }),
  exponential: (learningRate, get) => o.exponentialDecay({ learningRate, factor: get("gamma") }),
  cosine: (learningRate, get) =>
    o.cosine({ learningRate, steps: get("t_max"), min: get("eta_min") }),
  cosine_restarts: (learningRate, get) =>
    o.cosineRestarts({
      learningRate,
      period: get("t_0"),
      growth: get("t_mult"),
      min: get("eta_min"),
    }),
  linear: (learningRate, get) =>
    o.linearDecay({
      from: learningRate * get("start_factor"),
      to: learningRate * get("end_factor"),
      steps: get("total_iters"),
    }),
  polynomial: (learningRate, get) =>
    o.polynomial({ learningRate, steps: get("total_iters"), power: get("power") }),
  one_cycle: (_, get) =>
    o.oneCycle({
      learningRate: get("max_lr"),
      steps: get("total_steps"),
      rise: get("pct_start"),
      divide: get("div_factor"),
      finalDivide: get("final_div_factor"),
    }),
  cyclic: (_, get, fields) =>
    o.cyclic({
      learningRate: get("max_lr"),
      min: get("base_lr"),
      up: get("step_size_up"),
      ...(fields.step_size_down !== undefined && { down: get("step_size_down") }),
      ...(fields.mode !== undefined && { mode: asString(fields.mode, "mode") as o.CyclicMode }),
      ...(fields.gamma !== undefined && { factor: get("gamma") }),
    }),
  chained: (learningRate, get) => {
    const flat = [get("factor"), 1].map((rate) => o.constant({ learningRate: rate }));
    return o.chained([
      o.exponentialDecay({ learningRate, factor: get("gamma") }),
      o.sequence(flat, [get("total_iters")]),
    ]);
  },
  chained_lines: (learningRate, get) =>
    o.chained([
      o.stepDecay({ learningRate, every: get("step_size"), factor: get("gamma") }),
      o.linearDecay({
        from: get("start_factor"),
        to: get("end_factor"),
        steps: get("total_iters"),
      }),
    ]),
  sequential: (learningRate, get, { milestones }) =>
    o.sequence(
      [
        o.linearDecay({
          from: learningRate * get("start_factor"),
          to: learningRate,
          steps: get("total_iters"),
        }),
        o.exponentialDecay({ learningRate, factor: get("gamma") }),
        o.cosine({ learningRate, steps: get("t_max"), min: get("eta_min") }),
      ],
      asNumbers(milestones, "milestones"),
    ),
  warmup_cosine: (learningRate, get) =>
    o.warmup(o.cosine({ learningRate, steps: get("t_max"), min: get("eta_min") }), {
      steps: get("warmup"),
      from: get("start_factor"),
    }),
};

function scheduleCase(item: JsonObject, where: string): GoldenCase {
  const name = asString(item.name, `${where}.name`);
  const fields = asObject(item.options, `${where}.options`);
  const rates = asNumbers(item.lrs, `${where}.lrs`);
  const learningRate = asNumber(item.base_lr, `${where}.base_lr`);
  const make = schedules[name];
  const get = (key: string) => asNumber(fields[key], `${where}.options.${key}`);
  const run = (): Comparison[] => {
    const schedule = make!(learningRate, get, fields);
    return rates.map((rate, step) => ({
      what: `the rate of step ${step}`,
      error: numbersError([schedule(step)], [rate]),
    }));
  };
  return { name: `schedule_${name}`, run: make && run };
}

function clipCase(item: JsonObject, where: string): GoldenCase {
  const tensors = (key: string) =>
    asList(item[key], `${where}.${key}`).map((value, i) =>
      goldenTensor(value, `${where}.${key}[${i}]`),
    );
  const [grads, clipped] = [tensors("grads"), tensors("clipped")];
  const maxNorm = asNumber(item.max_norm, `${where}.max_norm`);
  const total = asNumber(item.total_norm, `${where}.total_norm`);
  const run = (precision: Precision): Comparison[] => {
    const ours = o.clipByGlobalNorm(
      grads.map((grad) => toTensor(grad, precision)),
      maxNorm,
    );
    return [
      compare("the norm", ours.norm, { shape: [], data: [total] }),
      ...ours.grads.map((grad, i) => compare(`clipped gradient ${i}`, grad, clipped[i]!)),
    ];
  };
  return { name: "clip_grad_norm", run };
}

function plateauCase(item: JsonObject, where: string): GoldenCase {
  const factor = asNumber(item.factor, `${where}.factor`);
  const patience = asNumber(item.patience, `${where}.patience`);
  const metrics = asNumbers(item.metrics, `${where}.metrics`);
  const rates = asNumbers(item.lr_after, `${where}.lr_after`);
  const run = (): Comparison[] => {
    const next = o.reduceOnPlateau({ factor, patience });
    let state = oExtend.plateauStart(rates[0]!);
    return metrics.map((metric, i) => {
      state = next(state, metric);
      return {
        what: `the rate after metric ${i}`,
        error: numbersError([state.learningRate], [rates[i]!]),
      };
    });
  };
  return { name: "reduce_on_plateau", run };
}
