/** @file Tables and images of one's own from the command line: train, resume, eval, predict. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { influence } from "@spm/attribution";
import { concat, reshape, rng, square, sub, sum, type Tensor } from "@spm/core";
import { perSampleGradients } from "@spm/nn";
import type { Json } from "@spm/trainer";
import { latestCheckpoint, writeCheckpoint } from "@spm/trainer/node";
import { expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import { png } from "../../../test/png.ts";
import { ours } from "./registries.ts";
import { contextOf } from "./saved-config.ts";
import { loadModel, openCheckpoint } from "./saved-model.ts";
import { loadData } from "./task.ts";

const { folder: work, printed, run: spm } = commandLine();
/** Runs a command line, and gives back its standard output. */
const run = async (line: string): Promise<string> => (await spm(line)).out;
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(work, name), content);
  return join(work, name);
};
const read = (...path: string[]): string => readFileSync(join(work, ...path), "utf8");
const small = "--backend reference --hidden 16 --depth 1 --batch-size 16";

/** 200 rows: a number, a category with missing values, and what follows from them. */
const random = rng(1);
const samples = Array.from({ length: 200 }, () => {
  const [size, kind] = [random.normal(), random.integer(3)];
  return { size, kind: kind === 2 ? "" : "ab"[kind], price: 100 + 20 * size + 10 * kind };
});
const semicolons = (text: string): string => text.replaceAll(".", ",");
const lines = samples.map(({ size, kind, price }) => semicolons(`${size};${kind};${price}`));
const prices = file("prices.csv", `\ufeffsize;kind;price\r\n${lines.join("\r\n")}\r\n`);

test("a regression trains on a European CSV, is evaluated, predicts, and reports", async () => {
  const out = join(work, "prices");
  const told = await run(`train ${prices} --target price ${small} --epochs 6 --out ${out}`);
  expect(printed.err).toBe("");
  expect(told).toMatch(/^prices.csv: 200 rows, 2 columns to learn from\ntarget price: a number/);
  expect(told).toMatch(/^finished at step 60 of 60, test loss 0\.0\d+, R² 0\.9\d+$/m);
  const page = read("prices", "report.html");
  expect(page).toContain("Residuals of price by prediction");
  expect(page).toContain("<h1>prices: rotation layers</h1>");
  expect(page).toContain('<a href="model.safetensors">');
  expect(page).not.toMatch(/NaN|undefined/);

  const result = JSON.parse(await run(`eval ${out} --json`));
  const outcome = JSON.parse(read("prices", "outcome.json"));
  expect(result.samples).toBe(40);
  expect([result.r2, result.mae]).toEqual([outcome.tests.rotation.r2, outcome.tests.rotation.mae]);
  expect(result.mae).toBeCloseTo(outcome.evaluation.mae, 3);
  expect(result.loss).toBeCloseTo(outcome.evaluation.loss, 5);
  expect(await run(`eval ${out}`)).toMatch(/^R² +0\.9/m);

  // the rows that made it say so; the influences of whole gradients, in their order
  const attributed = await run(`attribute ${out} --test 17`);
  expect(printed.err).toBe("");
  expect(attributed).toMatch(/^test row +-?[\d.]+ +(a|b)? +[\d.]+$/m);
  const scores = [...attributed.matchAll(/^([+−][\d.e-]+) /gm)].map(([, score = ""]) =>
    Number(score.replace("−", "-")),
  );
  expect(scores.length).toBe(20);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(read("prices", "attribution-17.html")).toContain("Test row 17, price");
  const saved = await openCheckpoint(out);
  const { model, config } = loadModel(out, saved, ours);
  const { train, test: held } = await loadData(config.options, ours, contextOf(config));
  const gradients = (data: typeof train, indices: Int32Array) => {
    const { x, y } = data.batch(indices);
    const loss = (x: Tensor, y: Tensor): Tensor => sum(square(sub(model.forward(x), y)));
    return {
      "": concat(
        Object.values(perSampleGradients(model, loss, [x, y]).grads).map((g) =>
          reshape(g, [indices.length, -1]),
        ),
        1,
      ),
    };
  };
  const all = gradients(
    train,
    Int32Array.from({ length: 160 }, (_, i) => i),
  );
  const want = influence([{ train: all, test: gradients(held, Int32Array.of(17)) }], {
    damping: 1,
    dampingBy: "trace",
  });
  const sorted = [...(await want.data())].sort((a, b) => b - a);
  for (const [k, score] of scores.slice(0, 10).entries())
    expect(score / (sorted[k] ?? 0)).toBeCloseTo(1, 1);

  // a file with other columns, in another order, with a decimal point, without the target
  const asked = file("asked.tsv", "kind\tother\tsize\na\tx\t0.5\nc\ty\t-0.5\n\tz\tNA\n");
  expect(await run(`predict ${out} ${asked}`)).toBe(
    "kind: 1 values that the training rows didn't have\n" +
      `predictions: ${join(out, "predictions-asked.csv")} (3)\n`,
  );
  const [head, first, , last] = read("prices", "predictions-asked.csv").split("\n");
  expect(head).toBe("line,predicted price");
  expect(Math.abs(Number(first?.split(",")[1]) - 110)).toBeLessThan(5);
  expect(last).toMatch(/^4,\d+/);
  expect(await run(`predict ${out} ${prices} --out ${join(work, "p.csv")}`)).toMatch(
    /^predictions: .*p.csv \(200\)\nR² 0\.9\d+, RMSE .*\nwarning: [\s\S]*\npage: .*p.html\n$/,
  );
  expect(read("p.html")).toContain("Residuals of price by prediction");

  // rows that it was trained on are told from others, which alone are scored as eval scores them
  const warning = /Warning: 160 of these 200 rows .*; on the other 40: R² ([\d.]+),/;
  const [, fresh] = warning.exec(read("p.html")) ?? [];
  expect(Number(fresh)).toBeCloseTo(result.r2, 4);
  const rows = readFileSync(prices, "utf8").split("\r\n");
  const half = file("half.csv", ["\ufeffprice;size;kind", "100,5;0;a"].join("\n"));
  expect(await run(`predict ${out} ${half}`)).not.toContain("warning");
  const swapped = rows.slice(1, 101).map((row) => row.split(";").reverse().join(";"));
  const reversed = file("reversed.csv", ["price;kind;size", ...swapped].join("\n"));
  expect(await run(`predict ${out} ${reversed}`)).toMatch(
    /^warning: [78]\d of these 100 rows are/m,
  );
  const narrow = file("narrow.csv", "kind;price\na;3\n");
  await run(`predict ${out} ${narrow}`);
  expect(printed.err).toBe(
    'error: readTable: expected the column "size" in narrow.csv, as in training, ' +
      'got a file that has "kind", "price"\n',
  );
  const [, , right] = read("p.csv").split("\n")[1]?.split(",") ?? [];
  expect(Number(right)).toBeCloseTo(samples[0]?.price ?? 0, 6);
});

