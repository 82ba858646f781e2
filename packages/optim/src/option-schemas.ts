/** @file Schemas of options that several rules and schedules have, with the ranges of check.ts. */
import type { OptionSchema } from "@spm/core/extend";

/** A number ≥ 0. */
export const notNegative = (description: string, value?: number): OptionSchema => ({
  description,
  type: "number",
  minimum: 0,
  ...(value !== undefined && { default: value }),
});

/** A number > 0. */
export const positive = (description: string, value: number): OptionSchema => ({
  description,
  type: "number",
  exclusiveMinimum: 0,
  default: value,
});

/** A number in [0, 1). */
export const fraction = (description: string, value: number): OptionSchema => ({
  description,
  type: "number",
  minimum: 0,
  exclusiveMaximum: 1,
  default: value,
});

/** A whole number ≥ 1. */
export const count = (description: string, value?: number): OptionSchema => ({
  description,
  type: "integer",
  minimum: 1,
  ...(value !== undefined && { default: value }),
});

/** Decay rates of two running means, each in [0, 1). */
export const betas = (
  description: string,
  value: readonly [number, number] = [0.9, 0.999],
): OptionSchema => ({
  description,
  type: "array",
  items: { type: "number", minimum: 0, exclusiveMaximum: 1 },
  minItems: 2,
  maxItems: 2,
  default: value,
});

/** A boolean. */
export const flag = (description: string, value = false): OptionSchema => ({
  description,
  type: "boolean",
  default: value,
});

/** One of several words, the default first. */
export const word = (description: string, words: readonly [string, ...string[]]): OptionSchema => ({
  description,
  type: "string",
  enum: words,
  default: words[0],
});

/** The strength of weight decay, with the rule's default. */
export const weightDecay = (value = 0): OptionSchema =>
  notNegative("strength of weight decay", value);
