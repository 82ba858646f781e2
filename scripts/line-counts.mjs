/**
 * @file Prints the lines of code of each package, holds core to its budget (machinery 810, with its
 * ops and their batching rules 2,654, transforms 230), files to 300 lines and functions to 60 but
 * for those that are longer already, and the README's map to the truth within a tenth; `--write`
 * puts the numbers there.
 *
 * A line counts when it says something: blank lines, comments, imports and lone punctuation are
 * free, tests stand in a column of their own.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../", import.meta.url));
/** In import order: each package imports only those before it. */
const packages = [
  "core",
  "numeric",
  "linalg",
  "mixer",
  "nn",
  "models",
  "optim",
  "attribution",
  "wasm",
  "gpu",
  "data",
  "trainer",
  "report",
  "onnx",
  "cli",
];
/** @param {string} path */
const isTransform = (path) => ["transform.ts", "vmap.ts"].includes(path);
const budgets = [
  {
    name: "core without ops and transforms",
    limit: 810,
    of: (/** @type {string} */ path) => !path.startsWith(`ops${sep}`) && !isTransform(path),
  },
  {
    name: "core with ops",
    limit: 2654,
    of: (/** @type {string} */ path) => !isTransform(path),
  },
  { name: "core's transforms", limit: 230, of: isTransform },
];

/** @param {string} path */
const parsed = (path) =>
  ts.createSourceFile(path, readFileSync(path, "utf8"), {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });

const scanner = ts.createScanner(ts.ScriptTarget.Latest, true);

/** @param {ts.SourceFile} source */
function linesOfCode(source) {
  const lines = new Set();
  /** @param {ts.SyntaxKind} kind @param {number} from @param {number} to */
  const add = (kind, from, to) => {
    if (kind >= ts.SyntaxKind.FirstPunctuation && kind <= ts.SyntaxKind.LastPunctuation) return;
    const first = source.getLineAndCharacterOfPosition(from).line;
    const last = source.getLineAndCharacterOfPosition(to).line;
    for (let line = first; line <= last; line++) lines.add(line);
  };
  let done = 0; // the end of the last token
  /** Between the tree's tokens are keywords and punctuation. @param {number} to */
  const addUpTo = (to) => {
    scanner.setText(source.text, done, to - done);
    for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
      add(kind, scanner.getTokenStart(), scanner.getTokenEnd());
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    const free = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (!free && node.kind > ts.SyntaxKind.LastToken) return void ts.forEachChild(node, visit);
    addUpTo(node.getStart(source));
    done = node.getEnd();
    if (!free) add(node.kind, node.getStart(source), done);
  };
  source.statements.forEach(visit);
  addUpTo(source.end);
  return lines.size;
}

/** @param {string} folder */
function filesOf(folder) {
  const src = join(root, folder);
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/^(dist|node_modules)\b/.test(path))
    .map((path) => ({ path, tree: parsed(join(src, path)) }))
    .map(({ path, tree }) => ({
      path,
      tree,
      lines: linesOfCode(tree),
      test: path.endsWith(".test.ts"),
      generated: /^kernels(-relaxed)?\.ts$/.test(path),
    }));
}

/** @param {readonly { lines: number }[]} files */
const total = (files) => files.reduce((sum, { lines }) => sum + lines, 0);

const folders = packages.map((name) => ({ name, folder: join("packages", name, "src") }));
const rows = [...folders, { name: "experiments", folder: "experiments" }].map(
  ({ name, folder }) => {
    const files = filesOf(folder);
    return {
      name,
      source: files.filter(({ test }) => !test),
      tests: files.filter(({ test }) => test),
    };
  },
);

/** @param {readonly (string | number)[]} cells */
const print = ([name, ...numbers]) =>
  console.log(`${name}`.padEnd(18) + numbers.map((cell) => `${cell}`.padStart(8)).join(""));
print(["package", "files", "lines", "tests"]);
for (const { name, source, tests } of rows)
  print([name, source.length, total(source), total(tests)]);
