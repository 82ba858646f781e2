/**
 * @file vmap. It is a backend: its tensors have the shape of one sample, their
 * handles are tensors of the backend beneath with the batch as first axis, and a call is lowered by
 * the batching rule of its primitive. Tapes opened in the function see calls on single samples,
 * those around it the lowered ones, so that derivatives and vmaps nest in any order.
 */
import type { NdArray } from "./array.ts";
import { type Backend, type BackendReport, printedReport } from "./backend.ts";
import { BackendError, ShapeError } from "./errors.ts";
import type { Tensors } from "./grad.ts";
import { checkAxis } from "./ops/axes.ts";
import { zeros } from "./ops/create.ts";
import { alias, at, broadcastTo, stack, transpose } from "./ops/families.ts";
import { checkOptions, type OptionNames } from "./ops/options.ts";
import { fromArray, type Level, type Primitive } from "./primitive.ts";
import { keep, own, scope, synchronous } from "./scope.ts";
import { atDepth, depth } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** A handle of a vmap: a tensor beneath, [batch, ...] if it carries the batch, otherwise [...]. */
interface Lane {
  readonly value: Tensor;
  readonly batched: boolean;
}

/** That of every platform; the language's own library has none. */
declare const console: { warn(message: string): void };

/** The primitives without a batching rule that were spoken of. */
const warned = new Set<string>();

/** The backend of one vmap. */
export class Batch implements Level {
  readonly name = "vmap";
  readonly collected = true;
  readonly live = { storages: 0, bytes: 0 };
  readonly kernels: Backend["kernels"];
  readonly depth: number;
  readonly size: number;
  readonly beneath: Backend;

  constructor(depth: number, size: number, beneath: Backend) {
    this.depth = depth;
    this.size = size;
    this.beneath = beneath;
    // what a fused op asks before it calls its kernels rather than its composed form
    const has = (primitive: object) =>
      beneath.arrayOf !== undefined || beneath.kernels.has(primitive);
    this.kernels = { get: () => undefined, has };
  }

  upload = (array: NdArray): Lane => this.#lane(fromArray(array, this.beneath), false);
  memory = ({ value }: Lane): object => value;
  bytes = (): number => 0;
  release = (value: object): void => (value as Tensor).dispose();
  download = (): never => this.#unreadable("data");
  clone = (): never => this.#unreadable("assign");
  report = (): BackendReport =>
    printedReport({ name: "vmap", liveStorages: 0, liveBytes: 0, fallbacks: [] });
  dispose = async (): Promise<void> => {};
  [Symbol.asyncDispose] = (): Promise<void> => this.dispose();
  copyToHeap = (lane: Lane): Lane => {
    lane.value.detach();
    return lane;
  };

  #unreadable(op: string): never {
    throw new BackendError(op, "a tensor outside of vmap", "one sample of a batch");
  }

  /** A handle that owns the tensor beneath: it is released with the last holder. */
  #lane(value: Tensor, batched: boolean): Lane {
    return { value: keep(value), batched };
  }

  laneOf(x: Tensor): Lane {
    return x.backend === this ? (x.handle as Lane) : { value: x, batched: false };
  }

  /** One sample of a tensor [batch, ...] as it is in the function. */
  wrap(value: Tensor, batched: boolean): Tensor {
    const shape = batched ? value.shape.slice(1) : value.shape;
    const lane = this.#lane(alias(value), batched);
    return own([new Tensor({ shape, dtype: value.dtype }, this, lane)])[0];
  }

  /** The whole batch [batch, ...] of a tensor of the function. */
  unwrap(x: Tensor): Tensor {
    const { value, batched } = this.laneOf(x);
    return batched ? alias(value) : broadcastTo(value, [this.size, ...value.shape]);
  }

  lower(
    primitive: Primitive,
    op: (inputs: Tensors, options: unknown) => Tensors,
    inputs: Tensors,
    options: unknown,
  ): Lane[] {
    const lanes = inputs.map((x) => this.laneOf(x));
    const [values, batched] = [lanes.map((l) => l.value), lanes.map((l) => l.batched)];
    const some = batched.includes(true);
    const results = (): Tensors =>
      some
        ? (primitive.batch?.(op, values, batched, options) ??
          this.#composed(primitive, inputs, options) ??
          this.#loop(primitive, op, inputs, options))
        : op(values, options);
    return atDepth(this.depth - 1, () => scope(results)).map((value) => this.#lane(value, some));
  }

  #composed({ composed }: Primitive, inputs: Tensors, options: unknown): Tensors | undefined {
    return (
      composed && atDepth(this.depth, () => composed(inputs, options)).map((x) => this.unwrap(x))
    );
  }

  #loop(
    primitive: Primitive,
    op: (inputs: Tensors, options: unknown) => Tensors,
    inputs: Tensors,
    options: unknown,
  ): Tensors {
    const { name } = primitive;
    if (!warned.has(name)) console.warn(`vmap: ${name} has no batching rule, so it runs in a loop`);
    warned.add(name);
    const one = (x: Tensor, b: number) => {
      const { value, batched } = this.laneOf(x);
      return batched ? at(value, b) : value;
    };
    const rows = Array.from({ length: this.size }, (_, b) =>
      op(
        inputs.map((x) => one(x, b)),
        options,
      ),
    );
    return primitive
      .infer(inputs, options)
      .map(({ shape, dtype }, k) =>
        this.size === 0
          ? zeros([0, ...shape], { dtype, backend: this.beneath })
          : stack(rows.flatMap((row) => row.slice(k, k + 1))),
      );
  }
}

