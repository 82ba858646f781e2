/** @file The tables of a report as Markdown, for a page. */
import type { Findings, Section, Table } from "./experiment.ts";

type File = NonNullable<Findings["files"]>[number];

/** `tables.md` for the run folder: each section's table under its heading. */
export function tablesFile(sections: readonly Section[]): File {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = ({ head }: Table): string => line(head.map((_, k) => (k === 0 ? "---" : "---:")));
  const text = sections.flatMap(({ heading, table }) =>
    table ? [[`## ${heading}\n`, line(table.head), rule(table), ...table.rows.map(line)]] : [],
  );
  const bytes = new TextEncoder().encode(`${text.map((lines) => lines.join("\n")).join("\n\n")}\n`);
  return { name: "tables.md", bytes };
}
