/**
 * @file The sources of the clone as plain pages of the site, below source/, with an anchor for each
 * line and an index for each folder.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./site-paths.ts";

const style = `:root{color-scheme:light dark}body{font:14px/1.5 ui-monospace,monospace;margin:1rem}
pre{overflow:auto}a{color:light-dark(#1d4ed8,#93b4ff)}ul{padding-left:1.5em}
pre span::before{counter-increment:line;content:counter(line);display:inline-block;width:3em;
margin-right:1em;text-align:right;color:light-dark(#57606a,#9aa4b0)}
:target{background:light-dark(#fff3bf,#4d3d00)}`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** The folders that a path lies in, nearest last: "a/b/c" → ["", "a", "a/b"]. */
const foldersOf = (path: string): string[] =>
  path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/"));

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A page at `source/<at>`; its first line leads to all folders above it. */
function page(path: string, at: string, content: string): string {
  const up = "../".repeat(at.split("/").length);
  const way = foldersOf(path).map((folder) => {
    const href = `${up}source/${folder === "" ? "" : `${folder}/`}index.html`;
    return `<a href="${href}">${escaped(nameOf(folder) || "sources")}</a> /`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(path || "sources")}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>${style}</style></head><body>
<nav><a href="${up}index.html">SPM</a> / ${way.join(" ")} ${escaped(nameOf(path))}</nav>
${content}
</body></html>
`;
}

/** A list of links; a folder's leads to its index. */
function listed(names: readonly string[]): string {
  const items = names.map((name) => {
    const shown = name.replace(/index\.html$|\.html$/, "");
    return `<li><a href="${escaped(name)}">${escaped(shown)}</a></li>`;
  });
  return `<ul>${items.join("\n")}</ul>`;
}

/** Writes the pages of all text files that git knows into the folder `source` of the site. */
export function addSource(site: string): void {
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8", maxBuffer: 1e8 })
    .split("\n")
    .filter((file) => /\.(ts|m?js|json|md|html|py|yaml|grit)$|^LICENSE$/.test(file));
  const write = (at: string, text: string): void => {
    mkdirSync(dirname(join(site, "source", at)), { recursive: true });
    writeFileSync(join(site, "source", at), text);
  };
  const folders = new Map<string, Set<string>>();
  const list = (folder: string, name: string): void =>
    void folders.set(folder, (folders.get(folder) ?? new Set()).add(name));
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    if (text.length > 300_000) continue;
    const above = foldersOf(file);
    for (const [depth, folder] of above.slice(1).entries())
      list(above[depth] ?? "", `${nameOf(folder)}/index.html`);
    list(above.at(-1) ?? "", `${nameOf(file)}.html`);
    const lines = text.trimEnd().split("\n");
    const numbered = lines.map((line, i) => `<span id="L${i + 1}">${escaped(line)}</span>`);
    write(`${file}.html`, page(file, `${file}.html`, `<pre>${numbered.join("\n")}</pre>`));
  }
  for (const [folder, names] of folders) {
    const at = folder === "" ? "index.html" : `${folder}/index.html`;
    write(at, page(folder, at, listed([...names].sort())));
  }
}
