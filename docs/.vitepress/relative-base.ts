/**
 * @file Makes a built site work below any path: what VitePress writes as addresses below a fixed
 * base becomes relative to the page, or to the module that has it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** What VitePress builds with, and nothing else on a page looks like. */
export const base = "/below-any-path/";

/** The way from a file of the site to its root: "a/b.html" → "../". */
const up = (file: string): string => "../".repeat(file.split("/").length - 1) || "./";

/**
 * A module whose strings have the site's real base in place of the fixed one: each that names it
 * becomes a call of `replaceAll`.
 */
function rebasedModule(file: string, code: string): string {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const ends: { readonly at: number; readonly insert: string }[] = [];
  const real = `new URL(${JSON.stringify(up(file))},import.meta.url).pathname`;
  const visit = (node: ts.Node): void => {
    const text = ts.isStringLiteral(node) || ts.isTemplateLiteral(node);
    if (text && code.slice(node.getStart(source), node.end).includes(base)) {
      const [start, end] = [`/${base.slice(1, 6)}`, base.slice(6)].map((part) =>
        JSON.stringify(part),
      );
      ends.push({ at: node.end, insert: `.replaceAll(${start}+${end},${real})` });
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return ends.reduceRight(
    (made, { at, insert }) => made.slice(0, at) + insert + made.slice(at),
    code,
  );
}

/** The site's data on a page, which says its base: a string of JSON in a script. */
const siteData = /(window\.__VP_SITE_DATA__=JSON\.parse\("(?:[^"\\]|\\.)*")\)/;

/**
 * Makes a page's own links absolute before its scripts run: those of the menus stay on the page
 * when it shows another one, whose address is another one, too.
 */
const fixed = `<script>for (const a of document.querySelectorAll('a[href^="."],link[rel=icon]'))
a.href = a.href</script>`;

/** A page whose addresses are relative to itself, and whose scripts know where it lies. */
function rebasedPage(file: string, html: string): string {
  const here = `new URL(${JSON.stringify(up(file))},location.href).pathname`;
  const [before = "", data = "", after = ""] = html.split(siteData);
  const own = data && `${data}.replaceAll(${JSON.stringify(base)},${here}))`;
  const page = before.replaceAll(base, up(file)) + own + after.replaceAll(base, up(file));
  return page.replace("</body>", `${fixed}</body>`);
}

/** Rewrites all files of the built site that name the fixed base. */
export function makeRelative(folder: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/\.(html|js|css)$/.test(file) || /^(source|api|playground)\//.test(file)) continue;
    const text = readFileSync(join(folder, file), "utf8");
    if (!text.includes(base)) continue;
    const made = file.endsWith(".js")
      ? rebasedModule(file, text)
      : file.endsWith(".html")
        ? rebasedPage(file, text)
        : text.replaceAll(base, up(file));
    writeFileSync(join(folder, file), made);
  }
}
