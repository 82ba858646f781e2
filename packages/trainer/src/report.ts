/** @file The report of a run: one HTML file with nothing outside of it, no script, in light and dark. */

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHARTS, chart, marker, type Palette } from "./curves.ts";
import { escapeXml } from "./escape-xml.ts";
import { formatCount, formatPercent, formatRatio, formatSeconds } from "./number-format.ts";
import { type Run, readRun } from "./run-reader.ts";
import { type SummaryRow, summarize } from "./summary.ts";

/** Colours by name: the page's style sheet gives them their light and dark values. */
const PALETTE: Palette = {
  ink: "var(--ink)",
  grid: "var(--grid)",
  ground: "var(--panel)",
  models: [0, 1, 2, 3, 4].map((i) => `var(--model-${i})`),
};

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f9; --panel: #ffffff; --ink: #1f2328; --muted: #59636e; --grid: #e3e7ec; --line: #d0d7de;
  --model-0: #2563eb; --model-1: #c2570c; --model-2: #0f8a5f; --model-3: #a21caf; --model-4: #64748b; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --panel: #151b23; --ink: #e6edf3; --muted: #9198a1; --grid: #262d37; --line: #313944;
    --model-0: #6ea8fe; --model-1: #f59e5b; --model-2: #3ecf9b; --model-3: #e879f9; --model-4: #94a3b8; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 56px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 16px; margin: 36px 0 12px; }
p { margin: 0; }
.lead { font-size: 17px; margin: 18px 0 0; }
.muted, caption { color: var(--muted); }
.notice { border-left: 3px solid var(--model-1); padding: 6px 12px; margin: 16px 0 0; background: var(--panel); }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.scroll { overflow-x: auto; }
.table { margin-top: 22px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; text-align: left; font-size: 13px; padding: 10px 16px 12px; }
th, td { padding: 9px 16px; text-align: right; white-space: nowrap; }
thead th { font-weight: 600; color: var(--muted); font-size: 13px; border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
th:first-child { text-align: left; }
.marker { vertical-align: -2px; margin-right: 8px; }
td .of { color: var(--muted); margin-left: 6px; font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
figure { margin: 0; padding: 14px 14px 8px; }
figcaption { font-weight: 600; font-size: 14px; margin: 0 0 2px 4px; }
figure svg { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 12px; padding: 0; list-style: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
dl { margin: 0; padding: 12px 16px; display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; align-content: start; }
dt { color: var(--muted); }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
pre { margin: 0 0 16px; padding: 12px 16px; white-space: pre-wrap; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media print { body { background: none; } figure, tr, dl { break-inside: avoid; } }
`;

/**
 * Renders a run's report.
 *
 * @param run - what `readRun` returned; an interrupted run gives a report of what there is.
 * @returns a whole HTML document of some 100 KB: summary, four charts, options, machine.
 * @example
 * ```ts
 * import { readRun, renderReport } from "@spm/trainer/node";
 * const html = renderReport(readRun("runs/example"));
 * ```
 */
export function renderReport(run: Run): string {
  const { config } = run;
  const rows = summarize(run);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(config.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeXml(config.title)}</h1>
<p class="muted">started <time datetime="${escapeXml(config.started)}">${escapeXml(config.started.slice(0, 16).replace("T", " "))} UTC</time> on ${escapeXml(config.machine.cpu)}</p>
${notice(rows, config.epochs)}
${findings(rows.filter((row) => row.epochs >= config.epochs))}
<div class="panel scroll table">
${table(rows)}
</div>
<h2>Curves</h2>
<ul class="legend">${config.models.map(({ run: name }, i) => `<li>${marker(i, PALETTE)}${escapeXml(name)}</li>`).join("")}<li class="muted">thin: training images, marked: test images</li></ul>
<div class="charts">
${CHARTS.map(({ quantity, axis }) => `<figure class="panel"><figcaption>${CAPTIONS[quantity]} ${CAPTIONS[axis]}</figcaption>${chart(run, quantity, axis, PALETTE)}</figure>`).join("\n")}
</div>
<h2>How to repeat it</h2>
<pre class="panel"><code>${escapeXml(config.command)}</code></pre>
<div class="facts">
${facts(config.options)}
${facts({ ...config.machine, memory: `${config.machine.memory} GiB` })}
</div>
</main>
</body>
</html>
`;
}

/**
 * Reads a run folder and writes its `report.html`, beside first and renamed then, so that there is never half a report.
 *
 * @returns the report's path.
 * @example
 * ```ts
 * import { writeReport } from "@spm/trainer/node";
 * console.log(writeReport("runs/example")); // "runs/example/report.html"
 * ```
 */
export function writeReport(folder: string): string {
  const path = join(folder, "report.html");
  writeFileSync(`${path}.part`, renderReport(readRun(folder)));
  renameSync(`${path}.part`, path);
  return path;
}

const CAPTIONS = { accuracy: "Accuracy", loss: "Loss", step: "against steps", seconds: "against seconds" };

/** Says what is missing when a run did not reach its end. */
function notice(rows: readonly SummaryRow[], epochs: number): string {
  const short = rows.filter((row) => row.epochs < epochs);
  if (short.length === 0) return "";
  const list = short.map((row) => `${row.run} after ${row.epochs.toFixed(2)} of ${epochs} epochs`).join(", ");
  return `<p class="notice" role="note">Not finished: ${escapeXml(list)}.</p>`;
}

/** The outcome in sentences: each model that finished against the dense one. */
function findings(rows: readonly SummaryRow[]): string {
  const dense = rows.find((row) => row.run === "dense");
  const sentences = rows.flatMap((row) => {
    if (dense === undefined || row === dense || row.ratioToDense === null) return [];
    const smaller = (dense.parameters / row.parameters).toFixed(1);
    const cost = `${row.run}: ${smaller} times fewer parameters than dense at ${formatRatio(row.ratioToDense)} its time`;
    if (row.accuracy === null || dense.accuracy === null) return [`${cost}.`];
    const points = (row.accuracy - dense.accuracy) * 100;
    const distance = Math.abs(points).toFixed(2);
    const place = distance === "0.00" ? "level with it" : `${distance} points ${points < 0 ? "below" : "above"} it`;
    return [`${cost}, ${place} on the test images.`];
  });
  return sentences.length === 0 ? "" : `<p class="lead">${sentences.map(escapeXml).join("<br>")}</p>`;
}

function table(rows: readonly SummaryRow[]): string {
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
    return `<tr><th scope="row">${marker(i, PALETTE)}${escapeXml(row.run)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
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
<caption>Seconds an epoch count training alone, total seconds evaluations too. The ratio divides seconds an epoch by the dense model's: below 1 is faster.</caption>
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>
<tbody>${body.join("\n")}</tbody>
</table>`;
}

function facts(entries: Readonly<Record<string, string | number | boolean>>): string {
  const items = Object.entries(entries).map(
    ([name, value]) => `<dt>${escapeXml(name)}</dt><dd>${escapeXml(String(value))}</dd>`,
  );
  return `<dl class="panel">${items.join("")}</dl>`;
}
