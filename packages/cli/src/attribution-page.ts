/** @file The page of `spm attribute`: a test image, and the training images with their scores. */
import { factsHtml, html, htmlPage, imagePicture, type Markup, markup } from "@spm/report/draw";
import { formatCount, formatPercent } from "@spm/trainer/format";

/** An image and its class. */
export interface PlainImage {
  readonly pixels: readonly number[];
  readonly label: number;
}

/** A training image with its index and its score. */
export interface ScoredImage extends PlainImage {
  readonly index: number;
  readonly score: number;
}

/** The content of the page. */
export interface AttributionPage {
  /** The index of the test image. */
  readonly test: number;
  readonly image: PlainImage;
  /** Of the model, by class. */
  readonly probabilities: readonly number[];
  /** From the largest score down. */
  readonly helpful: readonly ScoredImage[];
  /** From the least score up. */
  readonly harmful: readonly ScoredImage[];
  /** Pixels a row. */
  readonly width: number;
  readonly command: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** The page as HTML. */
export function attributionPage(page: AttributionPage): string {
  const { test, image, probabilities, helpful, harmful, width, command, facts } = page;
  const said = probabilities.indexOf(Math.max(...probabilities));
  const share = (label: number): string => formatPercent(probabilities[label] ?? 0);
  const verdict =
    said === image.label
      ? `The model says ${said}, with ${share(said)}.`
      : `The model says ${said}, with ${share(said)}; ` +
        `it gives ${image.label} ${share(image.label)}.`;
  const all = [image, ...helpful, ...harmful].flatMap(({ pixels }) => pixels);
  const range = [
    all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ] as const;
  const picture = ({ pixels }: PlainImage, title: string): Markup =>
    markup(imagePicture(pixels, { title, width, range }));
  const cards = (images: readonly ScoredImage[]): Markup[] =>
    images.map((one) => {
      const name = `training image ${one.index}, a ${one.label}`;
      const caption = html`<b>${one.label}</b> ${signed(one.score)}`;
      const index = html`<span class="muted">#${formatCount(one.index)}</span>`;
      return html`<figure class="panel">${picture(one, name)}
<figcaption>${caption}<br>${index}</figcaption></figure>\n`;
    });
  const title = `Test image ${test}, a ${image.label}`;
  return htmlPage(
    title,
    html`<h1>${title}</h1>
<p class="muted">${verdict}</p>
<figure class="panel single">${picture(image, title)}</figure>
<p class="lead">Training images by what they do to the margin of class ${image.label}, the log odds
that the model gives it.</p>
<h2>Most helpful: the largest scores</h2>
<div class="gallery">
${cards(helpful)}</div>
<h2>Most harmful: the least scores</h2>
<div class="gallery">
${cards(harmful)}</div>
<p class="lead muted">A score is TRAK's, of one checkpoint: it foretells by how much the margin
rises with the image in the training set, up to a factor. Only its order means something.</p>
<h2>How to repeat it</h2>
<pre class="panel"><code>${command}</code></pre>
<div class="facts">${markup(factsHtml(facts))}</div>`.text,
  );
}

/** "+0.0123", "−4.56e-5" */
function signed(score: number): string {
  const text = Math.abs(score).toPrecision(3);
  return `${score < 0 ? "−" : "+"}${text}`;
}
