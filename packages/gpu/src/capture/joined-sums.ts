/**
 * @file Sums in the launches beside them: a residual's add and the norm that reads it are one
 * launch, and so are a norm's backward and the sum of its cotangent with the residual's.
 */
import type { Pipeline } from "../pipelines.ts";
import { isMade } from "./match.ts";
import type { LaunchEvent, MemoryId, Noted } from "./recording.ts";

/** The part of the device that it needs. */
interface Compiler {
  compile(code: string, reads: number, results: number): Pipeline;
}

/** The call with each sum in the launch beside it, at the place of the earlier of the two. */
export function joinSums(call: Noted, results: ReadonlySet<MemoryId>, device: Compiler): Noted {
  const neighbours = new Neighbours(call, results);
  const joined = new Map<number, LaunchEvent>();
  const gone = new Set<number>();
  for (const [k, event] of call.events.entries()) {
    if (!("reads" in event) || event.sums === undefined) continue;
    const before = gone.has(k - 1) ? null : neighbours.before(k, event);
    const place = before === null ? k : k - 1;
    const behind = neighbours.behind(place, event);
    if (before === null && behind === null) continue;
    joined.set(place, withSums(event, before, behind, device));
    if (before !== null) gone.add(k);
    if (behind !== null) gone.add(behind.at);
  }
  return without(call, gone, joined);
}

/** The launch of an event and the sums beside it. */
function withSums(
  event: LaunchEvent,
  before: LaunchEvent | null,
  behind: Behind | null,
  device: Compiler,
): LaunchEvent {
  const {
    sums,
    reads: [first = -1, ...others],
    results: [result = -1, ...more],
  } = event;
  const reads = [...(before?.reads ?? [first]), ...others, ...(behind ? [behind.other] : [])];
  const results = [
    behind?.result ?? result,
    ...more,
    ...(before && sums?.writes ? before.results : []),
  ];
  const code = sums?.text(before !== null, behind !== null) ?? "";
  return { ...event, ...device.compile(code, reads.length, results.length), reads, results };
}

/** The call without some of its events, and with others in their places. */
function without(
  { events, memories, origins, released }: Noted,
  gone: ReadonlySet<number>,
  joined: ReadonlyMap<number, LaunchEvent>,
): Noted {
  const left: (typeof events)[number][] = [];
  /** By the number of events before the change: how many of them are left. */
  const leftBefore = [0];
  for (const [k, event] of events.entries()) {
    if (!gone.has(k)) left.push(joined.get(k) ?? event);
    leftBefore.push(left.length);
  }
  const moved = [...released].map(([memory, at]) => [memory, leftBefore[at] ?? 0] as const);
  return { events: left, memories, origins, released: new Map(moved) };
}

/** A sum behind a launch: its place, its other operand, and its result. */
interface Behind {
  readonly at: number;
  readonly other: MemoryId;
  readonly result: MemoryId;
}

/** The launches that make and read each piece of memory. */
class Neighbours {
  readonly #call: Noted;
  readonly #results: ReadonlySet<MemoryId>;
  readonly #made: Map<MemoryId, number> = new Map();
  readonly #readers: Map<MemoryId, number[]> = new Map();

  constructor(call: Noted, results: ReadonlySet<MemoryId>) {
    this.#call = call;
    this.#results = results;
    for (const [k, event] of call.events.entries()) {
      for (const id of "upload" in event ? [event.upload] : event.results) this.#made.set(id, k);
      for (const id of "upload" in event ? [] : event.reads)
        this.#readers.set(id, [...(this.#readers.get(id) ?? []), k]);
    }
  }

  /** The sum right before launch k that is its first operand. */
  before(k: number, { reads: [operand = -1], sums }: LaunchEvent): LaunchEvent | null {
    const sum = this.#sumAt(k - 1);
    if (sum?.results[0] !== operand) return null;
    return sums?.writes || this.#serves(operand, k) ? sum : null;
  }

  /** The sum that alone reads a launch's first result, and whose other operand `place` has. */
  behind(place: number, { results: [made = -1] }: LaunchEvent): Behind | null {
    const [at = -1] = this.#readers.get(made) ?? [];
    const sum = this.#sumAt(at);
    if (sum === null || !this.#serves(made, at)) return null;
    const [a = -1, b = -1] = sum.reads;
    const other = a === made ? b : a;
    return (this.#made.get(other) ?? -1) < place
      ? { at, other, result: sum.results[0] ?? -1 }
      : null;
  }

  #sumAt(k: number): LaunchEvent | null {
    const event = this.#call.events[k];
    return event !== undefined && "reads" in event && event.adds === true ? event : null;
  }

  /** Whether memory is made in the call for one launch alone. */
  #serves(id: MemoryId, reader: number): boolean {
    const { memories, released } = this.#call;
    const memory = memories[id];
    return (
      `${this.#readers.get(id)}` === `${reader}` &&
      isMade(this.#call, id) &&
      memory !== undefined &&
      released.has(memory) &&
      !this.#results.has(id)
    );
  }
}
