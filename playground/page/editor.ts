/** @file The editor: CodeMirror in a shadow root, so that its styles need no inline style sheet. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** The editor as the page uses it. */
export interface Editor {
  text(): string;
  replace(text: string): void;
  /** Marks a line, from 1, as the place of an error; none without one. */
  mark(line?: number): void;
  /** Moves the cursor to a place, both from 1, and the focus to the editor. */
  goTo(line: number, column: number): void;
}

const markLine = StateEffect.define<number | undefined>();
const broken = Decoration.line({ class: "broken" });

/** The marked line; it goes with the next change of the text. */
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, { docChanged, effects, state }) {
    const effect = effects.find((one) => one.is(markLine));
    if (effect === undefined) return docChanged ? Decoration.none : decorations;
    const line = effect.value as number | undefined;
    if (line === undefined || line > state.doc.lines) return Decoration.none;
    return Decoration.set([broken.range(state.doc.line(line).from)]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Colours are variables of the page, which has them for both themes. */
const theme = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--field)",
    fontSize: "0.875rem",
    maxHeight: "var(--editor-height)",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0", minHeight: "12rem" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "var(--field)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--active)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--selected)",
  },
  ".cm-selectionBackground": { background: "var(--selected)" },
  ".broken": { backgroundColor: "var(--wrong-ground)", boxShadow: "inset 3px 0 var(--wrong)" },
  ".tok-keyword": { color: "var(--keyword)" },
  ".tok-string, .tok-string2": { color: "var(--string)" },
  ".tok-number, .tok-bool": { color: "var(--number)" },
  ".tok-comment": { color: "var(--soft)", fontStyle: "italic" },
  ".tok-propertyName, .tok-typeName, .tok-className": { color: "var(--name)" },
});

/**
 * Replaces a selection by what is typed. Where the browser does it, over several lines, it keeps
 * the look of the old text by inline styles, which the page's policy forbids.
 */
const typing = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    if (inputType !== "insertText" || data === null || view.state.selection.main.empty)
      return false;
    const change = view.state.replaceSelection(data);
    view.dispatch(change, { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

/**
 * An editor in `place`.
 * @param run - is called by Ctrl+Enter, on a Mac by ⌘+Enter
 */
export function openEditor(place: HTMLElement, run: () => void): Editor {
  const root = place.attachShadow({ mode: "open", delegatesFocus: true });
  const runByKey = (): true => {
    run();
    return true;
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        EditorView.lineWrapping,
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        marked,
        typing,
        syntaxHighlighting(classHighlighter),
        theme,
        javascript({ typescript: true }),
        keymap.of([
          { key: "Mod-Enter", run: runByKey },
          indentWithTab,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": "Program. Tab indents; Escape, then Tab leaves the editor.",
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    replace: (insert) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } }),
    mark: (line) => view.dispatch({ effects: markLine.of(line) }),
    goTo(line, column) {
      const { from, to } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      const anchor = Math.min(from + column - 1, to);
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
  };
}
