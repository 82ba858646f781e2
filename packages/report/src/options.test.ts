/** @file Every function of this package refuses an option that it does not have. */
import { eye } from "@spm/core";
import { OptionError } from "@spm/core/extend";
import { hadamard } from "@spm/mixer";
import { describe, expect, test } from "vitest";
import * as draw from "./draw.ts";
import * as report from "./index.ts";

const axis = { label: "x" };
const chart = { title: "one", x: axis, y: axis, series: [] };

const machine = { node: "20", platform: "linux", cpu: "a cpu", cores: 2, memory: 8 };
const head = { title: "t", command: "c", started: "s", options: {}, machine };
const config = { ...head, models: [], epochs: 1, stepsPerEpoch: 1 };
const run = { config, metrics: [], timings: [] };

/** A call of each export that has options; `nonsense` is spread into them. */
const calls: Readonly<Record<string, (nonsense: object) => unknown>> = {
  imagePicture: (nonsense) =>
    draw.imagePicture([0, 1], { title: "two", width: 2, range: [0, 1], ...nonsense }),
  matrixPicture: (nonsense) => report.matrixPicture(eye(4), { title: "W", ...nonsense }),
  reachPicture: (nonsense) => report.reachPicture(hadamard(4), 0, { title: "W", ...nonsense }),
  curvesSvg: (nonsense) => report.curvesSvg(run, nonsense),
  renderReport: (nonsense) => report.renderReport(run, nonsense),
  seriesChart: (nonsense) => report.seriesChart({ ...chart, ...nonsense }),
  spectrumPicture: (nonsense) => report.spectrumPicture(eye(4), { title: "W", ...nonsense }),
  stageAnglesPicture: (nonsense) =>
    report.stageAnglesPicture(hadamard(4), { title: "W", ...nonsense }),
};

const without = [
  ...["filesOf", "tableHtml", "summarize", "writeReport", "LIGHT", "chart", "escapeXml"],
  ...[
    "factsHtml",
    "foldedFacts",
    "htmlPage",
    "overlaid",
    "reach",
    "spectrum",
    "stageAngles",
    "strip",
  ],
  ...["svgElement", "svgPicture", "svgText", "html", "markup", "testOutcomeHtml"],
];

test("every export is in the table or has no options", () => {
  const all = [...Object.keys(report), ...Object.keys(draw)];
  expect([...Object.keys(calls), ...without].sort()).toEqual(all.sort());
});

describe.each(Object.entries(calls))("%s", (_, call) => {
  test("takes its options, and refuses another", () => {
    expect(() => call({})).not.toThrow();
    expect(() => call({ nonsense: 1 })).toThrow(OptionError);
    expect(() => call({ nonsense: 1 })).toThrow(/unknown option "nonsense"/);
  });
});

test("an axis refuses one, too", () => {
  const named = { ...chart, y: { ...axis, ...{ tick: [1] } } };
  expect(() => report.seriesChart(named)).toThrow(
    'seriesChart.y: unknown option "tick"; help: ticks',
  );
});
