/** @file `spm inspect`: what is in a checkpoint, or in any other safetensors file. */
import { readFileSync } from "node:fs";
import { formatCount, parseSafetensors } from "@spm/trainer";
import { textTable } from "./text-table.ts";

const WIDEST = 100;

/** The tensors and the metadata of a file as text. @throws SafetensorsError when it is damaged; Node's error when it cannot be read */
export function inspectFile(path: string): string {
  const { entries, metadata } = parseSafetensors(readFileSync(path));
  const size = ({ begin, end }: (typeof entries)[number]): number => end - begin;
  const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
  const rows = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => [
      entry.name,
      entry.type,
      `[${entry.shape.join(", ")}]`,
      formatCount(count(entry.shape)),
      formatCount(size(entry)),
    ]);
  const bytes = entries.reduce((sum, entry) => sum + size(entry), 0);
  const about = Object.entries(metadata).map(([name, value]) => `${name}: ${shortened(value)}`);
  const total = `${formatCount(entries.length)} tensors, ${formatCount(bytes)} bytes`;
  return [textTable(["tensor", "dtype", "shape", "elements", "bytes"], rows), "", total, ...about, ""].join("\n");
}

const shortened = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text);
