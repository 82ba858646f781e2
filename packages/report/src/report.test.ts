import type { MetricRecord, Run, TimingRecord } from "@spm/trainer/node";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { curvesSvg } from "./curves.ts";
import { html } from "./html-page.ts";
import { overlaid } from "./overlay.ts";
import { LIGHT, modelColour, modelShape } from "./palette.ts";
import { renderReport } from "./report.ts";
import { summarize } from "./summary.ts";

const RUNS = ["dense", "rotation", "general"];

/** Two epochs of ten steps; each model twice as fast as the one before. */
function run(upToStep = 20, runs: readonly string[] = RUNS): Run {
  const metrics: MetricRecord[] = [];
  const timings: TimingRecord[] = [];
  runs.forEach((name, m) => {
    for (let step = 1; step <= upToStep; step++) {
      for (const split of step % 10 === 0 ? (["train", "test"] as const) : (["train"] as const)) {
        const position = { run: name, split, step, epoch: Math.ceil(step / 10) };
        metrics.push({ ...position, learningRate: 0.1, loss: 2 / step, accuracy: 1 - 0.5 / step });
        timings.push({ ...position, seconds: step / 2 ** m, elapsed: step });
      }
    }
  });
  return {
    config: {
      title: "a <title> & more",
      command: "spm compare mnist --seed 1",
      started: "2026-01-02T03:04:05.000Z",
      models: RUNS.map((name, m) => ({ run: name, parameters: 1000 / (m + 1) })),
      epochs: 2,
      stepsPerEpoch: 10,
      options: { hidden: 256, seed: 1 },
      machine: { node: "v20.20.2", platform: "linux x64", cpu: "A CPU", cores: 2, memory: 8 },
    },
    metrics,
    timings,
  };
}

const parse = (html: string): Document => parseHTML(html).document as unknown as Document;

