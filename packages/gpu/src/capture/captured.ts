/** @file A captured step on a device: when it runs, when it is repeated, and what it refuses. */
import { type Backend, clone, scope, Tensor, withBackend } from "@spm/core";
import { BackendError, copyArray, fromArray, isRecording, own, type Spec } from "@spm/core/extend";
import type { CaptureCounts, Captured, CaptureOptions } from "@spm/optim";
import { type Dissected, dissect } from "@spm/optim/extend";
import type { PooledBuffer } from "../buffer-pool.ts";
import { type DeviceArray, isWhole } from "../device-array.ts";
import { Recent } from "../recent.ts";
import type { WebGpuExecutor } from "../webgpu-executor.ts";
import { firstDifference, readAll } from "./comparison.ts";
import { type Match, match, type Roles, survivors } from "./match.ts";
import { type MemoryId, Recording } from "./recording.ts";
import { Repetition } from "./repetition.ts";

/** Forms of arguments whose recordings are kept. */
const keptForms = 8;
/** Calls in a row that may differ before a step is refused. */
const mostDifferent = 5;

/** Calls in a row that may run before a step is refused: each has arguments of another form. */
const mostInRow = 32;

/** A tensor of a result. */
interface Kept {
  readonly id: MemoryId;
  readonly spec: Spec;
  readonly handle: DeviceArray;
}

/** A recorded call and its result. */
interface Recorded extends Pick<Dissected, "text" | "rebuild"> {
  readonly recording: Recording;
  readonly results: readonly Kept[];
}

/** Frees the buffers of steps that are garbage. */
const dropped = new FinalizationRegistry<() => void>((dispose) => dispose());

/** Arguments of one form: the last call that ran, and its repetition. */
interface Form {
  last: Recorded | null;
  roles: Roles | null;
  repetition: Repetition | null;
  /** Refreshes before its last recording. */
  refreshes: number;
}

/** A step on one device. */
export class CapturedStep<Args extends readonly unknown[], Result> {
  readonly #executor: WebGpuExecutor;
  readonly #backend: Backend;
  readonly #step: (...args: Args) => Result;
  readonly #options: Required<CaptureOptions>;
  readonly #forms = new Recent<Form>(keptForms, (form) => this.#drop(form));
  #ran = 0;
  #repeated = 0;
  #launches = 0;
  #different = 0;
  #refusal: string | null = null;
  /** In what the last call that ran differed from the one before. */
  #difference: string | null = null;
  /** Repetitions since the last that was compared. */
  #unchecked = 0;
  /** Calls that ran since the last repetition. */
  #inRow = 0;
  #refreshes = 0;

  constructor(
    executor: WebGpuExecutor,
    backend: Backend,
    step: (...args: Args) => Result,
    options: Required<CaptureOptions>,
  ) {
    this.#executor = executor;
    this.#backend = backend;
    this.#step = step;
    this.#options = options;
  }

  get counts(): CaptureCounts {
    return {
      ran: this.#ran,
      repeated: this.#repeated,
      launches: this.#launches,
      refusal: this.#refusal,
    };
  }

