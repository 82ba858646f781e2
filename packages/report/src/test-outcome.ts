/** @file Outcomes on test samples: the residuals of a regression, a confusion matrix. */
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { ClassOutcome, NumberOutcome, TestOutcome, WorstSample } from "@spm/trainer/node";
import { html, inPageColours, type Markup, markup, tableHtml } from "./html-page.ts";
import { imagePicture } from "./pictures/image.ts";
import { seriesChart } from "./series-chart.ts";

/** The most classes whose counts are a table; of more, the most frequent confusions are. */
const MOST_CLASSES = 20;

/**
 * A part of a page: R², errors and residuals by prediction; or the confusion matrix with the recall
 * of each class, and the images of the greatest losses with the model's guesses.
 *
 * @example
 * ```ts
 * import { testOutcomeHtml } from "@spm/report/draw";
 * const confusion = [[8, 2], [1, 9]];
 * const { text } = testOutcomeHtml({ kind: "classes", names: ["cat", "dog"], confusion });
 * ```
 */
export function testOutcomeHtml(outcome: TestOutcome): Markup {
  return outcome.kind === "classes" ? classesHtml(outcome) : residualsHtml(outcome);
}

function residualsHtml({ target, r2, rmse, mae, actual, predicted }: NumberOutcome): Markup {
  const points = predicted.map((x, i) => ({ x, y: (actual[i] ?? 0) - x }));
  const chart = seriesChart({
    title: `Residuals of ${target} by prediction`,
    x: { label: `predicted ${target}` },
    y: { label: "actual − predicted" },
    series: [{ name: "samples", points }],
    joined: false,
    level: { y: 0, name: "" },
  });
  return html`<p>R² ${shown(r2)}, where 1 is right and 0 is always guessing the mean; root mean
squared error ${shown(rmse)}, mean absolute error ${shown(mae)}, in the units of ${target}.</p>
<figure class="panel natural">${markup(inPageColours(chart))}</figure>`;
}

function classesHtml({ names, confusion, worst = [] }: ClassOutcome): Markup {
  const images = worst.filter(({ image }) => image !== undefined);
  const gallery = html`<p>The ${images.length} test images of which it gave the least probability to
what is right, the worst first: what they are, and what it takes them for.</p>
<div class="gallery many">
${images.map((sample) => worstHtml(sample, names))}</div>`;
  return html`${names.length > MOST_CLASSES ? mistakes(names, confusion) : counts(names, confusion)}
${images.length > 0 ? gallery : ""}`;
}

/** An image, its class, and the model's guess with the probability that it gives to it. */
function worstHtml({ image, index, ...sample }: WorstSample, names: readonly string[]): Markup {
  if (image === undefined) return html``;
  const [actual, guess] = [names[sample.actual] ?? "", names[sample.guess] ?? ""];
  const share = formatPercent(sample.probability);
  const title = `test image ${formatCount(index)}: ${actual}, taken for ${guess} with ${share}`;
  const { width } = image;
  const picture = imagePicture(Buffer.from(image.pixels, "base64"), {
    title,
    width,
    range: [0, 255],
  });
  return html`<figure class="panel">${markup(picture)}
<figcaption><b>${actual}</b>, guess <b>${guess}</b><br>
<span class="muted">${share}</span></figcaption></figure>\n`;
}

type Counts = ClassOutcome["confusion"];

function counts(names: readonly string[], confusion: Counts): Markup {
  const most = Math.max(1, ...confusion.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const rows = confusion.map((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const recall = total === 0 ? "–" : formatPercent((row[i] ?? 0) / total);
    const cells = row.map((n, j) => {
      const share = `--share:${Math.round((70 * n) / most)}%`;
      return i === j
        ? html`<span class="right">${formatCount(n)}</span>`
        : html`<span class="share" style="${share}">${n === 0 ? "·" : formatCount(n)}</span>`;
    });
    return [names[i] ?? "", ...cells, recall];
  });
  const head = ["actual ↓ predicted →", ...names, "recall"];
  const caption =
    "Test samples by actual (rows) and predicted class (columns); recall is the share of a row " +
    "that is right.";
  return html`<div class="confusion">${tableHtml({ head, rows, caption })}</div>`;
}

function mistakes(names: readonly string[], confusion: Counts): Markup {
  const wrong = confusion
    .flatMap((row, i) => row.map((n, j) => ({ n, i, j })))
    .filter(({ n, i, j }) => i !== j && n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, MOST_CLASSES);
  return tableHtml({
    head: ["actual", "predicted", "test samples"],
    rows: wrong.map(({ n, i, j }) => [names[i] ?? "", names[j] ?? "", formatCount(n)]),
    caption: `The most frequent confusions among ${names.length} classes.`,
  });
}

const shown = (value: number | null): string => (value === null ? "–" : value.toPrecision(4));
