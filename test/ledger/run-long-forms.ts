/** @file `npm run test:all`: every long form of budgets.ts; exits with 1 where one failed. */
import { longForms } from "./budgets.ts";
import { runLongForms } from "./long-forms.ts";

const { text, failed } = await runLongForms(longForms, (line) => console.log(line));
console.log(`\n${text}`);
process.exitCode = failed > 0 ? 1 : 0;
