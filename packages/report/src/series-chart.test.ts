/** @file Charts: what their axes say, what is drawn, and that text has room. */
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { type SeriesChart, seriesChart } from "./series-chart.ts";
import { linearLabels, linearTicks, logLabels, logTicks } from "./ticks.ts";

const chart = (given: Partial<SeriesChart> = {}): Document => {
  const text = seriesChart({
    title: "error by samples",
    x: { label: "samples", scale: "log", ticks: [8, 64, 1024] },
    y: { label: "error", scale: "log" },
    series: [
      {
        name: "dense",
        points: [
          { x: 8, y: 0.9 },
          { x: 1024, y: 2e-7, low: 1e-7, high: 3e-7 },
        ],
      },
    ],
    ...given,
  });
  return parseHTML(text).document as unknown as Document;
};
const texts = (document: Document, label: string): (string | null)[] =>
  [...document.querySelectorAll(`g[aria-label="${label}"] text`)].map((text) => text.textContent);

test("ticks of a logarithmic axis are round and enclose the data", () => {
  expect(logTicks([16, 32])).toEqual([10, 20, 50]);
  expect(logTicks([0.34, 0.64])).toEqual([0.2, 0.5, 1]);
  expect(logTicks([1])).toEqual([1, 2]);
  expect(logTicks([4122, 1_863_690])).toEqual([
    3000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000,
  ]);
  expect(logTicks([2e-7, 0.9])).toEqual([1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
  expect(logTicks([])).toEqual([]);
});

test("ticks of a linear axis are round, enclose the data, and have equal decimals", () => {
  expect(linearTicks(0, 937, 6)).toEqual([0, 200, 400, 600, 800, 1000]);
  expect(linearTicks(90, 100, 10)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
  expect(linearTicks(0.11, 0.69, 6)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  expect(linearTicks(-3e-9, 4e-9, 4)).toEqual([-4e-9, -2e-9, 0, 2e-9, 4e-9]);
  expect(linearLabels([0, 0.25, 1])).toEqual(["0.00", "0.25", "1.00"]);
  expect(linearLabels([-2000, 0, 2000])).toEqual(["−2,000", "0", "2,000"]);
  expect(linearLabels([-4e-9, 0, 2e-9])).toEqual(["−4·10⁻⁹", "0", "2·10⁻⁹"]);
});

test("labels read as numbers, or all as powers of ten", () => {
  expect(logLabels([0.05, 0.1, 1, 64, 1024, 20_000, 12_345, 5e6])).toEqual(
    ["0.05", "0.1", "1", "64", "1,024", "20k", "12,345", "5M"], //
  );
  expect(logLabels([1e-7, 1e-3, 1, 10])).toEqual(["10⁻⁷", "10⁻³", "10⁰", "10¹"]);
  expect(logLabels([5e-5, 1e-4, 2e-4])).toEqual(["5·10⁻⁵", "0.0001", "0.0002"]);
});

test("every tick has its label, and a logarithmic axis says that it is one", () => {
  const svg = chart();
  expect(texts(svg, "x-axis tick label")).toEqual(["8", "64", "1,024"]);
  expect(texts(svg, "y-axis tick label")).toEqual([
    "10⁻⁷",
    "10⁻⁶",
    "10⁻⁵",
    "10⁻⁴",
    "10⁻³",
    "10⁻²",
    "10⁻¹",
    "10⁰",
  ]);
  expect(texts(svg, "x-axis label")).toEqual(["samples (log scale)"]);
  expect(texts(chart({ y: { label: "loss" } }), "y-axis label")).toEqual(["loss"]);
});

test("a range, a single value, nothing", () => {
  const points = (y: number) => [{ name: "a", points: [{ x: 8, y }] }];
  const ticks = (given: Partial<SeriesChart>) =>
    texts(chart({ y: { label: "share" }, ...given }), "y-axis tick label");
  const share = ticks({ y: { label: "share", range: [0, 1] }, series: points(0) });
  expect([share[0], share.at(-1)]).toEqual(["0.0", "1.0"]);
  expect(ticks({ series: points(0) })).toContain("0.0");
  expect(() => chart({ series: [] })).not.toThrow();
});

test("a tick beyond the data is left out, not drawn beyond the picture", () => {
  const x = { label: "samples", scale: "log", ticks: [8, 64, 4096] } as const;
  const points = [8, 512].map((n) => ({ x: n, y: n }));
  const svg = seriesChart({ title: "t", x, y: { label: "y" }, series: [{ name: "a", points }] });
  expect(svg).toContain(">64</text>");
  expect(svg).not.toContain(">4,096</text>");
});

test("a level to compare with is a line of its own, inside the axis", () => {
  const svg = chart({ y: { label: "ratio", scale: "log" }, level: { y: 20, name: "as fast" } });
  expect(svg.querySelectorAll("g[aria-label=rule] line")).toHaveLength(1);
  expect(texts(svg, "text")).toEqual(["as fast"]);
  expect(texts(svg, "y-axis tick label").at(-1)).toBe("10²");
});

test("long names get fewer columns, a long title smaller letters", () => {
  const names = ["dense first, its hidden units ordered", "both", "neither"];
  const svg = chart({ title: "m".repeat(99), series: names.map((name) => ({ name, points: [] })) });
  const places = [...svg.querySelectorAll("g:has(> circle) > text")].map((text) =>
    text.parentElement?.getAttribute("transform"),
  );
  expect(places).toEqual(["translate(20 42)", "translate(340 42)", "translate(20 64)"]);
  expect(svg.querySelector("svg > text")?.getAttribute("font-size")).toBe("10");
});
