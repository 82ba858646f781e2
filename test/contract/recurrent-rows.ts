/** @file Rows of the table of modules for recurrent networks: each kind, with padded batches. */
import { rng, type Tensor, tensor } from "@spm/core";
import * as nn from "@spm/nn";
import { Module } from "@spm/nn";
import { type ModuleRow, row } from "./module-row.ts";

/** Two sequences, of 3 steps and of 1, in a batch: outputs and the last state. */
class Padded extends Module {
  readonly network: nn.Lstm;
  constructor(network: nn.Lstm) {
    super();
    this.network = network;
  }
  forward(x: Tensor): Tensor {
    const lengths = tensor(Int32Array.of(3, 1), { backend: x.backend });
    const { output, state } = this.network.scan(x, { lengths });
    return output.add(state[1].sum());
  }
}

const options = () => ({ random: rng(1) });
const both = () => ({ bidirectional: true, bias: false, ...options() });

/** The rows. */
export const recurrentRows: readonly ModuleRow[] = [
  row("RnnCell", () => new nn.RnnCell(2, 2, options()), [2, 2], [2, 2]),
  row("GruCell", () => new nn.GruCell(2, 2, options()), [2, 2], [2, 2]),
  row("Rnn", () => new nn.Rnn(1, 1, { layers: 2, ...options() }), [1, 2, 1], [2, 1, 1]),
  row("Gru", () => new nn.Gru(1, 2, { linear: "rotation", ...both() }), [1, 2, 1], [2, 1, 2]),
  row(
    "Lstm",
    () => new nn.Lstm(1, 1, { layers: 2, bias: false, ...options() }),
    [1, 2, 1],
    [2, 1, 1],
    [2, 1, 1],
  ),
  row("Lstm, lengths", () => new Padded(new nn.Lstm(1, 1, both())), [2, 3, 1]),
];
