/**
 * @file Times candidates in alternating rounds: on a busy machine only what ran in the same round
 * can be compared.
 */
import { add, currentBackend, ones } from "@spm/core";

/** Something to time. It leaves no tensors behind. */
export type Candidate = () => void;

/** Seconds of one run of each candidate, a list for each round. */
export type Rounds = readonly (readonly number[])[];

/** Repetitions never last longer than this for one candidate in one round; a single run may. */
const MOST_RUNS = 1000;

/** A first run that took longer needs no second one to be told from what compiling takes. */
const SLOW = 0.2;

/**
 * Alternating rounds.
 * @param options.least - seconds that a candidate runs for in a round, at least once
 * @param options.longest - seconds after which a round remains the only one
 */
export async function timeInRounds(
  candidates: readonly Candidate[],
  {
    rounds,
    least,
    longest,
  }: { readonly rounds: number; readonly least: number; readonly longest: number },
): Promise<Rounds> {
  const repeated: { readonly run: Candidate; readonly repeats: number }[] = [];
  for (const run of candidates) {
    const first = await seconds(run, 1); // compiled, and its memory there
    const once = first > SLOW ? first : await seconds(run, 1);
    repeated.push({ run, repeats: Math.min(MOST_RUNS, Math.max(1, Math.ceil(least / once))) });
  }
  const times: number[][] = [];
  const start = performance.now();
  while (
    times.length < rounds &&
    (times.length === 0 || performance.now() - start < 1000 * longest)
  ) {
    const row: number[] = [];
    for (const { run, repeats } of repeated) row.push(await seconds(run, repeats));
    times.push(row);
  }
  return times;
}

/** Of one run, the mean of `count`, until the last one's results are there. */
async function seconds(run: Candidate, count: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) run();
  await allComputed();
  return (performance.now() - start) / 1000 / count;
}

/**
 * On a device: until all that was enqueued before has been computed. In CPU memory it has been,
 * already.
 */
async function allComputed(): Promise<void> {
  if (currentBackend().view !== undefined) return;
  const last = add(ones([1]), 1);
  await last.data();
  last.dispose();
}
