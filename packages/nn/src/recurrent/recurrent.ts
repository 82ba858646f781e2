/**
 * @file Recurrent networks: a cell along sequences of any lengths, in layers, in one direction or
 * both.
 */

import {
  arange,
  at,
  expandDims,
  less,
  reshape,
  split,
  stack,
  Tensor,
  where,
  zeros,
} from "@spm/core";
import {
  checkList,
  checkOptions,
  checkTensors,
  DTypeError,
  kindOf,
  type OptionNames,
  ShapeError,
  sameShape,
  showShape,
  showSpec,
} from "@spm/core/extend";
import { describe } from "../description/module-kind.ts";
import { Dropout } from "../dropout.ts";
import { Module } from "../module.ts";
import { checkSizes } from "../options.ts";
import {
  type CellOptions,
  cellOptions,
  GruCell,
  type HiddenState,
  joined,
  LstmCell,
  type LstmState,
  type RecurrentCell,
  type RecurrentState,
  RnnCell,
  type RnnCellOptions,
} from "./cells.ts";

/** Options of {@link Gru} and {@link Lstm}. */
export interface RecurrentOptions extends CellOptions {
  /**
   * Layers, each of which reads what the one below it wrote.
   * @defaultValue 1
   */
  readonly layers?: number;
  /**
   * Whether each layer reads the sequence from its end as well, with a cell of its own.
   * @defaultValue false
   */
  readonly bidirectional?: boolean;
  /**
   * The probability of dropout between layers, in [0, 1).
   * @defaultValue 0
   */
  readonly dropout?: number;
}

/** Options of {@link Rnn}. */
export interface RnnOptions extends RecurrentOptions, RnnCellOptions {}

const names: OptionNames<RecurrentOptions> = {
  ...cellOptions,
  layers: true,
  bidirectional: "boolean",
  dropout: true,
};

/** Options of `Recurrent.scan`. */
export interface ScanOptions<S extends RecurrentState> {
  /**
   * The steps of each sequence, [batch], int32, which are not checked: a sequence ends with x at
   * the latest. What is after its end has no influence, and is 0 in the output.
   * @defaultValue all
   */
  readonly lengths?: Tensor;
  /**
   * The state of each cell before the sequence, [layers · directions, batch, width].
   * @defaultValue zeros
   */
  readonly state?: S;
}

const scanNames: OptionNames<ScanOptions<RecurrentState>> = { lengths: true, state: true };

/** The result of a scan. */
export interface Scanned<S extends RecurrentState> {
  /** h of the last layer at each step, [batch, time, directions · width]. */
  readonly output: Tensor;
  /** The state of each cell at the end of each sequence, [layers · directions, batch, width]. */
  readonly state: S;
}

/** A cell on a sequence x [batch, time, in]: h at each step, and the state at the end. */
function along<S extends RecurrentState>(
  cell: RecurrentCell<S>,
  x: Tensor,
  start: S,
  reverse: boolean,
  present: readonly Tensor[] | undefined,
): { readonly output: Tensor; readonly state: S } {
  const [batch = 0, time = 0] = x.shape;
  const ordered = <T>(steps: readonly T[]): readonly T[] => (reverse ? steps.toReversed() : steps);
  const here = present && ordered(present);
  const outputs: Tensor[] = [];
  let state = start;
  for (const [k, step] of ordered(split(cell.project(x), time, 1)).entries()) {
    const next = cell.advance(reshape(step, [batch, -1]), state);
    const mask = here?.[k];
    state = mask ? cell.combine((now, before) => where(mask, now, before), next, state) : next;
    outputs.push(state[0]);
  }
  return { output: stack(ordered(outputs), 1), state };
}

/**
 * The base of recurrent networks: a cell for each layer and direction. x [batch, time, in] →
 * [batch, time, directions · width]. A dense network loads the state of its counterpart in PyTorch,
 * weight_ih_l0 … bias_hh_l1_reverse, whose `batch_first` is always true here.
 * @example new Gru(3, 8, { random: rng(1) }) instanceof Recurrent; // true
 */
