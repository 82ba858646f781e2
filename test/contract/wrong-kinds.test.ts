/**
 * @file Whatever plain JavaScript passes, every exported function, constructor and forward answers
 * with a value or with a typed error, never with a raw TypeError: each argument of each example's
 * calls is replaced by values of every kind.
 */
import * as attribution from "@spm/attribution";
import * as core from "@spm/core";
import { SpmError, tensor } from "@spm/core";
import * as linalg from "@spm/linalg";
import * as mixer from "@spm/mixer";
import * as analysis from "@spm/mixer/analysis";
import * as models from "@spm/models";
import * as nn from "@spm/nn";
import * as numeric from "@spm/numeric";
import * as onnx from "@spm/onnx";
import * as optim from "@spm/optim";
import { expect, test } from "vitest";
import { full } from "../full.ts";
import { examples, exported, run } from "./examples.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** A call of an export in an example. */
interface Call {
  readonly args: readonly unknown[];
  again(args: readonly unknown[]): unknown;
}

/** The exports for users. Those for authors (`/extend`) run in loops, and check less. */
const users = {
  ...core,
  ...numeric,
  ...linalg,
  ...mixer,
  ...analysis,
  ...nn,
  ...models,
  ...optim,
  ...attribution,
  ...onnx,
};

/** The primitives, which only authors call, have options that functions have checked. */
const forUsers = (name: string): boolean => name in users && !name.endsWith("Op");

const noted = new Map<string, Call[]>();

/** An export that notes its calls. */
function noting(name: string, value: AnyFunction): AnyFunction {
  const made: Call[] = [];
  const note = (call: Call) => {
    made.push(call);
    noted.set(name, made);
  };
  const proxy: AnyFunction = new Proxy(value, {
    apply(target, self, args) {
      note({ args, again: (others) => Reflect.apply(target, self, others) });
      return Reflect.apply(target, self, args);
    },
    construct(target, args, made) {
      // what an example derives from a class is not that class
      if (made === proxy) note({ args, again: (others) => Reflect.construct(target, others) });
      return Reflect.construct(target, args, made);
    },
  });
  return proxy;
}

const proxies = Object.fromEntries(
  Object.entries(exported).map(([name, value]) => [
    name,
    typeof value === "function" && forUsers(name) ? noting(name, value as AnyFunction) : value,
  ]),
);

/** The classes that no example makes: functions and subclasses do. */
const notCalled = ["Tensor", "Module"];

/** Values of every kind; the long form has more of each. */
const kinds: readonly (readonly [name: string, value: unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["3", 3],
  ["NaN", Number.NaN],
  ['"text"', "text"],
  ["an array", [1, 2]],
  ["{}", {}],
  ["a function", () => 1],
  ["a model", new nn.Linear(2, 3, { random: core.rng(1) })],
  ["a tensor of rank 2", tensor([[1, 2, 3]])],
  ["integers", tensor([0, 1], { dtype: "int32" })],
];
const moreKinds: typeof kinds = [
  ["-1", -1],
  ["0.5", 0.5],
  ["Infinity", Infinity],
  ['"1"', "1"],
  ["true", true],
  ["no elements", []],
  ["nested arrays", [[1]]],
  ["a function of a tensor", () => tensor([1])],
  ["a scalar", tensor(1)],
  ["an empty tensor", tensor([])],
  ["booleans", tensor([true, false])],
  ["float64", tensor(new Float64Array([1, 2]))],
  ["a list of tensors", [tensor([1])]],
  ["a generator", core.rng(3)],
  ["a typed array", new Float32Array(2)],
  ["a Map", new Map()],
];

/** Long computations: their first argument tells enough for `npm test`. */
const long =
  /^(gradgradcheckModule|degreesOfFreedom|generate|fromDense|perSampleGradients|Monarch)$/;

/** What a call says that is no typed error. */
async function raw(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error instanceof SpmError ? undefined : String(error);
  }
}

test("a wrong kind of argument is a typed error, for every export", {
  timeout: full ? 600_000 : 60_000,
}, async () => {
  const log = console.log;
  console.log = () => {};
  try {
    for (const { code } of examples)
      if ((code.match(/\w+(?=\()/g) ?? []).some((name) => forUsers(name) && !noted.has(name)))
        await run(code, proxies).catch(() => {}); // docstrings.test.ts says which fail
  } finally {
    console.log = log;
  }
  noted.delete("Module"); // by its subclasses
  const functions = Object.keys(users).filter(
    (name) => typeof Reflect.get(users, name) === "function" && forUsers(name),
  );
  expect(functions.filter((name) => !noted.has(name))).toEqual(notCalled);

  const found: string[] = [];
  const values = full ? [...kinds, ...moreKinds] : kinds;
  for (const [name, list] of [...noted]) {
    // tensors of an inner scope are gone by now
    const alive = (value: unknown) => !(value instanceof core.Tensor) || value.invalid === null;
    const { args, again } = list.find(({ args }) => args.every(alive)) ?? list[0]!;
    const places = full || !long.test(name) ? args.length + 1 : 1;
    for (let k = 0; k < places; k++)
      for (const [kind, value] of values) {
        const given = args.length === k ? [...args, value] : args.with(k, value);
        const said = await raw(() => again(given));
        if (said !== undefined) found.push(`${name}, argument ${k} ${kind}: ${said}`);
      }
    const made = await (async () => again(args))().catch(() => null);
    if (made instanceof nn.Module)
      for (const [kind, value] of values) {
        const said = await raw(() => made.forward(value as core.Tensor));
        if (said !== undefined) found.push(`${name}, forward of ${kind}: ${said}`);
      }
  }
  expect(found.join("\n")).toBe("");
});
