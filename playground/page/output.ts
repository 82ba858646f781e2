/** @file What a program shows, as elements of the page: text, tables, and pictures as images. */
import type { Entry, Failure, Table } from "../messages.ts";
import { element } from "./element.ts";
import { openPad } from "./pad.ts";

/** What else happens on the page. */
export interface OutputActions {
  readonly goTo: (line: number, column: number) => void;
  readonly draw: (pixels: Float32Array) => void;
}

/** A table in a frame that scrolls, also by keys. */
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
  const frame = element("div", { className: "scrolls", tabIndex: 0, role: "group" }, table);
  frame.setAttribute("aria-label", caption);
  return frame;
}

/** A picture: as an image, an SVG runs nothing and loads nothing. */
function pictureElement(svg: string, description: string): HTMLElement {
  const source = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  const image = element("img", { src: source, alt: description });
  const frame = element("div", { className: "scrolls picture", tabIndex: 0, role: "group" }, image);
  frame.setAttribute("aria-label", "Picture");
  return frame;
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

/** The entries of a run, in `place`. */
export class OutputView {
  readonly #place: HTMLElement;
  readonly #actions: OutputActions;
  readonly #pictures = new Map<string, HTMLElement>();
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
      const earlier = this.#pictures.get(entry.title);
      const picture = pictureElement(entry.svg, entry.description);
      this.#pictures.set(entry.title, picture);
      if (earlier !== undefined) {
        earlier.replaceWith(picture);
        return;
      }
      this.#append(picture);
    } else if (entry.kind === "table") this.#append(tableElement(entry.table));
    else if (entry.kind === "pad") this.#append(openPad(this.#actions.draw));
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
