/** @file What a page says of test samples. */
import { expect, test } from "vitest";
import { testOutcomeHtml } from "./test-outcome.ts";

test("a confusion matrix has the recall of each class, and names as text", () => {
  const confusion = [
    [8, 2],
    [0, 0],
  ];
  const { text } = testOutcomeHtml({ kind: "classes", names: ["<b>", "b"], confusion });
  expect(text).toContain('<th scope="row">&lt;b&gt;</th><td><b>8</b></td><td>2</td>');
  expect(text).toContain("<td>80.00 %</td>");
  expect(text).toMatch(/<th scope="row">b<\/th><td>0<\/td><td><b>0<\/b><\/td><td>–<\/td>/);
});

test("of more than 20 classes the most frequent confusions are shown", () => {
  const names = Array.from({ length: 21 }, (_, k) => `class ${k}`);
  const confusion = names.map((_, i) =>
    names.map((_, j) => (i === j ? 50 : i === 3 && j === 4 ? 7 : 0)),
  );
  const { text } = testOutcomeHtml({ kind: "classes", names, confusion });
  expect(text.match(/<tr>/g)?.length).toBe(2); // the head and one confusion
  expect(text).toContain('<th scope="row">class 3</th><td>class 4</td><td>7</td>');
});

test("residuals stand over predictions; a score that isn't finite is a dash", () => {
  const { text } = testOutcomeHtml({
    kind: "regression",
    target: "price & more",
    ...{ r2: null, rmse: 1.25, mae: 0.5 },
    ...{ actual: [3, 5], predicted: [2, 7] },
  });
  expect(text).toContain("R² –, root mean squared error 1.250, mean absolute error\n0.5000");
  expect(text).toContain("predicted price &amp; more");
  expect(text).toContain("test samples: 2, 1");
  expect(text).toContain("test samples: 7, -2");
});
