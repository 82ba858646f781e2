/** @file The report of a run: a self-contained HTML file without scripts, in light and dark. */

import { join } from "node:path";
import { formatCount, formatPercent, formatRatio, formatSeconds } from "@spm/trainer/format";
import { type Run, readRun, writeAtomically } from "@spm/trainer/node";
import { chart, chartsOf } from "./curves.ts";
import { factsHtml, html, htmlPage, type Markup, markup } from "./html-page.ts";
import { marker, type Palette } from "./palette.ts";
import { type RunSummary, summarize } from "./summary.ts";
import { testOutcomeHtml } from "./test-outcome.ts";

/** Colours by name, with light and dark values in the page's style sheet. */
const PALETTE: Palette = {
  ink: "var(--ink)",
  grid: "var(--grid)",
  ground: "var(--panel)",
  models: [0, 1, 2, 3, 4].map((i) => `var(--model-${i})`),
};

const CAPTION =
  "Seconds an epoch count training alone, total seconds evaluations too. " +
  "The ratio divides seconds an epoch by the dense model's: below 1 is faster.";

function started(time: string): Markup {
  const minute = time.slice(0, 16).replace("T", " ");
  return html`<time datetime="${time}">${minute} UTC</time>`;
}

/**
 * The report of a run, finished or interrupted.
 *
 * @param run - a run, as `readRun` returns it
 * @returns an HTML document of about 100 KB: summary, charts of every metric, options, machine
 * @example
 * ```ts
 * import { renderReport } from "@spm/report";
 * import { readRun } from "@spm/trainer/node";
 * const html = renderReport(readRun("runs/example"));
 * ```
 */
export function renderReport(run: Run): string {
  const { config } = run;
  const rows = summarize(run);
  const models = config.models.map(({ run: name }, i) => html`<li>${mark(i)}${name}</li>`);
  const charts = chartsOf(run).map(({ quantity, axis }) => {
    const caption = html`<figcaption>${captionOf(quantity)} ${CAPTIONS[axis]}</figcaption>`;
    const svg = markup(chart(run, quantity, axis, PALETTE));
    return html`<figure class="panel">${caption}${svg}</figure>\n`;
  });
  const { machine, options, command, title } = config;
  const facts = [factsHtml(options), factsHtml({ ...machine, memory: `${machine.memory} GiB` })];
  return htmlPage(
    title,
    html`<h1>${title}</h1>
<p class="muted">started ${started(config.started)} on ${machine.cpu}</p>
${notice(rows, config.epochs)}
${findings(rows.filter((row) => row.epochs >= config.epochs))}
<div class="panel scroll table">
${table(rows)}
</div>
${run.test === undefined ? html`` : testOutcomeHtml(run.test)}
<h2>Curves</h2>
<ul class="legend">${models}<li class="muted">thin: training, marked: test</li></ul>
<div class="charts">
${charts}</div>
<h2>How to repeat it</h2>
<pre class="panel"><code>${command}</code></pre>
<div class="facts">
${facts.map(markup)}
</div>`.text,
  );
}

/** The mark of a model, in its colour. */
const mark = (model: number): Markup => markup(marker(model, PALETTE));

/**
 * Reads a run folder and writes its `report.html`, whole or not at all.
 *
 * @returns the path of the report
 * @throws RunError when the folder isn't a run, or its files aren't what a run writes; Node's error
 * when the page can't be written, which is then as it was
 * @example
 * ```ts
 * import { writeReport } from "@spm/report";
 * console.log(writeReport("runs/example")); // "runs/example/report.html"
 * ```
 */
export function writeReport(folder: string): string {
  const path = join(folder, "report.html");
  writeAtomically(path, renderReport(readRun(folder)));
  return path;
}

/** A metric of one's own stands as it is named. */
const captionOf = (quantity: string): string =>
  new Map([
    ["accuracy", "Accuracy"],
    ["loss", "Loss"],
  ]).get(quantity) ?? quantity;

const CAPTIONS = {
  step: "against steps",
  seconds: "against seconds",
};

/** A notice of the models whose training isn't finished. */
function notice(rows: readonly RunSummary[], epochs: number): Markup {
  const short = rows.filter((row) => row.epochs < epochs);
  const list = short.map((row) => `${row.run} after ${row.epochs.toFixed(2)} of ${epochs} epochs`);
  return short.length === 0
    ? html``
    : html`<p class="notice" role="note">Not finished: ${list.join(", ")}.</p>`;
}

/** The outcome in sentences: each finished model against the dense one. */
function findings(rows: readonly RunSummary[]): Markup {
  const dense = rows.find((row) => row.run === "dense");
  const sentences = rows.flatMap((row) => {
    if (dense === undefined || row === dense || row.ratioToDense === null) return [];
    const smaller = (dense.parameters / row.parameters).toFixed(1);
    const cost =
      `${row.run}: ${smaller} times fewer parameters than ` +
      `dense at ${formatRatio(row.ratioToDense)} its time`;
    if (row.accuracy === null || dense.accuracy === null) return [`${cost}.`];
    const points = (row.accuracy - dense.accuracy) * 100;
    const distance = Math.abs(points).toFixed(2);
    const place =
      distance === "0.00"
        ? "level with it"
        : `${distance} points ${points < 0 ? "below" : "above"} it`;
    return [`${cost}, ${place} on the test images.`];
  });
  const lines = sentences.map((sentence, k) =>
    k === 0 ? html`${sentence}` : html`<br>${sentence}`,
  );
  return lines.length === 0 ? html`` : html`<p class="lead">${lines}</p>`;
}

function table(rows: readonly RunSummary[]): Markup {
  const dense = rows.find((row) => row.run === "dense");
  const body = rows.map((row, i) => {
    const share =
      dense === undefined || row === dense
        ? ""
        : html`<span class="of">${((row.parameters / dense.parameters) * 100).toFixed(1)} %</span>`;
    const cells = [
      [formatCount(row.parameters), share],
      formatPercent(row.accuracy),
      row.loss === null ? "–" : row.loss.toFixed(4),
      formatSeconds(row.secondsPerEpoch),
      formatSeconds(row.totalSeconds),
      formatRatio(row.ratioToDense),
    ];
    const data = cells.map((cell) => html`<td>${cell}</td>`);
    return html`<tr><th scope="row">${mark(i)}${row.run}</th>${data}</tr>\n`;
  });
  const heads = [
    "layer",
    "parameters",
    "test accuracy",
    "test loss",
    "seconds / epoch",
    "total seconds",
    "ratio to dense",
  ];
  return html`<table>
<caption>${CAPTION}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${body}</tbody>
</table>`;
}
