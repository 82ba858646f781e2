import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RunError } from "../errors.ts";
import type { MetricsEvent, Training, TrainingPosition } from "../hooks.ts";
import { recordRun } from "./record-run.ts";
import { readRun, readRunConfig } from "./run-reader.ts";
import type { RunConfig } from "./run-record.ts";
import { RunWriter } from "./run-writer.ts";

const config: RunConfig = {
  title: "test",
  command: "spm compare mnist",
  started: "2026-01-02T03:04:05.000Z",
  models: [
    { run: "dense", parameters: 1000 },
    { run: "rotation", parameters: 100 },
  ],
  epochs: 2,
  stepsPerEpoch: 10,
  options: { seed: 1 },
  machine: { node: "v20", platform: "linux x64", cpu: "cpu", cores: 2, memory: 8 },
};

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "spm-run-")), "run");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const text = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("RunWriter", () => {
  test("writes exactly these bytes", () => {
    const writer = new RunWriter(folder, config);
    writer.metric({
      run: "dense",
      split: "train",
      step: 10,
      epoch: 1,
      learningRate: 1e-3,
      loss: 0.1 + 0.2,
      accuracy: 0.5,
    });
    writer.metric({
      run: 'a "b", c',
      split: "test",
      step: 10,
      epoch: 1,
      learningRate: 0,
      loss: 2,
      accuracy: null,
    });
    writer.timing({
      run: "dense",
      split: "train",
      step: 10,
      epoch: 1,
      seconds: 1.23456789,
      elapsed: 2,
    });
    writer.close();
    expect(text("metrics.jsonl")).toMatchInlineSnapshot(`
      "{"run":"dense","split":"train","step":10,"epoch":1,"learningRate":0.001,"loss":0.30000000000000004,"accuracy":0.5}
      {"run":"a \\"b\\", c","split":"test","step":10,"epoch":1,"learningRate":0,"loss":2,"accuracy":null}
      "
    `);
    expect(text("metrics.csv")).toMatchInlineSnapshot(`
      "run,split,step,epoch,learningRate,loss,accuracy
      dense,train,10,1,0.001,0.30000000000000004,0.5
      "a ""b"", c",test,10,1,0,2,
      "
    `);
    expect(text("timing.jsonl")).toMatchInlineSnapshot(`
      "{"run":"dense","split":"train","step":10,"epoch":1,"seconds":1.234568,"elapsed":2}
      "
    `);
    expect(JSON.parse(text("config.json"))).toEqual(config);
  });

  test("a record is on file as soon as it is written", () => {
    const writer = new RunWriter(folder, config);
    writer.metric({
      run: "dense",
      split: "train",
      step: 1,
      epoch: 1,
      learningRate: 1,
      loss: 1,
      accuracy: 1,
    });
    expect(text("metrics.jsonl").split("\n")).toHaveLength(2);
    expect(text("metrics.csv").split("\n")).toHaveLength(3);
    writer.close();
  });

  test("a name that a spreadsheet takes for a formula is text in metrics.csv", () => {
    const writer = new RunWriter(folder, config);
    const at = { split: "test", step: 1, epoch: 1, learningRate: -1, loss: -2, accuracy: null };
    for (const run of ["=1+1", "+x", "-x", '@"x"', "\tx", "\rx", "a=b"])
      writer.metric({ ...at, run, split: "test" });
    writer.close();
    expect(text("metrics.csv").split("\n").slice(1)).toEqual([
      `"'=1+1",test,1,1,-1,-2,`,
      `"'+x",test,1,1,-1,-2,`,
      `"'-x",test,1,1,-1,-2,`,
      `"'@""x""",test,1,1,-1,-2,`,
      `"'\tx",test,1,1,-1,-2,`,
      `"'\rx",test,1,1,-1,-2,`,
      "a=b,test,1,1,-1,-2,",
      "",
    ]);
  });

  test("refuses a folder with files in it, and leaves it alone", () => {
    new RunWriter(folder, config).close();
    const before = text("config.json");
    expect(() => new RunWriter(folder, { ...config, title: "other" })).toThrow(RunError);
    expect(text("config.json")).toBe(before);
  });
});

