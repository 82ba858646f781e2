/** @file Recurrent networks in files. */
import { flag, number, size, word } from "../description/fields.ts";
import { type ModuleKind, moduleKind } from "../description/module-kind.ts";
import { Gru, Lstm, Rnn } from "./recurrent.ts";

const fields = {
  inFeatures: size,
  width: size,
  layers: size,
  bidirectional: flag,
  dropout: number,
};

/** The networks. */
export const recurrentModules: readonly ModuleKind[] = [
  moduleKind(
    "Rnn",
    Rnn,
    { ...fields, nonlinearity: word("tanh", "relu") },
    ({ inFeatures, width, ...options }, { random }) =>
      new Rnn(inFeatures, width, { ...options, random }),
  ),
  ...Object.entries({ Lstm, Gru }).map(([name, Network]) =>
    moduleKind(name, Network, fields, ({ inFeatures, width, ...options }, { random }) => {
      return new Network(inFeatures, width, { ...options, random });
    }),
  ),
];
