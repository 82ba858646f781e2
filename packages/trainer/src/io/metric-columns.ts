/** @file The columns of metrics.csv: those of every record, then the metrics of a run's own. */
import { readFileSync, statSync } from "node:fs";
import type { MetricRecord } from "./run-record.ts";

/** The columns of every record. */
export const COLUMNS: readonly string[] = [
  ...["run", "split", "step", "epoch", "learningRate", "loss", "accuracy"],
];

/** The records in the whole lines of metrics.jsonl that are JSON objects. */
function recordsIn(path: string): MetricRecord[] {
  if (statSync(path).size === 0) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    try {
      const record: unknown = JSON.parse(line);
      return typeof record === "object" && record !== null ? [record as MetricRecord] : [];
    } catch {
      return [];
    }
  });
}

/** The columns for the records of metrics.jsonl, in the order in which they first appear there. */
export const columnsOf = (path: string): string[] => [
  ...new Set([...COLUMNS, ...recordsIn(path).flatMap((record) => Object.keys(record))]),
];

/** Whether metrics.jsonl has records of a run. */
export const hasRecordsOf = (path: string, run: string): boolean =>
  recordsIn(path).some((record) => record.run === run);

/** The text of metrics.csv for the records of metrics.jsonl. */
export function csvOf(path: string, columns: readonly string[]): string {
  const rows = recordsIn(path).map((record) => csvLine(columns.map((name) => record[name])));
  return [csvLine(columns), ...rows].map((line) => `${line}\n`).join("");
}

/** A line of metrics.csv. */
export const csvLine = (values: readonly (string | number | null | undefined)[]): string =>
  values.map((value) => csvField(value ?? null)).join(",");

/**
 * Quoted where RFC 4180 requires it. A text that a spreadsheet would take for a formula begins with
 * an apostrophe, by which they know text.
 */
function csvField(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (typeof value !== "string") return value === null ? "" : csvField(JSON.stringify(value));
  const formula = /^[=+\-@\t\r]/.test(value);
  const text = formula ? `'${value}` : value;
  return formula || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
