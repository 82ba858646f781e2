/**
 * @file Times of a dense layer and of others by width and batch, and the widths at which they
 * cross.
 */
import {
  normal,
  type Parameter,
  parameter,
  type Rng,
  rng,
  scope,
  sum,
  type Tensor,
  valueAndGrad,
} from "@spm/core";
import { BackendError } from "@spm/core/extend";
import { type LinearMap, linear, RotorLinear } from "@spm/nn";
import { adam, type Optimizer } from "@spm/optim";
import type { Experiment } from "../parts/experiment.ts";
import { candidate, measure } from "../parts/harness.ts";
import { linearNames, readNames, readNumbers } from "../parts/lists.ts";
import { settled } from "../parts/settled.ts";
import { uninterrupted } from "../parts/steps.ts";
import { type Cell, PHASES, type Phase, type Seconds, timingFindings } from "./findings.ts";

/** Linear maps by name, and one of two rotors, which is no kind of its own. */
const known = [...linearNames, "rotors"] as const;
type Name = (typeof known)[number];

/**
 * The width from which on a mixer, or another layer, is faster than a dense one, by batch, on the
 * current backend.
 */
export const timing: Experiment<{
  layers: string;
  widths: string;
  batches: string;
  rounds: number;
  least: number;
  longest: number;
}> = {
  name: "timing",
  question: "From which width on is a mixer faster than a dense layer?",
  settings: {
    layers: "rotation,general",
    widths: "64,128,256,512,1024,2048,4096,8192",
    batches: "1,8,64,512",
    rounds: 5,
    least: 0.003,
    longest: 1.5,
  },
  quick: { widths: "16,32", batches: "1,4", rounds: 2, least: 0.0002 },
  async run({ settings: { layers, widths, batches, rounds, least, longest }, seed, signal, log }) {
    const names = readNames("layers", layers, known).filter((name) => name !== "dense");
    const cells: Cell[] = [];
    // Narrow before wide: the widest may leave too little of a backend's memory for the others.
    for (const n of readNumbers("widths", widths))
      for (const batch of readNumbers("batches", batches)) {
        if (signal.aborted) break;
        const plan = { names, rounds, least, longest, random: rng(seed), signal };
        const cell = await measureCell(n, batch, plan);
        if (signal.aborted) break; // only what was measured to its end
        cells.push(cell);
        const times = cell.seconds.step?.map(
          ({ seconds }) => `${(1000 * seconds).toPrecision(3)} ms`,
        );
        if (times !== undefined) log(`n ${n}, batch ${batch}, step: ${times.join(", ")}`);
      }
    return timingFindings(names, cells);
  },
};

const layerOf = (name: Name, n: number, random: Rng): LinearMap =>
  name === "rotors" ? new RotorLinear(n, n, { random }) : linear(name, n, n, { random });

interface Plan {
  /** Besides the dense layer, which comes first in each round. */
  readonly names: readonly Name[];
  readonly rounds: number;
  readonly least: number;
  readonly longest: number;
  readonly random: Rng;
  readonly signal: AbortSignal;
}

/** All phases of one width and batch, in fewer rounds if they took longer than `longest`. */
async function measureCell(
  n: number,
  batch: number,
  { names, rounds, least, longest, random, signal }: Plan,
): Promise<Cell> {
  const seconds: { [phase in Phase]?: Seconds } = {};
  const owned: { dispose(): void }[] = [];
  try {
    const x = parameter(normal(random, [batch, n]));
    owned.push(x);
    const all: readonly Name[] = ["dense", ...names];
    const layers = all.map((name) => [name, layerOf(name, n, random)] as const);
    owned.push(...layers.flatMap(([, layer]) => layer.parameters()));
    for await (const phase of uninterrupted(PHASES, signal)) {
      const candidates = layers.map(([name, layer]) => {
        const optimizer = adam(layer.parameters(), { learningRate: 1e-6 });
        owned.push(optimizer);
        return candidate(name, runOf(phase, layer, x, optimizer), { sample: least, settled });
      });
      seconds[phase] = await measure(candidates, { rounds, seconds: least, longest });
    }
  } catch (error) {
    // no memory for a matrix of this size: the cell stays empty
    if (!(error instanceof BackendError)) throw error;
  }
  for (const one of owned) one.dispose();
  return { n, batch, seconds };
}

/**
 * The timed functions: the layer's public ones, with bias and diagonals; gradients are by the input
 * and all parameters.
 */
function runOf(phase: Phase, layer: LinearMap, x: Parameter, optimizer: Optimizer): () => void {
  if (phase === "forward") return () => scope(() => void layer.forward(x));
  const gradients = (): Tensor[] =>
    valueAndGrad(() => sum(layer.forward(x)), [x, ...optimizer.parameters]).grads;
  if (phase === "forward and backward") return () => scope(() => void gradients());
  return () => scope(() => optimizer.step(gradients().slice(1)));
}
