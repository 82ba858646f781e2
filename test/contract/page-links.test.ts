/** @file Every link between pages, and from pages to sources, leads to what is there. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root, slugify } from "../../docs/.vitepress/site-paths.ts";
import { packageNames, programPages } from "../package-page.ts";

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

test("an hour with the source leads to files that say what they are", () => {
  const page = readFileSync(join(root, "docs/reading-the-source.md"), "utf8");
  const read = [...page.matchAll(/\]\(\.\.\/([^)]+\.ts)\)/g)].map(([, file = ""]) => file);
  expect(read.map((file) => file.split("/").at(-1))).toEqual([
    ...["array.ts", "tensor.ts", "tape.ts", "backend.ts", "primitive.ts"],
    ...["reshape.ts", "arithmetic.ts", "elementwise.ts", "broadcast.ts"],
    ...["cotangents.ts", "grad.ts", "transform.ts"],
    ...["fused.ts", "schedule.ts", "lanes.ts", "stages.ts", "define.ts"],
    ...["forward-backward.ts", "mixer.ts"],
    ...["storage.ts", "scope.ts", "vmap.ts"],
  ]);
  for (const file of read)
    expect(readFileSync(join(root, file), "utf8")).toMatch(/^(\/\/\/.*\n)*\/\*\*(\n \*)? @file \S/);
});

/** The blocks of TypeScript that name a file: it has these lines, whatever their indentation. */
const quotations = files.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, file = "", code = ""]) => ({ page, file, code }),
  ),
);
const unindented = (code: string): string => code.trim().replaceAll(/\n\s*/g, "\n");

const stands = (file: string, code: string): boolean =>
  unindented(readFileSync(join(root, file), "utf8")).includes(unindented(code));

test("code that a page quotes from a file stands there, and other code doesn't", () => {
  expect(quotations.length).toBeGreaterThan(14);
  for (const { page, file, code } of quotations)
    expect(stands(file, code), `${page} quotes ${file}`).toBe(true);
  const { file, code } = quotations.find(({ code }) => code.includes("a * zi")) ?? quotations[0]!;
  expect(stands(file, code.replace("a * zi", "a * zj"))).toBe(false);
});

/** Pages whose programs a test of their own runs. */
const ownTests: Readonly<Record<string, string>> = {
  "README.md": "test/integration/readme.test.ts",
  "docs/custom-op.md": "test/contract/custom-op.test.ts",
  "docs/custom-parameterisation.md": "test/contract/custom-parameterisation.test.ts",
};

test("every program of a page is run by a test, or stands in a file", () => {
  const shown = files.filter((file) =>
    /^```(ts|js|mjs|typescript)\n/m.test(readFileSync(join(root, file), "utf8")),
  );
  expect(shown.length).toBeGreaterThan(30);
  const packagePages = packageNames.map((name) => `packages/${name}/README.md`);
  const run = [...programPages, ...packagePages, ...Object.keys(ownTests)];
  expect(shown.filter((file) => !run.includes(file))).toEqual([]);
  for (const [file, own] of Object.entries(ownTests))
    expect(readFileSync(join(root, own), "utf8")).toContain(file);
});

test("every experiment is in the map of wins, ties and losses, once", () => {
  const text = readFileSync(join(root, "experiments/README.md"), "utf8");
  const [, map = ""] = /^## Wins, ties, losses\n([\s\S]*?)^## /m.exec(text) ?? [];
  const named = [...map.matchAll(/\]\(([a-z-]+)\)/g)].map(([, name = ""]) => name);
  const pages = files.filter((file) => /^experiments\/[^/]+\/README\.md$/.test(file));
  expect(named.toSorted()).toEqual(pages.map((file) => file.split("/")[1]).toSorted());
});
