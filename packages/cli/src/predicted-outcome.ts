/** @file The predictions of a file beside its right answers: a score, a warning, a page. */
import type { DataEncoding } from "@spm/data/datasets";
import type { CategoryTarget, NumberTarget } from "@spm/data/table";
import { factsHtml, html, htmlPage, markup, testOutcomeHtml } from "@spm/report/draw";
import { accuracyOf, confusionMatrix, regressionScores } from "@spm/trainer";
import { formatCount, formatPercent } from "@spm/trainer/format";
import type { TestOutcome } from "@spm/trainer/node";
import { classNames, likeliest, outcomeOf, targetName } from "./assess.ts";
import type { SavedConfig } from "./saved-task.ts";
import type { SampleCells } from "./trained-rows.ts";

/** The answers that a file has. */
export interface Answers {
  /** The right answers, if the file has them: −1 or NaN where it doesn't. */
  readonly actual: ArrayLike<number> | undefined;
  /** Of a sample, its values or its file. */
  readonly cells: (i: number) => SampleCells;
}

/** The rows that the model was trained on, if there are any, and the score of the others. */
export function warningFor(
  asked: Answers,
  outputs: readonly (readonly number[])[],
  encoding: DataEncoding,
  trained: (cells: SampleCells) => boolean,
): string | undefined {
  const others = outputs.map((_, i) => !trained(asked.cells(i)));
  const fresh = others.filter((other) => other).length;
  const known = others.length - fresh;
  if (known === 0) return undefined;
  const [of, all] = [known, others.length].map(formatCount);
  const what = encoding.kind === "images" ? "images" : "rows";
  const rest = outcomeFor(asked, outputs, encoding, others);
  const score = rest ? `on the other ${formatCount(fresh)}: ${scoreOf(rest)}` : "no other is here";
  return (
    `${of} of these ${all} ${what} are ones that the model was trained on, and a model does ` +
    `better on those than on new ones; ${score}`
  );
}

/** The target of either kind of encoding. */
export function targetOf(
  encoding: DataEncoding,
): (NumberTarget | Pick<CategoryTarget, "kind" | "name">) & { readonly names: readonly string[] } {
  if (encoding.kind === "table" && encoding.target.kind === "number")
    return { ...encoding.target, names: [] };
  const [name, names] = [targetName(encoding), classNames(encoding, 0)];
  return { kind: "category", name, names };
}

/**
 * The predictions beside what is right, of the samples that say; undefined where none does.
 * @param among - the samples that count (default all)
 */
export function outcomeFor(
  { actual }: Pick<Answers, "actual">,
  outputs: readonly (readonly number[])[],
  encoding: DataEncoding,
  among?: readonly boolean[],
): TestOutcome | undefined {
  const target = targetOf(encoding);
  const known = outputs.flatMap((row, i) => {
    if (among?.[i] === false) return [];
    const right = actual?.[i] ?? Number.NaN;
    return right >= 0 || (target.kind === "number" && !Number.isNaN(right)) ? [{ row, right }] : [];
  });
  if (known.length === 0) return undefined;
  const right = known.map((sample) => sample.right);
  const loss = Number.NaN;
  const samples = known.length;
  if (target.kind === "number") {
    const predicted = known.map(({ row }) => (row[0] ?? Number.NaN) * target.std + target.mean);
    const scores = regressionScores(predicted, right);
    return outcomeOf({ samples, loss, ...scores, actual: right, predicted }, encoding);
  }
  const predicted = known.map(({ row }) => likeliest(row));
  const confusion = confusionMatrix(predicted, right, target.names.length);
  return { kind: "classes", names: target.names, confusion };
}

/** The score of an outcome in a line. */
export function scoreOf(outcome: TestOutcome): string {
  if (outcome.kind === "regression") {
    const shown = (value: number | null): string => value?.toPrecision(4) ?? "–";
    return `R² ${shown(outcome.r2)}, RMSE ${shown(outcome.rmse)}, MAE ${shown(outcome.mae)}`;
  }
  const { confusion } = outcome;
  const total = confusion.flat().reduce((sum, n) => sum + n, 0);
  return `accuracy ${formatPercent(accuracyOf(confusion))} of ${formatCount(total)}`;
}

export function htmlOf(
  name: string,
  { outcome, warning }: { readonly outcome: TestOutcome; readonly warning: string | undefined },
  { options: { dataset, layer } }: SavedConfig,
  command: string,
): string {
  const title = `Predictions of ${name}`;
  return htmlPage(
    title,
    html`<h1>${title}</h1>
<h2>All rows of the file, with their answers</h2>
${warning === undefined ? "" : html`<p class="notice" role="note">Warning: ${warning}.</p>\n`}
${testOutcomeHtml(outcome)}
<h2>How to repeat it</h2>
<pre class="panel"><code>${command}</code></pre>
<div class="facts">${markup(factsHtml({ dataset, layer }))}</div>`.text,
  );
}
