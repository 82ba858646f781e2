/** @file Outcomes on test samples: the residuals of a regression, a confusion matrix. */
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { ClassOutcome, NumberOutcome, TestOutcome } from "@spm/trainer/node";
import { html, type Markup, markup } from "./html-page.ts";
import { seriesChart } from "./series-chart.ts";

/** The most classes whose counts are a table; of more, the most frequent confusions are. */
const MOST_CLASSES = 20;

/**
 * A part of a page: R², errors and residuals by prediction, or the confusion matrix with the recall
 * of each class.
 *
 * @example
 * ```ts
 * import { testOutcomeHtml } from "@spm/report/draw";
 * const confusion = [[8, 2], [1, 9]];
 * const { text } = testOutcomeHtml({ kind: "classes", names: ["cat", "dog"], confusion });
 * ```
 */
export function testOutcomeHtml(outcome: TestOutcome): Markup {
  return outcome.kind === "classes" ? confusionHtml(outcome) : residualsHtml(outcome);
}

function residualsHtml({ target, r2, rmse, mae, actual, predicted }: NumberOutcome): Markup {
  const points = predicted.map((x, i) => ({ x, y: (actual[i] ?? 0) - x }));
  const chart = seriesChart({
    title: `Residuals of ${target} by prediction`,
    x: { label: `predicted ${target}` },
    y: { label: "actual − predicted" },
    series: [{ name: "test samples", points }],
    joined: false,
    level: { y: 0, name: "" },
  });
  return html`<h2>Test samples</h2>
<p class="lead">R² ${shown(r2)}, root mean squared error ${shown(rmse)}, mean absolute error
${shown(mae)}, in the units of ${target}.</p>
<figure class="panel natural">${markup(chart)}</figure>`;
}

function confusionHtml({ names, confusion }: ClassOutcome): Markup {
  return html`<h2>Test samples</h2>
<div class="panel scroll table">
${names.length > MOST_CLASSES ? mistakes(names, confusion) : counts(names, confusion)}
</div>`;
}

type Counts = ClassOutcome["confusion"];

function counts(names: readonly string[], confusion: Counts): Markup {
  const body = confusion.map((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const recall = total === 0 ? "–" : formatPercent((row[i] ?? 0) / total);
    const cells = row.map((n, j) =>
      i === j ? html`<td><b>${formatCount(n)}</b></td>` : html`<td>${formatCount(n)}</td>`,
    );
    return html`<tr><th scope="row">${names[i]}</th>${cells}<td>${recall}</td></tr>\n`;
  });
  const heads = ["actual ＼ predicted", ...names, "recall"];
  return html`<table>
<caption>Test samples by actual (rows) and predicted class (columns).</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${body}</tbody>
</table>`;
}

function mistakes(names: readonly string[], confusion: Counts): Markup {
  const wrong = confusion
    .flatMap((row, i) => row.map((n, j) => ({ n, i, j })))
    .filter(({ n, i, j }) => i !== j && n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, MOST_CLASSES);
  const body = wrong.map(({ n, i, j }) => {
    const cells = [names[j], formatCount(n)].map((text) => html`<td>${text}</td>`);
    return html`<tr><th scope="row">${names[i]}</th>${cells}</tr>\n`;
  });
  return html`<table>
<caption>The most frequent confusions among ${names.length} classes.</caption>
<thead><tr><th scope="col">actual</th><th scope="col">predicted</th>
<th scope="col">test samples</th></tr></thead>
<tbody>${body}</tbody>
</table>`;
}

const shown = (value: number | null): string => (value === null ? "–" : value.toPrecision(4));
