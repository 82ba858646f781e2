/**
 * @file What the site makes of Markdown beyond VitePress's own: links between files of the clone,
 * pictures' classes, inline code that breaks where it may, tables of sentences.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { MarkdownEnv, MarkdownRenderer } from "vitepress";
import { linkAddress, root } from "./site-paths.ts";

/** Where a mixer wins, ties and loses, as the experiments' page has it, for a page in docs/. */
function experimentsMap(): string {
  const text = readFileSync(join(root, "experiments/README.md"), "utf8");
  const [, map] = /^## Wins, ties, losses\n([\s\S]*?)^## /m.exec(text) ?? [];
  if (map === undefined) throw new Error("docs: expected the map in experiments/README.md");
  return map.replaceAll(/\]\((?=[a-z])/g, "](../experiments/");
}

/**
 * The class of a picture, for the dark theme: drawings are turned dark there. Images of samples are
 * not, of which that would be the negative.
 */
const pictureClass = (file: string): string =>
  file.endsWith(".svg") && !readFileSync(file, "utf8").includes("<image") ? "drawing" : "image";

/** Characters that a line of a telephone has room for, beside others. */
const SHORT = 24;

/**
 * A word of inline code: a short one stays whole, where browsers break `--set` behind its dashes; a
 * long one keeps its beginning, and breaks behind a dot, a low line or a bracket.
 */
function codeWord(word: string, escaped: (text: string) => string): string {
  const whole = (part: string): string =>
    part.includes("-") ? `<span class="whole">${escaped(part)}</span>` : escaped(part);
  if (word.length <= SHORT) return whole(word);
  const [begin = ""] = /^-+[^-]*-?/.exec(word) ?? [];
  const parts = word.slice(begin.length).split(/(?<=[._([=/]|\w,)(?=\w)/);
  return whole(begin) + parts.map(escaped).join("<wbr>");
}

/** Inline code of words that break where they may. */
function breakCode({ renderer, utils }: MarkdownRenderer): void {
  renderer.rules.code_inline = (tokens, at, _options, _env, self) => {
    const token = tokens[at]!;
    token.attrSet("v-pre", "");
    const words = token.content.split(" ").map((word) => codeWord(word, utils.escapeHtml));
    return `<code${self.renderAttrs(token)}>${words.join(" ")}</code>`;
  };
}

/** Characters of a cell from which on its table is one of sentences, a list on a telephone. */
const SENTENCE = 75;

type Token = Parameters<NonNullable<MarkdownRenderer["renderer"]["rules"]["text"]>>[0][number];

const textOf = ({ children }: Token): string =>
  (children ?? []).map(({ content }) => content).join("");

/** A cell of numbers, and of what stands between them: "97.81 (97.4 to 98.0)". */
const NUMBERS = /^[\d(±−≤<≥>~-](?!.*[a-z]{3}).{0,39}$/i;

/**
 * Gives cells of numbers the class `numbers`, and a table of sentences `sentences`, with the names
 * of its columns at its cells where there are more than two.
 */
function markTables(tokens: readonly Token[]): void {
  let names: string[] = [];
  let cells: { readonly open: Token; readonly text: string }[] = [];
  let table: Token | undefined;
  for (const [k, token] of tokens.entries()) {
    const inside = tokens[k + 1];
    const text = inside?.type === "inline" ? textOf(inside) : "";
    if (token.type === "table_open") [table, names, cells] = [token, [], []];
    else if (token.type === "th_open") names.push(text);
    else if (token.type === "td_open") {
      if (NUMBERS.test(text)) token.attrJoin("class", "numbers");
      cells.push({ open: token, text });
    } else if (token.type === "table_close" && cells.some((cell) => cell.text.length >= SENTENCE)) {
      table?.attrJoin("class", "sentences");
      for (const [at, cell] of cells.entries()) {
        const name = names[at % names.length] ?? "";
        if (names.length > 2 && at % names.length > 0 && name !== "" && cell.text !== "")
          cell.open.attrSet("data-column", name);
      }
    }
  }
}

/** A page for the index of the search, where colours of code would take most of the time. */
export function renderForSearch(
  text: string,
  env: MarkdownEnv,
  md: Pick<MarkdownRenderer, "options" | "render">,
): string {
  const { highlight } = md.options;
  md.options.highlight = null;
  const html = md.render(text, env);
  md.options.highlight = highlight;
  return env.frontmatter?.search === false ? "" : html;
}

/** Adds all of it to VitePress's Markdown. */
export function extendMarkdown(md: MarkdownRenderer): void {
  breakCode(md);
  md.renderer.rules.table_open = (tokens, at, options, _env, self) => {
    tokens[at]?.attrSet("tabindex", "0"); // keys scroll it
    return self.renderToken(tokens, at, options);
  };
  md.core.ruler.before("normalize", "the map of experiments", (state) => {
    state.src = state.src.replace("<!-- wins, ties, losses -->", experimentsMap);
  });
  md.core.ruler.push("tables", ({ tokens }) => markTables(tokens));
  md.core.ruler.push("links of the clone", ({ tokens, env }) => {
    const file = relative(root, env.realPath ?? env.path);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const link = token.attrGet("href");
      if (link !== null && !/^([a-z]+:|#|\/)/.test(link))
        token.attrSet("href", linkAddress(file, link));
      const picture = token.attrGet("src");
      if (picture !== null)
        token.attrJoin("class", pictureClass(join(root, dirname(file), picture)));
    }
  });
}
