import { expect, test } from "vitest";
import { beside, ledger, sumByName } from "./ledger.ts";

test("a line an entry, the total, and a warning for what is above its budget", () => {
  const entries = [
    { name: "unit", seconds: 149.96, budget: 150 },
    { name: "integration", seconds: 90.1, budget: 90, note: "failed" },
  ];
  const total = { name: "all", seconds: 1240.06, budget: 600 };
  expect(ledger("Seconds", entries, total)).toMatchInlineSnapshot(`
    "Seconds
      unit          150.0 s of  150 s
      integration    90.1 s of   90 s  failed
      all          1240.1 s of  600 s
    WARNING: integration took 90.1 s, above its budget of 90 s
    WARNING: all took 1240.1 s, above its budget of 600 s"
  `);
});

test("what meets its budget is not warned of", () => {
  const entry = { name: "unit", seconds: 150, budget: 150 };
  expect(ledger("Seconds", [entry], { ...entry, name: "all" })).not.toContain("WARNING");
});

test("seconds of one name are added up", () => {
  const files = [
    { name: "unit", seconds: 1.5 },
    { name: "gpu", seconds: 4 },
    { name: "unit", seconds: 2 },
  ];
  expect(sumByName(files)).toEqual([
    { name: "unit", seconds: 3.5 },
    { name: "gpu", seconds: 4 },
  ]);
});

test("the order is that of the budgets; what has none has 0, and so a warning", () => {
  const times = ["new", "gpu", "unit"].map((name) => ({ name, seconds: 1 }));
  const entries = beside({ unit: 10, golden: 5, gpu: 20 }, times);
  expect(entries.map(({ name, budget }) => [name, budget])).toEqual([
    ["unit", 10],
    ["gpu", 20],
    ["new", 0],
  ]);
  expect(ledger("", entries, { name: "all", seconds: 3, budget: 9 })).toContain("WARNING: new");
});
