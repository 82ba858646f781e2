/** @file The ledger's text: seconds beside budgets, a warning for each that is above. */

/** What took how many seconds. */
export interface Timed {
  readonly name: string;
  readonly seconds: number;
}

/** A line of the ledger; `note` ends it. */
export interface Entry extends Timed {
  readonly budget: number;
  readonly note?: string;
}

/** Adds up what has the same name, in the order of first appearance. */
export function sumByName(parts: readonly Timed[]): Timed[] {
  const sums = new Map<string, number>();
  for (const { name, seconds } of parts) sums.set(name, (sums.get(name) ?? 0) + seconds);
  return [...sums].map(([name, seconds]) => ({ name, seconds }));
}

/** Gives each its budget, in the order of the budgets; what has none comes last, and has 0. */
export function beside(
  budgets: Readonly<Record<string, number>>,
  times: readonly Timed[],
): Entry[] {
  const order = Object.keys(budgets);
  const place = ({ name }: Timed): number => (name in budgets ? order.indexOf(name) : order.length);
  return times
    .map((time) => ({ ...time, budget: budgets[time.name] ?? 0 }))
    .sort((a, b) => place(a) - place(b));
}

/** The ledger: a title, a line an entry, the total of the clock on the wall, then the warnings. */
export function ledger(title: string, entries: readonly Entry[], total: Entry): string {
  const all = [...entries, total];
  const width = Math.max(...all.map(({ name }) => name.length));
  const line = ({ name, seconds, budget, note = "" }: Entry): string => {
    const limit = `${budget} s`.padStart(6);
    return `  ${name.padEnd(width)} ${inSeconds(seconds)} of ${limit}  ${note}`.trimEnd();
  };
  const warnings = all
    .filter(({ seconds, budget }) => seconds > budget)
    .map(({ name, seconds, budget }) => {
      const took = inSeconds(seconds).trim();
      return `WARNING: ${name} took ${took}, above its budget of ${budget} s`;
    });
  return [title, ...all.map(line), ...warnings].join("\n");
}

const inSeconds = (seconds: number): string => `${seconds.toFixed(1).padStart(7)} s`;
