/**
 * @file The updates of all parameters in one launch: a kernel that works element by element
 * computes the same on arrays that lie one behind the other.
 */
import type { PooledBuffer } from "../buffer-pool.ts";
import type { Roles } from "./match.ts";
import type { LaunchEvent, MemoryId, Noted } from "./recording.ts";

/** Threads of an update's workgroup, and the most workgroups along an axis. */
const threads = 256;
const mostElements = 65535 * threads;

/** Buffers one behind the other in one. */
type SplitBuffer = (lengths: readonly number[]) => PooledBuffer[];

/** Several updates as one launch. */
interface Joined {
  readonly members: readonly LaunchEvent[];
  readonly event: LaunchEvent;
}

/** The joined updates of a repetition. */
export class JoinedUpdates {
  /** The buffers of gradients, and of what the updates leave. */
  readonly placed: ReadonlyMap<MemoryId, PooledBuffer>;
  /** The memory of weights and slots, as JavaScript holds it, and the place to which it moves. */
  readonly moves: readonly (readonly [memory: PooledBuffer, place: PooledBuffer])[];
  readonly #joined: readonly Joined[];
  readonly #rows: ReadonlyMap<MemoryId, () => PooledBuffer>;
  readonly #arenas: ReadonlySet<object>;

  constructor(recording: Noted, roles: Roles, split: SplitBuffer) {
    const placed = new Map<MemoryId, PooledBuffer>();
    const moves: [memory: PooledBuffer, place: PooledBuffer][] = [];
    const rows = new Map<MemoryId, () => PooledBuffer>();
    const memoryOf = (id: MemoryId): PooledBuffer => recording.memories[id] as PooledBuffer;
    const row = (first: PooledBuffer | undefined): MemoryId => {
      const id = -1 - rows.size;
      rows.set(id, () => first?.arena?.whole ?? missing());
      return id;
    };
    this.#joined = groups(recording, roles).map((members) => {
      const lengths = members.map(({ results: [next = 0] }) => memoryOf(next).length);
      const gradients = split(lengths);
      for (const [k, { reads }] of members.entries())
        placed.set(reads[1] ?? 0, gradients[k] ?? missing());
      const slots = members[0]?.results.map((_, slot) => {
        const ids = members.map(({ results }) => results[slot] ?? 0);
        const [now, next] = [split(lengths), split(lengths)];
        for (const [k, id] of ids.entries()) {
          moves.push([memoryOf(id), now[k] ?? missing()]);
          placed.set(id, next[k] ?? missing());
        }
        return { now: row(memoryOf(ids[0] ?? 0)), next: row(next[0]) };
      });
      const [parameter, ...others] = slots ?? [];
      const reads = [parameter?.now ?? 0, row(gradients[0]), ...others.map(({ now }) => now)];
      const results = slots?.map(({ next }) => next) ?? [];
      return { members, event: joined(members, reads, results, gradients) };
    });
    this.placed = placed;
    this.moves = moves;
    this.#rows = rows;
    this.#arenas = new Set(
      [...placed.values(), ...moves.map(([, place]) => place)].flatMap(({ arena }) => arena ?? []),
    );
  }

  /** The launches, with the joined ones in the places of their last members. */
  launches(all: readonly LaunchEvent[]): LaunchEvent[] {
    return all.flatMap((event) => {
      const group = this.#joined.find(({ members }) => members.includes(event));
      if (group === undefined) return [event];
      return group.members.at(-1) === event ? [group.event] : [];
    });
  }

  /** The launch in which an update runs. */
  of(event: LaunchEvent): LaunchEvent {
    return this.#joined.find(({ members }) => members.includes(event))?.event ?? event;
  }

  /** The number of {@link row}s. */
  get rows(): number {
    return this.#rows.size;
  }

  /** The buffer that a joined launch reads or writes. */
  row(id: MemoryId): PooledBuffer | undefined {
    return this.#rows.get(id)?.();
  }

  /** Whether weights and slots still lie one behind the other. */
  get intact(): boolean {
    return this.moves.every(([{ arena }]) => arena !== null && this.#arenas.has(arena));
  }
}

