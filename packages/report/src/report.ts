/** @file The report of a run: a self-contained HTML file without scripts, in light and dark. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, type OptionNames } from "@spm/core/extend";
import { formatCount, formatPercent, formatRatio, formatSeconds } from "@spm/trainer/format";
import { type Run, readRun, writeAtomically } from "@spm/trainer/node";
import { chart, chartsOf } from "./curves.ts";
import { foldedFacts, html, htmlPage, type Markup, markup, PAGE, tableHtml } from "./html-page.ts";
import { marker } from "./palette.ts";
import { type RunSummary, summarize } from "./summary.ts";
import { testOutcomeHtml } from "./test-outcome.ts";

/** Options of {@link renderReport}. */
export interface ReportOptions {
  /**
   * Paths from the page to files of the run, to which it has links.
   * @defaultValue none
   */
  readonly files?: readonly string[];
  /**
   * The address of a script on the server of the page.
   * @defaultValue none: the page runs nothing
   */
  readonly script?: string;
}

const names: OptionNames<ReportOptions> = { files: true, script: true };

const SECONDS = "Seconds an epoch count training alone, total seconds evaluations too.";
const RATIO = "The ratio divides seconds an epoch by the dense model's: below 1 is faster.";

function started(time: string): Markup {
  const minute = time.slice(0, 16).replace("T", " ");
  return html`<time datetime="${time}">${minute} UTC</time>`;
}

/**
 * The report of a run, finished or interrupted.
 *
 * @param run - a run, as `readRun` returns it
 * @returns an HTML document of 50 to 300 KB: summary, test samples, charts of every metric, models,
 * options, machine, versions
 * @throws OptionError for an unknown option
 * @example
 * ```ts
 * import { renderReport } from "@spm/report";
 * import { readRun } from "@spm/trainer/node";
 * const html = renderReport(readRun("runs/example"));
 * ```
 */
export function renderReport(run: Run, options: ReportOptions = {}): string {
  checkOptions("renderReport", options, names);
  const { config } = run;
  const rows = summarize(run);
  const models = config.models.map(({ run: name }, i) => html`<li>${mark(i)}${name}</li>`);
  const charts = chartsOf(run).map(({ quantity, axis }) => {
    const caption = html`<figcaption>${captionOf(quantity)} ${CAPTIONS[axis]}</figcaption>`;
    const svg = markup(chart(run, quantity, axis, PAGE));
    return html`<figure class="panel">${caption}${svg}</figure>\n`;
  });
  return htmlPage(
    config.title,
    html`<h1>${config.title}</h1>
<p class="muted">started ${started(config.started)} on ${config.machine.cpu}</p>
${notice(rows)}
${findings(rows.filter((row) => row.epochs >= row.asked))}
${summaryTable(rows)}
${testSamples(run)}
<h2>Curves</h2>
<ul class="legend">${models}<li class="muted">thin: training, marked: test</li></ul>
<div class="charts">
${charts}</div>
${modelsHtml(run)}
${repeating(run, options.files ?? [])}`.text,
    options.script,
  );
}

/** The mark of a model, in its colour. */
const mark = (model: number): Markup => markup(marker(model, PAGE));

/** Of each model that has them, the outcomes on test samples; those of the first are open. */
function testSamples({ config, tests = {} }: Run): Markup {
  const parts = config.models.flatMap(({ run }, i) => {
    const test = Object.hasOwn(tests, run) ? tests[run] : undefined;
    return test === undefined ? [] : [{ run, i, body: testOutcomeHtml(test) }];
  });
  if (parts.length === 0) return html``;
  return html`<h2>Test samples</h2>\n${parts.map((part, k) => folded(part, k === 0))}`;
}

/** The modules of each model, and how to load its parameters. */
function modelsHtml({ config }: Run): Markup {
  const parts = config.models.flatMap(({ run, summary, saved }, i) => {
    const program =
      saved &&
      html`<p>To load its parameters, ${saved.file}:</p>
<pre><code>${saved.program}</code></pre>`;
    const body = html`<pre>${summary ?? ""}</pre>\n${program ?? ""}`;
    return summary === undefined ? [] : [{ run, i, body }];
  });
  return parts.length === 0
    ? html``
    : html`<h2>Models</h2>\n${parts.map((part) => folded(part, false))}`;
}

