/**
 * @file What holds for every optimizer, schedule and data set by name: an option left out is its
 * schema's default, every option does something, and what its schema excludes is refused.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normal, parameter, rng, type Tensor } from "@spm/core";
import { elements, type OptionSchema, ValueError } from "@spm/core/extend";
import { type DatasetEntry, datasets } from "@spm/data/datasets";
import { linearKinds } from "@spm/nn";
import { type OptimizerEntry, optimizers, rateSchedules, type ScheduleEntry } from "@spm/optim";
import { afterAll, describe, expect, test } from "vitest";
import { png } from "../png.ts";

type Values = Readonly<Record<string, unknown>>;
type Options = readonly (readonly [name: string, schema: OptionSchema])[];

const own = ({ options }: { readonly options: Readonly<Record<string, OptionSchema>> }): Options =>
  Object.entries(options);
const withDefault = (options: Options): Options =>
  options.filter(([, schema]) => schema.default !== undefined);

type Range = Pick<OptionSchema, "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"> & {
  readonly type: string;
};

/** Numbers around the ends of a range and far from them, each with whether it belongs to it. */
function numbersAround(range: Range): [value: number, admitted: boolean][] {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = range;
  const step = type === "integer" ? 1 : 1e-6;
  const around = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].flatMap((end) =>
    end === undefined ? [] : [end - step, end, end + step],
  );
  const all = new Set([...around, -1e9, -1, 0, 0.5, 1, 1.5, 2, 1e9]);
  return [...all].map((x) => [
    x,
    x >= (minimum ?? -Infinity) &&
      x <= (maximum ?? Infinity) &&
      x > (exclusiveMinimum ?? -Infinity) &&
      x < (exclusiveMaximum ?? Infinity) &&
      (type !== "integer" || Number.isInteger(x)),
  ]);
}

/** Values of an option, each with whether its schema admits it. */
function probes(schema: OptionSchema): [value: unknown, admitted: boolean][] {
  const { type, items, enum: words, default: value } = schema;
  if (words !== undefined)
    return [...words.map((word) => [word, true] as [string, boolean]), ["", false]];
  if (items === undefined)
    return type === "string" || type === "boolean" ? [] : numbersAround(schema);
  if (!Array.isArray(value)) return [];
  return value.flatMap((_, place) =>
    numbersAround(items).map(
      ([x, admitted]) => [value.with(place, x), admitted] as [number[], boolean],
    ),
  );
}

/** Whether it throws what an option out of range throws. */
function refuses(f: () => unknown): boolean {
  try {
    f();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError);
    return true;
  }
}

/** Another value than the default. */
function another({ type, enum: words = [], default: value, minimum = 0 }: OptionSchema): unknown {
  if (type === "boolean") return !value;
  if (type === "string") return words.at(-1);
  if (Array.isArray(value)) return value.map((x: number) => x / 2);
  if (type === "integer") return Number(value ?? minimum) + 1;
  return value === 0 ? 0.5 : Number(value) / 2;
}

test.each(
  Object.entries({ ...optimizers, ...rateSchedules, ...datasets }).flatMap(([name, entry]) =>
    own(entry).map(([option, schema]) => [`${name}, ${option}`, schema] as const),
  ),
)("%s: the schema is one of JSON Schema, and takes its default", (_, schema) => {
  const { type, items, default: value, enum: words } = schema;
  expect(schema.description).toMatch(/^\S.*[^.\s]$/);
  if (value === undefined) return;
  if (type === "array") {
    expect(value).toHaveLength(schema.minItems ?? -1);
    expect(schema.maxItems).toBe(schema.minItems);
    expect(items).toBeDefined();
  } else expect(typeof value).toBe(type === "integer" ? "number" : type);
  if (type === "integer") expect(Number.isInteger(value)).toBe(true);
  if (words !== undefined) expect(words).toContain(value);
});

test.each(
  Object.entries({ linearKinds, optimizers, rateSchedules, datasets }).flatMap(([list, entries]) =>
    Object.entries(entries).map(([name, { description }]) => [list, name, description] as const),
  ),
)("%s, %s: a name as flags have them, and a line", (_, name, description) => {
  expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(description).toMatch(/^\S.*[^.\s]$/);
});

const model = (): ReturnType<typeof parameter>[] => {
  const random = rng(5);
  const draw = (shape: readonly number[]): Tensor =>
    normal(random, shape, 0, 1, { dtype: "float64" });
  return [parameter(draw([3, 2])), parameter(draw([2])), parameter(draw([4, 4]), { decay: false })];
};

/** Where an optimizer leads in a few steps, and the names of its state. */
function path(entry: OptimizerEntry, options: Values): unknown {
  const params = model();
  const optimizer = entry.create(params, options);
  const random = rng(6);
  for (let t = 0; t < 12; t++)
    optimizer.step(params.map(({ shape }) => normal(random, shape, 0, 1, { dtype: "float64" })));
  return [params.map((p) => [...elements(p.ndarray())]), Object.keys(optimizer.state())];
}

