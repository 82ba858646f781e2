/**
 * @file Places in the site: the page that a file of the clone becomes, and the address that a link
 * between files gets there.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Folders whose pages are in the site, and the paths they get. */
const folders: readonly (readonly [from: RegExp, to: string])[] = [
  [/^docs\/(.*)\.md$/, "$1.md"],
  [/^experiments\/(.*\/)?README\.md$/, "experiments/$1index.md"],
  [/^packages\/([^/]+)\/README\.md$/, "packages/$1.md"],
  [/^packages\/models\/src\/([^/]+)\/README\.md$/, "packages/models/$1.md"],
  [/^python\/([^/]+)\/README\.md$/, "packages/$1.md"],
  [/^playground\/README\.md$/, "about-the-playground.md"],
  [/^README\.md$/, "overview.md"],
  [/^CONTRIBUTING\.md$/, "contributing.md"],
];

/** The path in the site of a Markdown file of the clone, or undefined. */
export function sitePath(file: string): string | undefined {
  for (const [from, to] of folders) if (from.test(file)) return file.replace(from, to);
  return undefined;
}

/** Files in a folder of the clone, and in those inside of it, that end so. */
function filesIn(folder: string, end: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return /^(node_modules|dist|runs|\..*)$/.test(entry.name) ? [] : filesIn(path, end);
    return path.endsWith(end) ? [path] : [];
  });
}

/** The Markdown files of the clone that are pages of the site. */
export const pages = (): string[] =>
  [
    "README.md",
    "CONTRIBUTING.md",
    ...["docs", "experiments", "packages", "playground", "python"].flatMap((folder) =>
      filesIn(folder, ".md"),
    ),
  ].filter((file) => sitePath(file) !== undefined);

/** A page's address below the site's base: "docs/guide.md" → "/guide.html". */
const address = (page: string): string =>
  `/${page.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, ".html")}`;

/**
 * The address of what a link leads to: a page, or a source file or folder, which the site shows
 * below /source/.
 *
 * @param file - that has the link: a path in the clone
 * @param link - relative to the file, with its anchor
 * @throws Error where there is nothing
 */
export function linkAddress(file: string, link: string): string {
  const [path = "", anchor] = link.split("#");
  const end = anchor === undefined ? "" : `#${anchor}`;
  const target = relative(root, resolve(root, dirname(file), decodeURI(path)));
  const whole = join(root, target);
  if (!existsSync(whole))
    throw new Error(`${file}: expected ${link} to be there, got no ${target}`);
  const folder = statSync(whole).isDirectory();
  const page = sitePath(target) ?? (folder ? sitePath(`${target}/README.md`) : undefined);
  if (page !== undefined && (!folder || existsSync(join(whole, "README.md"))))
    return address(page) + end;
  return `/source/${target}${folder ? "/index" : ""}.html${end}`;
}

/** The anchor of a heading, as code hosts make it. */
export const slugify = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
