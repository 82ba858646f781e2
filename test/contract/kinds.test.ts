/**
 * @file Who asks which parameterisation it has: the places are counted, and listed where they are
 * too many. What a kind can do stands in its definition; code that goes by that serves every kind.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The most that there may be: lower it where some went. Variables only called so count, too. */
const ceilings = { backends: 8, others: 5 };
const backends = /^packages\/(wasm|gpu)\//;

/** The definitions, the record, and what is compiled or tests. */
const leftOut =
  /^packages\/mixer\/src\/(parameterisation\/|mixers\.ts)|\.test\.ts$|\/kernels(-relaxed)?\.ts$/;

/** Names of the kinds, of what is made of them, and of their parameters. */
const naming =
  /^((rotation|general|reflection)(Mixer|Op|Kernels)?|angles|blocks|unpairedScales|fromAngles)$/;

const { SyntaxKind } = ts;
const asking: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.EqualsEqualsEqualsToken,
  SyntaxKind.ExclamationEqualsEqualsToken,
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.InKeyword,
  SyntaxKind.InstanceOfKeyword,
]);

/** What a node asks; nothing for one that is no condition. */
function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isSwitchStatement(node) || ts.isCaseClause(node))
    return node.expression;
  if (ts.isConditionalExpression(node)) return node.condition;
  if (ts.isBinaryExpression(node) && asking.has(node.operatorToken.kind)) return node;
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken)
    return node.operand;
  return undefined;
}

function names(node: ts.Node): boolean {
  if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && naming.test(node.text))
    return true;
  return ts.forEachChild(node, names) ?? false;
}

/** The lines where a source asks, from 1. */
function linesAsking(path: string, text: string): number[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    const condition = conditionOf(node);
    if (condition !== undefined && names(condition))
      lines.add(source.getLineAndCharacterOfPosition(condition.getStart()).line + 1);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return [...lines];
}

const folders = ["src", "generate", "assembly"].map((folder) => `packages/*/${folder}/**/*`);
const places = ts.sys
  .readDirectory(root, [".ts"], [], folders)
  .map((path) => relative(root, path))
  .filter((path) => !leftOut.test(path))
  .sort()
  .flatMap((path) =>
    linesAsking(path, readFileSync(join(root, path), "utf8")).map((line) => `${path}:${line}`),
  );

test.each([
  ["backends", places.filter((place) => backends.test(place)), ceilings.backends],
  ["others", places.filter((place) => !backends.test(place)), ceilings.others],
] as const)("the %s seldom ask which kind of mixer it is", (_, found, ceiling) => {
  expect(found.length, `at most ${ceiling} places:\n${found.join("\n")}\n`).toBeLessThanOrEqual(
    ceiling,
  );
});

test("a question is found in each of its forms, and once; what only names a kind is none", () => {
  const questions = [
    'if (kind === "rotation") run();',
    "const op = mixer === reflectionMixer ? 1 : 2;",
    'switch (name) { case "general": break; }',
    "const has = wanted && rotationOp;",
    "const lacks = wanted || !fromAngles;",
    'const own = "angles" in parameters;',
    "const free = factors.parameters.blocks instanceof Parameter;",
    "const other = generalKernels !== kernels;",
    "if (!parameters.unpairedScales) run();",
  ];
  const others = [
    "const { angles } = rotationMixer;",
    'if (parameterisation.orthogonal) run("rotation");',
    "const mixer = orthogonal ? rotationMixer : other;",
    "for (const angle of angles) run(angle);",
  ];
  expect(linesAsking("questions.ts", [...questions, ...others].join("\n"))).toEqual(
    questions.map((_, k) => k + 1),
  );
});
