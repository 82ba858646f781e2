/**
 * @file What a backend is: where arrays live and which primitives have kernels there. The reference
 * backend is built in.
 */
import { elements, type NdArray, type TypedArray, wrap } from "./array.ts";
import { printsAs, showValue } from "./prints-as.ts";

/**
 * A list of operands or results: `[x: 1, w: 1]`, `[x: 1, bias?: 1]`, `[...xs: 1[]]`. The labels are
 * documentation, each 1 is a place.
 */
export type Places = readonly (1 | undefined)[];

/** The same list of something. */
export type Each<P extends Places, T> = { readonly [K in keyof P]: T };

/** What a forward gives: its outputs, or with them what its backward pass shall get again. */
export type Result<O extends Places, Handle> =
  | Each<O, Handle>
  | { readonly outputs: Each<O, Handle>; readonly residual: readonly Handle[] };

/**
 * A primitive's forward on a backend's own storage. A handle is whatever the backend's `upload`
 * returns.
 * @param keep - whether anyone will differentiate; without it a residual is of no use
 * @param residual - for the forward of a backward pass: what the forward kept, if a kernel made it
 * @returns the outputs, or why the reference shall compute them
 */
export type Kernel<
  Handle = unknown,
  I extends Places = Places,
  O extends Places = Places,
  Options = unknown,
> = (
  inputs: Each<I, Handle>,
  options: Options,
  keep: boolean,
  residual?: readonly Handle[],
) => Result<O, Handle> | string;

/** What really ran, and what is alive. */
export interface BackendReport {
  readonly name: string;
  readonly liveStorages: number;
  readonly liveBytes: number;
  /** Arrays copied in from elsewhere, where the backend has memory of its own. */
  readonly copiedIn?: number;
  /** Primitives without a kernel that the reference ran instead. */
  readonly fallbacks: readonly {
    readonly primitive: string;
    readonly reason: string;
    readonly count: number;
  }[];
}

/** A report that prints on a line, and its fallbacks on one each. @returns the report */
export const printedReport = <R extends BackendReport>(report: R): R =>
  printsAs(report, ({ name, fallbacks, ...counts }) => {
    const lines = fallbacks.map((f) => `fallback: ${f.primitive} × ${f.count}, ${f.reason}`);
    return [`${name} ${showValue(counts)}`, ...lines].join("\n");
  });

/** A place where tensors live. */
export interface Backend {
  readonly name: string;
  /** Keyed by the primitive object (`op.primitive`), never by its name. */
  readonly kernels: Pick<ReadonlyMap<object, Kernel>, "get" | "has">;
  /** Whether the garbage collector frees what no scope owns. */
  readonly collected: boolean;
  /** Counters of the storages that scopes, `keep` and parameters own; core maintains them. */
  readonly live: { storages: number; bytes: number };
  /** Takes an array in; called for new tensors and for the results of a fallback. */
  upload(array: NdArray): unknown;
  /** The array behind a handle, without a copy; only where handles are CPU memory. */
  view?(handle: unknown): NdArray;
  /**
   * The same value in memory that the garbage collector frees: what leaves the outermost scope. The
   * handle itself unless given.
   */
  copyToHeap?(handle: unknown): unknown;
  /** A row-major copy that shares no memory. */
  clone(handle: unknown): unknown;
  /** Row-major elements; enqueues the read at the call. */
  download(handle: unknown): Promise<TypedArray>;
  /** The memory a handle looks at: the same object for every view of it. */
  memory(handle: unknown): object;
  /** How many bytes that memory takes. */
  bytes(memory: object): number;
  /** Frees memory that no tensor looks at any more. */
  release?(memory: object): void;
  /**
   * Called where a primitive has no kernel, or that declines: counts it, or throws BackendError
   * where the reference can't step in.
   */
  fallback?(primitive: string, reason: string): void;
  report(): BackendReport;
  /** Frees everything; afterwards the process may exit by itself. */
  dispose(): Promise<void>;
}

const live = { storages: 0, bytes: 0 };

/**
 * The backend that one reads: every primitive's own `forward` on ndarray, freed by the garbage
 * collector.
 */
export const reference: Backend = {
  name: "reference",
  kernels: new Map(),
  collected: true,
  live,
  upload: (array) => array,
  view: (handle) => handle as NdArray,
  clone: (handle) => wrap(elements(handle as NdArray).slice(), (handle as NdArray).shape),
  download: async (handle) => elements(handle as NdArray).slice(),
  memory: (handle) => (handle as NdArray).data,
  bytes: (data) => (data as TypedArray).byteLength,
  report: () =>
    printedReport({
      name: "reference",
      liveStorages: live.storages,
      liveBytes: live.bytes,
      fallbacks: [],
    }),
  dispose: async () => {},
};

let current: Backend = reference;

/** Where new tensors are created from now on; existing tensors stay where they are. */
export function setBackend(backend: Backend): void {
  current = backend;
}

/** The backend that new tensors are created on. */
export const currentBackend = (): Backend => current;