test("a resumed run ends with the same bytes; its checkpoint holds the statistics", async () => {
  const flags = `train ${prices} --target price ${small}`;
  await run(`${flags} --epochs 4 --out ${join(work, "whole")}`);
  await run(`${flags} --epochs 4 --checkpoint-steps 15 --out ${join(work, "cut")}`);
  const { config } = latestCheckpoint(join(work, "cut", "checkpoints")) ?? {};
  expect(config).toMatchObject({
    encoding: {
      kind: "table",
      target: { name: "price", kind: "number" },
      features: [
        { name: "size", kind: "number", missing: false },
        { name: "kind", kind: "category", categories: ["a", "b"], missing: true },
      ],
    },
  });
  rmSync(join(work, "cut", "checkpoints", "step-0000000040.safetensors"));
  expect(await run(`resume ${join(work, "cut")}`)).toMatch(
    /^resuming .*30.safetensors\nwarning: 2 lines/,
  );
  for (const name of ["metrics.jsonl", "outcome.json"])
    expect(read("cut", name)).toBe(read("whole", name));

  // other rows are noticed; the encoding stays as it was
  const before = readFileSync(prices);
  writeFileSync(prices, `${before}9,5;c;1000\r\n`);
  await run(`resume ${join(work, "cut")} --set epochs=5`);
  expect(printed.err).toMatch(/^error: resume: expected .* got digest of the training samples/);
  for (const [line, part] of [
    [`eval ${join(work, "cut")}`, "test"],
    [`attribute ${join(work, "cut")} --test 1`, "training"],
  ]) {
    expect(await run(line ?? "")).toBe("");
    expect(printed.err).toContain(`got digest of the ${part} samples `);
  }
  await run(`resume ${join(work, "cut")} --set epochs=5 --allow-changed`);
  expect(printed.err).toBe("");
  const later = latestCheckpoint(join(work, "cut", "checkpoints"))?.config;
  expect(later).toMatchObject({ encoding: (config as { encoding: object }).encoding });
  writeFileSync(prices, before);
});