describe.each(Object.entries<OptimizerEntry>(optimizers))("optimizer %s", (_, entry) => {
  test("takes its own rate, and the default of every option", () => {
    expect(entry.create(model(), {}).learningRate).toBe(entry.learningRate);
    const without = path(entry, {});
    for (const [name, schema] of withDefault(own(entry)))
      expect(path(entry, { [name]: schema.default }), name).toEqual(without);
    for (const [name, schema] of own(entry))
      expect(path(entry, { [name]: another(schema) }), name).not.toEqual(without);
  });

  test("refuses what its schemas exclude, and nothing else", () => {
    const [matrix] = model();
    for (const [name, schema] of own(entry))
      for (const [value, admitted] of probes(schema)) {
        const create = (): unknown => entry.create(matrix ? [matrix] : [], { [name]: value });
        expect(refuses(create), `${name} ${value}`).toBe(!admitted);
      }
  });
});

const span = { learningRate: 0.1, steps: 12 };
const rates = (entry: ScheduleEntry, options: Values): number[] => {
  const schedule = entry.create({ ...span, ...options });
  return Array.from({ length: span.steps + 3 }, (_, t) => schedule(t));
};

describe.each(Object.entries<ScheduleEntry>(rateSchedules))("schedule %s", (_, entry) => {
  test("stays within its learning rate, over any number of steps, and refuses one below 0", () => {
    for (const rate of rates(entry, {})) {
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(span.learningRate);
    }
    for (const steps of [1, 2, 3])
      expect(entry.create({ learningRate: 1, steps })(0)).toBeLessThanOrEqual(1);
    expect(() => entry.create({ learningRate: -1, steps: 10 })).toThrow(ValueError);
  });

  test("takes the default of every option", () => {
    const without = rates(entry, {});
    for (const [name, schema] of withDefault(own(entry)))
      expect(rates(entry, { [name]: schema.default }), name).toEqual(without);
    for (const [name, schema] of own(entry))
      expect(rates(entry, { [name]: another(schema) }), name).not.toEqual(without);
  });

  test("refuses what its schemas exclude, and nothing else", () => {
    for (const [name, schema] of own(entry))
      for (const [value, admitted] of probes(schema)) {
        const create = (): unknown => entry.create({ ...span, [name]: value });
        expect(refuses(create), `${name} ${value}`).toBe(!admitted);
      }
  });
});

const folder = mkdtempSync(join(tmpdir(), "spm-registries-"));
const file = join(folder, "verse.txt");
writeFileSync(file, "tyger tyger burning bright in the forests of the night. ".repeat(200));
afterAll(() => rmSync(folder, { recursive: true }));

const table = join(folder, "table.csv");
const rows = Array.from({ length: 40 }, (_, k) => `${k},${k % 3},${k % 2}`);
writeFileSync(table, `size,kind,y\n${rows.join("\n")}\n`);
const pictures = join(folder, "pictures");
for (const k of [1, 2, 3, 4, 5])
  for (const name of ["a", "b"]) {
    mkdirSync(join(pictures, name), { recursive: true });
    writeFileSync(join(pictures, name, `${k}.png`), png(k, name === "a" ? 10 : 200));
  }

/** What a data set needs to load. */
const given: Readonly<Record<string, Values>> = {
  text: { file },
  table: { file: table, target: "-1", categories: "1", badRows: "skip" },
  images: { folder: pictures },
};

async function digest(entry: DatasetEntry, options: Values): Promise<unknown> {
  const { train, test, rows, ...rest } = await entry.load(options);
  const first = [train, test].map(({ length, batch }) => {
    const { x, y } = batch(Int32Array.of(0, length - 1));
    return [length, x.shape, ...elements(x.ndarray()), ...elements(y.ndarray())];
  });
  return { ...rest, first, rows: [rows?.train(0), rows?.test(0)] };
}

describe.each(Object.entries<DatasetEntry>(datasets))("data set %s", (key, entry) => {
  const needed = given[key] ?? {};

  test("gives as many features and classes as it says", async () => {
    const { train, test, features, classes, vocabulary } = await entry.load(needed);
    for (const data of [train, test]) {
      const { x, y } = data.batch(Int32Array.of(0, data.length - 1));
      expect([x.shape, y.shape]).toEqual([[2, features], [2]]);
      for (const label of elements(y.ndarray())) expect(label).toBeLessThan(classes);
    }
    if (vocabulary !== undefined) expect([...vocabulary]).toHaveLength(classes);
    expect(Object.keys(entry.options)).toEqual(expect.arrayContaining([...(entry.required ?? [])]));
  });

  test("takes the default of every option, and refuses what its schemas exclude", async () => {
    const without = await digest(entry, needed);
    for (const [name, schema] of withDefault(own(entry))) {
      expect(await digest(entry, { ...needed, [name]: schema.default }), name).toEqual(without);
      expect(await digest(entry, { ...needed, [name]: another(schema) }), name).not.toEqual(
        without,
      );
      for (const [value, admitted] of probes(schema))
        if (!admitted)
          await expect(
            entry.load({ ...needed, [name]: value }),
            `${name} ${value}`,
          ).rejects.toThrow(ValueError);
    }
  });
});
