/** @file The page of `spm attribute`: a test sample, and training samples with their scores. */
import {
  factsHtml,
  html,
  htmlPage,
  imagePicture,
  type Markup,
  markup,
  tableHtml,
} from "@spm/report/draw";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { PlainImage } from "./plain-image.ts";

/** The parts of every page. */
interface PageParts {
  readonly title: string;
  /** The model's answer on the test sample. */
  readonly verdict: string;
  readonly sample: Markup;
  /** The meaning of the scores, and their worth. */
  readonly lead: string;
  readonly note: string;
  readonly helpful: Markup;
  readonly harmful: Markup;
  readonly command: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

function pageOf({ title, verdict, sample, lead, note, ...rest }: PageParts): string {
  const { helpful, harmful, command, facts } = rest;
  return htmlPage(
    title,
    html`<h1>${title}</h1>
<p class="muted">${verdict}</p>
${sample}
<p class="lead">${lead}</p>
<h2>Most helpful: the largest scores</h2>
${helpful}
<h2>Most harmful: the least scores</h2>
${harmful}
<p class="lead muted">${note}</p>
<h2>How to repeat it</h2>
<pre class="panel"><code>${command}</code></pre>
<div class="facts">${markup(factsHtml(facts))}</div>`.text,
  );
}

/** The meaning of TRAK's scores of a class. */
const marginLead = (what: string, name: string): string =>
  `Training ${what} by what they do to the margin of class ${name}, the log odds that the model ` +
  "gives it.";
const marginNote = (what: string): string =>
  "A score is TRAK's, of one checkpoint: it foretells by how much the margin rises with the " +
  `${what} in the training set, up to a factor. Only its order means something.`;

/** A training image with its index and its score. */
export interface ScoredImage extends PlainImage {
  readonly index: number;
  readonly score: number;
}

/** The content of a page, but for its samples. */
interface AttributedSample {
  /** The index of the test sample. */
  readonly test: number;
  readonly command: string;
  readonly facts: Readonly<Record<string, string | number>>;
  /** The names of the classes; none for a regression. */
  readonly names: readonly string[];
}

/** The content of a page of images. */
export interface AttributionPage extends AttributedSample {
  readonly image: PlainImage;
  /** Of the model, by class. */
  readonly probabilities: readonly number[];
  /** From the largest score down. */
  readonly helpful: readonly ScoredImage[];
  /** From the least score up. */
  readonly harmful: readonly ScoredImage[];
  /** Pixels a row. */
  readonly width: number;
}

/** A classifier's answer on a sample whose class is `label`. */
function verdictOf(
  probabilities: readonly number[],
  label: number,
  names: readonly string[],
): string {
  const said = probabilities.indexOf(Math.max(...probabilities));
  const share = (k: number): string => formatPercent(probabilities[k] ?? 0);
  const claim = `The model says ${names[said]}, with ${share(said)}`;
  return said === label ? `${claim}.` : `${claim}; it gives ${names[label]} ${share(label)}.`;
}

/** The page of a test image as HTML. */
export function attributionPage(page: AttributionPage): string {
  const { test, image, probabilities, helpful, harmful, width, names, command, facts } = page;
  const all = [image, ...helpful, ...harmful].flatMap(({ pixels }) => pixels);
  const range = [
    all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ] as const;
  const picture = ({ pixels }: PlainImage, title: string): Markup =>
    markup(imagePicture(pixels, { title, width, range }));
  const cards = (images: readonly ScoredImage[]): Markup => {
    const figures = images.map((one) => {
      const name = `training image ${one.index}, a ${names[one.label]}`;
      const caption = html`<b>${names[one.label]}</b> ${signed(one.score)}`;
      const index = html`<span class="muted">#${formatCount(one.index)}</span>`;
      return html`<figure class="panel">${picture(one, name)}
<figcaption>${caption}<br>${index}</figcaption></figure>\n`;
    });
    return html`<div class="gallery">\n${figures}</div>`;
  };
  const name = names[image.label] ?? "";
  const title = `Test image ${test}, a ${name}`;
  return pageOf({
    title,
    verdict: verdictOf(probabilities, image.label, names),
    sample: html`<figure class="panel single">${picture(image, title)}</figure>`,
    lead: marginLead("images", name),
    note: marginNote("image"),
    helpful: cards(helpful),
    harmful: cards(harmful),
    command,
    facts,
  });
}

/** A row of a table, by column. */
type PlainCells = Readonly<Record<string, string>>;

/** A training row with its index and its score. */
export interface ScoredRow {
  readonly index: number;
  readonly score: number;
  readonly cells: PlainCells;
}

/** The content of a page of rows. */
export interface AttributionTable extends AttributedSample {
  readonly cells: PlainCells;
  /** The name of the target. */
  readonly target: string;
  /** Of the model: the probability of each class, or the number that it predicts. */
  readonly outputs: readonly number[];
  /** From the largest score down. */
  readonly helpful: readonly ScoredRow[];
  /** From the least score up. */
  readonly harmful: readonly ScoredRow[];
}

/** The page of a test row as HTML. */
export function attributionTablePage(page: AttributionTable): string {
  const { test, cells, target, outputs, names, helpful, harmful, command, facts } = page;
  const right = cells[target] ?? "";
  const regression = names.length === 0;
  const verdict = regression
    ? `The model says ${Number(outputs[0]?.toPrecision(6))} for ${target}; the row has ${right}.`
    : verdictOf(outputs, names.indexOf(right), names);
  const table = (
    rows: readonly Pick<ScoredRow, "cells">[],
    scored: readonly ScoredRow[],
  ): Markup => {
    const columns = Object.keys(cells);
    const head = [...(scored.length > 0 ? ["score", "row"] : []), ...columns];
    const body = rows.map((row, k) => {
      const at = scored[k];
      const first = at === undefined ? [] : [signed(at.score), `#${formatCount(at.index)}`];
      return [...first, ...columns.map((name) => row.cells[name] ?? "")];
    });
    return tableHtml({ head, rows: body });
  };
  return pageOf({
    title: `Test row ${test}, ${target} ${right}`,
    verdict,
    sample: table([{ cells }], []),
    lead: regression
      ? `Training rows by what they do to the squared error of ${target} on this row.`
      : marginLead("rows", right),
    note: regression
      ? "A score is an influence, at one checkpoint: a large one says that the error would be " +
        "larger without the row. Only its order means something."
      : marginNote("row"),
    helpful: table(helpful, helpful),
    harmful: table(harmful, harmful),
    command,
    facts,
  });
}

/** "+0.0123", "−4.56e-5" */
export function signed(score: number): string {
  const text = Math.abs(score).toPrecision(3);
  return `${score < 0 ? "−" : "+"}${text}`;
}
