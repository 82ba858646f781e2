/**
 * @file What the checks, the tests and their long forms may take, in seconds on two quiet cores.
 *
 * Above a budget `npm test` and `npm run test:all` print a warning and do not fail: machines
 * differ. Each line has its measured share of the ten minutes: what needs more takes it from
 * another line. A test holds the sums to the two promises.
 */

/** `npm test` is done in ten minutes. What it installs on first use is not counted. */
export const npmTestPromise = 600;

/** `npm test` and `npm run test:all` together are done in an hour. */
export const togetherPromise = 3600;

/**
 * The checks that `npm test` begins with: scripts of package.json, all at once, so that each takes
 * longer than alone.
 */
export const checks = { lint: 18, types: 20, architecture: 32 } as const;

/**
 * Files that vitest runs at a time, on two cores or fewer. The checks run before it.
 */
export const leastWorkers = 2;

/**
 * The projects of vitest: what their files take, added up over its workers.
 *
 * So many workers have so many times the wall time that the checks leave of the ten minutes. With
 * more cores the files add up to more, which is why the wall time has a line of its own.
 */
export const projects: Readonly<Record<string, number>> = {
  unit: 240,
  golden: 14,
  contract: 78,
  primitives: 104,
  fuzz: 44,
  resume: 15,
  files: 33,
  mixer: 32,
  gpu: 118,
  integration: 178,
  browser: 101,
  packaging: 61,
};

/**
 * What its workers take between the files: vitest's start, the last file, and processes, a project
 * where its files share them and a file where not.
 */
export const betweenFiles = 32;

/** What tests to come may take in vitest's workers: a new one moves its seconds to its project. */
export const growth = 84;

/** A test that is too long for `npm test`, where a sample of it stands. */
export interface LongForm {
  readonly name: string;
  /** Exits with 0 if it passes, with `notRun` if it lacks something, else it fails. */
  readonly command: string;
  readonly seconds: number;
}

/** The exit code of a command that lacks something it needs, and has said what. */
export const notRun = 77;

/** What `npm run test:all` runs, in this order. A new long form is a new line. */
export const longForms: readonly LongForm[] = [
  { name: "pytorch", command: "npm run -s golden:fresh", seconds: 30 },
  { name: "mixer", command: "npm run -s verify:mixer -- --check", seconds: 30 },
  { name: "fuzz", command: "npm run -s fuzz -- --files 1000000", seconds: 80 },
  { name: "resume", command: "npm run -s test:resume -- --kills 200", seconds: 190 },
  { name: "files", command: "npm run -s test:files", seconds: 360 },
  { name: "python", command: "npm run -s test:python", seconds: 80 },
  { name: "strict", command: "npm run -s test:strict", seconds: 40 },
  { name: "onnx", command: "npm run -s test:onnx", seconds: 20 },
  { name: "full", command: "npm run -s test:full", seconds: 850 },
  { name: "reports", command: "npm run -s test:reports", seconds: 60 },
  { name: "allocations", command: "npm run -s test:allocations", seconds: 60 },
  { name: "site", command: "npm run -s docs:check", seconds: 70 },
  { name: "playground", command: "npm run -s test:playground", seconds: 90 },
  { name: "memory", command: "npm run -s test:memory", seconds: 1000 },
];
