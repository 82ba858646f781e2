/** @file The ledger of `npm test`: of its checks, of vitest's projects, and of all of it. */
import { betweenFiles, checks, leastWorkers, npmTestPromise, projects } from "./budgets.ts";
import { beside, type Entry, ledger, sumByName, type Timed } from "./ledger.ts";

/** What run.ts hands to the reporter, in the environment. */
export const handedOver = "SPM_LEDGER";

/** The checks' times, and when `npm test` began, in milliseconds since 1970. */
export interface Before {
  readonly begun: number;
  readonly checks: readonly Timed[];
}

/** vitest's own time, and that of each file, under the name of the file's project. */
export interface VitestTimes {
  readonly seconds: number;
  readonly files: readonly Timed[];
}

/** The ledger at the moment `now`; without `vitest` where a check failed before it. */
export function npmTestLedger(before: Before, now: number, vitest?: VitestTimes): string {
  const files = vitest?.files ?? [];
  const entries: Entry[] = [
    ...beside(checks, before.checks),
    ...beside(projects, sumByName(files)),
  ];
  if (vitest !== undefined) {
    const inFiles = files.reduce((sum, { seconds }) => sum + seconds, 0);
    const seconds = Math.max(0, vitest.seconds * leastWorkers - inFiles);
    entries.push({ name: "between files", seconds, budget: betweenFiles });
  }
  const total = { name: "all", seconds: (now - before.begun) / 1000, budget: npmTestPromise };
  return ledger("Seconds of npm test, and their budgets (two quiet cores)", entries, total);
}