const classRows = samples.map(
  ({ size, kind }, k) => `${k},${size},"${kind === "" ? "c, d" : kind}"`,
);
const classes = file("classes.csv", `id,size,kind\n${classRows.join("\n")}`);

test("classes have names in tables, pages and predictions", async () => {
  const out = join(work, "classes");
  const told = await run(`train ${classes} --ignore id --epochs 2 ${small} --out ${out}`);
  expect(told).toMatch(
    /^classes.csv: 200 rows, 1 columns to learn from\ntarget kind: 3 classes, a,/,
  );
  expect(told).toMatch(/^finished at step 20 of 20, test loss \d\.\d+, \d+\.\d\d %$/m);
  expect(read("classes", "report.html")).toMatch(/<th scope="row">c, d<\/th>(<td>[^<]*<)/);
  expect(await run(`eval ${out}`)).toMatch(/^c, d( +\d+){3} +[\d.]+$/m);
  expect(await run(`attribute ${out} --test 3 --samples 50`)).toMatch(
    /^test row +\S+ +(a|b|c, d)$/m,
  );
  expect(read("classes", "attribution-3.html")).toMatch(/The model says (a|b|c, d), with \d/);
  expect(await run(`predict ${out} ${classes}`)).toMatch(/^accuracy \d+\.\d\d % of 200$/m);
  expect(read("classes", "predictions-classes.csv")).toMatch(
    /^line,predicted kind,probability,actual kind\n2,\w|"c, d",0\.\d+,/,
  );

  // nothing is overwritten: not the file that is asked about, nor earlier predictions
  const before = readFileSync(classes);
  const free = join(work, "free.csv");
  const page = file("free.html", "mine");
  for (const [place, taken] of [
    [classes, classes],
    [free, page],
  ]) {
    await run(`predict ${out} ${classes} --out ${place}`);
    expect(printed.err).toContain(`predict: expected a file that isn't there yet, got ${taken}\n`);
  }
  expect([readFileSync(classes), existsSync(free)]).toEqual([before, false]);
  expect(read("free.html")).toBe("mine");
  const { path } = latestCheckpoint(join(out, "checkpoints")) ?? {};
  const again = await run(`predict ${path} ${classes}`);
  expect(again).toContain(`predictions: ${join(out, "predictions-classes-2.csv")} (200)\n`);
  expect(again).toContain(`page: ${join(out, "predictions-classes-2.html")}\n`);
});

const pictures = join(work, "pictures");
for (const name of ["dark", "light"]) {
  mkdirSync(join(pictures, name), { recursive: true });
  for (let k = 0; k < 20; k++)
    writeFileSync(join(pictures, name, `${k}.png`), png(k, name === "dark" ? k : 200 + k));
}

test("a folder of images trains, resumes, is evaluated and predicts", async () => {
  const out = join(work, "images");
  const told = await run(`train ${pictures} --image-size 2 --epochs 8 ${small} --out ${out}`);
  expect([told.split("\n")[0], printed.err]).toEqual([
    `${pictures}: 40 images of 2 × 2 × 1, 2 classes`,
    "",
  ]);
  expect(told).toMatch(/^finished at step 16 of 16, test loss \d\.\d+, 100.00 %$/m);
  expect(read("images", "report.html")).toContain("light");
  expect(await run(`eval ${out}`)).toMatch(/^dark +\d+ +0 +1.0000$/m);
  await run(`attribute ${out} --test 1`);
  expect(read("images", "attribution-1.html")).toMatch(/Test image 1, a (dark|light)</);
  expect(await run(`resume ${out} --set epochs=9`)).toMatch(/^finished at step 18 of 18/m);
  const light = await run(`predict ${out} ${pictures}/light`);
  expect(light).toMatch(/^accuracy 100.00 % of 20\nwarning: 1\d of these 20 images are ones that/m);
  const cut = file("cut.png", png(7, 7).subarray(0, 40));
  await run(`predict ${out} ${cut}`);
  expect(printed.err).toMatch(/^error: decodeImage: .*\nhelp: .*--bad-rows skip\n$/);
  const one = file("some.png", png(7, 7));
  expect(await run(`predict ${out} ${one}`)).toMatch(
    /^1 of 1 images scaled to 2 × 2 pixels\npredictions: /,
  );
  expect(read("images", "predictions-some.csv")).toMatch(
    new RegExp(`^file,predicted class,probability\n${one},dark,0\\.\\d+\n$`),
  );
});

