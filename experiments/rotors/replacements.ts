/** @file What stands in the place of a projection, by its true name. */
import type { Rng } from "@spm/core";
import { RotorNet } from "@spm/models";
import {
  BlockDiagonal,
  BlockHadamard,
  CirculantDiagonal,
  LowRank,
  linear,
  type Module,
  RotorLinear,
} from "@spm/nn";

type Make = (n: number, random: Rng) => Module;

/** Coordinates of a block, in both kinds of blocks. */
const BLOCK = 4;

const lowRank =
  (rank: number): Make =>
  (n, random) =>
    new LowRank(n, n, { rank, bias: false, random });

const rotors =
  (count: 1 | 2): Make =>
  (n, random) =>
    new RotorLinear(n, n, { rotors: count, random });

/** Maps n → n without a bias; `nothing` is 0. */
export const replacements: Readonly<Record<ReplacementName, Make | null>> = {
  nothing: null,
  "low-rank-1": lowRank(1),
  "low-rank-4": lowRank(4),
  "block-diagonal": (n, random) =>
    new BlockDiagonal(n, n, { blocks: n / BLOCK, bias: false, random }),
  "block-hadamard": (n, random) =>
    new BlockHadamard(n, n, { blocks: n / BLOCK, bias: false, random }),
  "circulant-diagonal": (n, random) => new CirculantDiagonal(n, n, { bias: false, random }),
  rotation: (n, random) => linear("rotation", n, n, { bias: false, random }),
  general: (n, random) => linear("general", n, n, { bias: false, random }),
  "rotor-1": rotors(1),
  "rotor-2": rotors(2),
  "rotor-network": (n, random) => new RotorNet(n, n, { random }),
};

/** Their names, in the order of the tables. */
export const replacementNames = [
  "nothing",
  "low-rank-1",
  "low-rank-4",
  "block-diagonal",
  "block-hadamard",
  "circulant-diagonal",
  "rotation",
  "general",
  "rotor-1",
  "rotor-2",
  "rotor-network",
] as const;

/** One of {@link replacementNames}. */
export type ReplacementName = (typeof replacementNames)[number];
