/** @file The fields of a description: values of constructors as JSON, and back where they fit. */
import type { Tensor } from "@spm/core";
import { kindOf } from "@spm/core/extend";
import { type MixerKind, mixers } from "@spm/mixer";
import { namedFunctions } from "./named-functions.ts";

/** A value of JSON. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** A kind of value that a description has under a name. */
export interface Field<T> {
  /** The values that it takes, in words. */
  readonly expected: string;
  /** A value as JSON; undefined for one that no file describes. */
  readonly encode: (value: T) => Json | undefined;
  /** The value of a JSON; undefined for one that doesn't fit. */
  readonly decode: (json: unknown) => T | undefined;
  /** Of a list: each of its values. */
  readonly item?: AnyField;
}

/** A field of any type. */
export interface AnyField extends Pick<Field<unknown>, "expected" | "decode" | "item"> {
  readonly encode: (value: never) => Json | undefined;
}

/** The largest size that a description may have. */
const LARGEST = 2 ** 31 - 1;

const plain = <T extends Json>(
  expected: string,
  decode: (json: unknown) => T | undefined,
): Field<T> => ({ expected, encode: (value) => value, decode });

const whole = (least: number): Field<number> =>
  plain(`a whole number from ${least} to ${LARGEST}`, (json) =>
    typeof json === "number" && Number.isInteger(json) && json >= least && json <= LARGEST
      ? json
      : undefined,
  );

/** A size ≥ 1. */
export const size: Field<number> = whole(1);

/** A count ≥ 0. */
export const count: Field<number> = whole(0);

/** Any finite number. */
export const number: Field<number> = plain("a finite number", (json) =>
  typeof json === "number" && Number.isFinite(json) ? json : undefined,
);

/** True or false. */
export const flag: Field<boolean> = plain("true or false", (json) =>
  typeof json === "boolean" ? json : undefined,
);

/** One of these words or numbers. */
export const word = <W extends string | number>(...words: readonly W[]): Field<W> =>
  plain(words.map((one) => JSON.stringify(one)).join(", "), (json) =>
    words.find((one) => one === json),
  );

/** A value of `field`, or null. */
export const nullable = <T>(field: Field<T>): Field<T | null> => ({
  expected: `${field.expected}, or null`,
  encode: (value) => (value === null ? null : field.encode(value)),
  decode: (json) => (json === null ? null : field.decode(json)),
});

/** A value of one field or of another. */
export const either = <A, B>(one: Field<A>, other: Field<B>): Field<A | B> => ({
  expected: `${one.expected}, or ${other.expected}`,
  encode: (value) => value as Json,
  decode: (json) => one.decode(json) ?? other.decode(json),
});

/** At most 2¹⁶ values of `field`, and at least `least`. */
export const list = <T>(field: Field<T>, least = 1): Field<readonly T[]> => ({
  expected: `a list, each ${field.expected}`,
  item: field,
  encode(values) {
    const encoded = values.map((value) => field.encode(value));
    return encoded.every((json) => json !== undefined) ? encoded : undefined;
  },
  decode(json) {
    if (!Array.isArray(json) || json.length < least || json.length > 2 ** 16) return undefined;
    const values = json.map((item: unknown) => field.decode(item));
    return values.every((value) => value !== undefined) ? values : undefined;
  },
});

/** The value's name in a record. */
const named = <T>(what: string, record: ReadonlyMap<string, T>): Field<T> => ({
  expected: `${what} among ${[...record.keys()].join(", ")}`,
  encode: (value) => [...record].find(([, one]) => one === value)?.[0],
  decode: (json) => (typeof json === "string" ? record.get(json) : undefined),
});

/** A function of a tensor that has a name here, such as relu. */
export const activation: Field<(x: Tensor) => Tensor> = named("a function", namedFunctions);

/** A kind of mixer that has a name here. */
export const mixerKind: Field<MixerKind> = named(
  "a mixer",
  new Map<string, MixerKind>(Object.entries(mixers)),
);

/** The kind of a value that has no JSON, for the reason why. */
export const kindOfValue = (value: unknown): string =>
  typeof value !== "function"
    ? kindOf(value)
    : value.name === ""
      ? "a function without a name"
      : `the function ${value.name}`;

/**
 * The fields that descriptions of modules are made of: sizes, numbers, words and lists of them.
 * @example fields.word("mean", "last").decode("first"); // undefined
 */
export const fields = {
  size: size as Field<number>,
  count: count as Field<number>,
  number: number as Field<number>,
  flag: flag as Field<boolean>,
  word: word as typeof word,
  nullable: nullable as typeof nullable,
  either: either as typeof either,
  list: list as typeof list,
  activation: activation as typeof activation,
};
