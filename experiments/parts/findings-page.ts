/** @file The findings of an experiment as a page of HTML and as text. */
import { foldedFacts, html, htmlPage, type Markup, markup, tableHtml } from "@spm/report/draw";
import type { Findings, Section } from "./experiment.ts";

/** The title, question and command of a report. */
export interface PageFacts {
  readonly experiment: string;
  readonly question: string;
  readonly command: string;
  /** The boxes under "How to repeat it", by their headings. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
}

/** The report: question, summary, sections with tables and pictures, how to repeat it. */
export function findingsPage(
  { experiment, question, command, facts }: PageFacts,
  findings: Findings,
): string {
  return htmlPage(
    `${experiment}: ${question}`,
    html`<h1>${experiment}</h1>
<p class="muted">${question}</p>
<p class="lead">${findings.summary}</p>
${findings.sections.map(sectionHtml)}<h2>How to repeat it</h2>
<pre class="panel"><code>${command}</code></pre>
<div class="facts">${foldedFacts(facts)}</div>`.text,
  );
}

const sectionHtml = ({ heading, text, table, figure }: Section): Markup => html`<h2>${heading}</h2>
${text === undefined ? "" : html`<p>${text}</p>\n`}${
  table === undefined ? "" : html`${tableHtml(table)}\n`
}${figure === undefined ? "" : figureHtml(figure.svg)}`;

const figureHtml = (svg: string): Markup =>
  html`<figure class="panel natural">${markup(svg)}</figure>\n`;
