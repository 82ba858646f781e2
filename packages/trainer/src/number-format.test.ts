import { expect, test } from "vitest";
import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRatio,
  formatSeconds,
} from "./number-format.ts";

test("numbers read as people write them", () => {
  expect([0, 999, 269_322].map(formatCount)).toEqual(["0", "999", "269,322"]);
  expect([0, 0.98123, 1, null].map(formatPercent)).toEqual(["0.00 %", "98.12 %", "100.00 %", "–"]);
  expect([0.1234, 9.876, 12.345, 123.4, null].map(formatSeconds)).toEqual([
    "0.12",
    "9.88",
    "12.3",
    "123",
    "–",
  ]);
  expect([0.4567, 12, null].map(formatRatio)).toEqual(["0.46×", "12.00×", "–"]);
  expect(
    [0, 59.4, 59.6, 75.4, 3675, Number.NaN, Number.POSITIVE_INFINITY].map(formatDuration),
  ).toEqual(["0 s", "59 s", "1 min 0 s", "1 min 15 s", "1 h 1 min", "– s", "– s"]);
});