print([
  "total",
  rows.reduce((sum, { source }) => sum + source.length, 0),
  total(rows.flatMap(({ source }) => source)),
  total(rows.flatMap(({ tests }) => tests)),
]);

const core = rows.find(({ name }) => name === "core")?.source ?? [];
for (const { name, limit, of } of budgets) {
  const lines = total(core.filter(({ path }) => of(path)));
  console.log(`${name}: ${lines} of at most ${limit} lines of code`);
  if (lines > limit) {
    console.error(
      `line-counts: expected ${name} to have at most ${limit} lines of code, got ${lines}`,
    );
    process.exitCode = 1;
  }
}

/**
 * Under the condition `csp` the code of ndarray and ndarray-ops runs as they compile it, and is in
 * no budget as they are in none. By hand are what writes it and what finds a part of it.
 */
const written = readdirSync(join(root, "packages/core/csp")).map((name) => {
  const tree = parsed(join(root, "packages/core/csp", name));
  return { lines: linesOfCode(tree), made: tree.text.includes("; never edited.") };
});
const writers = total(filesOf("packages/core/generate"));
console.log(
  `core/csp, in neither: ${total(written.filter(({ made }) => made))} lines compiled by ndarray ` +
    `and cwise-compiler, ${total(written.filter(({ made }) => !made))} by hand; ` +
    `what writes them, ${writers} by hand`,
);

/** How many are longer than that: lower it where one was taken apart. */
const tooLong = {
  files: { lines: 300, atMost: 0, found: /** @type {string[]} */ ([]) },
  functions: { lines: 60, atMost: 0, found: /** @type {string[]} */ ([]) },
};
for (const { name, source } of rows.filter(({ name }) => packages.includes(name)))
  for (const { path, tree, generated } of source) {
    if (generated) continue;
    const { files, functions } = tooLong;
    const all = tree.getLineStarts().length - 1;
    if (all > files.lines) files.found.push(`${name}/${path}, ${all} lines`);
    /** @param {ts.Node} node */
    const visit = (node) => {
      if (ts.isFunctionLike(node) && "body" in node && node.body) {
        const [from, to] = [node.getStart(tree), node.getEnd()].map(
          (at) => tree.getLineAndCharacterOfPosition(at).line + 1,
        );
        const length = Number(to) - Number(from) + 1;
        if (length > functions.lines) functions.found.push(`${name}/${path}:${from}, ${length}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
for (const [what, { lines, atMost, found }] of Object.entries(tooLong)) {
  console.log(`${what} of more than ${lines} lines: ${found.length} of at most ${atMost}`);
  if (found.length > atMost) {
    console.error(`line-counts: expected at most ${atMost} ${what}, got\n${found.join("\n")}`);
    process.exitCode = 1;
  }
}

const readmePath = fileURLToPath(new URL("../README.md", import.meta.url));
const shipped = rows.filter(({ name }) => packages.includes(name));
const counts = new Map(shipped.map(({ name, source }) => [name, total(source)]));
const readme = readFileSync(readmePath, "utf8").replace(
  /^(\| `@spm\/(\w+)` \|.*\|) *([\d,]*) \|$/gm,
  (row, start, name, claim) => {
    const lines = counts.get(name) ?? 0;
    counts.delete(name);
    if (process.argv.includes("--write")) return `${start} ${lines.toLocaleString("en")} |`;
    if (Math.abs(Number(claim.replace(",", "")) - lines) <= 0.1 * lines) return row;
    console.error(
      `line-counts: expected about ${lines} lines for ${name} in the README, ` +
        `got ${claim || "none"}\nhelp: node scripts/line-counts.mjs --write`,
    );
    process.exitCode = 1;
    return row;
  },
);
for (const name of counts.keys()) {
  console.error(`line-counts: expected a row for ${name} in the README's map, got none`);
  process.exitCode = 1;
}
if (process.argv.includes("--write")) writeFileSync(readmePath, readme);
