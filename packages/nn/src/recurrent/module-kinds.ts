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
  moduleKind("Lstm", Lstm, fields, ({ inFeatures, width, ...options }, { random }) => {
    return new Lstm(inFeatures, width, { ...options, random });
  }),
  moduleKind("Gru", Gru, fields, ({ inFeatures, width, ...options }, { random }) => {
    return new Gru(inFeatures, width, { ...options, random });
  }),
];
