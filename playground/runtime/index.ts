/**
 * @file @spm/playground: what a program in the playground may import besides the packages, and the
 * console that it finds.
 */
import { currentBackend, reference, setBackend, type Tensor, tensor } from "@spm/core";
import { wasm } from "@spm/wasm";
import type { BackendName, Entry, FromWorker, Level } from "../messages.ts";
import { described } from "./describe.ts";
import { centredDigit } from "./digit.ts";
import { type Output, outputTo } from "./output.ts";
import { type PlotOptions, plotted, type Series } from "./plot.ts";
import { type Showable, type ShowOptions, shown } from "./show.ts";
import { taped } from "./tape.ts";

/** The worker as {@link start} gets it. */
export interface Surroundings {
  readonly send: (message: FromWorker) => void;
  /** Reports an error of the program. */
  readonly fail: (error: unknown) => void;
  readonly file: (name: string) => Promise<Uint8Array>;
  readonly backend: BackendName;
  /** Loads another package. */
  readonly load: (name: string) => Promise<object>;
}

/** A started runtime as the worker sees it. */
export interface Runtime {
  /** Waits until everything is shown that the program has printed so far. */
  settled(): Promise<void>;
  /** The backend in words, and what it left to the reference. */
  backend(): string;
  /** Takes what the visitor drew, a square of numbers in 0 … 1. */
  drawn(pixels: Float32Array): void;
  /** Takes a file that the visitor chose. */
  chosen(bytes: Uint8Array, name: string): void;
}

/** The run that this worker is for. */
interface Run extends Surroundings {
  readonly output: Output;
  readonly listeners: ((image: Tensor) => unknown)[];
  readonly readers: FileReader[];
}

/** Is told of a file of the visitor's. */
type FileReader = (bytes: Uint8Array, name: string) => unknown;

let run: Run | undefined;

/** The run. @throws Error outside of the playground */
function current(name: string): Run {
  if (run === undefined) throw new Error(`${name}: expected the playground, got another place`);
  return run;
}

/**
 * Draws numbers in their order, or several such series by name; again under the same title it
 * takes the place of the plot before.
 * @example plot({ loss: losses }, { title: "training", log: true });
 */
export function plot(series: Series, options: PlotOptions = {}): void {
  current("plot").output.show(plotted(series, options));
}

/**
 * Draws a tensor [n] or [rows, columns], or the pictures of a mixer's layer or factors.
 * @throws ShapeError for more axes; ValueError for anything else
 * @example show(layer.factors, { title: "a mixer" });
 */
export function show(value: Showable, { title }: ShowOptions = {}): void {
  const { output } = current("show");
  const pictures = shown(value, title);
  if (!(pictures instanceof Promise)) for (const picture of pictures) output.show(picture);
  else
    for (const k of [0, 1, 2, 3])
      output.show(pictures.then((all) => all[k] ?? { kind: "write", text: "" }));
}

/**
 * Runs `f` and shows every call of a primitive in it as a table.
 * @returns what `f` returns
 * @example showTape(() => grad(f)(x));
 */
export function showTape<T>(f: () => T): T {
  const { value, table } = taped(f);
  current("showTape").output.show({ kind: "table", table });
  return value;
}

/** Prints text without ending the line. */
export function write(text: string): void {
  current("write").output.show({ kind: "write", text });
}

/**
 * Shows a pad; after each stroke `listener` gets the drawing as images of MNIST are, [28, 28]:
 * 0 for paper, 1 for ink, its mass in the middle.
 */
export function onDrawing(listener: (image: Tensor) => unknown): void {
  const { listeners, output } = current("onDrawing");
  if (listeners.length === 0) output.show({ kind: "pad" });
  listeners.push(listener);
}

/**
 * Shows a button under a label by which the visitor opens a file; `reader` gets the bytes and the
 * name of each. They stay in this worker.
 */
export function onFile(reader: FileReader, { label = "Open a file" }: FileOptions = {}): void {
  const { readers, output } = current("onFile");
  if (readers.length === 0) output.show({ kind: "chooser", label });
  readers.push(reader);
}

/** Options of {@link onFile}. */
interface FileOptions {
  readonly label?: string;
}

/**
 * The bytes of a file that comes with the playground.
 * @example parseSafetensors(await file("models/digits.safetensors"));
 */
export const file = (name: string): Promise<Uint8Array> => current("file").file(name);

/** The backend of a name. */
async function backendOf({ backend, load }: Surroundings): Promise<typeof reference> {
  if (backend === "wasm") return wasm();
  if (backend === "reference") return reference;
  const { gpu } = (await load("@spm/gpu")) as typeof import("@spm/gpu");
  const software = () => gpu({ mode: "webgpu", adapter: "software" });
  return gpu({ mode: "webgpu" }).catch((error) => software().catch(() => Promise.reject(error)));
}

/** Begins a run: its backend and its console. */
export async function start(surroundings: Surroundings): Promise<Runtime> {
  const { send, fail } = surroundings;
  const output = outputTo(send, fail);
  const listeners: ((image: Tensor) => unknown)[] = [];
  const readers: FileReader[] = [];
  for (const [method, level] of Object.entries(levels))
    console[method as keyof typeof levels] = (...values: unknown[]) =>
      output.show(logged(level, values));
  setBackend(await backendOf(surroundings));
  run = { ...surroundings, output, listeners, readers };
  return {
    settled: () => output.settled(),
    backend: backendInWords,
    drawn(pixels) {
      const image = tensor(centredDigit(pixels), { shape: [28, 28] });
      for (const listener of listeners) Promise.resolve(image).then(listener).catch(fail);
    },
    chosen(bytes, name) {
      for (const reader of readers)
        Promise.resolve(bytes)
          .then((read) => reader(read, name))
          .catch(fail);
    },
  };
}

const levels = { log: "log", info: "log", debug: "log", warn: "warn", error: "error" } as const;

/** A line of the console; a promise while a device is read. */
function logged(level: Level, values: readonly unknown[]): Entry | Promise<Entry> {
  const entry = (parts: Awaited<ReturnType<typeof described>>): Entry => ({
    kind: "log",
    level,
    parts,
  });
  const parts = described(values);
  return parts instanceof Promise ? parts.then(entry) : entry(parts);
}

function backendInWords(): string {
  const { name, fallbacks } = currentBackend().report();
  const names = fallbacks.map(({ primitive }) => primitive);
  if (names.length === 0) return name;
  const calls = fallbacks.reduce((sum, { count }) => sum + count, 0);
  const some = [...new Set(names)].slice(0, 3).join(", ");
  return `${name}; ${calls} calls on the reference: ${some}${names.length > 3 ? ", …" : ""}`;
}
