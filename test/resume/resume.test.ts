import { expect, test } from "vitest";
import { killAndCompare } from "./kill.ts";

test("a training killed and resumed ends bit-identical to one that never stopped", async () => {
  const { passed, failed, insideWrites, differences } = await killAndCompare(6, 4);
  expect(differences).toEqual([]);
  expect([passed, failed]).toEqual([6, 0]);
  expect(insideWrites).toBeGreaterThan(0);
});
