/** @file The findings of an experiment as a page of HTML and as text. */
import { escapeXml, factsHtml, htmlPage } from "@spm/report/draw";
import type { Findings, Section, Table } from "./experiment.ts";

/** The title, question and command of a report. */
export interface PageFacts {
  readonly experiment: string;
  readonly question: string;
  readonly command: string;
  /** Shown in boxes under "How to repeat it". */
  readonly facts: readonly Readonly<Record<string, string | number | boolean>>[];
}

/** The report: question, summary, sections with tables and pictures, how to repeat it. */
export function findingsPage(
  { experiment, question, command, facts }: PageFacts,
  findings: Findings,
): string {
  const title = `${experiment}: ${question}`;
  return htmlPage(
    title,
    [
      `<h1>${escapeXml(experiment)}</h1>`,
      `<p class="muted">${escapeXml(question)}</p>`,
      `<p class="lead">${escapeXml(findings.summary)}</p>`,
      ...findings.sections.map(sectionHtml),
      "<h2>How to repeat it</h2>",
      `<pre class="panel"><code>${escapeXml(command)}</code></pre>`,
      `<div class="facts">${facts.map(factsHtml).join("\n")}</div>`,
    ].join("\n"),
  );
}

function sectionHtml({ heading, text, table, figure }: Section): string {
  return [
    `<h2>${escapeXml(heading)}</h2>`,
    ...(text === undefined ? [] : [`<p>${escapeXml(text)}</p>`]),
    ...(table === undefined ? [] : [`<div class="panel scroll table">${tableHtml(table)}</div>`]),
    ...(figure === undefined ? [] : [`<figure class="panel natural">${figure.svg}</figure>`]),
  ].join("\n");
}

function tableHtml({ head, rows }: Table): string {
  const heads = head.map((cell) => `<th scope="col">${escapeXml(cell)}</th>`).join("");
  const body = rows.map(([name = "", ...cells]) => {
    const rest = cells.map((cell) => `<td>${escapeXml(cell)}</td>`).join("");
    return `<tr><th scope="row">${escapeXml(name)}</th>${rest}</tr>`;
  });
  return `<table><thead><tr>${heads}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}
