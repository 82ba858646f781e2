/** @file `npm test`: the checks, then vitest with the ledger; arguments are handed to vitest. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checks } from "./budgets.ts";
import type { Timed } from "./ledger.ts";
import { handedOver, npmTestLedger } from "./npm-test.ts";
import { runTimed } from "./run-timed.ts";

const begun = Date.now();

/** Runs the checks, all at once. @returns the first exit code that isn't 0, or 0 */
async function runChecks(): Promise<{ readonly code: number; readonly times: readonly Timed[] }> {
  const runs = await Promise.all(
    Object.keys(checks).map(async (name) => ({ name, ...(await runTimed(`npm run -s ${name}`)) })),
  );
  return {
    code: runs.find(({ code }) => code !== 0)?.code ?? 0,
    times: runs.map(({ name, seconds }) => ({ name, seconds })),
  };
}

async function runVitest(before: string): Promise<number> {
  const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
  const reporter = fileURLToPath(new URL("reporter.ts", import.meta.url));
  const args = ["run", "--update=none", "--reporter=default", `--reporter=${reporter}`];
  const program = [join(vitest, "vitest.mjs"), ...args, ...process.argv.slice(2)];
  const { code } = await runTimed(process.execPath, program, { [handedOver]: before });
  return code;
}

const { code, times } = await runChecks();
const before = { begun, checks: times };
if (code !== 0) console.log(`\n${npmTestLedger(before, Date.now())}`);
process.exitCode = code !== 0 ? code : await runVitest(JSON.stringify(before));
