/** @file The budgets add up to what is promised, and are of what there is. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import config from "../../vitest.config.ts";
import {
  betweenFiles,
  checks,
  growth,
  leastWorkers,
  longForms,
  npmTestPromise,
  projects,
  togetherPromise,
} from "./budgets.ts";

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test("npm test's budgets fit into its promise", () => {
  const inWorkers = sum([...Object.values(projects), betweenFiles, growth]);
  const wall = Math.max(...Object.values(checks)) + inWorkers / leastWorkers;
  expect(wall).toBeLessThanOrEqual(npmTestPromise);
});

test("the long forms' budgets fit into what npm test leaves of the hour", () => {
  const all = longForms.map(({ seconds }) => seconds);
  expect(npmTestPromise + sum(all)).toBeLessThanOrEqual(togetherPromise);
});

test("every project of vitest has a budget, and every budget its project", () => {
  const names = config.test!.projects!.map((project) =>
    typeof project === "object" && "test" in project ? project.test?.name : project,
  );
  expect(Object.keys(projects)).toEqual(names);
});

test("the checks are those of npm run check", () => {
  const commands = Object.keys(checks).map((name) => `npm run -s ${name}`);
  expect(scripts.check).toBe(commands.join(" && "));
});

test("every long form has a name of its own, and is a script of package.json", () => {
  expect(new Set(longForms.map(({ name }) => name)).size).toBe(longForms.length);
  for (const { command } of longForms)
    expect(scripts).toHaveProperty([/^npm run -s (\S+)/.exec(command)![1]!]);
});