/** Options of {@link vmap}. */
export interface VmapOptions {
  /**
   * The batch axis of the arguments: of all, or of each; null where an argument has none and every
   * sample gets all of it.
   * @defaultValue 0
   */
  readonly inAxes?: number | readonly (number | null)[];
  /**
   * The batch axis of the results.
   * @defaultValue 0
   */
  readonly outAxes?: number;
}
const vmapNames: OptionNames<VmapOptions> = { inAxes: true, outAxes: true };

/** A value with `f` of each tensor in it, also in arrays and plain objects. */
function mapTensors(value: unknown, f: (x: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return f(value);
  if (Array.isArray(value)) return value.map((part) => mapTensors(part, f));
  if (typeof value !== "object" || value === null || value.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([k, part]) => [k, mapTensors(part, f)]));
}

/** The axis `from` at the place `to`: a view. */
function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const rank = x.shape.length;
  const [a, b] = [checkAxis("vmap", from, rank), checkAxis("vmap", to, rank)];
  const rest = x.shape.map((_, k) => k).filter((k) => k !== a);
  return a === b ? x : transpose(x, rest.toSpliced(b, 0, a));
}

/**
 * A function of one sample as a function of a batch, as torch.vmap and jax.vmap: it runs once, and
 * every op in it works on the whole batch. It nests with itself and with all derivatives.
 * Tensors that the function has from elsewhere, also those that it draws at random, are the same
 * for every sample. An op without a batching rule runs in a loop, and says so on the console.
 * @param f - of tensors [...], or arrays and plain objects of them, to the same
 * @returns the function of arguments [..., batch, ...] to results [batch, ...]
 * @throws ShapeError unless the arguments have one batch size; BackendError where the function
 * reads the numbers of a sample
 * @example
 * const slope = vmap(grad((x) => sum(pow(x, 3)))); // a gradient for each sample
 * slope(tensor([[1, 2], [3, 4]])); // [[3, 12], [27, 48]]
 */
export function vmap<Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  options: VmapOptions = {},
): (...args: Args) => R {
  checkOptions("vmap", options, vmapNames);
  const { inAxes = 0, outAxes = 0 } = options;
  return (...args) =>
    scope(() => {
      const batches: Tensor[] = [];
      const moved = args.map((arg, k) => {
        const axis = typeof inAxes === "number" ? inAxes : inAxes[k];
        if (axis === undefined) throw new ShapeError("vmap", `${args.length} axes in inAxes`, k);
        return (each: (x: Tensor) => Tensor) =>
          axis === null ? arg : mapTensors(arg, (x) => each(moveAxis(x, axis, 0)));
      });
      for (const visit of moved)
        visit((x) => {
          batches.push(x);
          return x;
        });
      const [first] = batches;
      if (first === undefined) throw new ShapeError("vmap", "a tensor with a batch axis", "none");
      const size = first.shape[0]!;
      const odd = batches.find((x) => x.shape[0] !== size);
      if (odd) throw new ShapeError("vmap", `${size} samples in each argument`, odd.shape[0]);
      const level = new Batch(depth.value + 1, size, first.backend);
      const inner = moved.map((visit) => visit((x) => level.wrap(x, true)));
      const result = atDepth(level.depth, () =>
        synchronous("vmap", () => f(...(inner as unknown as Args))),
      );
      return mapTensors(result, (y) => moveAxis(level.unwrap(y), 0, outAxes)) as R;
    });
}
