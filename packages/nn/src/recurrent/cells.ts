/** @file Gated recurrent units, with linear maps of any structure. */
import { concat, reshape, split, stack, type Tensor, zeros } from "@spm/core";
import {
  checkOptions,
  checkTensors,
  type OptionNames,
  ShapeError,
  showShape,
} from "@spm/core/extend";
import { gruStep } from "./functional/index.ts";
import { type LinearChoice, linear } from "./linear-kinds.ts";
import type { LinearMap, LinearOptions } from "./linear-map.ts";
import { Module } from "./module.ts";

/** Options of {@link GruCell} and {@link Gru}. */
export interface GruOptions extends Omit<LinearOptions, "gain"> {
  /**
   * The six linear maps.
   * @defaultValue "dense"
   */
  readonly linear?: LinearChoice;
}

const names: OptionNames<GruOptions> = { random: true, bias: true, linear: true };

/** A linear map for each gate: reset, update, new. */
interface GateMaps {
  readonly r: LinearMap;
  readonly z: LinearMap;
  readonly n: LinearMap;
}

/** The maps of all gates, one after another: x [..., in] → [..., 3 · hidden]. */
const allGates = ({ r, z, n }: GateMaps, x: Tensor): Tensor =>
  concat(
    [r, z, n].map((map) => map.forward(x)),
    -1,
  );

/**
 * One step of a GRU (Cho et al. 2014) in PyTorch's form and order of gates:
 * r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r ⊙ (U_n h)), h' = (1 − z) ⊙ n + z ⊙
 * h, each map with a bias. x [batch, in], h [batch, hidden] → [batch, hidden]. The rows of
 * torch.nn.GRUCell's weight_ih are those of input.r, input.z and input.n one after another,
 * weight_hh's those of hidden.r, hidden.z and hidden.n.
 * @throws ShapeError for sizes below 1; ValueError for an unknown linear map
 * @example
 * const cell = new GruCell(32, 64, { linear: "rotation", random: rng(1) });
 * cell.forward(ones([2, 32]), zeros([2, 64])).shape; // [2, 64]
 */
export class GruCell extends Module {
  /** W: in → hidden */
  readonly input: GateMaps;
  /** U: hidden → hidden */
  readonly hidden: GateMaps;

  constructor(inFeatures: number, width: number, options: GruOptions) {
    super();
    checkOptions("GruCell", options, names);
    const { linear: choice = "dense", ...shared } = options;
    const gates = (from: number): GateMaps => {
      const map = (): LinearMap => linear(choice, from, width, shared);
      return { r: map(), z: map(), n: map() };
    };
    this.input = gates(inFeatures);
    this.hidden = gates(width);
  }

  /** The input's maps of all gates, at any number of steps: [..., in] → [..., 3 · hidden]. */
  project(x: Tensor): Tensor {
    return allGates(this.input, x);
  }

  /** The step from h [batch, hidden] with a result of {@link project}, [batch, 3 · hidden]. */
  advance(projected: Tensor, h: Tensor): Tensor {
    return gruStep(projected, allGates(this.hidden, h), h);
  }

  forward(x: Tensor, h: Tensor): Tensor {
    return this.advance(this.project(x), h);
  }
}

/**
 * A {@link GruCell} along a sequence: x [batch, time, in], h₀ [batch, hidden] (default zeros) → all
 * hidden states, [batch, time, hidden]. The input's maps run over all steps at once. Several stack
 * in a `Sequential`.
 * @throws ShapeError unless x is [batch, time ≥ 1, in]
 * @example new Gru(3, 8, { random: rng(1) }).forward(ones([2, 5, 3])).shape; // [2, 5, 8]
 */
export class Gru extends Module {
  readonly cell: GruCell;

  constructor(inFeatures: number, width: number, options: GruOptions) {
    super();
    checkOptions("Gru", options, names);
    this.cell = new GruCell(inFeatures, width, options);
  }

  forward(x: Tensor, start?: Tensor): Tensor {
    checkTensors("Gru", x);
    const { inFeatures, outFeatures } = this.cell.input.r;
    if (x.shape.length !== 3 || x.shape[2] !== inFeatures || x.shape[1] === 0)
      throw new ShapeError(
        "Gru",
        `x of shape [batch, time ≥ 1, ${inFeatures}]`,
        showShape(x.shape),
      );
    const [batch, time] = x.shape as [number, number, number];
    const projected = this.cell.project(x);
    const dtype = x.dtype === "float64" ? x.dtype : "float32";
    let h = start ?? zeros([batch, outFeatures], { dtype, backend: x.backend });
    const states: Tensor[] = [];
    for (const gates of split(projected, time, 1)) {
      const now = reshape(gates, [batch, 3 * outFeatures]);
      h = this.cell.advance(now, h);
      states.push(h);
    }
    return stack(states, 1);
  }
}
