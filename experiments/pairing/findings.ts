/** @file Tables and pictures of records, with no training. */
import { seriesChart } from "@spm/report";
import type { Json } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import { tablesFile } from "../parts/tables-file.ts";
import type { LayerError } from "./layers.ts";
import { layerOrders } from "./layers.ts";
import { pixelOrders } from "./pixel-orders.ts";
import type { Records } from "./records.ts";
import type { Recovery } from "./recovery.ts";

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const mean = (values: readonly number[]): number => spreadOf(values)?.mean ?? Number.NaN;
const inPercent =
  (digits: number) =>
  (share: number): string =>
    (100 * share).toFixed(digits);

/** Tables of all parts that were measured. */
export function pairingFindings({ recovery, pixels, table, layers }: Required<Records>): Findings {
  const sections = [
    ...recoverySections(recovery),
    ...pixelSections(pixels),
    ...tableSections(table),
    ...layerSections(layers),
  ];
  return {
    summary: summaryOf(recovery),
    sections,
    results: { recovery, pixels, table, layers } as unknown as Record<string, Json>,
    files: [tablesFile(sections)],
  };
}

/** The hierarchy of a record, in words. */
const caseOf = ({ n, v, m, noise, labels }: Recovery): string =>
  `n = ${n}, v = ${v}, m = ${m}, noise ${100 * noise} %${labels ? "" : ", no labels"}`;

function summaryOf(records: readonly Recovery[]): string {
  const whole = records.filter(({ right }) => right.every((level) => level.right === level.of));
  return records.length === 0
    ? "No hierarchy was looked for."
    : `${whole.length} of ${records.length} hierarchies were found whole.`;
}

/** Groups found by level: the shares of right ones over seeds, and what the test said. */
function recoverySections(records: readonly Recovery[]): Section[] {
  if (records.length === 0) return [];
  const levels = Math.max(...records.map(({ right }) => right.length)) - 1;
  const cases = distinct(records.map(caseOf));
  const rowsOf = (name: string): string[][] => {
    const own = records.filter((record) => caseOf(record) === name);
    const sizes = distinct(own.map(({ samples }) => samples)).sort((a, b) => a - b);
    return sizes.map((samples) => {
      const at = own.filter((record) => record.samples === samples);
      const level = (l: number): string => {
        const found = at.map(
          ({ right, depth }) => `${right[l]?.right ?? 0}${l === depth ? "*" : ""}`,
        );
        return at.some(({ right }) => l < right.length - 1)
          ? `${found.join(", ")} of ${at[0]?.right[l]?.of ?? 0}`
          : "";
      };
      return [
        name,
        formatCount(samples),
        ...Array.from({ length: levels }, (_, l) => level(l)),
        at.map(({ pValues }) => pValues[0] ?? "–").join(", "),
        mean(at.map(({ seconds }) => seconds)).toFixed(1),
      ];
    });
  };
  return [
    {
      heading: "Groups found right, by level and seed",
      text:
        "The last level has one pair, which is always right, and is left out. A star: the test " +
        "finds the level no better than chance, and doesn't ask about those above. The p-value " +
        "is that of the first level, by seed.",
      table: {
        head: [
          "hierarchy",
          "samples",
          ...Array.from({ length: levels }, (_, l) => `level ${l + 1}`),
          "p, level 1",
          "seconds",
        ],
        rows: cases.flatMap(rowsOf),
      },
      figure: { name: "recovery", svg: recoveryChart(records, cases) },
    },
  ];
}

/** The share of right groups, of all levels but the last, by samples. */
function recoveryChart(records: readonly Recovery[], cases: readonly string[]): string {
  const share = ({ right }: Recovery): number => {
    const counted = right.slice(0, -1);
    const sum = (of: "right" | "of"): number =>
      counted.reduce((total, level) => total + level[of], 0);
    return (100 * sum("right")) / sum("of");
  };
  const sizesOf = (name: string): number[] =>
    distinct(records.filter((one) => caseOf(one) === name).map(({ samples }) => samples));
  const drawn = cases.filter((name) => sizesOf(name).length > 1).slice(0, 11);
  return seriesChart({
    title: "Groups of the hierarchy found right",
    x: { label: "samples", scale: "log" },
    y: { label: "% of all levels but the last", range: [0, 100] },
    series: drawn.map((name) => ({
      name,
      points: sizesOf(name)
        .sort((a, b) => a - b)
        .map((samples) => {
          const at = records.filter((one) => caseOf(one) === name && one.samples === samples);
          const spread = spreadOf(at.map(share));
          return {
            x: samples,
            y: spread?.mean ?? Number.NaN,
            ...(spread && { low: spread.low, high: spread.high }),
          };
        }),
    })),
  });
}