  /** The step as a function. */
  callable(): Captured<Args, Result> {
    const call = (...args: Args): Result =>
      withBackend(this.#backend, () => this.#call(args) as Result & PromiseLike<never>);
    const dispose = (): void => this.#forms.drop();
    const refresh = (): void => {
      this.#refreshes++;
    };
    dropped.register(call, dispose);
    Object.defineProperty(call, "counts", { get: () => this.counts });
    return Object.assign(call as Captured<Args, Result>, {
      refresh,
      dispose,
      [Symbol.dispose]: dispose,
    });
  }

  #call(args: Args): Result {
    // within a derivative, or within another captured step, it is a part of that
    if (isRecording() || this.#executor.recording !== null) return this.#run(args);
    if (this.#refusal !== null && this.#options.onRefusal === "throw")
      throw new BackendError("capture", "a step that can be repeated", this.#refusal);
    if (this.#refusal !== null) return this.#run(args);
    const given = dissect(args);
    if (typeof given === "string") return this.#refuse(`one with ${given} as an argument`, args);
    if (given.tensors.some((x) => !this.#isNear(x))) return this.#run(args);
    const form = this.#forms.get(given.text, () => ({
      last: null,
      roles: null,
      repetition: null,
      refreshes: 0,
    }));
    const { repetition, last } = form;
    const fresh = form.refreshes === this.#refreshes;
    if (!last || !fresh || !repetition?.ready || !repetition.renew())
      return this.#record(form, given);
    const { checkEvery } = this.#options;
    if (checkEvery > 0 && ++this.#unchecked >= checkEvery)
      return this.#check(form, repetition, given);
    return this.#repeat(repetition, last, given.tensors);
  }

  /** Whether a tensor is on the device, or a scalar in CPU memory. */
  #isNear({ backend, shape }: Tensor): boolean {
    return backend === this.#backend || (backend.arrayOf !== undefined && shape.length === 0);
  }

  /** The step as always. */
  #run(args: readonly unknown[]): Result {
    this.#ran++;
    return scope(() => this.#step(...(args as unknown as Args)));
  }

  /** Refuses to repeat the step. */
  #refuse(reason: string, args: readonly unknown[]): Result {
    this.#refusal = reason;
    this.#forms.drop();
    if (this.#options.onRefusal === "run") return this.#run(args);
    throw new BackendError("capture", "a step that can be repeated", reason);
  }

  #repeat(repetition: Repetition, last: Recorded, tensors: readonly Tensor[]): Result {
    const memories = this.#launch(repetition, tensors);
    repetition.commit();
    this.#repeated++;
    this.#inRow = 0;
    const made = memories.map((memory, k) => {
      const { spec, handle } = last.results[k] as Kept;
      return new Tensor(spec, this.#backend, { ...handle, memory });
    });
    return last.rebuild(own(made)) as Result;
  }

  #launch(repetition: Repetition, tensors: readonly Tensor[]): PooledBuffer[] {
    return scope(() =>
      repetition.launch(
        tensors.map((x) => {
          const here = x.backend === this.#backend && isWhole(x.handle as DeviceArray);
          return (here ? x : this.#copy(x)).handle as DeviceArray;
        }),
      ),
    );
  }

  /**
   * Runs the step beside a repetition from the same state, and compares them.
   * @throws BackendError where launches or numbers differ; other bits are the next call's error
   */
  #check(form: Form, repetition: Repetition, given: Dissected): Result {
    this.#unchecked = 0;
    const { generators, keptIds, left } = repetition;
    const states = generators.map(({ state }) => state);
    const made = this.#launch(repetition, given.tensors);
    const repeated = readAll(this.#executor, [...made, ...left]);
    for (const memory of made) this.#executor.release(memory);
    for (const [k, random] of generators.entries()) random.state = states[k] ?? random.state;
    const result = this.#record(form, given);
    const now = form.last;
    const difference = now ? repetition.differenceFrom(now.recording) : "another result";
    if (now === null || form.repetition === null || difference !== null) {
      repeated.catch(() => {}); // a lost device says so at the next call
      const got = difference ?? this.#difference ?? "another call";
      const help = "make what changes an argument, or tell by refresh(); fit: capture: false";
      throw new BackendError("capture", "a step that does what was recorded", got, help);
    }
    const ids = [...now.results.map(({ id }) => id), ...keptIds];
    const memories = ids.flatMap((id) => now.recording.memories[id] ?? []);
    Promise.all([repeated, readAll(this.#executor, memories)]).then(
      ([got, want]) => {
        const found = firstDifference(got, want);
        if (found !== null) this.#refusal ??= `one whose repetition left ${found}`;
      },
      () => {},
    );
    return result;
  }

  /** A tensor of the same values, in memory of its own on the device. */
  #copy(x: Tensor): Tensor {
    if (x.backend === this.#backend) return clone(x);
    return fromArray(copyArray(x.ndarray()), this.#backend);
  }

  /** Runs the step, and prepares its repetition if it did what the last call did. */
  #record(form: Form, given: Dissected): Result {
    const { last } = form;
    this.#ran++;
    return scope(() => {
      // copies, so that no memory of an argument is the step's own, too
      const tensors = given.tensors.map((x) => this.#copy(x));
      const recording = new Recording(tensors.map(memoryOf));
      const args = given.rebuild(tensors) as unknown as Args;
      const result = this.#executor.record(recording, () =>
        recording.run(() => scope(() => this.#step(...args))),
      );
      const difference = this.#conclude(form, recording, result);
      this.#difference = difference;
      form.refreshes = this.#refreshes;
      this.#different = difference === null || last === null ? 0 : this.#different + 1;
      if (++this.#inRow >= mostInRow) this.#refusal ??= "one whose arguments are of other forms";
      if (this.#different >= mostDifferent)
        this.#refusal ??= `one whose calls differ, by ${difference}`;
      if (recording.refusal !== null) this.#refusal = recording.refusal;
      if (this.#refusal !== null) this.#forms.drop();
      return result;
    });
  }

  /** Compares a recorded call with the last one. @returns in what they differ; null: in nothing */
  #conclude(form: Form, recording: Recording, result: unknown): string | null {
    this.#drop(form);
    const { last } = form;
    form.last = null;
    const parts = dissect(result);
    if (typeof parts === "string") {
      recording.refuse(`one that returns ${parts}`);
      return null;
    }
    if (parts.tensors.some(({ backend }) => backend !== this.#backend)) {
      recording.refuse("one that returns a tensor of another backend");
      return null;
    }
    const results = parts.tensors.map(({ shape, dtype, handle }) => ({
      id: recording.idOf((handle as DeviceArray).memory),
      spec: { shape, dtype },
      handle: handle as DeviceArray,
    }));
    const { text, rebuild } = parts;
    form.last = { recording, text, results, rebuild };
    const found =
      last === null ? { difference: "none before" } : compared(last, form.last, form.roles);
    form.roles = "roles" in found ? found.roles : null;
    if ("difference" in found) return found.difference;
    const ids = results.map(({ id }) => id);
    form.repetition = new Repetition(this.#executor.host, recording, found.roles, ids);
    this.#executor.repetitions.add(form.repetition);
    this.#launches = form.repetition.launches;
    return null;
  }

  #drop(form: Form): void {
    if (form.repetition !== null) this.#executor.repetitions.drop(form.repetition);
    form.repetition = null;
  }
}

const memoryOf = (x: Tensor): PooledBuffer => (x.handle as DeviceArray).memory as PooledBuffer;

/** Compares two calls in a row, and what they returned and kept. */
function compared(last: Recorded, now: Recorded, known: Roles | null): Match {
  const ids = (of: Recorded): string => of.results.map(({ id }) => id).join();
  if (last.text !== now.text) return { difference: `its result, ${now.text}` };
  const found = match(last.recording, now.recording, known);
  if ("difference" in found) return found;
  if (ids(last) !== ids(now)) return { difference: "the memory of its result" };
  const returned = new Set(now.results.map(({ id }) => id));
  for (const from of found.roles.values())
    if (from !== null && returned.has(from))
      return { difference: "a tensor that it returns and reads at the next call" };
  const { memories } = last.recording;
  const piled = survivors(last.recording).some((id) => {
    const memory = memories[id];
    return !returned.has(id) && memory !== undefined && !now.recording.released.has(memory);
  });
  if (piled && known === null) return { difference: "a tensor that each call keeps" };
  return found;
}
