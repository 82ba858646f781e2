/** @file The kinds of mixer that tests go through, and what each can do. */
import { type BackwardMode, type MixerKind, mixers } from "@spm/mixer";

/** Every kind, by name. */
export const kinds: readonly [name: string, mixer: MixerKind][] = Object.entries(mixers);

/** The backward modes of a kind. */
export const modesOf = ({ parameterisation }: MixerKind): readonly BackwardMode[] =>
  parameterisation.orthogonal ? ["reverse", "stored", "recompute"] : ["recompute", "stored"];