test("an encoding or an outcome that somebody has written is checked", async () => {
  const out = join(work, "hostile");
  await run(`train ${classes} --ignore id --epochs 1 ${small} --out ${out}`);
  const found = latestCheckpoint(join(out, "checkpoints"));
  if (found === undefined) throw new Error("expected a checkpoint");
  const config = found.config as { encoding: { features: object[] } };
  const [feature] = config.encoding.features;
  const bad = { ...config.encoding, features: [{ ...feature, std: 0 }] };
  await writeCheckpoint(found.path, found, { ...config, encoding: bad } as Json);
  await run(`predict ${out} ${classes}`);
  expect(printed.err).toMatch(/^error: loadModel: expected encoding/);
  writeFileSync(join(out, "outcome.json"), '{"tests":{"a":{"kind":"classes","names":7}}}');
  await run(`report ${out}`);
  expect(printed.err).toMatch(/^error: readRun: expected test.* in .*outcome.json, got/);
});

const table = (...rows: string[]): string => ["x,y", ...rows].join("\n");
const tiny = table(...Array.from({ length: 50 }, (_, k) => `${k},${k % 2}`));
test.each([
  ["no such column", tiny, "--target z", 'expected a column of it.csv: "x", "y", got "z"'],
  ["one class", tiny.replaceAll(",1", ",0"), "", "at least two values in the target y, got 0"],
  ["only bad rows", table("1", "2"), "--bad-rows skip", "got 2 bad ones, the first in line 2:"],
  ["a bad row", `${tiny}\n7`, "", "2 cells, as in the first line in line 52 of it.csv, got 1"],
  [
    "a feature beyond float32",
    `${tiny}\n1e300,1`,
    "",
    '±3.4e38, for "x" in line 52 of it.csv, got',
  ],
  ["a target beyond float32", `${tiny}\n7,-1e300`, "", '±3.4e38, for "y" in line 52 of it.csv'],
  ["a target that is missing", `${tiny}\n7,NaN`, "", 'a value for "y" in line 52 of it.csv, got'],
  [
    "a class named NA",
    tiny.replaceAll(",1", ",NA"),
    "",
    'if "NA" is a value, list the texts that are none: missing, --missing',
  ],
  ["an empty file", "", "", "expected a header and rows in it.csv, got an empty file"],
  [
    "texts to regress on",
    "x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n",
    "--task regression",
    "expected numbers",
  ],
  [
    "too few rows",
    table("1,0", "2,1"),
    "",
    "samples for a training part and 0.2 of them for a test",
  ],
  ["fewer rows than a batch", tiny, "", "got 40 samples\nhelp: a batchSize of at most 40"],
])("%s is refused before anything is written", async (_, content, flags, message) => {
  const out = join(work, "refused");
  await run(`train ${file("it.csv", content)} ${flags} --out ${out}`.replaceAll("  ", " "));
  expect(printed.err).toMatch(/^error: \w+: expected /);
  expect(printed.err).toContain(message);
  expect(existsSync(out)).toBe(false);
  expect(process.exitCode).toBeGreaterThan(0);
});

test("images of several sizes, another folder, a run on other data are refused", async () => {
  const out = join(work, "refused");
  const mixed = join(work, "mixed");
  for (const name of ["a", "b"]) mkdirSync(join(mixed, name), { recursive: true });
  writeFileSync(join(mixed, "a", "1.png"), png(1, 2));
  writeFileSync(
    join(mixed, "b", "2.png"),
    Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNg/M/Q4AAABUcBwQgRZNEAAAAASUVORK" +
        "5CYII=",
      "base64",
    ),
  );
  await run(`train ${mixed} --out ${out}`);
  expect(printed.err).toMatch(/expected 2 × 1 pixels, as in .*1.png, got 2 × 2 in .*2.png\nhelp: /);
  await run(`train ${join(work, "nowhere")} --out ${out}`);
  expect(printed.err).toMatch(/or the path of a table or of a folder of images, got ".*nowhere"/);
  expect(existsSync(out)).toBe(false);
  await run(`train clusters --samples 64 --batch-size 32 --epochs 1 ${small} --out ${out}`);
  await run(`predict ${out} ${classes}`);
  expect(printed.err).toMatch(
    /expected a run on a table or a folder of images, got .* on clusters/,
  );
});
