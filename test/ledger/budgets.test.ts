/** @file The budgets add up to what is promised, and are of what there is. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import config from "../../vitest.config.ts";
import { betweenFiles, checks, npmTestPromise, projects } from "./budgets.ts";

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test("npm test's budgets fit into its promise", () => {
  const all = [...Object.values(checks), ...Object.values(projects), betweenFiles];
  expect(sum(all)).toBeLessThanOrEqual(npmTestPromise);
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