describe("a run that goes on", () => {
  const metric = {
    run: "dense",
    split: "train",
    step: 1,
    epoch: 1,
    learningRate: 1,
    loss: 1,
    accuracy: 1,
  } as const;

  test("cuts its files to where a checkpoint was, or to nothing", () => {
    const first = new RunWriter(folder, config);
    first.metric(metric);
    const { offsets } = first;
    const kept = text("metrics.csv");
    first.metric({ ...metric, step: 2 });
    first.close();
    const second = new RunWriter(folder);
    second.truncate(offsets);
    expect([text("metrics.csv"), text("metrics.jsonl").split("\n")]).toEqual([
      kept,
      [expect.any(String), ""],
    ]);
    expect(second.truncate()).toEqual([
      expect.stringMatching(/^1 line after the checkpoint went from .*jsonl to .*jsonl\.cut$/),
      expect.stringMatching(/^1 line after the checkpoint went from .*csv to .*csv\.cut$/),
    ]);
    expect([text("metrics.csv"), text("metrics.jsonl")]).toEqual([`${kept.split("\n")[0]}\n`, ""]);
    second.close();
    // nothing that was measured is lost
    expect([1, 2].map((step) => text("metrics.jsonl.cut").includes(`"step":${step},`))).toEqual([
      true,
      true,
    ]);
    expect(text("metrics.csv.cut").split("\n")).toHaveLength(3);
    expect(() => new RunWriter(join(folder, "nothing"))).toThrow(
      /expected a run folder with config.json/,
    );
  });

  test("goes on after the whole lines of a file that was cut or is gone, and says so", () => {
    const first = new RunWriter(folder, config);
    for (const step of [1, 2]) first.metric({ ...metric, step });
    const { offsets } = first;
    first.close();
    const whole = text("metrics.jsonl");
    truncateSync(join(folder, "metrics.jsonl"), whole.length - 5);
    rmSync(join(folder, "metrics.csv"));
    const second = new RunWriter(folder);
    const heard: string[] = [];
    recordRun(second, "dense", { warn: (line) => heard.push(line) }).restore?.(offsets);
    second.metric({ ...metric, step: 3 });
    second.close();
    expect(heard).toEqual([
      `${join(folder, "metrics.jsonl")} lacks 5 of the ${whole.length} bytes that it had: ` +
        "it goes on from here",
      expect.stringMatching(
        /metrics\.csv lacks \d+ of the \d+ bytes that it had: it goes on from here$/,
      ),
    ]);
    expect(readRun(folder).metrics.map(({ step }) => step)).toEqual([1, 3]);
    // the table is made of the records
    expect(text("metrics.csv")).toMatch(/^run,split,.*\ndense,train,1,.*\ndense,train,3,.*\n$/);
  });

  test("every metric of the loss function is in both files, also one that comes later", () => {
    const writer = new RunWriter(folder, config);
    writer.metric({ ...metric, mae: 0.5 });
    writer.metric({ ...metric, step: 2, mae: 0.25, "a,b": Number.NaN });
    const { offsets } = writer;
    writer.metric({ ...metric, step: 3, late: 1 });
    expect(text("metrics.jsonl").split("\n")[1]).toBe(
      '{"run":"dense","split":"train","step":2,"epoch":1,"learningRate":1,' +
        '"loss":1,"accuracy":1,"mae":0.25,"a,b":null}',
    );
    const table = (...rows: string[]) => rows.map((row) => `${row}\n`).join("");
    const [head, one, two] = [
      'run,split,step,epoch,learningRate,loss,accuracy,mae,"a,b"',
      "dense,train,1,1,1,1,1,0.5,",
      "dense,train,2,1,1,1,1,0.25,",
    ];
    expect(text("metrics.csv")).toBe(
      table(`${head},late`, `${one},`, `${two},`, "dense,train,3,1,1,1,1,,,1"),
    );
    writer.truncate(offsets);
    expect(text("metrics.csv")).toBe(table(head, one, two));
    writer.close();
  });

  test("is locked until it is closed, and a second training of one name is refused", async () => {
    const first = new RunWriter(folder, config);
    expect(() => new RunWriter(folder)).toThrow(/^lock: expected nobody else to write into/);
    first.metric({ ...metric });
    const recorder = recordRun(first, "dense");
    const start = { step: 0 } as TrainingPosition;
    expect(() => recorder.onStart?.(start, {} as Training)).toThrow(
      /^recordRun: expected a name of its own for each training of a run folder, got records of/,
    );
    const other = recordRun(first, "rotation");
    await other.onStart?.(start, {} as Training);
    const named = { ...metric, metrics: { loss: 1, epoch: 2 } } as unknown as MetricsEvent;
    expect(() => other.onLog?.(named, {} as Training)).toThrow(
      'recordRun: expected a metric whose name no record has, got "epoch"',
    );
    first.close();
    new RunWriter(folder).close();
  });

  test("says so when the disk is full", () => {
    new RunWriter(folder, config).close();
    rmSync(join(folder, "metrics.jsonl"));
    symlinkSync("/dev/full", join(folder, "metrics.jsonl"));
    expect(() => new RunWriter(folder).metric(metric)).toThrow(
      /^RunWriter: expected to write .*metrics\.jsonl, got ENOSPC: .*\nhelp: free some space, then/,
    );
  });

  test("files that somebody removes while it runs begin anew, and that is said", () => {
    const writer = new RunWriter(folder, config);
    const heard: string[] = [];
    const { onEnd } = recordRun(writer, "dense", { warn: (line) => heard.push(line) });
    writer.metric(metric);
    rmSync(folder, { recursive: true });
    onEnd?.({} as never, {} as never);
    writer.metric({ ...metric, step: 2 });
    writer.close();
    expect(heard).toEqual(
      ["metrics.jsonl", "metrics.csv", "timing.jsonl"].map(
        (name) => `${join(folder, name)} was removed: it begins anew`,
      ),
    );
    expect(readRun(folder)).toMatchObject({ config, metrics: [{ step: 2 }] });
    expect(text("metrics.csv")).toMatch(/^run,split,.*\ndense,train,2,.*\n$/);
  });
});

