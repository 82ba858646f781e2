/** @file Schedules in descriptions: by name, width and number of stages, or by their pairs. */
import { brick, butterfly, fromPairs, type Schedule, shuffle } from "@spm/mixer";
import { pairsOf } from "@spm/mixer/extend";
import { allow } from "./allowance.ts";
import { type Field, size } from "./fields.ts";
import { objectOf } from "./objects.ts";

/** The schedules that a width and a number of stages decide. */
const patterns: ReadonlyMap<string, (n: number, stages: number) => Schedule> = new Map([
  ["butterfly", butterfly],
  ["shuffle", shuffle],
  ["brick", brick],
]);

const samePairs = (a: Schedule, b: Schedule): boolean =>
  a.starts.every((start, l) => start === b.starts[l]) &&
  a.first.length === b.first.length &&
  a.first.every((i, p) => i === b.first[p] && a.second[p] === b.second[p]);

/** A schedule. */
export const scheduleField: Field<Schedule> = {
  expected: `{ name, n, stages } of ${[...patterns.keys()].join(", ")}, or { name, n, pairs }`,
  encode(schedule) {
    const { name, n, stages } = schedule;
    const known = patterns.get(name)?.(n, stages);
    return known !== undefined && samePairs(schedule, known)
      ? { name, n, stages }
      : { name, n, pairs: pairsOf(schedule) };
  },
  decode(json) {
    const { name, n, stages, pairs, ...others } = Object.fromEntries(objectOf(json) ?? []);
    if (Object.keys(others).length > 0) return undefined;
    const width = size.decode(n);
    if (width === undefined || typeof name !== "string") return undefined;
    if (Array.isArray(pairs) && stages === undefined) {
      allow(`a schedule of ${pairs.length} stages over ${n}`, width * pairs.length, 0);
      return fromPairs(width, pairs, { name: name.slice(0, 80) });
    }
    const [pattern, count] = [patterns.get(name), size.decode(stages)];
    if (pattern === undefined || count === undefined || pairs !== undefined) return undefined;
    allow(`a ${name} of ${count} stages over ${n}`, width * count, 0);
    return pattern(width, count);
  },
};
