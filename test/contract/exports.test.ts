/**
 * @file Every exported value of every package has a docstring, an example, and shapes where it
 * takes or returns tensors; no name is exported by two packages; and @spm/core has at most so many.
 */
import { describe, expect, test } from "vitest";
import { type Exported, exportsOf, packageFolders } from "./exports.ts";

/** The most values that @spm/core exports. */
const MOST_OF_CORE = 120;

/** A shape in brackets: `[batch, in]`, `[..., n]`, `[]`; no index (`x[i]`) and no interval. */
const shape = /(?<![\w)\]}"`])\[[\p{L}\p{N}.…, /+\-−*·×^()Σ']*\](?!\()/u;

/** The parts of a docstring, and which exported values lack them. */
const parts = {
  docstring: ({ text }: Exported) => text.trim() === "",
  example: ({ examples }: Exported) => examples.length === 0,
  shape: ({ text, ofTensors }: Exported) => ofTensors && !shape.test(text),
} as const;

const exported = exportsOf();
const packageOf = ({ from }: Exported): string => from.split("/").slice(0, 2).join("/");
const packages = packageFolders.map((folder) => `@spm/${folder}`);

test("the checker sees all entry points", () => {
  const from = new Set(exported.map((value) => value.from));
  for (const entry of ["@spm/core/extend", "@spm/mixer/analysis", "@spm/report/draw", "@spm/wasm"])
    expect(from).toContain(entry);
  const find = (name: string) => exported.find((value) => value.name === name);
  expect(find("matmul")).toMatchObject({ from: "@spm/core", ofTensors: true, optionTypes: [] });
  expect(find("sum")).toMatchObject({ ofTensors: true, optionTypes: ["ReduceOptions"] });
  expect(find("scope")?.examples).toEqual([expect.stringContaining("scope(() =>")]);
  expect(find("sizeOf")).toMatchObject({ from: "@spm/core/extend", ofTensors: false });
  const [ofPreset] = find("hadamard")?.optionTypes ?? [];
  expect(ofPreset).toBe('Omit<HadamardOptions<Names>, "mixer">');
  expect(find("Linear")).toMatchObject({ from: "@spm/nn", ofTensors: true }); // by its forward
});

test.each([
  ["rows [batch, in] of x", true],
  ["[..., n] → [..., ⌈n/2⌉]", true],
  ["a scalar []", true],
  ["of `[m, n]`", false],
  ["x[i] and y[..., j]", false],
  ["uniform in [0, 1)", false],
])("%s: has a shape is %s", (text, expected) => {
  expect(shape.test(text)).toBe(expected);
});

describe.each(packages)("%s", (name) => {
  const own = exported.filter((value) => packageOf(value) === name);
  test.each(["docstring", "example", "shape"] as const)("each value has its %s", (part) => {
    const lacking = own.filter(parts[part]).map((value) => `${value.from}: ${value.name}`);
    expect(lacking).toEqual([]);
  });
});

test("no name is exported twice, for different values", () => {
  const first = new Map<string, Exported>();
  const twice = exported.filter((value) => {
    const other = first.get(value.name);
    if (other === undefined) first.set(value.name, value);
    return other !== undefined && other.symbol !== value.symbol;
  });
  expect(twice.map(({ name, from }) => `${name}: ${first.get(name)?.from} and ${from}`)).toEqual(
    [],
  );
});

test("no value is exported by two packages", () => {
  const owner = new Map<Exported["symbol"], string>();
  const shared = exported.filter((value) => {
    const name = owner.get(value.symbol) ?? packageOf(value);
    owner.set(value.symbol, name);
    return name !== packageOf(value);
  });
  expect(shared.map(({ name, from }) => `${name}: ${from}`)).toEqual([]);
});

test(`@spm/core exports at most ${MOST_OF_CORE} values`, () => {
  const names = exported.filter(({ from }) => from === "@spm/core").map(({ name }) => name);
  expect(names.length, names.join(", ")).toBeLessThanOrEqual(MOST_OF_CORE);
  expect(names.length).toBeGreaterThan(MOST_OF_CORE - 10);
});
