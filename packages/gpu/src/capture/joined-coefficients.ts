/**
 * @file The coefficients of all mixers in one launch: kernels that gather, each from a weight of
 * its own, are one kernel that gathers from all weights, where these lie one behind the other.
 */
import type { PooledBuffer } from "../buffer-pool.ts";
import type { JoinedUpdates } from "./joined-updates.ts";
import type { LaunchEvent, MemoryId } from "./recording.ts";

/** Workgroups along an axis. */
const mostWorkgroups = 65535;

/** The part of the device that it needs. */
interface Room {
  readonly device: GPUDevice;
  take(length: number): PooledBuffer;
  split(lengths: readonly number[]): PooledBuffer[];
}

/** A launch, the weight that it reads, and the place to which that moves. */
interface Member {
  readonly event: LaunchEvent;
  readonly order: Float32Array;
  readonly memory: PooledBuffer;
  readonly place: PooledBuffer;
}

/** Several launches as one. */
interface JoinedGathers {
  readonly members: readonly Member[];
  readonly event: LaunchEvent;
}

/** The joined launches of a repetition. */
export class JoinedCoefficients {
  /** The buffers of what they leave, and of the places from which they gather. */
  readonly placed: Map<MemoryId, PooledBuffer> = new Map();
  readonly #rows: Map<MemoryId, () => PooledBuffer> = new Map();
  readonly #joined: readonly JoinedGathers[];

  /**
   * @param located - memory from outside, as the call before left it
   * @param updates - which say where weights move
   */
  constructor(
    events: readonly LaunchEvent[],
    located: (id: MemoryId) => PooledBuffer | undefined,
    updates: Pick<JoinedUpdates, "moves" | "rows">,
    host: Room,
  ) {
    const places = new Map(updates.moves);
    const members = events.flatMap((event) => {
      const memory = located(event.reads[0] ?? 0);
      const place = memory && places.get(memory);
      return event.gathers && place ? [{ event, order: event.gathers, memory, place }] : [];
    });
    let last = -1 - updates.rows;
    this.#joined = groups(members).flatMap((members) => {
      const event = this.#join(members, host, () => last--);
      return event ? [{ members, event }] : [];
    });
  }

  /** The launches, with the joined ones in the places of their first members. */
  launches(all: readonly LaunchEvent[]): LaunchEvent[] {
    return all.flatMap((event) => {
      const group = this.#joined.find(({ members }) => members.some((one) => one.event === event));
      if (group === undefined) return [event];
      return group.members[0]?.event === event ? [group.event] : [];
    });
  }

  /** The buffer that a joined launch reads or writes. */
  row(id: MemoryId): PooledBuffer | undefined {
    return this.#rows.get(id)?.();
  }

  /** @param fresh - a number for a piece of memory that no recording knows */
  #join(members: readonly Member[], host: Room, fresh: () => MemoryId): LaunchEvent | undefined {
    const [first] = members;
    if (first === undefined) return undefined;
    const each = widthOf(first.event) / first.order.length;
    const places = host.split(members.map(({ order }) => each * order.length));
    const whole = places[0]?.arena?.whole;
    if (whole === undefined) return undefined;
    const order = new Float32Array(whole.buffer.size / (4 * each));
    for (const [k, { event, order: own, place }] of members.entries()) {
      const to = places[k] ?? whole;
      this.placed.set(event.results[0] ?? 0, to);
      order.set(
        own.map((i) => i + place.offset / 4),
        to.offset / (4 * each),
      );
    }
    const from = host.take(order.length);
    host.device.queue.writeBuffer(from.buffer, from.offset, order);
    const [weights, table, result] = [fresh(), fresh(), fresh()];
    this.#rows.set(weights, () => first.memory.arena?.whole ?? first.memory);
    this.#rows.set(result, () => whole);
    this.placed.set(table, from);
    return widened(first.event, [weights, table], result, each * order.length);
  }
}

/** The threads of a launch of one axis. */
const widthOf = ({ numbers }: LaunchEvent): number =>
  new Uint32Array(new Uint8Array(numbers ?? []).buffer)[0] ?? 0;

/** A launch of one axis on other buffers, of so many threads. */
function widened(
  event: LaunchEvent,
  reads: readonly MemoryId[],
  result: MemoryId,
  width: number,
): LaunchEvent | undefined {
  const numbers = new Uint8Array(event.numbers ?? []);
  const words = new Uint32Array(numbers.buffer);
  const workgroup = (words[3] ?? 0) / event.workgroups[0];
  const workgroups = Math.ceil(width / workgroup);
  if (workgroups > mostWorkgroups) return undefined;
  words[0] = width;
  words[3] = workgroups * workgroup;
  return { ...event, reads, results: [result], numbers, workgroups: [workgroups, 1, 1] };
}

/** Launches of one kernel that gather from weights in one buffer. */
function groups(members: readonly Member[]): Member[][] {
  const found: Member[][] = [];
  for (const one of members) {
    const group = found.find(
      ([other]) =>
        other?.event.pipeline === one.event.pipeline && other.place.arena === one.place.arena,
    );
    if (group) group.push(one);
    else found.push([one]);
  }
  return found.filter(({ length }) => length > 1);
}
