/** @file The tables of a run in Markdown, as an experiment's page has them. */
import type { Findings, Section, Table } from "./experiment.ts";

/** `tables.md` for the run folder: each table under its heading. */
export function pageTables(sections: readonly Section[]): NonNullable<Findings["files"]>[number] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = ({ head }: Table): string => line(head.map((_, k) => (k === 0 ? "---" : "---:")));
  const tables = sections.flatMap(({ heading, table }) => {
    if (table === undefined) return [];
    const lines = [line(table.head), rule(table), ...table.rows.map(line)];
    return [`## ${heading}\n\n${lines.join("\n")}\n`];
  });
  return { name: "tables.md", bytes: new TextEncoder().encode(tables.join("\n")) };
}
