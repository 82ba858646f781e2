/**
 * @file `npm run -s test:resume -- --kills N --seed S`: N trainings killed, resumed, and compared
 * byte by byte.
 */
import { parseArgs } from "node:util";
import { killAndCompare } from "./kill.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, seed: { type: "string", default: "1" } },
});
const report = await killAndCompare(Number(values.kills), Number(values.seed), (line) =>
  console.log(line),
);
for (const difference of report.differences) console.log(difference);
console.log(`${report.insideWrites} of the kills were inside the write of a checkpoint`);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exitCode = report.failed > 0 || report.passed === 0 ? 1 : 0;
