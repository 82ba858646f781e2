/**
 * @file Prints the non-null assertions (`x!`) of each package's sources and holds them below a
 * ceiling. On a tensor, an array of a backend or a spec there may be none, in tests and benches
 * neither: which operands and results there are, the types of an op say. In programs of docs and
 * docstrings there are none at all.
 */
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { isNonNullExpression } from "typescript-native/unstable/ast/is";
import { API } from "typescript-native/unstable/sync";

/** The most that there may be, without the experiments and in them: lower it where some went. */
const ceilings = { packages: 720, experiments: 89 };
const operands = ["Tensor", "Parameter", "NdArray", "DeviceArray", "Spec"];

const root = fileURLToPath(new URL("..", import.meta.url));
/** A project of all sources, which no other command needs. */
const config = `${root}tsconfig.assertions.json`;
const settings = JSON.stringify({
  extends: "./tsconfig.test.json",
  include: ["packages/*/src", "experiments", "test", "bench", "examples"],
  references: [],
});
const readFile = (/** @type {string} */ path) => (path === config ? settings : undefined);
const api = new API({ cwd: root, fs: { readFile } });
const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
if (project === undefined) throw new Error("assertions: expected a project of all sources");
const { program, checker, rootFiles } = project;

/** @param {import("typescript-native/unstable/sync").Type | undefined} type */
const namesOf = (type) =>
  (type?.isUnionType() ? type.getTypes() : [type]).map((part) => part?.getSymbol()?.name);

/** @type {Map<string, number>} */
const counts = new Map();
for (const path of rootFiles) {
  const text = readFileSync(path, "utf8");
  if (!text.includes("!")) continue;
  const [folder, inside] = relative(root, path).split(sep);
  const name = folder === "packages" ? inside : folder;
  const counted = /^(packages|experiments)$/.test(`${folder}`) && !path.endsWith(".test.ts");
  const source = program.getSourceFile(path);
  /** @type {import("typescript-native/unstable/ast").NonNullExpression[]} */
  const found = [];
  /** @param {import("typescript-native/unstable/ast").Node} node */
  const visit = (node) => {
    if (isNonNullExpression(node)) found.push(node);
    node.forEachChild(visit);
  };
  if (source) visit(source);
  if (counted && found.length > 0)
    counts.set(`${name}`, (counts.get(`${name}`) ?? 0) + found.length);
  const types = checker.getTypeAtLocation(found.map(({ expression }) => expression));
  for (const [k, type] of types.entries()) {
    const names = namesOf(type);
    const operand = operands.find((one) => names.includes(one));
    if (operand === undefined) continue;
    const node = found[k];
    const line = text.slice(0, node?.getStart()).split("\n").length;
    const got = `${node?.getText()} in ${relative(root, path)}:${line}`;
    console.error(`assertions: expected no ! on a ${operand}, got ${got}`);
    process.exitCode = 1;
  }
}
api.close();

/** @param {string} place @param {string} program */
function checkProgram(place, program) {
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isNonNullExpression(node)) {
      console.error(`assertions: expected none in a program, got ${node.getText()} in ${place}`);
      process.exitCode = 1;
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("program.ts", program, ts.ScriptTarget.Latest, true));
}
const folders = ["*.md", "docs/**/*.md", "packages/**/*.md", "experiments/**/*.md"];
for (const path of ts.sys.readDirectory(root, [".md"], ["**/node_modules"], folders)) {
  const place = relative(root, path);
  if (place === "docs/mixer.md") continue; // quotes inner loops
  for (const [, program = ""] of readFileSync(path, "utf8").matchAll(/^```\w+\n(.*?)^```/gms))
    checkProgram(place, program);
}
for (const path of rootFiles)
  for (const [comment] of readFileSync(path, "utf8").matchAll(/\/\*\*.*?\*\//gs)) {
    const text = comment.replace(/^ *\* ?/gm, "").replace(/\*\/$|```.*$/gm, "");
    for (const [, program = ""] of text.matchAll(/@example(.*?)(?=\n@|$)/gs))
      checkProgram(relative(root, path), program);
  }

for (const [name, count] of counts) console.log(name.padEnd(18) + `${count}`.padStart(8));
const { experiments = 0, ...others } = Object.fromEntries(counts);
const packages = Object.values(others).reduce((sum, count) => sum + count, 0);
const found = { packages, experiments };
for (const where of /** @type {const} */ (["packages", "experiments"])) {
  const [count, limit] = [found[where], ceilings[where]];
  console.log(`${where}: ${count} of at most ${limit} assertions`);
  if (count > limit) {
    console.error(`assertions: expected at most ${limit} in the ${where}, got ${count}`);
    process.exitCode = 1;
  }
}