describe("renderReport", () => {
  test("a metric of the run's own has its charts, and its name is text", () => {
    const whole = run();
    const name = "<b>mae</b> & 'x'";
    const metrics = whole.metrics.map((record) => ({
      ...record,
      accuracy: null,
      [name]: record.step === 1 ? null : -record.step,
      constant: 7,
    }));
    const own = { ...whole, metrics };
    const page = parse(renderReport(own));
    const charts = [...page.querySelectorAll("figure svg[role=img]")];
    expect(
      charts.map((svg) => svg.querySelector("title")?.textContent?.split(" against")[0]),
    ).toEqual(["loss", "loss", name, name, "constant", "constant"]);
    expect(page.querySelector("b")).toBeNull();
    expect(
      charts[2]?.querySelectorAll("g[aria-label=dot] path, g[aria-label=dot] circle"),
    ).toHaveLength(6);
    const ids = [...page.querySelectorAll("clipPath")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
    expect(curvesSvg(own)).toContain("constant against steps");
  });

  test("holds four charts with every model, a table, the options and the machine", () => {
    const page = parse(renderReport(run()));
    const charts = [...page.querySelectorAll("figure svg[role=img]")];
    expect(charts.map((svg) => svg.querySelector("title")?.textContent)).toEqual([
      "accuracy against steps: dense, rotation, general",
      "accuracy against seconds of training: dense, rotation, general",
      "loss against steps: dense, rotation, general",
      "loss against seconds of training: dense, rotation, general",
    ]);
    for (const svg of charts) {
      // training and test, three models each
      expect(svg.querySelectorAll("g[aria-label=line] path")).toHaveLength(6);
      expect(svg.querySelectorAll("g[aria-label=dot] path, g[aria-label=dot] circle")).toHaveLength(
        6,
      ); // two evaluations each
    }
    const cells = [...page.querySelectorAll("tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([
      ["dense", "1,000", "97.50 %", "0.1000", "10.0", "20.0", "1.00×"],
      ["rotation", "50050.0 %", "97.50 %", "0.1000", "5.00", "20.0", "0.50×"],
      ["general", "333.33333.3 %", "97.50 %", "0.1000", "2.50", "20.0", "0.25×"],
    ]);
    expect(page.querySelector("h1")?.textContent).toBe("a <title> & more");
    for (const fact of [
      "hidden",
      "256",
      "v20.20.2",
      "A CPU",
      "8 GiB",
      "spm compare mnist --seed 1",
    ]) {
      expect(page.body.textContent).toContain(fact);
    }
    expect(page.body.textContent).not.toContain("Not finished");
    expect(page.querySelector(".lead")?.innerHTML).toMatchInlineSnapshot(
      `"rotation: 2.0 times fewer parameters than dense at 0.50× its time, level with it on the test samples.<br>general: 3.0 times fewer parameters than dense at 0.25× its time, level with it on the test samples."`,
    );
  });

  test("seconds are logarithmic; a mark says step, seconds and value, rounded, with units", () => {
    const charts = [...parse(renderReport(run())).querySelectorAll("figure svg[role=img]")];
    const ticks = [...(charts[1]?.querySelectorAll('[aria-label="x-axis tick"] path') ?? [])].map(
      (tick) => Number(tick.getAttribute("d")?.match(/^M([\d.]+)/)?.[1]),
    );
    const steps = ticks.slice(1).map((x, k) => x - (ticks[k] ?? 0));
    // 0.2, 0.5, 1, 2, 5, 10, 20
    expect(steps.length).toBe(6);
    expect((steps[0] ?? 0) / (steps[1] ?? 1)).toBeCloseTo(Math.log(2.5) / Math.log(2), 2);
    const said = [...(charts[1]?.querySelectorAll("g[aria-label=dot] title") ?? [])];
    expect(said.map((title) => title.textContent)).toContain(
      "rotation, step 20, 10.0 s: test accuracy 97.50 %",
    );
    expect(charts[2]?.querySelector("g[aria-label=dot] title")?.textContent).toBe(
      "dense, step 10, 10.0 s: test loss 0.2000",
    );
  });

  test("a line that leaves the axis of accuracies says so, and from where it comes", () => {
    const whole = run();
    const said = (page: Document): string[] =>
      [...page.querySelectorAll("figure svg text")].flatMap(({ textContent: text }) =>
        text?.includes("↓") ? [text] : [],
      );
    expect(said(parse(renderReport(whole)))).toEqual(
      Array.from({ length: 2 }, () => "↓ training, from 50.00 %"),
    );
    const even = whole.metrics.map((record) => ({ ...record, accuracy: 0.9 }));
    expect(said(parse(renderReport({ ...whole, metrics: even })))).toEqual([]);
  });

  test("a regression has R² in its first table", () => {
    const whole = run(20, ["dense"]);
    const metrics = whole.metrics.map((record) => ({ ...record, accuracy: null }));
    const points = { actual: [1, 2], predicted: [1, 2] };
    const outcome = { kind: "regression", target: "y", r2: 0.87654, rmse: 1, mae: 1 } as const;
    const page = parse(
      renderReport({ ...whole, metrics, tests: { dense: { ...outcome, ...points } } }),
    );
    const [head, row] = [...page.querySelectorAll("main > .table tr")].map((tr) =>
      [...tr.querySelectorAll("th, td")].map(({ textContent }) => textContent),
    );
    expect(row?.[head?.indexOf("test R²") ?? -1]).toBe("0.8765");
    expect(head).not.toContain("test accuracy");
  });

  test("has each model's test samples and modules, the commit, versions, and links", () => {
    const { config, ...records } = run();
    const confusion = [
      [9, 1],
      [0, 8],
    ];
    const tests = { general: { kind: "classes", names: ["a", "b"], confusion } } as const;
    const saved = { file: "models/rotation.safetensors", program: "load('<it>')" };
    const models = config.models.map((model) =>
      model.run === "rotation" ? { ...model, summary: "layers.0  [2, 3]", saved } : model,
    );
    const provenance = { commit: "abc123", changed: true, versions: { "@spm/trainer": "0.1.0" } };
    const whole = { ...records, config: { ...config, models, provenance }, tests };
    const files = ["metrics.csv", "../a b/javascript:1.jsonl"];
    const page = parse(renderReport(whole, { files }));
    expect([...page.querySelectorAll("details")].map((part) => part.textContent)).toEqual([
      expect.stringMatching(/^general\s.*actual ↓ predicted →ab.*90.00 %.*100.00 %/s),
      expect.stringMatching(/^rotation\s*layers.0 {2}\[2, 3\].*models\/rotation.*'<it>'/s),
      expect.stringMatching(/^Options\shidden256seed1$/),
      expect.stringMatching(/^Machine and versions\snodev20/),
    ]);
    expect(page.body.textContent).toMatch(/git commitabc123, with changes@spm\/trainer0.1.0/);
    expect([...page.querySelectorAll("a")].map((a) => a.getAttribute("href"))).toEqual([
      "metrics.csv",
      "../a%20b/javascript%3A1.jsonl",
    ]);
  });

  test("several runs have their own epochs, outcomes and marks", () => {
    const names = ["one", "two"];
    const runs = names.map((name, k) => {
      const { config, ...records } = run(10 * (k + 1), ["dense"]);
      const [model] = config.models;
      const models = [model ?? { run: "", parameters: 0 }];
      const confusion = [[k, 1]];
      const tests = { dense: { kind: "classes", names: ["a"], confusion } } as const;
      return { name, run: { ...records, tests, config: { ...config, models, epochs: k + 1 } } };
    });
    const all = overlaid(runs);
    expect(summarize(all).map(({ run, epochs, asked }) => [run, epochs, asked])).toEqual([
      ["one", 1, 1],
      ["two", 2, 2],
    ]);
    const page = parse(renderReport(all));
    expect(page.querySelector("[role=note]")).toBeNull();
    const summaries = [...page.querySelectorAll("details summary")].map((s) => s.textContent);
    expect(summaries.slice(0, 2)).toEqual(names);
    expect(Object.keys(all.tests ?? {})).toEqual(names);
    const marks = Array.from({ length: 12 }, (_, k) => `${modelColour(LIGHT, k)} ${modelShape(k)}`);
    expect(new Set(marks).size).toBe(12);
  });

  test("needs nothing from outside and runs nothing", () => {
    const html = renderReport(run());
    expect(
      parse(html).querySelectorAll("script, link, img, iframe, object, embed, [src], [onload]"),
    ).toHaveLength(0);
    const addresses = new Set(html.match(/https?:[^"')\s<]*/g) ?? []);
    expect([...addresses].filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual(
      [],
    );
    expect(html).not.toMatch(/@import|url\(\s*["']?(?!#)/);
  });

  test("escapes whatever it is given, once, and says what the page may run: nothing", () => {
    const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u0000`;
    const hostile = run(20, [attack]);
    const config = {
      ...hostile.config,
      title: attack,
      command: attack,
      started: attack,
      models: [{ run: attack, parameters: attack as unknown as number }],
      options: { [attack]: attack, list: [attack] as unknown as number[] },
      machine: { ...hostile.config.machine, cpu: attack, node: attack },
    };
    const page = parse(renderReport({ ...hostile, config }));
    expect(page.querySelectorAll("script, img, [onerror]")).toHaveLength(0);
    expect(page.querySelector("h1")?.textContent).toBe(attack.replace("\u0000", "\ufffd"));
    const policy = page.querySelector("meta[http-equiv=Content-Security-Policy]");
    expect(policy?.getAttribute("content")).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline';/,
    );
    // not even by a record that looks like what the page marks as safe
    expect(html`${{ text: "<b>" }}`.text).toBe("[object Object]");
    expect(html`${[html`<b>${"<"}</b>`, "<"]}`.text).toBe("<b>&lt;</b>&lt;");
  });

  test("the same run gives the same bytes", () => {
    expect(renderReport(run())).toBe(renderReport(run()));
  });

  test("an interrupted run says what is missing", () => {
    const page = parse(renderReport(run(7, ["dense"])));
    expect(page.querySelector("[role=note]")?.textContent).toMatchInlineSnapshot(
      `"Not finished: dense after 0.70 of 2 epochs, rotation after 0.00 of 2 epochs, general after 0.00 of 2 epochs."`,
    );
    expect(page.querySelectorAll("figure svg g[aria-label=line] path").length).toBe(4);
    expect(page.querySelector(".lead")).toBeNull(); // nothing to compare yet
  });

  test("a run stopped before its first record still gives a report", () => {
    const page = parse(renderReport(run(0)));
    expect(page.querySelectorAll("figure svg")).toHaveLength(4);
    // columns without a number are left out
    const heads = [...page.querySelectorAll("main > .table th[scope=col]")];
    expect(heads.map((head) => head.textContent)).toEqual(["layer", "parameters"]);
  });

  test("values that no axis can show are left out", () => {
    const broken = run();
    const metrics = broken.metrics.map((record, i) =>
      i % 3 === 0
        ? { ...record, loss: null, accuracy: null }
        : { ...record, loss: i === 1 ? 0 : record.loss },
    );
    expect(renderReport({ ...broken, metrics })).not.toMatch(/NaN|Infinity/);
  });
});

describe("curvesSvg", () => {
  test("stands alone on white: a namespace, no variables, a title", () => {
    const svg = curvesSvg(run());
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
    expect(svg).not.toContain("var(");
    expect(svg).toContain("<title>a &lt;title&gt; &amp; more</title>");
    expect(svg.match(/role="img"/g)).toHaveLength(4);
    const steps = curvesSvg(run(), { axis: "step" });
    expect(steps.match(/role="img"/g)).toHaveLength(2);
    expect(steps).not.toContain("against seconds");
  });
});
