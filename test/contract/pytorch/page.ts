/**
 * @file docs/coming-from-pytorch.md: PyTorch's names beside ours, made from `names.txt` and from
 * what the packages export. `npm run -s names` writes it.
 */
import { exportsOf } from "../exports.ts";
import { filled } from "../filled.ts";
import { type Answer, opInfo, otherNames } from "./names.ts";

const folders = ["core", "numeric", "linalg", "mixer", "nn", "optim"];

/** The entry points by the name of an export; that of most users first. */
export function entryPoints(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, from } of exportsOf(folders)) if (!found.has(name)) found.set(name, from);
  return found;
}

type Row = readonly [name: string, answer: Answer];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** The rows of exports: PyTorch's name, ours, and its entry point. */
function exported(rows: readonly Row[], from: ReadonlyMap<string, string>): string {
  const cells = rows.flatMap(([name, answer]) =>
    answer.kind === "export" ? [[code(name), code(answer.name), from.get(answer.name) ?? "?"]] : [],
  );
  return table(["PyTorch", "here", "from"], cells);
}

/** Reasons with the names that have them. */
function missing(rows: readonly Row[]): string {
  const byReason = new Map<string, string[]>();
  for (const [name, answer] of rows)
    if (answer.kind === "missing")
      byReason.set(answer.reason, [...(byReason.get(answer.reason) ?? []), code(name)]);
  return [...byReason]
    .map(([reason, names]) => filled(`- ${names.join(", ")}: ${reason}.`, "  "))
    .join("\n");
}

/** What is exported and is no row's answer, by entry point. */
function ours(rows: readonly Row[], from: ReadonlyMap<string, string>): string {
  const answered = new Set(rows.map(([, answer]) => answer.kind === "export" && answer.name));
  const rest = new Map<string, string[]>();
  for (const [name, entry] of from)
    if (!answered.has(name) && !entry.endsWith("/extend"))
      rest.set(entry, [...(rest.get(entry) ?? []), code(name)]);
  return [...rest]
    .map(([entry, names]) => filled(`- ${entry}: ${names.join(", ")}.`, "  "))
    .join("\n");
}

const different = filled(`What differs everywhere: options are one object at the end
  (\`sum(x, { axis: 0, keepdims: true })\`, where PyTorch has \`dim\` and \`keepdim\`; an axis may
  stand for itself, \`sum(x, 0)\`); functions that take a tensor first are methods, too
  (\`x.sum(0)\`); tensors are immutable; gradients are returned, not stored (\`grad(f)(x)\`); random
  draws take a generator, \`rng(seed)\`; dtypes are never mixed silently; numbers of a device are
  awaited (\`await x.data()\`).`);

const operands =
  filled(`In them \`x\`, \`y\`, \`p > 0\` and \`0 < u < 1\` are [2, 3], \`v\` and \`w\` [3],
  \`a\` [3, 3], \`c\` a positive definite [3, 3] and \`l\` its Cholesky factor, \`bm\` [2, 3, 3],
  \`t\` [2, 3, 4], \`img\` [1, 2, 4, 4], \`z\` and \`zz\` complex numbers as pairs, \`mask\` bool,
  \`index\`, \`ints\` and \`labels\` int32; \`double\` is \`{ dtype: "float64" }\`.`);

/** The page. */
export function pageOf(from: ReadonlyMap<string, string>): string {
  const [ops, others] = [[...opInfo], [...otherNames]];
  const count = (kind: Answer["kind"]) => ops.filter(([, answer]) => answer.kind === kind).length;
  const composed = ops.flatMap(([name, answer]) =>
    answer.kind === "composition" ? [[code(name), code(answer.code)]] : [],
  );
  const made =
    filled(`Made by \`npm run -s names\` from \`test/contract/pytorch/names.txt\` and from
    what the packages export; a test fails when either changes without this page. Of the
    ${ops.length} ops that PyTorch 1.13 tests (its OpInfo), ${count("export")} are a function here,
    ${count("composition")} a short composition, whose values a test compares with PyTorch's, and
    ${count("missing")} have none, each with its reason.`);
  return `# Coming from PyTorch

${made}

${different}

## The same under a name

${exported(ops, from)}

## Short compositions

${operands}

${table(["PyTorch", "here"], composed)}

## Modules, derivatives, optimizers

${exported(others, from)}

## Without an answer

${missing(ops)}

## Here, and not in PyTorch under a name of its own

${ours([...ops, ...others], from)}
`;
}
