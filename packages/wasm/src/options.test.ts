/** @file Functions of this package refuse options that they don't have. */
import { OptionError } from "@spm/core/extend";
import { expect, test } from "vitest";
import * as index from "./index.ts";

/** Every exported function: a call with options and one more, or null where it takes none. */
const calls: Readonly<Record<keyof typeof index, ((more: object) => unknown) | null>> = {
  wasm: (more) => index.wasm({ bytes: 2 ** 20, threads: 1, relaxed: false, ...more }),
  wasmSync: (more) => index.wasmSync({ bytes: 2 ** 20, threads: 1, ...more }),
  f32x4Peak: null,
};

test("each exported function is in the table", () => {
  expect(Object.keys(calls).sort()).toEqual(Object.keys(index).sort());
  for (const [name, call] of Object.entries(calls))
    if (call === null) expect(Reflect.get(index, name)).toHaveLength(0);
});

const taking = Object.entries(calls).flatMap(([name, call]) =>
  call === null ? [] : [{ name, call }],
);

test.each(taking)("$name refuses an unknown option", async ({ name, call }) => {
  const made = async (more: object): Promise<unknown> => call(more);
  await expect(made({})).resolves.toMatchObject({ name: "wasm" });
  const refused = made({ nonsense: 1 });
  await expect(refused).rejects.toThrow(OptionError);
  await expect(refused).rejects.toThrow(`${name}: unknown option "nonsense"`);
});

test("the nearest name is the help", async () => {
  const misspelled = { thread: 2 } as object;
  await expect(index.wasm(misspelled)).rejects.toThrow(
    'wasm: unknown option "thread"; help: threads',
  );
  expect(() => index.wasmSync({ relaxed: true } as object)).toThrow(OptionError);
});
