/** @file The report of a run: a self-contained HTML file without scripts, in light and dark. */

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatCount, formatPercent, formatRatio, formatSeconds } from "@spm/trainer/format";
import { type Run, readRun } from "@spm/trainer/node";
import { chart, chartsOf } from "./curves.ts";
import { factsHtml, htmlPage } from "./html-page.ts";
import { marker, type Palette } from "./palette.ts";
import { type RunSummary, summarize } from "./summary.ts";
import { escapeXml } from "./svg.ts";

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

function started(time: string): string {
  const minute = time.slice(0, 16).replace("T", " ");
  return `<time datetime="${escapeXml(time)}">${escapeXml(minute)} UTC</time>`;
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
  const models = config.models.map(
    ({ run: name }, i) => `<li>${marker(i, PALETTE)}${escapeXml(name)}</li>`,
  );
  return htmlPage(
    config.title,
    `<h1>${escapeXml(config.title)}</h1>
<p class="muted">started ${started(config.started)} on ${escapeXml(config.machine.cpu)}</p>
${notice(rows, config.epochs)}
${findings(rows.filter((row) => row.epochs >= config.epochs))}
<div class="panel scroll table">
${table(rows)}
</div>
<h2>Curves</h2>
<ul class="legend">${models.join("")}<li class="muted">thin: training, marked: test</li></ul>
<div class="charts">
${chartsOf(run)
  .map(
    ({ quantity, axis }) =>
      `<figure class="panel"><figcaption>${captionOf(quantity)} ` +
      `${CAPTIONS[axis]}</figcaption>${chart(run, quantity, axis, PALETTE)}</figure>`,
  )
  .join("\n")}
</div>
<h2>How to repeat it</h2>
<pre class="panel"><code>${escapeXml(config.command)}</code></pre>
<div class="facts">
${factsHtml(config.options)}
${factsHtml({ ...config.machine, memory: `${config.machine.memory} GiB` })}
</div>`,
  );
}

/**
 * Reads a run folder and writes its `report.html`, whole or not at all.
 *
 * @returns the path of the report
 * @throws RunError when the folder isn't a run
 * @example
 * ```ts
 * import { writeReport } from "@spm/report";
 * console.log(writeReport("runs/example")); // "runs/example/report.html"
 * ```
 */
export function writeReport(folder: string): string {
  const path = join(folder, "report.html");
  writeFileSync(`${path}.part`, renderReport(readRun(folder)));
  renameSync(`${path}.part`, path);
  return path;
}

/** A metric of one's own stands as it is named. */
const captionOf = (quantity: string): string =>
  ({ accuracy: "Accuracy", loss: "Loss" })[quantity] ?? escapeXml(quantity);

const CAPTIONS = {
  step: "against steps",
  seconds: "against seconds",
};

/** A notice of the models whose training isn't finished. */
function notice(rows: readonly RunSummary[], epochs: number): string {
  const short = rows.filter((row) => row.epochs < epochs);
  if (short.length === 0) return "";
  const list = short
    .map((row) => `${row.run} after ${row.epochs.toFixed(2)} of ${epochs} epochs`)
    .join(", ");
  return `<p class="notice" role="note">Not finished: ${escapeXml(list)}.</p>`;
}

/** The outcome in sentences: each finished model against the dense one. */
function findings(rows: readonly RunSummary[]): string {
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
  return sentences.length === 0
    ? ""
    : `<p class="lead">${sentences.map(escapeXml).join("<br>")}</p>`;
}

function table(rows: readonly RunSummary[]): string {
  const dense = rows.find((row) => row.run === "dense");
  const body = rows.map((row, i) => {
    const share =
      dense === undefined || row === dense
        ? ""
        : `<span class="of">${((row.parameters / dense.parameters) * 100).toFixed(1)} %</span>`;
    const cells = [
      `${formatCount(row.parameters)}${share}`,
      formatPercent(row.accuracy),
      row.loss === null ? "–" : row.loss.toFixed(4),
      formatSeconds(row.secondsPerEpoch),
      formatSeconds(row.totalSeconds),
      formatRatio(row.ratioToDense),
    ];
    return (
      `<tr><th scope="row">${marker(i, PALETTE)}` +
      `${escapeXml(row.run)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`
    );
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
  return `<table>
<caption>${CAPTION}</caption>
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>
<tbody>${body.join("\n")}</tbody>
</table>`;
}
