/**
 * @file What the checks and the tests of `npm test` may take, in seconds on two quiet cores.
 *
 * Above a budget `npm test` prints a warning and does not fail: machines differ. Each line has its
 * measured share of the ten minutes: what needs more takes it from another line. A test holds the
 * sum to the promise.
 */

/** `npm test` is done in ten minutes. What it installs on first use is not counted. */
export const npmTestPromise = 600;

/** The checks that `npm test` begins with: scripts of package.json, one after the other. */
export const checks = { lint: 8, types: 27, architecture: 20 } as const;

/**
 * The projects of vitest: what their files take, added up.
 *
 * On two cores vitest runs one file at a time (as many workers as cores, less one), so these are
 * shares of the wall time, and they add up with the checks to the ten minutes. With more cores the
 * files overlap and add up to more than the wall time, which is why that has a line of its own.
 */
export const projects: Readonly<Record<string, number>> = {
  unit: 140,
  golden: 5,
  contract: 22,
  fuzz: 30,
  resume: 10,
  mixer: 8,
  gpu: 85,
  integration: 105,
  browser: 50,
  packaging: 60,
};

/** What vitest takes between the files: its own start, and that of a process for each file. */
export const betweenFiles = 30;
