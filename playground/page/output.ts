/** @file The output of a program as elements: text, tables, and pictures as images. */
import type { Entry, Failure, Table } from "../messages.ts";
import { element } from "./element.ts";
import { openPad } from "./pad.ts";

/** The parts of the page that an entry acts on. */
export interface OutputActions {
  readonly goTo: (line: number, column: number) => void;
  readonly draw: (pixels: Float32Array) => void;
  readonly choose: (bytes: Uint8Array, name: string) => void;
}

/** Frames that are wider inside than outside take the focus, so that keys scroll them. */
const frames = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const frame = target.closest<HTMLElement>(".scrolls");
    if (frame) frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1;
  }
});

/** A frame with a name around what may be wider than the page. */
function framed(name: string, child: HTMLElement): HTMLElement {
  const frame = element("div", { className: "scrolls", role: "group" }, child);
  frame.setAttribute("aria-label", name);
  frames.observe(frame);
  frames.observe(child);
  return frame;
}

/** A table in a frame. */
function tableElement({ caption, columns, rows }: Table): HTMLElement {
  const cells = (row: readonly string[]) => row.map((cell) => element("td", {}, cell));
  const head = columns?.map((name) => element("th", { scope: "col" }, name)) ?? [];
  const table = element(
    "table",
    {},
    element("caption", {}, caption),
    ...(head.length > 0 ? [element("thead", {}, element("tr", {}, ...head))] : []),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row)))),
  );
  return framed(caption, table);
}

/** Puts a picture into an image: there an SVG runs nothing and loads nothing. */
function draw(image: HTMLImageElement, svg: string, description: string): HTMLImageElement {
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  image.alt = description;
  return image;
}

function failureElement({ name, message, help, line, column }: Failure, actions: OutputActions) {
  const said = element("p", {}, element("strong", {}, name), ` ${message}`);
  const failure = element("div", { className: "failure" }, said);
  if (help !== undefined) failure.append(element("p", { className: "help" }, `help: ${help}`));
  if (line !== undefined) {
    const button = element("button", { type: "button" }, `Go to line ${line}`);
    button.addEventListener("click", () => actions.goTo(line, column ?? 1));
    failure.append(button);
  }
  return failure;
}

/** A button that opens a file of the visitor's, of which the page only reads the bytes. */
function chooser(label: string, choose: OutputActions["choose"]): HTMLElement {
  const input = element("input", { type: "file" });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (file !== undefined) choose(new Uint8Array(await file.arrayBuffer()), file.name);
  });
  return element("label", { className: "chooser" }, label, input);
}

/** The entries of a run, in `place`. */
export class OutputView {
  readonly #place: HTMLElement;
  readonly #actions: OutputActions;
  readonly #pictures = new Map<string, HTMLImageElement>();
  #written: HTMLElement | undefined;

  constructor(place: HTMLElement, actions: OutputActions) {
    this.#place = place;
    this.#actions = actions;
  }

  clear(): void {
    this.#place.replaceChildren();
    this.#pictures.clear();
    this.#written = undefined;
  }

  show(entry: Entry): void {
    if (entry.kind === "write") {
      this.#written ??= this.#append(element("pre", { className: "written" }));
      this.#written.append(entry.text);
      return;
    }
    if (entry.kind === "picture") {
      const { title, svg, description } = entry;
      const earlier = this.#pictures.get(title);
      const image = draw(earlier ?? element("img"), svg, description);
      if (earlier !== undefined) return; // in its place, so that it is not read out again
      this.#pictures.set(title, image);
      this.#append(framed("Picture", image));
    } else if (entry.kind === "table") this.#append(tableElement(entry.table));
    else if (entry.kind === "pad") this.#append(openPad(this.#actions.draw));
    else if (entry.kind === "chooser") this.#append(chooser(entry.label, this.#actions.choose));
    else if (entry.kind === "error") this.#append(failureElement(entry.failure, this.#actions));
    else this.#log(entry.level, entry.parts);
    this.#written = undefined;
  }

  #append<T extends HTMLElement>(child: T): T {
    this.#place.append(child);
    return child;
  }

  /** A line of the console; tables between its words stand below each other. */
  #log(level: string, parts: readonly (string | Table)[]): void {
    const line = element("div", { className: `log ${level}` });
    let words: string[] = [];
    const flush = (): void => {
      if (words.length > 0) line.append(element("pre", {}, words.join(" ")));
      words = [];
    };
    for (const part of parts)
      if (typeof part === "string") words.push(part);
      else {
        flush();
        line.append(tableElement(part));
      }
    flush();
    this.#append(line);
  }
}
