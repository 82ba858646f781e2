import { expect, test } from "vitest";
import { entryOf, ours, registriesWith } from "./registries.ts";
import { trainOptions } from "./train-options.ts";

const { dense } = ours.linearKinds;
const { constant } = ours.rateSchedules;
if (dense === undefined || constant === undefined) throw new Error("entries of ours");

test("a program's own stand beside ours, which stay as they are", () => {
  const all = registriesWith({ linearKinds: { mine: dense }, rateSchedules: { level: constant } });
  expect(entryOf(all, "layer", "mine")).toBe(dense);
  expect(entryOf(all, "schedule", "level")).toBe(constant);
  expect(Object.keys(all.linearKinds)).toEqual([...Object.keys(ours.linearKinds), "mine"]);
  expect(() => entryOf(ours, "layer", "mine")).toThrow(
    "train: expected layer to be one of dense, ",
  );
  expect(() => entryOf(ours, "layer", "toString")).toThrow('got "toString"');
});

test.each([
  [{ linearKinds: { dense } }, 'linearKinds: expected a name that is not taken, got "dense"'],
  [{ linearKinds: { "a,b": dense } }, 'a name of letters, digits and hyphens, got "a,b"'],
  [
    { layers: { mine: dense } },
    'expected one of linearKinds, optimizers, rateSchedules, datasets, got "layers"',
  ],
])("%j cannot be registered", (own, message) => {
  expect(() => registriesWith(own as object)).toThrow(message);
});

const option = (name: string, type: "number" | "string") => ({
  rateSchedules: {
    mine: { ...constant, options: { [name]: { description: "of mine", type } } },
  },
});

test.each([
  [
    option("seed", "number"),
    'rateSchedules: expected options whose names are not taken, got "seed"',
  ],
  [option("out", "string"), 'options whose names are not taken, got "out"'],
  [option("momentum", "number"), 'options whose names are not taken, got "momentum"'],
  [option("min", "string"), "rateSchedules: expected min of one type, got number and string"],
  [option("My option", "number"), 'expected an option in camel case, got "My option"'],
])("options that mean two things are refused: %j", (own, message) => {
  expect(() => trainOptions(registriesWith(own))).toThrow(message);
});
