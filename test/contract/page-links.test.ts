/** @file Every link between pages, and from pages to sources, leads to what is there. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root, slugify } from "../../docs/.vitepress/site-paths.ts";

const files = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .trim()
  .split("\n");
const withoutCode = (text: string): string =>
  text
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ""));

const anchors = new Map<string, Set<string>>();

/** The anchors of a page's headings; of equal ones the second ends in -1, as code hosts have it. */
function anchorsOf(file: string): Set<string> {
  const known = anchors.get(file);
  if (known !== undefined) return known;
  const made = new Set<string>();
  const text = readFileSync(join(root, file), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  for (const [, heading = ""] of text.matchAll(/^#+ +(.*)$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = slugify(shown.trim());
    let name = slug;
    for (let k = 1; made.has(name); k++) name = `${slug}-${k}`;
    made.add(name);
  }
  anchors.set(file, made);
  return made;
}

/** A page's links that lead nowhere. */
function broken(file: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)];
  return links
    .map(([, inline, reference]) => inline ?? reference ?? "")
    .filter((link) => !/^(https?|mailto):/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? file : join(dirname(file), decodeURI(path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).has(anchor);
    });
}

test("no link of a page is broken", () => {
  expect(files.length).toBeGreaterThan(70);
  const found = files.flatMap((file) =>
    broken(file, readFileSync(join(root, file), "utf8")).map((link) => `${file}: ${link}`),
  );
  expect(found).toEqual([]);
});

test("a missing file and a missing anchor are found", () => {
  const text = "[a](guide.md#memory) [b](gone.md) [c](guide.md#gone), `[d](not-a-link)`";
  expect(broken("docs/some.md", text)).toEqual(["gone.md", "guide.md#gone"]);
});
