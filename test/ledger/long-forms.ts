/** @file Runs long forms one after the other, all of them, and says what came of each. */
import { type LongForm, notRun, npmTestPromise, togetherPromise } from "./budgets.ts";
import { type Entry, ledger } from "./ledger.ts";
import { runTimed, type TimedRun } from "./run-timed.ts";

/** What came of a long form. */
type Outcome = "passed" | "failed" | "not run";

const outcomeOf = (code: number): Outcome =>
  code === 0 ? "passed" : code === notRun ? "not run" : "failed";

/** Runs each, and tells before it which; resolves to the ledger and the number of failures. */
export async function runLongForms(
  forms: readonly LongForm[],
  tell: (line: string) => void,
  run: (command: string) => Promise<TimedRun> = runTimed,
): Promise<{ readonly text: string; readonly failed: number }> {
  const entries: (Entry & { readonly note: Outcome })[] = [];
  for (const { name, command, seconds: budget } of forms) {
    tell(`\n${name}: ${command}`);
    const { code, seconds } = await run(command);
    entries.push({ name, seconds, budget, note: outcomeOf(code) });
  }
  const seconds = entries.reduce((sum, entry) => sum + entry.seconds, 0);
  const total = { name: "all", seconds, budget: togetherPromise - npmTestPromise };
  const named = (outcome: Outcome): string[] =>
    entries.filter(({ note }) => note === outcome).map(({ name }) => name);
  const count = (outcome: Outcome): string => `${named(outcome).length} ${outcome}`;
  const lines = [ledger("Seconds of the long forms, and their budgets", entries, total)];
  for (const outcome of ["not run", "failed"] as const)
    if (named(outcome).length > 0) lines.push(`${outcome}: ${named(outcome).join(", ")}`);
  lines.push(`${count("passed")}, ${count("failed")}, ${count("not run")}`);
  return { text: lines.join("\n"), failed: named("failed").length };
}
