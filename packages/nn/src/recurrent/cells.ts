/** @file One step of a recurrent network, with linear maps of any structure. */

import { add, concat, mul, relu, sigmoid, split, type Tensor, tanh } from "@spm/core";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { size, word } from "../description/fields.ts";
import { describe, type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { gruStep } from "../functional/index.ts";
import { type LinearChoice, linear } from "../linear-kinds.ts";
import type { LinearMap, LinearOptions } from "../linear-map.ts";
import { Module } from "../module.ts";
import { checkChoice } from "../options.ts";

/** Options of {@link GruCell} and {@link LstmCell}. */
export interface CellOptions extends Omit<LinearOptions, "gain"> {
  /**
   * The linear maps, two for each gate.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
}

/** Their names. */
export const cellOptions: OptionNames<CellOptions> = {
  random: true,
  bias: "boolean",
  linear: true,
};

/** Options of {@link RnnCell}. */
export interface RnnCellOptions extends CellOptions {
  /**
   * The function of the sum.
   * @defaultValue "tanh"
   */
  readonly nonlinearity?: "tanh" | "relu";
}

const rnnOptions: OptionNames<RnnCellOptions> = { ...cellOptions, nonlinearity: true };

/** The state of a cell from step to step: h, and c where there is one, each [batch, width]. */
export type RecurrentState = readonly [h: Tensor, ...others: Tensor[]];

/** The state of an Elman network or a GRU. */
export type HiddenState = readonly [h: Tensor];
/** The state of an LSTM. */
export type LstmState = readonly [h: Tensor, c: Tensor];

/** A linear map for each gate. */
type GateMaps<G extends string> = Readonly<Record<G, LinearMap>>;

/** Tensors one after another along the last axis; a single one as it is. */
export function joined(parts: readonly Tensor[]): Tensor {
  const [first, ...others] = parts;
  return first === undefined || others.length > 0 ? concat(parts, -1) : first;
}

/** The maps of all gates, one after another: x [..., in] → [..., gates · width]. */
const allGates = (maps: GateMaps<string>, x: Tensor): Tensor =>
  joined(Object.values(maps).map((map) => map.forward(x)));

/**
 * The base of cells: linear maps of the input and of the state for each gate, G, and the step that
 * they make from a state S to the next. x [batch, in], h [batch, width] → the next h. A dense cell
 * loads weight_ih, weight_hh, bias_ih and bias_hh of PyTorch's cells.
 * @example new GruCell(3, 8, { random: rng(1) }) instanceof RecurrentCell; // true
 */
export abstract class RecurrentCell<
  S extends RecurrentState = RecurrentState,
  G extends string = string,
> extends Module {
  /** W: in → width */
  readonly input: GateMaps<G>;
  /** U: width → width */
  readonly hidden: GateMaps<G>;

  constructor(
    gates: readonly G[],
    inFeatures: number,
    width: number,
    { linear: choice = "dense", ...shared }: CellOptions,
  ) {
    super();
    describe(this, { inFeatures, width });
    const maps = (from: number): GateMaps<G> =>
      Object.fromEntries(
        gates.map((gate) => [gate, linear(choice, from, width, shared)]),
      ) as GateMaps<G>;
    this.input = maps(inFeatures);
    this.hidden = maps(width);
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    const of = (maps: string, part: string): string[] =>
      Object.keys(this.input).map((gate) => `${maps}.${gate}.${part}`);
    return {
      weight_ih: of("input", "weight"),
      weight_hh: of("hidden", "weight"),
      bias_ih: of("input", "bias"),
      bias_hh: of("hidden", "bias"),
    };
  }

  /** The input's maps of all gates, at any number of steps: [..., in] → [..., gates · width]. */
  project(x: Tensor): Tensor {
    return allGates(this.input, x);
  }

  /** The state's maps of all gates, [batch, width] → [batch, gates · width]. */
  protected recur(h: Tensor): Tensor {
    return allGates(this.hidden, h);
  }

  /** The state after a step with a result of {@link project}, [batch, gates · width]. */
  abstract advance(projected: Tensor, state: S): S;

  /** A state of which each part is made of those of others. */
  abstract combine(f: (...parts: Tensor[]) => Tensor, ...states: S[]): S;

  /** The state after a step with x [batch, in]. */
  step(x: Tensor, state: S): S {
    return this.advance(this.project(x), state);
  }
}

/**
 * One step of an Elman network (Elman 1990), h' = tanh(W x + U h), or ReLU, each map with a bias.
 * x [batch, in], h [batch, width] → [batch, width]. A dense one loads torch.nn.RNNCell's state.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const cell = new RnnCell(3, 8, { random: rng(1) });
 * cell.forward(ones([2, 3]), zeros([2, 8])).shape; // [2, 8]
 */
export class RnnCell extends RecurrentCell<HiddenState, "h"> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inFeatures: number, width: number, options: RnnCellOptions) {
    checkOptions("RnnCell", options, rnnOptions);
    const { nonlinearity = "tanh", ...shared } = options;
    checkChoice("RnnCell", ["tanh", "relu"], nonlinearity);
    super(["h"], inFeatures, width, shared);
    this.nonlinearity = nonlinearity;
    describe(this, { inFeatures, width, nonlinearity });
  }

  advance(projected: Tensor, [h]: HiddenState): HiddenState {
    const sum = add(projected, this.recur(h));
    return [this.nonlinearity === "tanh" ? tanh(sum) : relu(sum)];
  }

  combine(f: (...parts: Tensor[]) => Tensor, ...states: readonly HiddenState[]): HiddenState {
    return [f(...states.map(([h]) => h))];
  }

  /** The next h [batch, width]. */
  forward(x: Tensor, h: Tensor): Tensor {
    return this.step(x, [h])[0];
  }
}

