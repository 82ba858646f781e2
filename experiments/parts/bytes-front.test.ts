/** @file Which rows of few bytes no others beat. */
import { expect, test } from "vitest";
import { frontOf } from "./bytes-front.ts";

const row = (name: string, bytes: number, mean: number) => ({
  ...{ name, bytes },
  score: { mean, low: mean, high: mean },
});
const names = (rows: readonly { readonly name: string }[]): string[] => rows.map((r) => r.name);

test("the front is smallest first, without what a row of as many bytes or fewer equals", () => {
  const rows = [row("large", 9, 3), row("small", 1, 1), row("worse", 5, 1), row("middle", 4, 2)];
  expect(names(frontOf(rows, (a, b) => a > b))).toEqual(["small", "middle", "large"]);
  expect(names(frontOf(rows, (a, b) => a < b))).toEqual(["small"]);
  const alike = [row("one", 4, 2), row("other", 4, 2), row("more", 5, 2)];
  expect(names(frontOf(alike, (a, b) => a > b))).toEqual(["one", "other"]);
});
