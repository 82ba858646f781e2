/** @file The rows of the comparison: every linear bijection, and a second start of one. */
import { type InvertibleChoice, type InvertibleKind, invertibleKinds } from "@spm/models";
import { CirculantDiagonal } from "@spm/nn";

/** A kind of linear bijection, or circulants between diagonals that start near the identity. */
export type MixingName = InvertibleKind | "near-identity";

/** Their names. */
export const mixingNames: readonly MixingName[] = [
  ...(Object.keys(invertibleKinds) as InvertibleKind[]),
  "near-identity",
];

/** What the flow is given. */
export const mixingOf = (name: MixingName): InvertibleChoice =>
  name === "near-identity"
    ? (n, { random }) => new CirculantDiagonal(n, n, { random, bias: false, init: "identity" })
    : name;
