/** @file The output of programs as data: tables, lines of text, pictures, tapes, digits. */
import { grad, scope, square, sum, tensor } from "@spm/core";
import { hadamard } from "@spm/mixer";
import { describe, expect, test } from "vitest";
import type { Entry } from "../messages.ts";
import { described, showNumber, tables } from "./describe.ts";
import { centredDigit } from "./digit.ts";
import { outputTo } from "./output.ts";
import { plotted } from "./plot.ts";
import { shown } from "./show.ts";
import { taped } from "./tape.ts";

describe("described", () => {
  test.each([
    [0, "0"],
    [-0, "0"],
    [1 / 3, "0.33333"],
    [123456, "123456"],
    [1.5e7, "1.5e+7"],
    [2e-5, "2e-5"],
    [Number.NaN, "NaN"],
    [-Infinity, "-Infinity"],
  ])("the number %d is %s", (value, text) => {
    expect(showNumber(value)).toBe(text);
  });

  test("a tensor is a table, a view of it too, a scalar a number", () => {
    scope(() => {
      const x = tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      const rows = [
        ["1", "2", "3"],
        ["4", "5", "6"],
      ];
      expect(described(["x", x])).toEqual(["x", { caption: "float32[2, 3]", rows }]);
      const turned = [
        ["1", "4"],
        ["2", "5"],
        ["3", "6"],
      ];
      expect(described([x.transpose()])).toEqual([{ caption: "float32[3, 2]", rows: turned }]);
      expect(described([tensor(0.25), [tensor([1])]])).toEqual([
        ...["0.25", { caption: "float32[1]", rows: [["1"]] }],
      ]);
    });
  });

  test("large tensors are shortened in the middle, more axes are several tables", () => {
    const [table] = tables("float32[100, 100]", [100, 100], new Float32Array(10_000).fill(7));
    expect(table?.rows.map((row) => row.length)).toEqual(Array(13).fill(11));
    expect(table?.rows[6]).toEqual(Array(11).fill("…"));
    expect(table?.rows[0]?.[5]).toBe("…");
    const data = Float32Array.from({ length: 24 }, (_, k) => k);
    expect(tables("float32[2, 3, 2, 2]", [2, 3, 2, 2], data)).toEqual([
      {
        caption: "float32[2, 3, 2, 2] at [0, 0]",
        rows: [
          ["0", "1"],
          ["2", "3"],
        ],
      },
      {
        caption: "float32[2, 3, 2, 2] at [0, 1]",
        rows: [
          ["4", "5"],
          ["6", "7"],
        ],
      },
      {
        caption: "float32[2, 3, 2, 2] at [0, 2]",
        rows: [
          ["8", "9"],
          ["10", "11"],
        ],
      },
    ]);
    expect(tables("float32[0]", [0], [])).toEqual([{ caption: "float32[0]", rows: [[]] }]);
  });

  test("other values are text", () => {
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    const none = Object.create(null);
    expect(
      described([1, "a b", null, undefined, { a: [1, "x"] }, new Error("no"), circle, none]),
    ).toEqual([
      "1",
      "a b",
      "null",
      "undefined",
      '{ a: [1, "x"] }',
      "Error: no",
      "[object Object]",
      "{}",
    ]);
  });
});

describe("outputTo", () => {
  const line = (text: string): Entry => ({ kind: "write", text });
  const open = () => {
    const sent: string[] = [];
    const failed: unknown[] = [];
    const output = outputTo(
      (entry) => sent.push(entry.kind === "write" ? entry.text : entry.kind),
      (error) => failed.push(error),
    );
    return { sent, failed, output };
  };

  test("shows at once, and after a promise in the order of the program", async () => {
    const { sent, failed, output } = open();
    output.show(line("1"));
    expect(sent).toEqual(["1"]);
    let answer = (_: Entry): void => {};
    output.show(new Promise((resolve) => (answer = resolve)));
    output.show(Promise.reject(new Error("lost")));
    output.show(line("3"));
    expect(sent).toEqual(["1"]);
    answer(line("2"));
    await output.settled();
    output.show(line("4"));
    expect([sent, failed]).toEqual([["1", "2", "3", "4"], [new Error("lost")]]);
  });

  test("a program that prints without end is cut off, once, with a word", () => {
    const { sent, output } = open();
    for (let k = 0; k < 6000; k++) output.show(line("x"));
    expect(sent.length).toBe(5001);
    expect(sent.at(-1)).toBe("log");
  });
});