export abstract class Recurrent<S extends RecurrentState = RecurrentState> extends Module {
  readonly inFeatures: number;
  readonly width: number;
  /** Layer by layer, and in each the forward one before the one that reads backwards. */
  readonly cells: readonly RecurrentCell<S>[];
  readonly directions: 1 | 2;
  readonly dropout: Dropout | null;

  constructor(
    inFeatures: number,
    width: number,
    { layers = 1, bidirectional = false, dropout = 0, random, nonlinearity = "tanh" }: RnnOptions,
    makeCell: (inFeatures: number) => RecurrentCell<S>,
  ) {
    super();
    checkSizes(new.target.name, "layers", layers);
    const directions = bidirectional ? 2 : 1;
    describe(this, { inFeatures, width, layers, bidirectional, dropout, nonlinearity });
    this.inFeatures = inFeatures;
    this.width = width;
    this.directions = directions;
    this.cells = Array.from({ length: layers * directions }, (_, k) =>
      makeCell(k < directions ? inFeatures : directions * width),
    );
    this.dropout = dropout === 0 ? null : new Dropout(dropout, { random });
  }

  override get pytorchNames(): Readonly<Record<string, readonly string[]>> {
    const entries = this.cells.flatMap((cell, k) => {
      const direction = k % this.directions === 0 ? "" : "_reverse";
      return Object.entries(cell.pytorchNames).map(([name, paths]) => [
        `${name}_l${Math.floor(k / this.directions)}${direction}`,
        paths.map((path) => `cells.${k}.${path}`),
      ]);
    });
    return Object.fromEntries(entries);
  }

  /**
   * Runs along a batch of sequences x [batch, time, in], each as it would run alone.
   * @throws ShapeError unless x is [batch, time ≥ 1, in] and the state and lengths fit; DTypeError
   * for lengths that are not int32
   * @example
   * const lstm = new Lstm(3, 8, { bidirectional: true, random: rng(1) });
   * const lengths = tensor([5, 2], { dtype: "int32" });
   * const { output, state: [h, c] } = lstm.scan(ones([2, 5, 3]), { lengths });
   */
  scan(x: Tensor, options: ScanOptions<S> = {}): Scanned<S> {
    this.#check(x, options);
    const { lengths, state } = options;
    const [batch = 0, time = 0] = x.shape;
    const dtype = x.dtype === "float64" ? x.dtype : "float32";
    const zero = zeros([batch, this.width], { dtype, backend: x.backend });
    const steps = () => arange(time, { dtype: "int32", backend: x.backend });
    const present = lengths && expandDims(less(steps(), expandDims(lengths, 1)), -1);
    const masks = present && split(present, time, 1).map((step) => reshape(step, [batch, 1]));
    const within = (values: Tensor): Tensor => (present ? where(present, values, 0) : values);
    const ends: S[] = [];
    // a NaN after the end would reach the weights' gradients through any mask behind the maps
    let output = within(x);
    for (let first = 0; first < this.cells.length; first += this.directions) {
      const given = first > 0 && this.dropout !== null ? this.dropout.forward(output) : output;
      const runs = this.cells.slice(first, first + this.directions).map((cell, d) => {
        const start = state ? cell.combine((part) => at(part, first + d), state) : undefined;
        return along(cell, given, start ?? cell.combine(() => zero), d === 1, masks);
      });
      ends.push(...runs.map((run) => run.state));
      output = within(joined(runs.map((run) => run.output)));
    }
    const [cell] = this.cells;
    if (cell === undefined) throw new ShapeError(this.label, "a cell", 0);
    return { output, state: cell.combine((...parts) => stack(parts), ...ends) };
  }

