/** @file The findings on rounded models: nats lost and bytes, by bits and method. */
import { seriesChart } from "@spm/report";
import { formatCount } from "@spm/trainer/format";
import type { Findings, Section } from "../parts/experiment.ts";
import { showSpread, spreadOf } from "../parts/statistics.ts";
import { type Attempt, atBestRates, type BestRate, ratesSections } from "../parts/sweep.ts";
import { tablesFile } from "../parts/tables-file.ts";

/** A rounded model; scores are nats a character. */
export interface QuantiseAttempt extends Attempt {
  readonly method: string;
  /** Bits. */
  readonly weights: number;
  readonly activations: number | null;
  /** The test score before anything was learned. */
  readonly start: number;
  /** That of the float model. */
  readonly float: number;
  /** Numbers of the maps before the rounding. */
  readonly extra: number;
  /** Of its file. */
  readonly bytes: number;
  /** Of the learning, and of a token: of the model of the file, and of the float one. */
  readonly seconds: { readonly learning: number; readonly token: number; readonly float: number };
}

type Row = BestRate<QuantiseAttempt>;

const nats = (value: number): string => value.toFixed(4);
const lostBy = (row: Row, which: "test" | "start" = "test"): number[] =>
  row.runs.map((run) => run[which] - run.float);

/** The findings of all rows, each at its best rate. */
export function quantiseFindings(attempts: readonly QuantiseAttempt[]): Findings {
  const rows = atBestRates(attempts);
  const sections = rows.length === 0 ? [] : sectionsOf(rows);
  const said = rows.map((row) => `${row.row} ${showSpread(spreadOf(lostBy(row)), nats)}`);
  return {
    summary:
      said.length === 0
        ? "Interrupted before anything was measured."
        : `Nats a character lost to the float model: ${said.join("; ")}.`,
    sections,
    results: { attempts: attempts.map((one) => ({ ...one })) },
    files: [tablesFile(sections)],
  };
}

function sectionsOf(rows: readonly Row[]): Section[] {
  const floats = new Map(rows.flatMap(({ runs }) => runs.map((run) => [run.seed, run.float])));
  const float = [...floats].map(([seed, value]) => `${nats(value)} (seed ${seed})`).join(", ");
  const methods = [...new Set(rows.map(({ runs }) => runs[0].method))];
  return [
    {
      heading: "Nats lost",
      text:
        `Test nats a character above the float model's ${float}; mean (least to most) of the ` +
        "seeds, as the files answer. At the start clips come from a grid; nothing is learned. " +
        "A token is one of those written one after another, in times of the float one's.",
      table: {
        head: [
          ...["bits, row", "rate", "lost", "by seed", "at the start", "extra numbers", "bytes"],
          "a token",
        ],
        rows: rows.map((row) => [
          row.row,
          String(row.rate),
          showSpread(spreadOf(lostBy(row)), nats),
          lostBy(row).map(nats).join(", "),
          showSpread(spreadOf(lostBy(row, "start")), nats),
          formatCount(row.runs[0].extra),
          formatCount(row.runs[0].bytes),
          showSpread(
            spreadOf(row.runs.map(({ seconds: { token, float } }) => token / float)),
            (ratio) => `${ratio.toFixed(2)} ×`,
          ),
        ]),
      },
      figure: {
        name: "nats-by-bytes",
        svg: seriesChart({
          title: "A rounded GPT: nats lost by bytes on disk",
          x: { label: "bytes on disk" },
          y: { label: "nats lost a character" },
          joined: rows.length > methods.length, // lines where a method has several bits
          series: methods.map((method) => ({
            name: method,
            points: rows
              .filter(({ runs }) => runs[0].method === method)
              .flatMap((row) => {
                const spread = spreadOf(lostBy(row));
                if (spread === undefined) return [];
                return [
                  { x: row.runs[0].bytes, y: spread.mean, low: spread.low, high: spread.high },
                ];
              })
              .sort((a, b) => a.x - b.x),
          })),
        }),
      },
    },
    ...ratesSections(rows, "Nats on the validation text", nats),
  ];
}
