/** @file Reporter of vitest: prints the ledger after the summary, whether tests passed or not. */
import type { Reporter, TestModule } from "vitest/node";
import { type Before, handedOver, npmTestLedger } from "./npm-test.ts";

/** Stands beside the default reporter, on the command line of run.ts. */
export default class LedgerReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const before = JSON.parse(process.env[handedOver]!) as Before;
    const seconds = performance.now() / 1000; // since this process, vitest's own, was started
    const files = modules.map((file) => ({ name: file.project.name, seconds: secondsOf(file) }));
    console.log(`\n${npmTestLedger(before, Date.now(), { seconds, files })}`);
  }
}

/** From the start of a file's worker, once it runs, to the end of the file's tests. */
function secondsOf(file: TestModule): number {
  const spent = file.diagnostic();
  const milliseconds =
    spent.environmentSetupDuration +
    spent.prepareDuration +
    spent.setupDuration +
    spent.collectDuration +
    spent.duration;
  return milliseconds / 1000;
}
