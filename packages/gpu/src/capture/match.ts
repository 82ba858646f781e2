/**
 * @file Two recordings of one step side by side: whether the second did the same as the first, and
 * what memory from before the call stands for.
 */
import type { LaunchEvent, MemoryId, Noted, Recording, UploadEvent } from "./recording.ts";

/**
 * For each piece of memory from outside: null where it is the same at each call, otherwise the one
 * that the call before made and this one reads, as the weights that it left.
 */
export type Roles = ReadonlyMap<MemoryId, MemoryId | null>;

/** The finding about two recordings: roles, or the reason why they differ. */
export type Match = { readonly roles: Roles } | { readonly difference: string };

/**
 * Compares a call with the one before it.
 * @param known - roles that two calls in a row had; the call before may then be any
 */
export function match(before: Recording, after: Recording, known: Roles | null): Match {
  if (before.events.length !== after.events.length)
    return { difference: `${after.events.length} launches and uploads, ${before.events.length}` };
  for (const [k, event] of after.events.entries()) {
    const earlier = before.events[k];
    const difference = earlier && differenceOf(earlier, event);
    if (difference) return { difference: `${difference} (number ${k} of ${after.events.length})` };
  }
  if (after.origins.some((origin, id) => before.origins[id] !== origin))
    return { difference: "memory from elsewhere" };
  return rolesOf(before, after, known);
}

/** In which way an event differs from the same event of the call before; null: in none. */
function differenceOf(
  earlier: LaunchEvent | UploadEvent,
  event: LaunchEvent | UploadEvent,
): string | null {
  if ("upload" in event) {
    if (!("upload" in earlier)) return "an upload in the place of a launch";
    const { upload, values, draw } = event;
    if (upload !== earlier.upload || values.length !== earlier.values.length)
      return "an upload of another size";
    if (draw?.random !== earlier.draw?.random) return "numbers of another generator";
    if (draw !== undefined || values.every((v, i) => Object.is(v, earlier.values[i]))) return null;
    return "an upload of other numbers";
  }
  if ("upload" in earlier) return "a launch in the place of an upload";
  const { pipeline, reads, results, workgroups, renew } = event;
  if (pipeline !== earlier.pipeline || `${workgroups}` !== `${earlier.workgroups}`)
    return "another kernel";
  if (`${reads}` !== `${earlier.reads}` || `${results}` !== `${earlier.results}`)
    return "a kernel on other memory";
  if ((renew === undefined) !== (earlier.renew === undefined)) return "numbers of another origin";
  return sameNumbers(event, earlier) ? null : "a kernel with other numbers";
}

/** Whether two launches have the same numbers, but for those that are computed anew. */
function sameNumbers(a: LaunchEvent, b: LaunchEvent): boolean {
  if (a.numbers === null || b.numbers === null) return a.numbers === b.numbers;
  const changing = new Set(a.renew ? a.places.map((place) => place >> 2) : []);
  const [x, y] = [new Uint32Array(a.numbers.buffer), new Uint32Array(b.numbers.buffer)];
  return x.every((word, k) => changing.has(k) || word === y[k]);
}

/** The roles of memory from outside, if each has one. */
function rolesOf(before: Recording, after: Recording, known: Roles | null): Match {
  const roles = new Map<MemoryId, MemoryId | null>();
  for (const [id, memory] of after.memories.entries()) {
    if (after.origins[id] !== "outside") continue;
    const made = before.find(memory);
    if (before.memories[id] === memory) roles.set(id, null);
    else if (made !== undefined && isMade(before, made)) roles.set(id, made);
    else if (known?.get(id) != null) roles.set(id, known.get(id) ?? null);
    else return { difference: "a tensor that is neither an argument nor of the call before" };
    if (roles.get(id) !== null && !after.released.has(memory))
      return { difference: "a tensor of the call before, which is not released" };
  }
  return { roles };
}

/** Whether the call itself made a piece of memory. */
export const isMade = ({ origins }: Noted, id: MemoryId): boolean =>
  origins[id] === "launch" || origins[id] === "upload";

/** The memory that a call made and did not release. */
export const survivors = (recording: Noted): MemoryId[] =>
  recording.memories.flatMap((memory, id) =>
    isMade(recording, id) && !recording.released.has(memory) ? [id] : [],
  );
