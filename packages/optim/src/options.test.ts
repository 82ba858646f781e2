/** @file Every function and class of this package refuses an option that it does not have. */
import { parameter } from "@spm/core";
import { OptionError } from "@spm/core/extend";
import { describe, expect, test } from "vitest";
import * as extend from "./extend.ts";
import * as optim from "./index.ts";

type Call = (nonsense: object) => unknown;
const one = () => [parameter([1])];
const span = { learningRate: 0.1, steps: 10 };

/** A call of each export that has options; `nonsense` is spread into them. */
const calls: Readonly<Record<string, Call>> = {
  capture: (nonsense) => optim.capture(() => 1, { checkEvery: 3, ...nonsense }),
  MovingAverage: (nonsense) => new optim.MovingAverage(one(), { decay: 0.9, ...nonsense }),
  Optimizer: (nonsense) => {
    const defaults = { learningRate: 0.1, weightDecay: 0 };
    const rule: optim.Rule<optim.CommonOptions> = {
      name: "mine",
      defaults,
      slots: () => ({}),
      update: (p) => [p],
    };
    return new optim.Optimizer(rule, one(), { learningRate: 1, ...nonsense });
  },
  constant: (nonsense) => optim.constant({ learningRate: 1, ...nonsense }),
  cosine: (nonsense) => optim.cosine({ ...span, ...nonsense }),
  cosineRestarts: (nonsense) => optim.cosineRestarts({ learningRate: 1, period: 4, ...nonsense }),
  cyclic: (nonsense) => optim.cyclic({ learningRate: 1, up: 2, ...nonsense }),
  lbfgs: (nonsense) => optim.lbfgs(one(), { maxIterations: 3, ...nonsense }),
  Lbfgs: (nonsense) => new optim.Lbfgs(one(), { maxIterations: 3, ...nonsense }),
  exponentialDecay: (nonsense) =>
    optim.exponentialDecay({ learningRate: 1, factor: 0.9, ...nonsense }),
  linearDecay: (nonsense) => optim.linearDecay({ from: 1, to: 0, steps: 9, ...nonsense }),
  multistep: (nonsense) => optim.multistep({ learningRate: 1, milestones: [3], ...nonsense }),
  oneCycle: (nonsense) => optim.oneCycle({ ...span, ...nonsense }),
  polynomial: (nonsense) => optim.polynomial({ ...span, ...nonsense }),
  stepDecay: (nonsense) => optim.stepDecay({ learningRate: 1, every: 3, ...nonsense }),
  warmup: (nonsense) => optim.warmup(optim.cosine(span), { steps: 3, ...nonsense }),
  reduceOnPlateau: (nonsense) => optim.reduceOnPlateau({ patience: 3, ...nonsense }),
  ...Object.fromEntries(
    Object.keys(optim.optimizers).map((name): [string, Call] => [
      name,
      (nonsense) => {
        const make = Reflect.get(optim, name) as typeof optim.sgd;
        return make(one(), { learningRate: 0.1, ...nonsense });
      },
    ]),
  ),
};

/** Exports without options, and update ops, whose numbers a rule gives on every step. */
const without = new Set([
  ...[
    "GradientAccumulator",
    "clipByGlobalNorm",
    "clipByValue",
    "globalNorm",
    "sequence",
    "chained",
  ],
  ...["optimizers", "rateSchedules", "plateauStart", "updateOp"],
  ...["changing", "dissect", "itself", "recorder", "renewed"],
  ...Object.keys(extend).filter((name) => name.endsWith("Update")),
]);

test("every export is in the table or has no options", () => {
  const all = new Set([...Object.keys(optim), ...Object.keys(extend)]);
  expect([...Object.keys(calls), ...without].sort()).toEqual([...all].sort());
});

describe.each(Object.entries(calls))("%s", (_, call) => {
  test("takes its options, and refuses another", () => {
    expect(() => call({})).not.toThrow();
    expect(() => call({ nonsense: 1 })).toThrow(OptionError);
    expect(() => call({ nonsense: 1 })).toThrow(/unknown option "nonsense"/);
  });
});

describe.each(Object.entries(optim.optimizers))("optimizer %s by name", (_, entry) => {
  test("refuses an option that it does not have, of a group, too", () => {
    const nonsense: object = { nonsense: 1 };
    expect(() => entry.create(one(), nonsense)).toThrow(OptionError);
    const group = { parameters: one(), learningRat: 1 };
    expect(() => entry.create([group], {})).toThrow(/"learningRat"; help: learningRate/);
  });
});

test.each(Object.entries(optim.rateSchedules))("schedule %s by name refuses one", (_, entry) => {
  expect(() => entry.create(span)).not.toThrow();
  expect(() => entry.create({ ...span, ...{ nonsense: 1 } })).toThrow(OptionError);
});

test("says which option may be meant, in PyTorch's words or nearly ours", () => {
  const refusal = (options: object) => () => optim.sgd(one(), options);
  expect(refusal({ lr: 0.1 })).toThrow(/^sgd: unknown option "lr"; help: learningRate$/);
  expect(refusal({ weight_decay: 0.1 })).toThrow(/help: weightDecay$/);
  expect(refusal({ momentun: 0.1 })).toThrow(/help: momentum$/);
  const cosine = (options: object) => () => optim.cosine({ ...span, ...options });
  expect(cosine({ eta_min: 0 })).toThrow(/^cosine: unknown option "eta_min"; help: min$/);
});
