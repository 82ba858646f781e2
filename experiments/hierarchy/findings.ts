/** @file Tables and pictures of records, with no training. */
import { type ChartSeries, seriesChart } from "@spm/report";
import type { Json } from "@spm/trainer";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import { tablesFile } from "../parts/tables-file.ts";
import { pairingPicture } from "./pairing-picture.ts";
import type { DataSizes, PairingRecord, Records, TrainingRecord } from "./records.ts";
import { orders, readRows } from "./rows.ts";

/** Trainings of a row at its best rate. */
export interface Chosen {
  readonly row: string;
  readonly samples: number;
  readonly rate: number;
  /** Whether the best rate is the lowest or the highest that was tried. */
  readonly edge: boolean;
  /** By seed. */
  readonly records: readonly TrainingRecord[];
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const ascending = (values: readonly number[]): number[] => distinct(values).sort((a, b) => a - b);

/** Percent with a decimal. */
const percent = (share: number): string => (100 * share).toFixed(1);

/** The data of a record but for seed and samples. */
const dataOf = ({ n, v, m, noise }: DataSizes): string =>
  `n = ${n}, v = ${v}, m = ${m}${noise > 0 ? `, noise ${100 * noise} %` : ""}`;

/**
 * Every row at every number of samples, at the rate that validates best in the first seed of those
 * with a record at each rate.
 */
export function chosenRows(records: readonly TrainingRecord[]): Chosen[] {
  return ascending(records.map(({ samples }) => samples)).flatMap((samples) =>
    distinct(records.map(({ row }) => row)).flatMap((row) => {
      const own = records.filter((one) => one.row === row && one.samples === samples);
      const first = Math.min(...own.map(({ seed }) => seed));
      const sweep = own.filter(({ seed }) => seed === first);
      const [best] = sweep.toSorted((a, b) => b.validation - a.validation);
      if (best === undefined) return [];
      const { rate } = best;
      const rates = ascending(sweep.map((one) => one.rate));
      const edge = rates.length > 1 && [rates.at(0), rates.at(-1)].includes(rate);
      const at = own.filter((one) => one.rate === rate).sort((a, b) => a.seed - b.seed);
      return [{ row, samples, rate, edge, records: at }];
    }),
  );
}

/** Tables, the learning curve, the picture of a pairing and what it is worth. */
export function hierarchyFindings({ trainings, pairings }: Records): Findings {
  const kinds = distinct([...trainings, ...pairings].map(dataOf));
  const sections = kinds.flatMap((kind) => {
    const own = trainings.filter((record) => dataOf(record) === kind);
    const found = once(pairings.filter((record) => dataOf(record) === kind));
    const chosen = chosenRows(own);
    return [
      ...accuracySections(kind, chosen, own),
      ...(found.length > 0 ? [pairingSection(kind, found)] : []),
      ...pictureSections(kind, chosen, found),
    ];
  });
  return {
    summary: summaryOf(kinds, trainings),
    sections,
    results: {
      trainings: trainings as unknown as Json,
      pairings: pairings as unknown as Json,
    },
    files: [tablesFile(sections)],
  };
}

/** Every pairing once: runs of several rows find the same in the same samples. */
const once = (records: readonly PairingRecord[]): PairingRecord[] => [
  ...new Map(records.map((record) => [`${record.samples} ${record.seed}`, record])).values(),
];

function summaryOf(kinds: readonly string[], trainings: readonly TrainingRecord[]): string {
  if (trainings.length === 0) return "Nothing was trained.";
  return kinds
    .map((kind) => {
      const chosen = chosenRows(trainings.filter((record) => dataOf(record) === kind));
      const most = Math.max(...chosen.map(({ samples }) => samples));
      const rows = chosen
        .filter(({ samples }) => samples === most)
        .map((one) => `${one.row} ${meanOf(one)} %`);
      return `${kind}, ${formatCount(most)} samples: ${rows.join(", ")}.`;
    })
    .join(" ");
}

const meanOf = ({ records }: Chosen): string =>
  percent(spreadOf(records.map(({ test }) => test))?.mean ?? Number.NaN);

function accuracySections(
  kind: string,
  chosen: readonly Chosen[],
  all: readonly TrainingRecord[],
): Section[] {
  if (chosen.length === 0) return [];
  const sizes = ascending(chosen.map(({ samples }) => samples));
  const named = sizes.map((samples): Section => {
    const rows = chosen.filter((one) => one.samples === samples);
    const heading = `Accuracy: ${kind}, ${formatCount(samples)} samples`;
    return {
      heading,
      text:
        "Percent of test samples, at the rate that is best on held-out samples; a star marks a " +
        "rate at the edge of those tried. Orders: " +
        `${Object.entries(orders)
          .map(([name, text]) => `${name}, ${text}`)
          .join("; ")}.`,
      table: {
        head: ["row", "numbers", "rate", "by seed", "mean", "training samples", "seconds"],
        rows: rows.map(({ row, rate, edge, records }) => [
          row,
          formatCount(records[0]?.parameters ?? 0),
          `${rate}${edge ? "*" : ""}`,
          records.map(({ test }) => percent(test)).join(", "),
          percent(spreadOf(records.map(({ test }) => test))?.mean ?? Number.NaN),
          percent(spreadOf(records.map(({ seen }) => seen))?.mean ?? Number.NaN),
          (spreadOf(records.map(({ seconds }) => seconds))?.mean ?? 0).toFixed(0),
        ]),
      },
    };
  });
  const rates: Section = {
    heading: `Rates: ${kind}`,
    text: "Percent of held-out samples by rate, of the first seed.",
    table: {
      head: ["row", "samples", ...ascending(all.map(({ rate }) => rate)).map(String)],
      rows: chosen.map(({ row, samples }) => [
        row,
        formatCount(samples),
        ...ascending(all.map(({ rate }) => rate)).map((rate) => {
          const own = all.filter((one) => one.row === row && one.samples === samples);
          const first = Math.min(...own.map(({ seed }) => seed));
          const at = own.find((one) => one.rate === rate && one.seed === first);
          return at === undefined ? "–" : percent(at.validation);
        }),
      ]),
    },
  };
  return [...named, rates, ...(sizes.length > 1 ? [curveSection(kind, chosen)] : [])];
}

/** Rows that the curves leave out, for the sake of their colours: the table has them. */
const undrawn: readonly string[] = [
  "mixer random",
  "tree true",
  "tree given",
  "convolution true",
  "convolution given",
];

/** Accuracy by samples, of rows that were trained on several numbers of them. */
function curveSection(kind: string, chosen: readonly Chosen[]): Section {
  const rows = distinct(chosen.map(({ row }) => row));
  const sizes = ascending(chosen.map(({ samples }) => samples));
  const of = (row: string, samples: number): Chosen | undefined =>
    chosen.find((one) => one.row === row && one.samples === samples);
  const several = rows.filter((row) => sizes.filter((size) => of(row, size)).length > 1);
  const series = several
    .filter((row) => !undrawn.includes(row))
    .map(
      (row): ChartSeries => ({
        name: row,
        points: sizes.flatMap((x) => {
          const spread = spreadOf((of(row, x)?.records ?? []).map(({ test }) => 100 * test));
          return spread === undefined
            ? []
            : [{ x, y: spread.mean, low: spread.low, high: spread.high }];
        }),
      }),
    );
  const heading = `Accuracy by samples: ${kind}`;
  return {
    heading,
    text: "Percent, the mean of the seeds (lowest to highest).",
    table: {
      head: ["row", ...sizes.map((size) => formatCount(size))],
      rows: several.map((row) => [
        row,
        ...sizes.map((size) =>
          showSpread(spreadOf((of(row, size)?.records ?? []).map(({ test }) => test)), percent),
        ),
      ]),
    },
    figure: {
      name: fileName("curve", kind),
      svg: seriesChart({
        title: heading,
        x: { label: "training samples", scale: "log", ticks: sizes },
        y: { label: "accuracy, %", range: [0, 100] },
        series,
      }),
    },
  };
}

const fileName = (name: string, kind: string): string =>
  `${name}-${kind.replaceAll(/[^a-z0-9.]+/g, "-").replaceAll(/-+$/g, "")}`;

/** Groups found right by level, samples and seed. */
function pairingSection(kind: string, found: readonly PairingRecord[]): Section {
  const levels = Math.max(...found.map(({ right }) => right.length));
  return {
    heading: `Pairs found: ${kind}`,
    text:
      "Groups that are those of the hierarchy, of all, and the p-value of the first level. The " +
      "last level has one pair, which is always right.",
    table: {
      head: [
        "samples",
        "seed",
        ...Array.from({ length: levels }, (_, l) => `level ${l + 1}`),
        "p, level 1",
        "seconds",
      ],
      rows: found
        .toSorted((a, b) => a.samples - b.samples || a.seed - b.seed)
        .map(({ samples, seed, right, pValues, seconds }) => [
          formatCount(samples),
          String(seed),
          ...right.map((level) => `${level.right} of ${level.of}`),
          String(pValues[0] ?? "–"),
          seconds.toFixed(1),
        ]),
    },
  };
}

/** The rows of the picture in their order, by what they say; dense ones come last. */
const captions: Readonly<Record<string, string>> = {
  "mixer true": "mixer, pairs known",
  "mixer found": "mixer, pairs found",
  "mixer given": "mixer, pairs unknown",
  "mixer random": "mixer, random pairs",
  "butterflies true": "all pairs, order known",
  "butterflies given": "all pairs in each layer",
  "tree true": "tree, order known",
  "tree found": "tree, order found",
  "tree given": "tree, order unknown",
  "convolution true": "convolution, order known",
  "convolution sides": "convolution, sides told",
  "convolution found": "convolution, order found",
  "convolution given": "convolution, unknown",
};

const placeOf = ({ row }: Chosen): number => {
  const place = Object.keys(captions).indexOf(row);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
};

/** The pairs found in the first seed on the samples that most rows have, and their accuracies. */
function pictureSections(
  kind: string,
  chosen: readonly Chosen[],
  found: readonly PairingRecord[],
): Section[] {
  const rowsAt = (size: number): number => chosen.filter(({ samples }) => samples === size).length;
  const [size = 0] = ascending(chosen.map(({ samples }) => samples)).sort(
    (a, b) => rowsAt(b) - rowsAt(a),
  );
  const [pairing] = found
    .filter(({ samples }) => samples === size)
    .toSorted((a, b) => a.seed - b.seed);
  if (pairing === undefined) return [];
  const bars = chosen
    .filter(({ row, samples }) => samples === size && readRows(row)[0]?.net !== undefined)
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map(({ row, records }) => ({
      name: captions[row] ?? row,
      shares: records.map(({ test }) => test),
      ours: row.startsWith("mixer"),
    }));
  return [
    {
      heading: `The pairs found, and what they are worth: ${kind}`,
      text:
        "The inputs in the order that they come in, joined to the places that they have in the " +
        "found order, with the pairs of each level; the numbers are their places in the " +
        "hierarchy, which nobody was told.",
      figure: {
        name: fileName("found", kind),
        svg: pairingPicture(pairing, bars, `${formatCount(size)} training samples, ${kind}`),
      },
    },
  ];
}