/** Of the records of a row, those at the rate that validates best on average or in one seed. */
function atBestRate<R extends { readonly rate: number; readonly validation: number }>(
  records: readonly R[],
): { rate: number; records: R[] } {
  const most = Math.max(
    0,
    ...distinct(records.map(({ rate }) => rate)).map(
      (rate) => records.filter((one) => one.rate === rate).length,
    ),
  );
  const rates = distinct(records.map(({ rate }) => rate));
  const at = (rate: number): R[] => records.filter((one) => one.rate === rate);
  const [best = Number.NaN] = rates
    .filter((rate) => at(rate).length === most)
    .sort((a, b) => mean(at(b).map((r) => r.validation)) - mean(at(a).map((r) => r.validation)));
  return { rate: best, records: at(best) };
}

function pixelSections({ trainings, pairings }: Required<Records>["pixels"]): Section[] {
  const percent = inPercent(2);
  const rows = distinct(trainings.map(({ order, kind }) => `${order}/${kind}`));
  const table = rows.map((name) => {
    const own = trainings.filter(({ order, kind }) => `${order}/${kind}` === name);
    const best = atBestRate(own);
    const tests = best.records.sort((a, b) => a.seed - b.seed).map(({ test }) => test);
    const [first] = own;
    return [
      first?.kind ?? "",
      first?.order ?? "",
      formatCount(first?.parameters ?? 0),
      String(best.rate),
      tests.map(percent).join(", "),
      percent(mean(tests)),
    ];
  });
  const orders = Object.entries(pixelOrders).map(([name, text]) => `${name}, ${text}`);
  return [
    ...(trainings.length === 0
      ? []
      : [
          {
            heading: "Digits by the order of their pixels",
            text: `Percent of test images right. Orders: ${orders.join("; ")}.`,
            table: {
              head: ["layers", "order", "numbers", "rate", "by seed", "mean"],
              rows: table.sort(([a = ""], [b = ""]) => a.localeCompare(b)),
            },
          },
        ]),
    ...(pairings.length === 0
      ? []
      : [
          {
            heading: "Pairs of shuffled pixels",
            text: "Of the pairs of two pixels that are not constant, those that touch.",
            table: {
              head: ["seed", "images read", "touch, %", "levels better than chance", "seconds"],
              rows: pairings.map(({ seed, samples, neighbours, depth, seconds }) => [
                String(seed),
                formatCount(samples),
                inPercent(1)(neighbours),
                String(depth),
                seconds.toFixed(0),
              ]),
            },
          },
        ]),
  ];
}

function tableSections({ trainings, pairings }: Required<Records>["table"]): Section[] {
  if (trainings.length === 0) return [];
  const percent = inPercent(1);
  const rows = distinct(trainings.map(({ row }) => row)).map((row) => {
    const own = trainings.filter((one) => one.row === row);
    const { rate, records } = atBestRate(own);
    const tests = records.sort((a, b) => a.seed - b.seed).map(({ test }) => test);
    return [
      row,
      formatCount(own[0]?.parameters ?? 0),
      String(rate),
      tests.map(percent).join(", "),
      percent(mean(tests)),
    ];
  });
  return [
    {
      heading: "Wages: above the median or not",
      text: "Percent of the test third right, 178 people.",
      table: { head: ["row", "numbers", "rate", "by seed", "mean"], rows },
    },
    {
      heading: "Pairs of columns",
      text: "Strongest first, with their mutual information in nats; constants left out.",
      table: {
        head: ["seed", "p, level 1", "pairs"],
        rows: pairings.map(({ seed, pValues, pairs }) => [
          String(seed),
          String(pValues[0] ?? "–"),
          pairs.map(({ names, weight }) => `${names.join(" + ")} ${weight.toFixed(2)}`).join(", "),
        ]),
      },
    },
  ];
}

function layerSections(records: readonly LayerError[]): Section[] {
  if (records.length === 0) return [];
  const orders = distinct(records.map(({ order }) => order));
  const cell = (order: string, layer: number): string =>
    showSpread(
      spreadOf(
        records.filter((one) => one.order === order && one.layer === layer).map((r) => r.error),
      ),
      (error) => error.toFixed(4),
    );
  return [
    {
      heading: "Layers of a dense network as mixers",
      text: "‖W′ − W‖ / ‖W‖ of general mixers over one butterfly, mean of seeds (least to most).",
      table: {
        head: ["order of inputs and outputs", "first layer", "second layer"],
        rows: orders.map((order) => [layerOrders[order], cell(order, 1), cell(order, 2)]),
      },
    },
  ];
}