describe("pictures", () => {
  test("a plot says in words where its lines go", () => {
    const loss = Array.from({ length: 1000 }, (_, k) => 1 / (k + 1));
    const entry = plotted({ loss }, { title: "training", log: true });
    expect(entry).toMatchObject({
      ...{
        kind: "picture",
        title: "training",
        description: "training: loss goes from 1 to 0.001",
      },
    });
  });

  test("a mixer has four pictures, a tensor one, anything else is refused", () => {
    const titles = (of: Parameters<typeof shown>[0]) =>
      (shown(of, "h") as Entry[]).map((entry) => entry.kind === "picture" && entry.title);
    expect(titles(hadamard(8))).toEqual([
      ...["h: the angle of each pair", "h: its matrix", "h: the reach of the first input"],
      "h: its spectrum",
    ]);
    expect(titles(tensor([1, 2]))).toEqual(["h"]);
    expect(() => shown(tensor(1), undefined)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: show: expected one axis or two, got []
      help: show(at(x, 0)) shows a part]
    `);
    expect(() => shown("x" as never, undefined)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: show: expected a tensor, a mixer layer or a mixer's factors, got x]`,
    );
  });
});

test("a tape names each result by its call, and gives the value", () => {
  const { value, table } = taped(() => grad((x) => sum(square(x)))(tensor([3])));
  expect(value.ndarray().get(0)).toBe(6);
  expect(table.rows.map(([, call, , numbers]) => `${call} = ${numbers}`)).toMatchInlineSnapshot(`
    [
      "alias(a) = 3",
      "square(1) = 9",
      "sum(2) = 9",
      "reshape(b) = 1",
      "mul(c, 1) = 6",
      "mul(4, 5) = 6",
    ]
  `);
});

describe("centredDigit", () => {
  const side = 112;
  const drawn = (ink: (r: number, c: number) => boolean): Float32Array =>
    Float32Array.from({ length: side ** 2 }, (_, k) =>
      ink(Math.floor(k / side), k % side) ? 1 : 0,
    );
  const centre = (image: Float32Array) => {
    let [mass, down, across] = [0, 0, 0];
    for (const [k, ink] of image.entries()) {
      mass += ink;
      down += ink * (Math.floor(k / 28) + 0.5);
      across += ink * ((k % 28) + 0.5);
    }
    return [down / mass, across / mass];
  };

  test("any place and size of a stroke becomes the same image", () => {
    const small = centredDigit(drawn((r, c) => r >= 4 && r < 44 && c >= 70 && c < 80));
    const large = centredDigit(drawn((r, c) => r >= 10 && r < 90 && c >= 20 && c < 40));
    expect(small).toEqual(large);
    expect(centre(small)).toEqual([14, 14]);
    const rows = Array.from({ length: 28 }, (_, r) =>
      Math.max(...small.subarray(28 * r, 28 * r + 28)),
    );
    expect(rows.filter((ink) => ink > 0).length).toBe(20);
  });

  test("an uneven drawing is centred by its mass, an empty one stays empty", () => {
    const image = centredDigit(drawn((r, c) => (r < 60 && c < 10) || (r > 50 && r < 60 && c < 30)));
    for (const place of centre(image)) expect(place).toBeCloseTo(14, 0);
    expect(centredDigit(drawn(() => false))).toEqual(new Float32Array(784));
  });
});
