/** @file Recurrent networks and their cells. */
export {
  type CellOptions,
  GruCell,
  type HiddenState,
  LstmCell,
  type LstmState,
  RnnCell,
  type RnnCellOptions,
} from "./cells.ts";
export {
  Gru,
  Lstm,
  type RecurrentOptions,
  Rnn,
  type RnnOptions,
  type Scanned,
  type ScanOptions,
} from "./recurrent.ts";
