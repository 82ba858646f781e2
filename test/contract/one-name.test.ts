/**
 * @file One name for one thing: no two files of the packages declare an interface, or an alias of
 * a type, of one name.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { filesUnder } from "../files-under.ts";

const root = fileURLToPath(new URL("../../packages/", import.meta.url));

/** Names that two files need, and the reason. */
const needed: Readonly<Record<string, string>> = {
  MixerCall: "a call of the mixer in the words of both backends",
  MixerKernels: "the part that differs between kinds of mixers, in the words of both backends",
};

const files = filesUnder(root).filter((path) => /^[^/]+\/src\/.*(?<!\.test|\.d)\.ts$/.test(path));

const isType = (node: ts.Statement): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
  ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);

/** The files that declare each name. */
const declared = new Map<string, string[]>();
for (const path of files) {
  const text = readFileSync(root + path, "utf8");
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  for (const name of new Set(statements.filter(isType).map((node) => node.name.text)))
    declared.set(name, [...(declared.get(name) ?? []), path]);
}

test("the packages' types are found", () => {
  expect(declared.get("VjpContext")).toEqual(["core/src/primitive.ts"]);
  expect(declared.size).toBeGreaterThan(300);
});

test("no name is declared in two files without need", () => {
  const twice = [...declared].filter(([, paths]) => paths.length > 1);
  expect(twice.map(([name]) => name).sort()).toEqual(Object.keys(needed));
});
