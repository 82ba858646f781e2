/** @file A full cache forgets the least recently used. */
import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("what is unused for longest goes first, and is made again", () => {
  const [made, gone]: [string[], string[]] = [[], []];
  const cache = new Recent<{ readonly name: string }>(2, ({ name }) => gone.push(name));
  const ask = (name: string) =>
    cache.get(name, () => {
      made.push(name);
      return { name };
    });
  const a = ask("a");
  ask("b");
  expect(ask("a")).toBe(a);
  ask("c"); // b was unused for longest
  expect(ask("a")).toBe(a);
  ask("b");
  expect({ made, gone }).toEqual({ made: ["a", "b", "c", "b"], gone: ["b", "c"] });
  cache.clear();
  expect(ask("a")).not.toBe(a);
});
