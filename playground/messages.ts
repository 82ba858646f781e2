/** @file The messages between the page and the worker that runs the visitor's program. */

/** Numbers as rows of text: a matrix, or a part of a tensor with more axes. */
export interface Table {
  readonly caption: string;
  /** A name above each column; none for a tensor. */
  readonly columns?: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One thing that the page shows below the editor, in order. */
export type Entry =
  | { readonly kind: "log"; readonly level: Level; readonly parts: readonly (string | Table)[] }
  /** Text that continues the last line. */
  | { readonly kind: "write"; readonly text: string }
  /** An SVG; one with the title of an earlier picture takes its place. */
  | {
      readonly kind: "picture";
      readonly title: string;
      readonly svg: string;
      readonly description: string;
    }
  | { readonly kind: "table"; readonly table: Table }
  /** A pad to draw on, whose pixels come back as a {@link Drawing}. */
  | { readonly kind: "pad" }
  /** A button that opens a file of the visitor's, which comes back as a {@link Chosen}. */
  | { readonly kind: "chooser"; readonly label: string }
  | { readonly kind: "error"; readonly failure: Failure };

/** The method of the console that printed a line. */
export type Level = "log" | "warn" | "error";

/** An error of the visitor's program. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  /** The remedy that the library names. */
  readonly help?: string;
  /** From 1, where it is known. */
  readonly line?: number;
  readonly column?: number;
}

/** From the worker: something to show, a file that it needs, or the end of the program's text. */
export type FromWorker =
  | Entry
  | { readonly kind: "need"; readonly file: string }
  | {
      readonly kind: "done";
      /** null where it did not start. */
      readonly backend: string | null;
      readonly milliseconds: number;
    };

/** A backend that the visitor can choose. */
export type BackendName = "wasm" | "webgpu" | "reference";

/** To the worker: the program, a file that it asked for, what was drawn, or chosen. */
export type ToWorker =
  | {
      readonly kind: "run";
      readonly code: string;
      readonly backend: BackendName;
      /** The file of each package that programs may import. */
      readonly packages: Readonly<Record<string, string>>;
    }
  | { readonly kind: "file"; readonly file: string; readonly bytes: Uint8Array | null }
  | Drawing
  | Chosen;

/** A file of the visitor's. */
interface Chosen {
  readonly kind: "chosen";
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The pixels of a pad, square, row by row: 0 is paper, 1 ink. */
interface Drawing {
  readonly kind: "drawing";
  readonly pixels: Float32Array;
}

/** `contents.json`, which the build writes for the page. */
export interface Contents {
  readonly lessons: readonly Lesson[];
  readonly packages: Readonly<Record<string, string>>;
  /** All files that a worker may ask for. */
  readonly files: readonly string[];
}

/** A program with a text before it. */
export interface Lesson {
  readonly name: string;
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly code: string;
}