function missing(): never {
  throw new RangeError("joined updates: expected a buffer, got none");
}

/** One launch in the place of several. */
function joined(
  members: readonly LaunchEvent[],
  reads: readonly MemoryId[],
  results: readonly MemoryId[],
  buffers: readonly PooledBuffer[],
): LaunchEvent {
  const [first] = members;
  const size = buffers[0]?.arena?.whole.buffer.size;
  if (first === undefined || size === undefined) return missing();
  const renew = (): readonly number[] | null => {
    const values = first.renew?.() ?? null;
    const same = (other: LaunchEvent): boolean => {
      const own = other.renew?.();
      return own?.every((value, k) => Object.is(value, values?.[k])) ?? false;
    };
    return values !== null && members.every((one) => one === first || same(one)) ? values : null;
  };
  return { ...first, reads, results, renew, workgroups: [Math.ceil(size / 4 / threads), 1, 1] };
}

/**
 * Updates that may be one launch: of one kernel, with the same numbers. Operands are a parameter,
 * its gradient and its slots; results the next parameter and slots, which the next call reads in
 * their places.
 */
function groups(recording: Noted, roles: Roles): LaunchEvent[][] {
  const found = new Map<string, LaunchEvent[][]>();
  const kernels = new Map<GPUComputePipeline, number>();
  const sizes = new Map<LaunchEvent[], number>();
  for (const event of recording.events) {
    if (!("reads" in event) || !replaces(event, roles, recording)) continue;
    kernels.set(event.pipeline, kernels.get(event.pipeline) ?? kernels.size);
    const key = `${kernels.get(event.pipeline)}:${event.numbers}`;
    const lists = found.get(key) ?? [];
    found.set(key, lists);
    const length = 64 + (recording.memories[event.results[0] ?? 0]?.length ?? 0);
    const last = lists.at(-1);
    const size = (last && sizes.get(last)) ?? 0;
    if (last !== undefined && size + length <= mostElements) {
      last.push(event);
      sizes.set(last, size + length);
    } else {
      const next = [event];
      lists.push(next);
      sizes.set(next, length);
    }
  }
  return [...found.values()].flat().filter((members) => mayJoin(recording, members));
}

/** Whether a launch is an update whose results take the places of its operands. */
function replaces(
  { reads, results, byElement, renew }: LaunchEvent,
  roles: Roles,
  { origins, memories, released }: Noted,
): boolean {
  const [parameter, grad, ...slots] = reads;
  if (!byElement || renew === undefined || grad === undefined) return false;
  const states = [parameter, ...slots];
  const gradient = memories[grad];
  return (
    origins[grad] === "launch" &&
    gradient !== undefined &&
    released.has(gradient) && // an average's is a parameter
    states.length === results.length &&
    states.every((id, k) => id !== undefined && roles.get(id) === results[k])
  );
}

/**
 * Whether nothing between the first and the last reads what they write, and no launch reads one of
 * their gradients and writes another: a buffer can't be read and written at once.
 */
function mayJoin({ events }: Noted, members: readonly LaunchEvent[]): boolean {
  if (members.length < 2) return false;
  const written = new Set(members.flatMap(({ results }) => results));
  const gradients = new Set(members.map(({ reads }) => reads[1]));
  if (gradients.size < members.length) return false;
  let left = members.length;
  for (const event of events) {
    if (!("reads" in event)) continue;
    const within = left > 0 && left < members.length;
    if (within && event.reads.some((id) => written.has(id))) return false;
    const reads = event.reads.some((id) => gradients.has(id));
    if (reads && event.results.some((id) => gradients.has(id))) return false;
    if (members.includes(event)) left--;
  }
  return true;
}
