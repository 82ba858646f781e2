/** @file A self-contained HTML page without scripts, in light and dark, and its parts. */
import { LIGHT, type Palette } from "./palette.ts";
import { escapeXml } from "./svg.ts";

/** Colours by name, with light and dark values in the style sheet of pages. */
export const PAGE: Palette = {
  ink: "var(--ink)",
  grid: "var(--grid)",
  ground: "var(--panel)",
  models: [0, 1, 2, 3, 4].map((i) => `var(--model-${i})`),
};

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f9; --panel: #ffffff; --ink: #1f2328;
  --muted: #59636e; --grid: #e3e7ec; --line: #d0d7de; --shade: #1f232833; --link: #0b5cad;
  --model-0: #2563eb; --model-1: #c2570c; --model-2: #0f8a5f; --model-3: #a21caf;
  --model-4: #64748b; --wrong: #c2570c; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --panel: #151b23; --ink: #e6edf3; --muted: #9198a1; --grid: #262d37;
    --line: #313944; --shade: #000000b3; --link: #79b8ff;
    --model-0: #6ea8fe; --model-1: #f59e5b; --model-2: #3ecf9b; --model-3: #e879f9;
    --model-4: #94a3b8; --wrong: #a8501a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 56px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 16px; margin: 36px 0 12px; }
p { margin: 0; }
a { color: var(--link); }
.lead { font-size: 17px; margin: 18px 0 0; }
.muted, caption { color: var(--muted); }
.notice { border-left: 3px solid var(--model-1); padding: 6px 12px; margin: 16px 0 0;
  background: var(--panel); }
.live { background: var(--panel); border-bottom: 1px solid var(--line); padding: 6px 24px; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.scroll { overflow-x: auto; background:
  linear-gradient(to right, var(--panel), var(--panel)) 0 0 / 14px 100% no-repeat local,
  linear-gradient(to left, var(--panel), var(--panel)) 100% 0 / 14px 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) 0 0 / 14px 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) 100% 0 / 14px 100% no-repeat scroll,
  var(--panel); }
.scroll th:first-child { position: sticky; left: 0; background: var(--panel); }
.scroll::before { content: "scroll sideways for all columns →"; }
figure.natural::before { content: "scroll sideways for all of it →"; }
:is(.scroll, figure.natural)::before { display: block; position: sticky; left: 0;
  width: max-content; padding: 0 16px; font-size: 13px; color: var(--muted);
  max-height: 0; visibility: hidden;
  animation: hint linear; animation-timeline: scroll(nearest inline); }
@keyframes hint { from, to { max-height: 40px; visibility: visible; } }
.table { margin-top: 22px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; text-align: left; font-size: 13px; padding: 10px 16px 12px; }
th, td { padding: 9px 16px; text-align: right; white-space: nowrap; }
thead th { font-weight: 600; color: var(--muted); font-size: 13px;
  border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
th:first-child { text-align: left; }
.confusion :is(th, td) { padding: 5px 10px; }
.confusion td:has(> .share) { padding: 0; }
.right { font-weight: 700; }
.share { display: block; padding: 5px 10px;
  background: color-mix(in srgb, var(--wrong) var(--share), transparent); }
.marker { vertical-align: -2px; margin-right: 8px; }
td .of { color: var(--muted); margin-left: 6px; font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
  gap: 16px; }
figure { margin: 0; padding: 14px 14px 8px; }
figcaption { font-weight: 600; font-size: 14px; margin: 0 0 2px 4px; }
figure svg { display: block; width: 100%; height: auto; }
figure.natural { margin-top: 12px; overflow-x: auto; }
figure.natural > svg { width: auto; min-width: min(100%, 560px); max-width: 100%; margin: 0 auto; }
.gallery { display: grid; max-width: 600px; gap: 10px;
  grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); }
.gallery.many { max-width: none; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); }
.gallery figure, figure.single { padding: 8px; }
.gallery figcaption { font-weight: 400; font-size: 13px; margin: 6px 0 0; }
figure.single { width: 168px; margin-top: 18px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 12px; padding: 0;
  list-style: none; }
details { margin: 0 0 10px; }
summary { cursor: pointer; padding: 8px 14px; }
details > :is(pre, .table, .confusion, .gallery, p, figure) { margin: 0 14px 14px; }
.confusion > .table { margin: 0; }
details > pre { border: 0; padding: 0; white-space: pre; overflow-x: auto; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
  gap: 16px; }
details > dl { border: 0; padding-top: 0; }
.facts > details { margin: 0; align-self: start; }
dl { margin: 0; padding: 12px 16px; display: grid; grid-template-columns: max-content 1fr;
  gap: 4px 20px; align-content: start; }
