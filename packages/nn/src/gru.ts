/** @file Gated recurrent units, with linear maps of any structure. */
import { concat, reshape, split, stack, type Tensor, zeros } from "@spm/core";
import { ShapeError, showShape } from "@spm/core/extend";
import { gruStep } from "./functional/index.ts";
import { type LinearChoice, linear } from "./linear-kinds.ts";
import type { LinearMap, LinearOptions } from "./linear-map.ts";
import { Module } from "./module.ts";

/** How a GRU is built. */
export interface GruOptions extends Omit<LinearOptions, "gain"> {
  /** The six linear maps; dense unless said. */
  readonly linear?: LinearChoice;
}

/** A map for each gate: reset, update, new. */
interface Gates {
  readonly r: LinearMap;
  readonly z: LinearMap;
  readonly n: LinearMap;
}

/** What all gates get: [..., in] → [..., 3 · hidden]. */
const together = ({ r, z, n }: Gates, x: Tensor): Tensor =>
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
 * @example new GruCell(32, 64, { linear: "rotation", random: rng(1) });
 */
export class GruCell extends Module {
  /** W: in → hidden */
  readonly input: Gates;
  /** U: hidden → hidden */
  readonly hidden: Gates;

  constructor(inputs: number, width: number, { linear: choice = "dense", ...options }: GruOptions) {
    super();
    const gates = (from: number): Gates => {
      const map = (): LinearMap => linear(choice, from, width, options);
      return { r: map(), z: map(), n: map() };
    };
    this.input = gates(inputs);
    this.hidden = gates(width);
  }

  /** What the gates get from x, for any number of steps at once: [..., in] → [..., 3 · hidden]. */
  project(x: Tensor): Tensor {
    return concat(
      Object.values(this.input).map((map: LinearMap) => map.forward(x)),
      -1,
    );
  }

  /** The step from h [batch, hidden] with what {@link project} gave, [batch, 3 · hidden]. */
  advance(projected: Tensor, h: Tensor): Tensor {
    return gruStep(projected, together(this.hidden, h), h);
  }

  forward(x: Tensor, h: Tensor): Tensor {
    return this.advance(this.project(x), h);
  }
}

/**
 * A {@link GruCell} along a sequence. x [batch, time, in], h₀ [batch, hidden] (zeros unless given)
 * → all hidden states, [batch, time, hidden]; the input's maps run over all steps at once. Stack
 * several in a `Sequential`.
 * @throws ShapeError unless x is [batch, time ≥ 1, in]
 * @example new Gru(65, 256, { random: rng(1) }).forward(x);
 */
export class Gru extends Module {
  readonly cell: GruCell;

  constructor(inputs: number, width: number, options: GruOptions) {
    super();
    this.cell = new GruCell(inputs, width, options);
  }

  forward(x: Tensor, start?: Tensor): Tensor {
    const { fanIn, fanOut } = this.cell.input.r;
    if (x.shape.length !== 3 || x.shape[2] !== fanIn || x.shape[1] === 0)
      throw new ShapeError("Gru", `x of shape [batch, time ≥ 1, ${fanIn}]`, showShape(x.shape));
    const [batch, time] = x.shape as [number, number, number];
    const projected = this.cell.project(x);
    const dtype = x.dtype === "float64" ? x.dtype : "float32";
    let h = start ?? zeros([batch, fanOut], { dtype, backend: x.backend });
    const states: Tensor[] = [];
    for (const gates of split(projected, time, 1)) {
      const now = reshape(gates, [batch, 3 * fanOut]);
      h = this.cell.advance(now, h);
      states.push(h);
    }
    return stack(states, 1);
  }
}
