/** @file Several runs as one, with their curves in the same charts. */
import { RunError } from "@spm/trainer";
import type { RecordPosition, Run } from "@spm/trainer/node";

/**
 * A run with the models of several runs, named after their runs where models share a name, each
 * with its own epochs. Date, machine and provenance are those of the first run.
 *
 * @throws RunError for no run
 * @example
 * ```ts
 * import { renderReport } from "@spm/report";
 * import { readRun } from "@spm/trainer/node";
 * import { overlaid } from "@spm/report/draw";
 * const runs = ["runs/first", "runs/second"].map((name) => ({ name, run: readRun(name) }));
 * const html = renderReport(overlaid(runs));
 * ```
 */
export function overlaid(runs: readonly { readonly name: string; readonly run: Run }[]): Run {
  const [first] = runs;
  if (first === undefined) throw new RunError("overlaid", "at least one run", "none");
  const all = runs.flatMap(({ run }) => run.config.models.map((model) => model.run));
  const unique = new Set(all).size === all.length;
  const nameOf = (name: string, model: string, models: number): string =>
    unique ? model : models === 1 ? name : `${name}: ${model}`;
  const renamed = <T extends RecordPosition>(pick: (run: Run) => readonly T[]): T[] =>
    runs.flatMap(({ name, run }) =>
      pick(run).map((record) => ({
        ...record,
        run: nameOf(name, record.run, run.config.models.length),
      })),
    );
  return {
    config: {
      ...first.run.config,
      title: runs
        .map(({ run }) => run.config.title)
        .filter((title, i, titles) => titles.indexOf(title) === i)
        .join(" · "),
      command: runs.map(({ run }) => run.config.command).join("\n"),
      models: runs.flatMap(({ name, run: { config } }) =>
        config.models.map((model) => ({
          epochs: config.epochs,
          stepsPerEpoch: config.stepsPerEpoch,
          ...model,
          run: nameOf(name, model.run, config.models.length),
        })),
      ),
      options: differences(runs),
    },
    metrics: renamed((run) => run.metrics),
    timings: renamed((run) => run.timings),
    tests: Object.fromEntries(
      runs.flatMap(({ name, run: { config, tests = {} } }) =>
        Object.entries(tests).map(([model, test]) => [
          nameOf(name, model, config.models.length),
          test,
        ]),
      ),
    ),
  };
}

/** The options of all runs; where they differ, the value of each run. */
function differences(
  runs: readonly { readonly name: string; readonly run: Run }[],
): Record<string, string> {
  const names = new Set(runs.flatMap(({ run }) => Object.keys(run.config.options)));
  return Object.fromEntries(
    [...names].map((option) => {
      const values = runs.map(({ run }) => String(run.config.options[option] ?? "–"));
      const [value] = values;
      if (value !== undefined && values.every((other) => other === value)) return [option, value];
      return [option, runs.map(({ name }, i) => `${name}: ${values[i]}`).join(", ")];
    }),
  );
}
