/** @file Methods to learn two mixers around a nonlinearity, and controls. */
import {
  add,
  div,
  mean,
  mul,
  noGrad,
  normal,
  type Parameter,
  type Rng,
  rng,
  square,
  sub,
  type Tensor,
  take,
  tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import {
  butterfly,
  fromPairs,
  generalMixer,
  log2Stages,
  rotationMixer,
  type Schedule,
} from "@spm/mixer";
import { pairsOf } from "@spm/mixer/extend";
import { Linear, MixerLayer, type MixerLayerOptions } from "@spm/nn";
import { type Samples, type Training, train } from "../parts/train.ts";
import { TwoLayerNet, teacherNet } from "../parts/two-layer-net.ts";
import { alignedOrder } from "./align.ts";
import { fitBySecondOrder } from "./second-order.ts";

/** A task: a teacher, and samples of it. */
interface Task {
  readonly n: number;
  readonly teacher: TwoLayerNet;
  readonly data: Samples;
  readonly random: Rng;
  readonly training: Training;
  /** The learning rate of students with a dense layer. */
  readonly denseRate: number;
}

/** The learned function, x [..., n] → [..., n]; null where the method does not apply. */
type Learned = ((x: Tensor) => Tensor) | null;

/** A row of the report. */
export interface Method {
  readonly name: string;
  /**
   * The teacher.
   * @defaultValue two rotation mixers over butterflies, Haar angles, around a tanh
   */
  readonly teach?: (n: number, random: Rng) => TwoLayerNet;
  learn(task: Task): Promise<Learned>;
}

type Rotations = MixerLayer<["angles"]>;
type Options = Partial<MixerLayerOptions<["angles"]>>;

/** A square rotation mixer, by default near the identity. */
const mixer = (n: number, random: Rng, options: Options = {}): Rotations =>
  new MixerLayer(rotationMixer, n, n, { random, bias: false, init: "identity", ...options });

const mixers = (n: number, random: Rng, options: Options = {}): TwoLayerNet =>
  new TwoLayerNet(mixer(n, random, options), mixer(n, random, options));

const dense = (n: number, random: Rng): Linear => new Linear(n, n, { random, bias: false });

/** Least squares by Adam. */
async function fitted(
  { data, training }: Task,
  forward: (x: Tensor) => Tensor,
  parameters: readonly Parameter[],
  { rate = training.rate, steps = training.steps }: { rate?: number; steps?: number } = {},
): Promise<(x: Tensor) => Tensor> {
  await train(parameters, ({ x, y }) => mean(square(sub(forward(x), y))), data, {
    ...training,
    rate,
    steps,
  });
  return forward;
}

/** Gradient descent on all of a student. */
const descend =
  (
    make: (task: Task) => TwoLayerNet,
    rateOf: (task: Task) => number = ({ training }) => training.rate,
  ) =>
  (task: Task): Promise<Learned> => {
    const net = make(task);
    return fitted(task, (x) => net.forward(x), net.parameters(), { rate: rateOf(task) });
  };

const TUNING_RATE = 0.003;
const denseRate = (task: Task): number => task.denseRate;

/** Gradient descent on one layer; the other is the teacher's. */
const given =
  (which: "first" | "second", parametersOf: (layer: Rotations) => readonly Parameter[]) =>
  (task: Task): Promise<Learned> => {
    const { n, teacher, random } = task;
    const own = mixer(n, random);
    const net =
      which === "first"
        ? new TwoLayerNet(teacher.first, own)
        : new TwoLayerNet(own, teacher.second);
    return fitted(task, (x) => net.forward(x), parametersOf(own));
  };

const all = (layer: Rotations): readonly Parameter[] => layer.parameters();
const anglesOnly = ({ factors }: Rotations): readonly Parameter[] => [factors.parameters.angles];

/** A student that starts with the teacher's angles, each turned by N(0, deviation²). */
const near = (deviation: number): Method => ({
  name: `start at the teacher's angles + N(0, ${deviation}²)`,
  learn: descend(({ n, teacher, random }) => {
    const layers = [mixer(n, rng(0)), mixer(n, rng(0))] as const;
    const net = new TwoLayerNet(...layers);
    noGrad(() => {
      net.loadStateDict(teacher.stateDict());
      for (const { angles } of layers.map(({ factors }) => factors.parameters))
        angles.assign(add(angles, normal(random, angles.shape, 0, deviation)));
    });
    return net;
  }),
});

const easy = (deviation: number): Method => ({
  name: `teacher's angles N(0, ${deviation}²)`,
  teach: (n, random) => mixers(n, random, { noise: deviation }),
  learn: descend(({ n, random }) => mixers(n, random)),
});

const longer = (times: number): Method => ({
  name: `${times} log₂ n stages in each`,
  learn: descend(({ n, random }) =>
    mixers(n, random, { schedule: butterfly(n, times * log2Stages(n)) }),
  ),
});

/** The same distances over coordinates in a random order. */
function reordered(schedule: Schedule, random: Rng): Schedule {
  const order = random.permutation(schedule.n);
  return fromPairs(
    schedule.n,
    pairsOf(schedule).map((pairs) => pairs.map(([i, j]) => [order[i]!, order[j]!])),
  );
}

/** y = Σ_c W₂c tanh(W₁c x) / √count */
const summed =
  (count: number) =>
  (task: Task): Promise<Learned> => {
    const nets = Array.from({ length: count }, () => mixers(task.n, task.random, { init: "haar" }));
    const forward = (x: Tensor): Tensor =>
      div(
        nets.map((net) => net.forward(x)).reduce((a, b) => add(a, b)),
        Math.sqrt(count),
      );
    return fitted(
      task,
      forward,
      nets.flatMap((net) => net.parameters()),
    );
  };

/** Many short runs, of which the best is continued. */
const restarted =
  (starts: number) =>
  async (task: Task): Promise<Learned> => {
    const { n, random, data, training } = task;
    const tried: { loss: number; net: TwoLayerNet }[] = [];
    for (let start = 0; start < starts; start++) {
      const net = mixers(n, random);
      const steps = Math.ceil(training.steps / 4);
      const forward = await fitted(task, (x) => net.forward(x), net.parameters(), { steps });
      tried.push({ loss: await relativeError(forward, data), net });
    }
    const { net } = tried.reduce((best, next) => (next.loss < best.loss ? next : best));
    return fitted(task, (x) => net.forward(x), net.parameters());
  };

/** y = W₂ tanh(W₁ x) + W₃ x */
const skipping = (task: Task): Promise<Learned> => {
  const { n, random } = task;
  const net = mixers(n, random);
  const beside = mixer(n, random, { schedule: butterfly(n, 2 * log2Stages(n)) });
  const forward = (x: Tensor): Tensor => add(net.forward(x), beside.forward(x));
  return fitted(task, forward, [...net.parameters(), ...beside.parameters()]);
};

/**
 * Dense layers first; then their hidden units are brought into a mixer's order, and gradient
 * descent starts from the mixers nearest to them.
 */
const throughDense =
  (ordered: boolean) =>
  async (task: Task): Promise<Learned> => {
    const { n, random, data } = task;
    const wide = new TwoLayerNet(dense(n, random), dense(n, random));
    await fitted(task, (x) => wide.forward(x), wide.parameters(), { rate: task.denseRate });
    const [w1, w2] = [wide.first.toDense(), wide.second.toDense()];
    const order = ordered
      ? alignedOrder(elements(w1.ndarray()), elements(w2.ndarray()), n)
      : Int32Array.from({ length: n }, (_, i) => i);
    if (order === null) return null;
    const places = tensor(order, { backend: data.x.backend });
    const net = mixers(n, random);
    noGrad(() => {
      net.first.assignDense(take(w1, places));
      net.second.assignDense(transpose(take(transpose(w2), places)));
    });
    return fitted(task, (x) => net.forward(x), net.parameters(), { rate: TUNING_RATE });
  };

/**
 * A mixer below a dense layer first; then gradient descent on both, with that layer replaced by its
 * nearest mixer.
 */
const layerByLayer = async (task: Task): Promise<Learned> => {
  const { n, random } = task;
  const half = new TwoLayerNet(mixer(n, random), dense(n, random));
  await fitted(task, (x) => half.forward(x), half.parameters(), { rate: task.denseRate });
  const second = mixer(n, random);
  noGrad(() => second.assignDense(half.second.toDense()));
  const net = new TwoLayerNet(half.first, second);
  return fitted(task, (x) => net.forward(x), net.parameters());
};

/**
 * Steps are expensive and few samples suffice: the unknowns are 2n log₂ n, and a sample has n
 * equations.
 */
const SECOND_ORDER = { steps: 100, samples: 1024 };

const rotationTeacher = (n: number, random: Rng): TwoLayerNet =>
  teacherNet("same schedule", n, n, random);

/** The recommended method, and the names of the rows that the picture shows. */
export const RECIPE = "dense first, its hidden units ordered, then mixers";
export const PLAIN = "both layers, start near the identity";
export const GIVEN = "second layer only, the first given";
export const DENSE = "two dense layers";

/** All methods, in the order of the report. */
export const methods: readonly Method[] = [
  { name: GIVEN, learn: given("first", all) },
  { name: "second layer only, without its diagonals", learn: given("first", anglesOnly) },
  { name: "first layer only, the second given", learn: given("second", all) },
  { name: "first layer only, without its diagonals", learn: given("second", anglesOnly) },
  { name: PLAIN, learn: descend(({ n, random }) => mixers(n, random)) },
  {
    name: "both layers, Haar start",
    learn: descend(({ n, random }) => mixers(n, random, { init: "haar" })),
  },
  {
    name: "a third of the rate",
    learn: descend(
      ({ n, random }) => mixers(n, random),
      ({ training }) => training.rate / 3,
    ),
  },
  {
    name: "three times the rate",
    learn: descend(
      ({ n, random }) => mixers(n, random),
      ({ training }) => training.rate * 3,
    ),
  },
  {
    name: "no tanh: a product of two mixers",
    teach: (n, random) => {
      const { first, second } = rotationTeacher(n, random);
      return new TwoLayerNet(first, second, (h) => h);
    },
    learn: descend(
      ({ n, random }) => new TwoLayerNet(mixer(n, random), mixer(n, random), (h) => h),
    ),
  },
  easy(0.3),
  easy(0.6),
  easy(0.9),
  near(0.4),
  near(0.8),
  near(1.2),
  longer(2),
  longer(4),
  {
    name: "free blocks",
    learn: descend(({ n, random }) => {
      const layer = () => new MixerLayer(generalMixer, n, n, { random, bias: false });
      return new TwoLayerNet(layer(), layer());
    }),
  },
  { name: "sum of 4", learn: summed(4) },
  { name: "a mixer beside both (skip)", learn: skipping },
  {
    name: "hidden units in a random order",
    learn: descend(
      ({ n, random }) =>
        new TwoLayerNet(
          mixer(n, random),
          mixer(n, random, { schedule: reordered(butterfly(n), random) }),
        ),
    ),
  },
  { name: "8 short starts, the best goes on", learn: restarted(8) },
  {
    name: "first layer dense",
    learn: descend(
      ({ n, random }) => new TwoLayerNet(dense(n, random), mixer(n, random)),
      denseRate,
    ),
  },
  {
    name: "second layer dense",
    learn: descend(
      ({ n, random }) => new TwoLayerNet(mixer(n, random), dense(n, random)),
      denseRate,
    ),
  },
  {
    name: DENSE,
    learn: descend(
      ({ n, random }) => new TwoLayerNet(dense(n, random), dense(n, random)),
      denseRate,
    ),
  },
  { name: RECIPE, learn: throughDense(true) },
  { name: "control: not ordered", learn: throughDense(false) },
  {
    name: "control: the recipe, teacher of another schedule",
    teach: (n, random) => teacherNet("other schedule", n, n, random),
    learn: throughDense(true),
  },
  {
    name: "control: the recipe, dense teacher",
    teach: (n, random) => teacherNet("dense", n, n, random),
    learn: throughDense(true),
  },
  {
    name: "second-order steps (Levenberg–Marquardt)",
    learn: async ({ n, random, data, training }) => {
      const net = mixers(n, random);
      const steps = Math.min(SECOND_ORDER.steps, training.steps);
      await fitBySecondOrder(net, data, { ...SECOND_ORDER, steps, signal: training.signal });
      return (x) => net.forward(x);
    },
  },
  { name: "layer by layer: the second dense first, then its nearest mixer", learn: layerByLayer },
];

/** The teacher of a method. */
export const teacherOf = (method: Method, n: number, random: Rng): TwoLayerNet =>
  (method.teach ?? rotationTeacher)(n, random);

/** Σ (f(x) − y)² / Σ y². */
export async function relativeError(
  learned: (x: Tensor) => Tensor,
  { x, y }: Samples,
): Promise<number> {
  const share = noGrad(() => div(mean(square(sub(learned(x), y))), mean(square(y))));
  const value = await share.item();
  share.dispose();
  return value;
}

/**
 * Samples of a teacher, x ~ N(0, I), with noise on the outputs of a given share of their deviation.
 */
export function samplesOf(
  teacher: TwoLayerNet,
  n: number,
  count: number,
  noise: number,
  random: Rng,
): Samples {
  return noGrad(() => {
    const x = normal(random, [count, n]);
    const clean = teacher.forward(x);
    return { x, y: noise === 0 ? clean : add(clean, mul(normal(random, clean.shape), noise)) };
  });
}
