import { expect, test } from "vitest";
import { longForms, notRun } from "./budgets.ts";
import { runLongForms } from "./long-forms.ts";
import { runTimed } from "./run-timed.ts";

const form = (name: string, code: number, seconds = 10) => ({
  name,
  command: `${process.execPath} -e "process.exit(${code})"`,
  seconds,
});

test("all are run, then it says which failed and which lacked something", async () => {
  const told: string[] = [];
  const forms = [form("first", 3), form("second", 0), form("third", notRun), form("last", 1, 0)];
  const { text, failed } = await runLongForms(forms, (line) => told.push(line));
  expect(failed).toBe(2);
  expect(told.map((line) => line.trim().split(":")[0])).toEqual([
    "first",
    "second",
    "third",
    "last",
  ]);
  expect(text.replace(/ +[\d.]+ s/g, " # s")).toMatchInlineSnapshot(`
    "Seconds of the long forms, and their budgets
      first # s of # s  failed
      second # s of # s  passed
      third # s of # s  not run
      last # s of # s  failed
      all # s of # s
    WARNING: last took # s, above its budget of # s
    not run: third
    failed: first, last
    1 passed, 2 failed, 1 not run"
  `);
});

test("where none failed, the last line counts them", async () => {
  const run = async () => ({ code: 0, seconds: 5 });
  const { text, failed } = await runLongForms(longForms, () => {}, run);
  expect(failed).toBe(0);
  expect(text.split("\n").at(-1)).toBe(`${longForms.length} passed, 0 failed, 0 not run`);
});

test("a command that a signal ends has failed", async () => {
  const kill = "process.kill(process.pid, 'SIGKILL')";
  expect((await runTimed(process.execPath, ["-e", kill])).code).toBe(1);
});
