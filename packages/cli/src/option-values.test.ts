import { InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import { namesOf, positiveNumber, wholeNumber } from "./option-values.ts";

describe("wholeNumber", () => {
  test("takes whole numbers in its range", () => {
    const parse = wholeNumber(1, 256);
    expect([parse("1"), parse("+7"), parse("256")]).toEqual([1, 7, 256]);
    expect(wholeNumber(0)("0")).toBe(0);
  });

  test.each([
    "0",
    "257",
    "-1",
    "1.5",
    "1e2",
    "",
    " ",
    "abc",
    "0x10",
    "9007199254740993",
    "1 2",
    "NaN",
    "Infinity",
  ])("refuses %j", (text) => {
    expect(() => wholeNumber(1, 256)(text)).toThrow(InvalidArgumentError);
    expect(() => wholeNumber(1, 256)(text)).toThrow("Expected a whole number from 1 to 256.");
  });
});

describe("positiveNumber", () => {
  test("takes finite numbers above 0", () => {
    expect([positiveNumber("0.001"), positiveNumber("3e-3"), positiveNumber("2")]).toEqual([
      0.001, 0.003, 2,
    ]);
  });

  test.each(["0", "-1", "", " ", "NaN", "Infinity", "1e999", "1,5", "fast"])(
    "refuses %j",
    (text) => {
      expect(() => positiveNumber(text)).toThrow("Expected a number above 0.");
    },
  );
});

describe("namesOf", () => {
  const parse = namesOf(["dense", "rotation"]);

  test("takes known names in the order given", () => {
    expect(parse("rotation, dense")).toEqual(["rotation", "dense"]);
  });

  test.each(["", "dense,", "dens", "dense,dense", "dense rotation"])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(
      "Expected one or more of dense, rotation, separated by commas, none twice.",
    );
  });
});