  #check(x: Tensor, options: ScanOptions<S>): void {
    const op = this.label;
    checkTensors(op, x);
    checkOptions(`${op}.scan`, options, scanNames);
    const { lengths, state } = options;
    const { inFeatures } = this;
    const [batch = 0, time] = x.shape;
    if (x.shape.length !== 3 || x.shape[2] !== inFeatures || time === 0)
      throw new ShapeError(op, `x of shape [batch, time ≥ 1, ${inFeatures}]`, showShape(x.shape));
    if (lengths !== undefined) {
      checkTensors(op, lengths);
      if (lengths.dtype !== "int32") throw new DTypeError(op, "int32 lengths", showSpec(lengths));
      if (!sameShape(lengths.shape, [batch]))
        throw new ShapeError(op, `lengths of shape [${batch}]`, showShape(lengths.shape));
    }
    if (state === undefined) return;
    const count = this.cells[0]?.combine(() => x).length;
    const parts = checkList(op, state, "tensors of state");
    checkTensors(op, ...parts);
    const want = [this.cells.length, batch, this.width];
    if (parts.length !== count || parts.some(({ shape }) => !sameShape(shape, want)))
      throw new ShapeError(
        op,
        `${count} of state ${showShape(want)}`,
        parts.map(({ shape }) => showShape(shape)).join(" and "),
      );
  }
}

/**
 * An Elman network: {@link RnnCell} along sequences x [batch, time, in] → h at each step,
 * [batch, time, directions · width]; `scan` takes lengths and gives the last state. A dense one
 * loads torch.nn.RNN's state.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const rnn = new Rnn(3, 8, { nonlinearity: "relu", random: rng(1) });
 * rnn.forward(ones([2, 5, 3])).shape; // [2, 5, 8]
 */
export class Rnn extends Recurrent<HiddenState> {
  constructor(inFeatures: number, width: number, options: RnnOptions) {
    checkOptions("Rnn", options, { ...names, nonlinearity: true });
    const { layers: _, bidirectional: __, dropout: ___, ...shared } = options;
    super(inFeatures, width, options, (from) => new RnnCell(from, width, shared));
  }

  /** The output of `scan`, h₀ [layers · directions, batch, width] (default zeros). */
  forward(x: Tensor, start?: Tensor): Tensor {
    return this.scan(x, start === undefined ? {} : { state: [start] }).output;
  }
}

/**
 * An LSTM: {@link LstmCell} along sequences x [batch, time, in] → h at each step,
 * [batch, time, directions · width]; `scan` takes lengths and gives the last [h, c]. A dense one
 * loads torch.nn.LSTM's state.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const lstm = new Lstm(3, 8, { layers: 2, bidirectional: true, random: rng(1) });
 * lstm.forward(ones([2, 5, 3])).shape; // [2, 5, 16]
 */
export class Lstm extends Recurrent<LstmState> {
  constructor(inFeatures: number, width: number, options: RecurrentOptions) {
    checkOptions("Lstm", options, names);
    const { layers: _, bidirectional: __, dropout: ___, ...shared } = options;
    super(inFeatures, width, options, (from) => new LstmCell(from, width, shared));
  }

  /** The output of `scan`, h₀ and c₀ [layers · directions, batch, width] (default zeros). */
  forward(x: Tensor, h?: Tensor, c?: Tensor): Tensor {
    if (h === undefined && c === undefined) return this.scan(x).output;
    if (h instanceof Tensor && c instanceof Tensor) return this.scan(x, { state: [h, c] }).output;
    const help = "scan(x, { state: [h, c], lengths })";
    const got = `${kindOf(h)} and ${kindOf(c)}`;
    throw new DTypeError(this.label, "h and c, both or none", got, help);
  }
}

/**
 * A GRU: {@link GruCell} along sequences x [batch, time, in] → h at each step,
 * [batch, time, directions · width]; `scan` takes lengths and gives the last state. The input's
 * maps run over all steps at once. A dense one loads torch.nn.GRU's state.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example new Gru(3, 8, { random: rng(1) }).forward(ones([2, 5, 3])).shape; // [2, 5, 8]
 */
export class Gru extends Recurrent<HiddenState> {
  constructor(inFeatures: number, width: number, options: RecurrentOptions) {
    checkOptions("Gru", options, names);
    const { layers: _, bidirectional: __, dropout: ___, ...shared } = options;
    super(inFeatures, width, options, (from) => new GruCell(from, width, shared));
  }

  /** The output of `scan`, h₀ [layers · directions, batch, width] (default zeros). */
  forward(x: Tensor, start?: Tensor): Tensor {
    return this.scan(x, start === undefined ? {} : { state: [start] }).output;
  }
}