/**
 * One step of an LSTM (Hochreiter and Schmidhuber 1997; Gers et al. 2000) in PyTorch's form and
 * order of gates: i = σ(W_i x + U_i h), f and o alike, g = tanh(W_g x + U_g h), c' = f ⊙ c + i ⊙ g,
 * h' = o ⊙ tanh(c'), each map with a bias. x [batch, in], h and c [batch, width] → h'
 * [batch, width]; `step` gives both. A dense one loads torch.nn.LSTMCell's state.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const cell = new LstmCell(3, 8, { linear: "rotation", random: rng(1) });
 * const [h, c] = cell.step(ones([2, 3]), [zeros([2, 8]), zeros([2, 8])]);
 */
export class LstmCell extends RecurrentCell<LstmState, "i" | "f" | "g" | "o"> {
  constructor(inFeatures: number, width: number, options: CellOptions) {
    checkOptions("LstmCell", options, cellOptions);
    super(["i", "f", "g", "o"], inFeatures, width, options);
  }

  advance(projected: Tensor, [h, c]: LstmState): LstmState {
    const gates = split(add(projected, this.recur(h)), 4, -1);
    const [i, f, g, o] = gates as [Tensor, Tensor, Tensor, Tensor];
    const next = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    return [mul(sigmoid(o), tanh(next)), next];
  }

  combine(f: (...parts: Tensor[]) => Tensor, ...states: readonly LstmState[]): LstmState {
    return [f(...states.map(([h]) => h)), f(...states.map(([, c]) => c))];
  }

  /** The next h [batch, width]. */
  forward(x: Tensor, h: Tensor, c: Tensor): Tensor {
    return this.step(x, [h, c])[0];
  }
}

/**
 * One step of a GRU (Cho et al. 2014) in PyTorch's form and order of gates:
 * r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r ⊙ (U_n h)), h' = (1 − z) ⊙ n + z ⊙
 * h, each map with a bias. x [batch, in], h [batch, width] → [batch, width]. A dense one loads
 * torch.nn.GRUCell's state.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const cell = new GruCell(32, 64, { linear: "rotation", random: rng(1) });
 * cell.forward(ones([2, 32]), zeros([2, 64])).shape; // [2, 64]
 */
export class GruCell extends RecurrentCell<HiddenState, "r" | "z" | "n"> {
  constructor(inFeatures: number, width: number, options: CellOptions) {
    checkOptions("GruCell", options, cellOptions);
    super(["r", "z", "n"], inFeatures, width, options);
  }

  advance(projected: Tensor, [h]: HiddenState): HiddenState {
    return [gruStep(projected, this.recur(h), h)];
  }

  combine(f: (...parts: Tensor[]) => Tensor, ...states: readonly HiddenState[]): HiddenState {
    return [f(...states.map(([h]) => h))];
  }

  /** The next h [batch, width]. */
  forward(x: Tensor, h: Tensor): Tensor {
    return this.step(x, [h])[0];
  }
}

const sizes = { inFeatures: size, width: size };

/** The cells in files. */
export const cellModules: readonly ModuleKind[] = [
  moduleKind(
    "RnnCell",
    RnnCell,
    { ...sizes, nonlinearity: word("tanh", "relu") },
    ({ inFeatures, width, ...options }, { random }) =>
      new RnnCell(inFeatures, width, { ...options, random }),
  ),
  ...Object.entries({ LstmCell, GruCell }).map(([name, Cell]) =>
    moduleKind(name, Cell, sizes, ({ inFeatures, width }, { random }) => {
      return new Cell(inFeatures, width, { random });
    }),
  ),
];
