/**
 * @file Fails for lines of more than 100 columns, which Biome leaves where it has no place to break
 * them: comments, strings, templates, prose.
 *
 * Exempt are compiled kernels and loops; templates of inline snapshots, whose lines Vitest writes;
 * and in Markdown the rows of tables, and lines that are one link or URL.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";

const COLUMNS = 100;
const MADE = /^packages\/(wasm\/src\/kernels(-relaxed)?\.ts|core\/csp\/ndarray(-ops)?\.js)$/;

/** The lines, from 0, that hold a template of an inline snapshot. */
function snapshotLines(/** @type {string} */ path, /** @type {string} */ text) {
  const lines = new Set();
  if (!text.includes("InlineSnapshot(")) return lines;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && /InlineSnapshot$/.test(node.expression.getText(source)))
      for (const template of node.arguments.filter(ts.isNoSubstitutionTemplateLiteral)) {
        const lineAt = (/** @type {number} */ at) => source.getLineAndCharacterOfPosition(at).line;
        const last = lineAt(template.getEnd());
        for (let line = lineAt(template.getStart(source)); line <= last; line++) lines.add(line);
      }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

/** The lines, from 0, that Markdown has no way to break: rows of tables, and a link by itself. */
function unbreakableLines(/** @type {string} */ text) {
  const lines = new Set();
  let fenced = false;
  for (const [at, line] of text.split("\n").entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    else if (!fenced && /^\s*(\||([-*] |\d+\. )?(\[[^\]]*\](\(|: )|<?https?:)\S*$)/.test(line))
      lines.add(at);
  }
  return lines;
}

const patterns = ["ts", "mts", "js", "mjs", "py", "c", "sh", "md"].map((end) => `*.${end}`);
const files = execFileSync("git", ["ls-files", "-z", ...patterns], { encoding: "utf8" });
for (const path of files.split("\0").filter((name) => name !== "" && !MADE.test(name))) {
  const text = readFileSync(path, "utf8");
  const exempt = path.endsWith(".md") ? unbreakableLines(text) : snapshotLines(path, text);
  for (const [at, line] of text.split("\n").entries()) {
    const width = [...line].length;
    if (width <= COLUMNS || exempt.has(at)) continue;
    console.error(`${path}:${at + 1}: expected at most ${COLUMNS} columns, got ${width}`);
    process.exitCode = 1;
  }
}