describe("readRun", () => {
  const at = { run: "dense", split: "train", epoch: 1 } as const;

  test("reads back what was written, but for a last line cut short", () => {
    const writer = new RunWriter(folder, config);
    const metrics = [1, 2, 3].map((step) => ({
      ...at,
      step,
      learningRate: 0.1,
      loss: 1 / step,
      accuracy: null,
    }));
    for (const metric of metrics) writer.metric(metric);
    for (const step of [1, 2, 3]) writer.timing({ ...at, step, seconds: step, elapsed: 2 * step });
    writer.close();
    expect(readRun(folder).metrics).toEqual(metrics);

    truncateSync(join(folder, "metrics.jsonl"), text("metrics.jsonl").length - 5);
    expect(readRun(folder).metrics).toEqual(metrics.slice(0, 2));
    expect(readRun(folder).timings).toHaveLength(3);
  });

  test("names what is not a run, and a line that is not JSON", () => {
    expect(() => readRun(folder)).toThrow(/expected a run folder with config.json/);
    new RunWriter(folder, config).close();
    const { models: _, ...without } = config;
    const pretty = JSON.stringify(
      { ...config, models: [{ run: "a", parameters: "<script>" }] },
      null,
      1,
    );
    for (const [content, message] of [
      ["{ oops", "readRun: expected JSON in CONFIG, got "],
      ["null", "readRun: expected the value to be object on line 1 of CONFIG, got null"],
      [JSON.stringify(without), "expected models to be there on line 1 of CONFIG, got nothing"],
      [pretty, 'expected models[0].parameters to be integer on line 8 of CONFIG, got "<script>"'],
      [
        JSON.stringify({ ...config, options: { "a/b~": { toString: "x" } } }),
        'expected options."a/b~" to be string,number,boolean,array on line 1 of CONFIG, got {"to',
      ],
    ] as const) {
      writeFileSync(join(folder, "config.json"), content);
      expect(() => readRun(folder)).toThrow(RunError);
      expect(() => readRun(folder)).toThrow(message.replace("CONFIG", join(folder, "config.json")));
    }
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const line = JSON.stringify({ ...at, step: 1, learningRate: 1, loss: 1, accuracy: null });
    for (const [bad, message] of [
      ["{oops", /expected JSON on line 2 of .*metrics\.jsonl, got "\{oops"/],
      [line.replace('"train"', '"dev"'), /expected split to be one of train, test on line 2 of/],
      [line.replace('"step":1', '"step":1e999'), /expected step to be integer on line 2 of/],
      [line.replace('"loss":1,', ""), /expected loss to be there on line 2 of .*, got nothing/],
    ] as const) {
      writeFileSync(join(folder, "metrics.jsonl"), `${line}\n${bad}\n`);
      expect(() => readRun(folder)).toThrow(RunError);
      expect(() => readRun(folder)).toThrow(message);
      // the checkpoint may be whole all the same: what resumes needs the config alone
      expect(readRunConfig(folder)).toEqual(config);
    }
    rmSync(join(folder, "metrics.jsonl"));
    mkdirSync(join(folder, "metrics.jsonl"));
    expect(() => readRun(folder)).toThrow(
      /expected to read .*metrics\.jsonl, got EISDIR: a folder/,
    );
  });
});
