/** @file `spm attribute` on small runs of MNIST, and what it refuses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { margin } from "@spm/attribution";
import {
  add,
  concat,
  eye,
  matmul,
  mul,
  reshape,
  sigmoid,
  sum,
  type Tensor,
  transpose,
} from "@spm/core";
import { elements } from "@spm/core/extend";
import { solve } from "@spm/linalg";
import { perSampleGradients } from "@spm/nn";
import { expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import { attributionPage } from "./attribution-page.ts";
import { ours } from "./registries.ts";
import { loadModel, openCheckpoint } from "./saved-model.ts";
import { loadData } from "./task.ts";

const { folder: work, printed, run } = commandLine();
const tiny = "--samples 60 --test-samples 20 --hidden 8 --depth 1 --batch-size 20 --epochs 1";
const folder = (name: string): string => join(work, name);
/** Index, class and score of each training image on a page, in order. */
const imagesOn = (page: string) =>
  [...page.matchAll(/aria-label="training image (\d+), a (\d)"[\s\S]*?<\/b> ([+−][\d.e-]+)/g)].map(
    ([, index, label, score = ""]) => ({
      index: Number(index),
      label: Number(label),
      score: Number(score.replace("−", "-")),
    }),
  );

test("a mixer's page has TRAK's scores of whole gradients, in their order", async () => {
  const out = folder("mixer");
  await run(`train mnist --layer rotation ${tiny} --out ${out}`);
  await run(`attribute ${out} --test 17 --damping 0.5`);
  expect([process.exitCode, printed.err]).toEqual([undefined, ""]);
  const path = join(out, "attribution-17.html");
  expect(printed.out).toContain(`page: ${path}\n`);
  const page = readFileSync(path, "utf8");
  expect(page).toContain("<dt>gradients</dt><dd>whole</dd>");

  const checkpoint = await openCheckpoint(out);
  const { model, config } = loadModel(out, checkpoint, ours);
  const { train, test } = await loadData(config.options, ours);
  const { x, y } = train.batch(Int32Array.from({ length: 60 }, (_, i) => i));
  const asked = test.batch(Int32Array.of(17));
  const loss = (x: Tensor, y: Tensor): Tensor => sum(margin(model.forward(x), y));
  const gradients = (x: Tensor, y: Tensor, n: number): Tensor => {
    const { grads } = perSampleGradients(model, loss, [x, y]);
    return concat(
      Object.values(grads).map((g) => reshape(g, [n, -1])),
      1,
    );
  };
  const [g, own] = [gradients(x, y, 60), gradients(asked.x, asked.y, 1)];
  const gram = matmul(g, transpose(g, [1, 0]));
  const p = model.parameterCount();
  const trace = [...elements(gram.ndarray())].reduce((a, v, i) => (i % 61 === 0 ? a + v : a), 0);
  const damped = add(gram, mul(eye(60), (0.5 * trace) / p));
  const product = solve(damped, matmul(g, transpose(own, [1, 0]))); // p cancels
  const doubt = sigmoid(mul(margin(model.forward(x), y), -1));
  const want = [...elements(mul(reshape(product, [60]), doubt).ndarray())];

  const [labels, order] = [[...elements(y.ndarray())], [...want.keys()]];
  order.sort((a, b) => (want[b] ?? 0) - (want[a] ?? 0));
  const shown = imagesOn(page);
  expect(shown.map(({ index }) => index)).toEqual([
    ...order.slice(0, 10),
    ...order.slice(-10).reverse(),
  ]);
  for (const { index, label, score } of shown) {
    expect(label).toBe(labels[index]);
    expect(score / (want[index] ?? 0)).toBeCloseTo(1, 2);
  }
});

test("a dense run is scored by factors; its page loads nothing, goes where told", async () => {
  const out = folder("dense");
  await run(`train mnist --layer dense ${tiny} --out ${out}`);
  const file = join(work, "page.html");
  await run(`attribute ${out} --test 3 --samples 30 --out ${file}`);
  expect([process.exitCode, printed.err]).toEqual([undefined, ""]);
  const page = readFileSync(file, "utf8");
  expect(page.match(/<dt>gradients<.dt><dd>(.*?)<.dd>/)?.[1]).toBe(
    "FactGraSS, 1024 numbers a layer",
  );
  expect(page.match(/<code>(.*)<.code>/)?.[1]).toBe(
    `npm run -s spm -- attribute ${out} --damping 1 --test 3 --samples 30 --out ${file}`,
  );
  const shown = imagesOn(page);
  expect(shown.length).toBe(20);
  expect(shown.every(({ index }) => index < 30)).toBe(true);
  const scores = shown.slice(0, 10).map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<img|src=|url\(|NaN|undefined/);

  for (const [line, message, code] of [
    ["--test 20", "attribute: expected a test image in [0, 20), got 20", 2],
    ["--test -1", "Expected a whole number of at least 0", 2],
    ["", "required option '--test <n>' not specified", 2],
    ["--test 1 --samples 61", "attribute: expected at most 60 training images, got 61", 2],
    ["--test 1 --damping 0", "Expected a number above 0", 2],
    [`--test 1 --out ${work}/no/page.html`, "got ENOENT", 1],
  ] as const) {
    await run(`attribute ${out} ${line}`.trim());
    expect(printed.err).toContain(message);
    expect(process.exitCode).toBe(code);
  }
});

test("what is no run, or a run on neither images nor a table, is refused", async () => {
  await run(`attribute ${work}/nothing --test 1`);
  expect(printed.err).toContain("loadModel: expected a run folder or a checkpoint, got ");
  expect(process.exitCode).toBe(1);
  const out = folder("clusters");
  await run(`train clusters ${tiny} --out ${out}`);
  await run(`attribute ${out} --test 1`);
  expect(printed.err).toContain(
    `error: attribute: expected a run on images or a table, got ${out}, which is on clusters\n`,
  );
  expect(process.exitCode).toBe(1);
});

test("names on the page are text", () => {
  const image = { pixels: [0, 1, 1, 0], label: 1 };
  const page = attributionPage({
    test: 0,
    image,
    probabilities: [0.75, 0.25],
    helpful: [{ ...image, index: 1234, score: 0.001 }],
    harmful: [{ ...image, index: 5, score: -2 }],
    width: 2,
    names: ["0", "1"],
    command: "spm attribute '<b>x</b>'",
    facts: { layer: "<i>mine</i>" },
  });
  expect(page).toContain("spm attribute &#39;&lt;b&gt;x&lt;/b&gt;&#39;");
  expect(page).not.toMatch(/<b>x|<i>/);
  expect(page).toContain("The model says 0, with 75.00 %; it gives 1 25.00 %.");
  expect(page).toContain("−2.00");
});