/** A part of the page about a model, which opens and closes. */
function folded(
  { run, i, body }: { readonly run: string; readonly i: number; readonly body: Markup },
  open: boolean,
): Markup {
  const heading = html`<summary>${mark(i)}${run}</summary>`;
  return html`<details class="panel"${open ? html` open` : ""}>${heading}
${body}
</details>\n`;
}

/** The command, the options, the machine, the versions, and the run's files. */
function repeating({ config }: Run, files: readonly string[]): Markup {
  const { machine, options, command, provenance } = config;
  const { commit, changed, versions = {} } = provenance ?? {};
  const facts = {
    Options: options,
    "Machine and versions": {
      ...machine,
      memory: `${machine.memory} GiB`,
      ...(commit && { "git commit": commit + (changed ? ", with changes" : "") }),
      ...versions,
    },
  };
  const links = files.map((path) => {
    const address = path.split("/").map(encodeURIComponent).join("/");
    return html`<li><a href="${address}">${path}</a></li>\n`;
  });
  const list = links.length > 0 ? html`\n<h2>Files</h2>\n<ul class="legend">${links}</ul>` : "";
  return html`<h2>How to repeat it</h2>
<pre class="panel"><code>${command}</code></pre>
<div class="facts">
${foldedFacts(facts)}</div>${list}`;
}

/**
 * The files of a run folder that its page has links to, as far as they are there.
 *
 * @returns paths from the folder
 * @example
 * ```ts
 * import { filesOf } from "@spm/report/draw";
 * console.log(filesOf("runs/example")); // [ "metrics.csv", "metrics.jsonl", … ]
 * ```
 */
export function filesOf(folder: string): string[] {
  const records = ["metrics.csv", "metrics.jsonl", "timing.jsonl", "config.json", "outcome.json"];
  const models = join(folder, "models");
  const saved = existsSync(models) ? readdirSync(models).sort() : [];
  const all = [...records, "model.safetensors", ...saved.map((name) => `models/${name}`)];
  return all.filter((name) => existsSync(join(folder, name)));
}

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
  writeAtomically(path, renderReport(readRun(folder), { files: filesOf(folder) }));
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
function notice(rows: readonly RunSummary[]): Markup {
  const list = rows
    .filter(({ epochs, asked }) => epochs < asked)
    .map(({ run, epochs, asked }) => `${run} after ${epochs.toFixed(2)} of ${asked} epochs`);
  return list.length === 0
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
    return [`${cost}, ${place} on the test samples.`];
  });
  const lines = sentences.map((sentence, k) =>
    k === 0 ? html`${sentence}` : html`<br>${sentence}`,
  );
  return lines.length === 0 ? html`` : html`<p class="lead">${lines}</p>`;
}

function summaryTable(rows: readonly RunSummary[]): Markup {
  const dense = rows.find((row) => row.run === "dense");
  const body = rows.map((row, i) => {
    const share =
      dense === undefined || row === dense
        ? ""
        : html`<span class="of">${((row.parameters / dense.parameters) * 100).toFixed(1)} %</span>`;
    return [
      html`${mark(i)}${row.run}`,
      html`${formatCount(row.parameters)}${share}`,
      formatPercent(row.accuracy),
      row.r2?.toFixed(4) ?? "–",
      row.loss === null ? "–" : row.loss.toFixed(4),
      formatSeconds(row.secondsPerEpoch),
      formatSeconds(row.totalSeconds),
      formatRatio(row.ratioToDense),
    ];
  });
  const head = [
    "layer",
    "parameters",
    "test accuracy",
    "test R²",
    "test loss",
    "seconds / epoch",
    "total seconds",
    "ratio to dense",
  ];
  const caption = dense === undefined ? SECONDS : `${SECONDS} ${RATIO}`;
  // of a regression there is no accuracy, of classes no R², without a dense model no ratio
  const told = head.map((_, column) => body.some((cells) => cells[column] !== "–"));
  const kept = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => told[column]);
  return tableHtml({ head: kept(head), rows: body.map(kept), caption });
}
