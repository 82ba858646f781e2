/// <reference lib="esnext.disposable" preserve="true" />
/**
 * @file Backends: where arrays live, and which primitives have kernels there. The reference backend
 * is built in.
 */
import { elements, type NdArray, type TypedArray, wrap } from "./array.ts";
import { checkBackend } from "./ops/check-backend.ts";
import { printsAs, showValue } from "./prints-as.ts";

/**
 * A list of operands or results: `[x: 1, w: 1]`, `[x: 1, bias?: 1]`, `[...xs: 1[]]`. The labels are
 * documentation. (TypeScript labels only elements of tuples, so some type must follow: 1 stands for
 * one tensor.)
 */
export type Places = readonly (1 | undefined)[];

/** A `T` for each of the places. */
export type Each<P extends Places, T> = { readonly [K in keyof P]: T };

/** The outputs of a forward, or outputs and a residual for its backward pass. */
export type Result<O extends Places, Handle> =
  | Each<O, Handle>
  | { readonly outputs: Each<O, Handle>; readonly residual: readonly Handle[] };

/**
 * A primitive's forward on a backend's own arrays. A handle is what the backend's `upload` returns.
 * @param recorded - whether a tape will record this call: only then is a residual of use
 * @param residual - only for a primitive that is the backward pass of another, as a fused op's:
 * what that one's forward kept, if a kernel of this backend made it
 * @returns the outputs, or the reason for a fallback to the reference. Each output has memory of
 * its own or is a view of an input: two outputs never share new memory
 */
export type Kernel<
  Handle = unknown,
  I extends Places = Places,
  O extends Places = Places,
  Options = unknown,
> = (
  inputs: Each<I, Handle>,
  options: Options,
  recorded: boolean,
  residual?: readonly Handle[],
) => Result<O, Handle> | string;

/** The memory in use, and the calls that ran on the reference. */
export interface BackendReport {
  readonly name: string;
  readonly liveStorages: number;
  readonly liveBytes: number;
  /** The number of arrays copied in from elsewhere, if the backend has memory of its own. */
  readonly copiedIn?: number;
  /** Calls that ran on the reference, by primitive and reason. */
  readonly fallbacks: readonly {
    readonly primitive: string;
    readonly reason: string;
    readonly count: number;
  }[];
}

/**
 * The report itself, made to print as one line, and one for each fallback.
 * @example
 * String(printedReport({ name: "mine", liveStorages: 0, liveBytes: 0, fallbacks: [] }));
 */
export const printedReport = <R extends BackendReport>(report: R): R =>
  printsAs(report, ({ name, fallbacks, ...counts }) => {
    const lines = fallbacks.map((f) => `fallback: ${f.primitive} × ${f.count}, ${f.reason}`);
    return [`${name} ${showValue(counts)}`, ...lines].join("\n");
  });

/** A place where tensors live and primitives run; `await using` disposes of it. */
export interface Backend extends AsyncDisposable {
  readonly name: string;
  /** The number of vmaps whose batches its tensors carry: that of a vmap has it, no other. */
  readonly depth?: number;
  /** Keyed by the primitive object (`op.primitive`), never by its name. */
  readonly kernels: Pick<ReadonlyMap<object, Kernel>, "get" | "has">;
  /**
   * Whether the garbage collector may free what was made outside of all scopes. Kept tensors and
   * parameters on memory other than the JavaScript heap need `dispose()` all the same.
   */
  readonly collected: boolean;
  /**
   * Counts of the storages that are neither freed nor left to the garbage collector; core maintains
   * them.
   */
  readonly live: { storages: number; bytes: number };
  /**
   * Takes an array in: new tensors, and the results of a fallback. Without `arrayOf` it copies at
   * once, since the caller may write into the array afterwards.
   */
  upload(array: NdArray): unknown;
  /** The array that a handle stands for, without a copy; only where handles are CPU memory. */
  arrayOf?(handle: unknown): NdArray;
  /**
   * The same value in memory that the garbage collector frees, for tensors that leave the outermost
   * scope.
   * @defaultValue the handle itself
   */
  copyToHeap?(handle: unknown): unknown;
  /** A row-major copy that shares no memory. */
  clone(handle: unknown): unknown;
  /** Row-major elements; enqueues the read at the call. */
  download(handle: unknown): Promise<TypedArray>;
  /** The memory in which a handle lies: the same object for every handle that shares it. */
  memory(handle: unknown): object;
  /** The size of that memory in bytes. */
  bytes(memory: object): number;
  /** Frees memory that has no holder left. */
  release?(memory: object): void;
  /**
   * Counts a call of a primitive that runs on the reference, since it has no kernel or that
   * declines.
   * @throws BackendError if the reference can't compute it
   */
  fallback?(primitive: string, reason: string): void;
  report(): BackendReport;
  /** Frees everything; afterwards the process can exit. */
  dispose(): Promise<void>;
}

const live = { storages: 0, bytes: 0 };

/**
 * The built-in backend: every primitive's own `forward` on ndarray. It has all dtypes, and its
 * memory is the garbage collector's.
 * @example setBackend(reference);
 */
export const reference: Backend = {
  name: "reference",
  kernels: new Map(),
  collected: true,
  live,
  upload: (array) => array,
  arrayOf: (handle) => handle as NdArray,
  clone: (handle) => wrap(elements(handle as NdArray).slice(), (handle as NdArray).shape),
  download: async (handle) => elements(handle as NdArray).slice(),
  memory: (handle) => (handle as NdArray).data,
  bytes: (data) => (data as TypedArray).byteLength,
  report() {
    const { storages: liveStorages, bytes: liveBytes } = live;
    return printedReport({ name: "reference", liveStorages, liveBytes, fallbacks: [] });
  },
  dispose: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

printsAs(reference, ({ report }) => String(report()));

/** The backend on which new tensors are made, unless `withBackend` sets another for a while. */
export const current: { value: Backend } = { value: reference };

/**
 * Sets the backend on which new tensors are made, for the whole process: a program does so once.
 * Existing tensors stay where they are. Where several run side by side, `withBackend` says which.
 * @throws BackendError for anything but a backend, such as the promise of one
 * @example setBackend(reference);
 */
export function setBackend(backend: Backend): void {
  current.value = checkBackend("setBackend", backend);
}

/** The backend on which new tensors are made. @example currentBackend().name; */
export const currentBackend = (): Backend => current.value;
