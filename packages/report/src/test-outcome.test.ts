/** @file What a page says of test samples. */
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { testOutcomeHtml } from "./test-outcome.ts";

test("a confusion matrix has the recall of each class, and names as text", () => {
  const confusion = [
    [8, 2],
    [0, 0],
  ];
  const { text } = testOutcomeHtml({ kind: "classes", names: ["<b>", "b"], confusion });
  const cells = [...parseHTML(text).document.querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  expect(cells).toEqual([
    ["<b>", "8", "2", "80.00 %"],
    ["b", "·", "0", "–"],
  ]);
});

test("the worst images stand with what they are, the guess, and its probability", () => {
  const image = { width: 2, pixels: Buffer.from([0, 255, 255, 0]).toString("base64") };
  const sample = { index: 1234, actual: 0, guess: 1, probability: 0.98765, image };
  const worst = [sample, { ...sample, index: 7, probability: 0.5 }];
  const { text } = testOutcomeHtml({ kind: "classes", names: ["3", "<"], confusion: [[1]], worst });
  const figures = [...parseHTML(text).document.querySelectorAll(".gallery figure")];
  expect(figures.map((figure) => figure.querySelector("figcaption")?.textContent)).toEqual([
    "3, guess <\n98.77 %",
    "3, guess <\n50.00 %",
  ]);
  expect(figures[0]?.querySelector("svg title")?.textContent).toBe(
    "test image 1,234: 3, taken for < with 98.77 %",
  );
  expect(figures[0]?.querySelectorAll("svg path").length).toBe(2); // black and white
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
  expect(text).toContain("R² –, where 1 is right");
  expect(text).toContain("predicted price &amp; more");
  expect(text).toContain("samples: predicted price &amp; more 2, actual − predicted 1<");
  expect(text).toContain("samples: predicted price &amp; more 7, actual − predicted −2<");
  expect(text).not.toMatch(/#[0-9a-f]{6}/); // in the colours of the page, in either theme
});
