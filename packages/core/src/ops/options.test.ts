/** @file Unknown options are refused, with the name that was meant. */
import { expect, test } from "vitest";
import { ValueError } from "../errors.ts";
import { checkOptions, OptionError } from "./options.ts";

const names = { learningRate: true, momentum: true, weightDecay: true } as const;
type Options = { readonly [Name in keyof typeof names]?: number };
const given = (key: string) => () => checkOptions<Options>("sgd", { [key]: 1 }, names);

test.each([
  ["lr", "learningRate"],
  ["weight_decay", "weightDecay"],
  ["Momentum", "momentum"],
  ["momemtum", "momentum"],
  ["learningrate", "learningRate"],
  ["dampening", "one of learningRate, momentum, weightDecay"],
  ["keepdim", "one of learningRate, momentum, weightDecay"], // what it stands for is not there
])("%s: %s", (key, help) => {
  expect(given(key)).toThrow(OptionError);
  expect(given(key)).toThrow(`sgd: unknown option "${key}"; help: ${help}`);
});

test.each([
  ["num_heads", "heads"],
  ["n_head", "heads"],
  ["attn_mask", "mask"],
  ["eps", "epsilon"],
  ["min_lr", "min"],
])("%s by one of its words: %s", (key, name) => {
  const call = () => checkOptions("f", { [key]: 1 }, { heads: 0, mask: 0, epsilon: 0, min: 0 });
  expect(call).toThrow(`f: unknown option "${key}"; help: ${name}`);
});

test("a flag is true, false or left out", () => {
  const call = (keepdims: unknown) => () =>
    checkOptions("f", { keepdims } as object, { keepdims: "boolean" } as object);
  expect(call("no")).toThrow('f: expected keepdims of true or false, got "no"');
  for (const other of [1, 0, null, [true]]) expect(call(other)).toThrow(ValueError);
  for (const flag of [true, false, undefined]) expect(call(flag)).not.toThrow();
});

test("known ones pass, inherited names are none", () => {
  expect(given("momentum")).not.toThrow();
  expect(given("toString")).toThrow(OptionError);
  expect(() => checkOptions("f", { x: 1 } as object, {})).toThrow("help: it has none");
});