dt { color: var(--muted); }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
pre { margin: 0 0 16px; padding: 12px 16px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 600px) {
  main { padding: 20px 12px 32px; }
  h1 { font-size: 21px; }
  figure { padding: 10px 6px 6px; }
  th, td { padding: 8px 10px; }
  .scroll { container-type: inline-size; }
  caption { white-space: normal; position: sticky; left: 0; max-width: 100cqw; }
  .chart { font-size: 17px; overflow: visible; }
  figure.natural > svg { min-width: 560px; }
  dl { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 4px 12px; }
  dt { overflow-wrap: anywhere; }
}
@media print {
  body { background: none; font-size: 11px; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; background: none; }
  :is(.scroll, figure.natural)::before { display: none; }
  th, td { padding: 3px 6px; white-space: normal; }
  .charts { grid-template-columns: 1fr 1fr; }
  .gallery.many { grid-template-columns: repeat(9, 1fr); }
  figure, tr, dl, pre { break-inside: avoid; }
  h2, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; height: auto; }
}
`;

/** A chart in the fixed colours of {@link LIGHT}, in those of the page that it stands in. */
export function inPageColours(chart: string): string {
  const { models, ...others } = LIGHT;
  const colours: [string, string][] = [
    ...Object.entries(others).map(([name, fixed]): [string, string] => [
      fixed,
      PAGE[name as keyof typeof others],
    ]),
    ...models.map((fixed, k): [string, string] => [fixed, PAGE.models[k] ?? fixed]),
  ];
  return colours.reduce((svg, [fixed, own]) => svg.replaceAll(`"${fixed}"`, `"${own}"`), chart);
}

/** The policy of a page: it loads and runs nothing but its own style sheet. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** That of a page with a script of its own server, to which alone it talks. */
const LIVE = `${POLICY}; script-src 'self'; connect-src 'self'`;

/**
 * HTML of a template, in which every value is escaped as text, but for the results of this function
 * and of {@link markup}; lists are joined.
 *
 * @example
 * ```ts
 * import { html } from "@spm/report/draw";
 * html`<p>${"a < b"}</p>`.text; // "<p>a &lt; b</p>"
 * ```
 */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return markup(
    parts.map((part, k) => part + (k < values.length ? textOf(values[k]) : "")).join(""),
  );
}

/** HTML or SVG that is safe to put into a page. */
export interface Markup {
  readonly text: string;
}

/** The only objects that {@link html} takes as markup: a record of somebody can't be one. */
const safe = new WeakSet<object>();

/**
 * Marks HTML or SVG as safe: what `svgElement` and others of this package make.
 *
 * @example
 * ```ts
 * import { html, markup, svgElement } from "@spm/report/draw";
 * html`<figure>${markup(svgElement("svg", {}))}</figure>`.text; // "<figure><svg/></figure>"
 * ```
 */
export function markup(text: string): Markup {
  const made = { text };
  safe.add(made);
  return made;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join("");
  return typeof value === "object" && value !== null && safe.has(value)
    ? (value as Markup).text
    : escapeXml(value);
}

/**
 * An HTML document with the style sheet of reports, and a policy by which it loads nothing and runs
 * no script but that.
 *
 * @param title - plain text, which is escaped
 * @param body - HTML, not escaped
 * @param script - the address of a script on the server of the page (default none)
 * @example
 * ```ts
 * import { htmlPage } from "@spm/report/draw";
 * const html = htmlPage("Findings", "<h1>Findings</h1>");
 * ```
 */
export function htmlPage(title: string, body: string, script?: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${script === undefined ? POLICY : LIVE}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
${script === undefined ? "" : `<script src="${escapeXml(script)}" defer></script>\n`}</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/**
 * A box of names and values, such as the options of a run, as escaped text.
 *
 * @example
 * ```ts
 * import { factsHtml } from "@spm/report/draw";
 * const html = factsHtml({ seed: 1, backend: "wasm" });
 * ```
 */
export function factsHtml(
  entries: Readonly<Record<string, string | number | boolean | readonly number[]>>,
): string {
  const items = Object.entries(entries).map(
    ([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`,
  );
  return html`<dl class="panel">${items}</dl>`.text;
}

/**
 * Boxes of names and values under headings, each of which opens and closes: lists are longer than a
 * telephone is high.
 *
 * @example
 * ```ts
 * import { foldedFacts } from "@spm/report/draw";
 * const { text } = foldedFacts({ Options: { seed: 1 }, Machine: { cores: 2 } });
 * ```
 */
export function foldedFacts(
  boxes: Readonly<Record<string, Parameters<typeof factsHtml>[0]>>,
): Markup {
  const parts = Object.entries(boxes).map(([heading, entries]) => {
    const summary = html`<summary>${heading}</summary>\n`;
    return html`<details class="panel">${summary}${markup(factsHtml(entries))}</details>\n`;
  });
  return html`${parts}`;
}

/** A cell of a table: text, or HTML. */
export type TableCell = string | Markup;

/** A table of a page. */
export interface PageTable {
  readonly head: readonly string[];
  /** Each as long as the head. */
  readonly rows: readonly (readonly TableCell[])[];
  /** Stands below. @defaultValue none */
  readonly caption?: string;
}

/**
 * A table in a box that scrolls sideways where it is narrower, and then says so. The first cells of
 * rows are headings, and stay in sight.
 *
 * @example
 * ```ts
 * import { tableHtml } from "@spm/report/draw";
 * const { text } = tableHtml({ head: ["layer", "parameters"], rows: [["dense", "269,322"]] });
 * ```
 */
export function tableHtml({ head, rows, caption }: PageTable): Markup {
  const heads = head.map((cell) => html`<th scope="col">${cell}</th>`);
  const body = rows.map(([name = "", ...cells]) => {
    const rest = cells.map((cell) => html`<td>${cell}</td>`);
    return html`<tr><th scope="row">${name}</th>${rest}</tr>\n`;
  });
  const told = caption === undefined ? "" : html`<caption>${caption}</caption>\n`;
  return html`<div class="panel scroll table" tabindex="0"><table>
${told}<thead><tr>${heads}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}
