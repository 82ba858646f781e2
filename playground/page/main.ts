/** @file The page: lessons, the editor, the buttons, the output. */
import type { BackendName, Contents, Lesson } from "../messages.ts";
import { openEditor } from "./editor.ts";
import { element } from "./element.ts";
import { OutputView } from "./output.ts";
import { openSandbox, type Sandbox } from "./sandbox.ts";
import { codeOf, hashOf } from "./share.ts";

/** An element of the page by its id. @throws Error when the page has none */
function part<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const lessonList = part("lessons", HTMLElement);
const lessonTitle = part("title", HTMLElement);
const lessonText = part("text", HTMLElement);
const backend = part("backend", HTMLSelectElement);
const [runButton, stopButton] = [part("run", HTMLButtonElement), part("stop", HTMLButtonElement)];
const shareButton = part("share", HTMLButtonElement);
const status = part("status", HTMLElement);

const output = new OutputView(part("output", HTMLElement), {
  goTo: (line, column) => editor.goTo(line, column),
  draw: (pixels) => sandbox?.draw(pixels),
  choose: (bytes, name) => sandbox?.choose(bytes, name),
});
const editor = openEditor(part("editor", HTMLElement), run);
const contents = (await (await fetch("contents.json")).json()) as Contents;
let sandbox: Sandbox | undefined;

async function run(): Promise<void> {
  output.clear();
  editor.mark();
  stopButton.disabled = false;
  status.textContent = "Running …";
  sandbox ??= await openSandbox(contents);
  let failed = false;
  const code = editor.text();
  const on = backend.value as BackendName;
  sandbox.run(code, on, {
    show(entry) {
      if (entry.kind === "error") {
        failed = true;
        editor.mark(entry.failure.line);
      }
      output.show(entry);
    },
    done(name, milliseconds) {
      const end = failed ? "Ended with an error" : "Done";
      const where = name === null ? "" : ` on ${name}`;
      status.textContent = `${end} in ${(milliseconds / 1000).toFixed(2)} s${where}.`;
    },
  });
}

function stop(): void {
  sandbox?.stop();
  stopButton.disabled = true;
  status.textContent = "Stopped.";
  runButton.focus();
}

async function share(): Promise<void> {
  history.replaceState(null, "", await hashOf(editor.text()));
  const copied = await navigator.clipboard?.writeText(location.href).then(
    () => true,
    () => false,
  );
  status.textContent = `The address has the program now${copied ? ", and is copied" : ""}.`;
}

/** A paragraph, with what stands between backticks as code. */
const words = (paragraph: string): (Node | string)[] =>
  paragraph.split("`").map((part, k) => (k % 2 === 0 ? part : element("code", {}, part)));

function showLesson({ name, title, text, code }: Lesson): void {
  lessonTitle.textContent = title;
  document.title = `${title} · SPM playground`;
  lessonText.replaceChildren(...text.map((paragraph) => element("p", {}, ...words(paragraph))));
  editor.replace(code);
  for (const link of lessonList.querySelectorAll("a"))
    if (link.hash === `#lesson=${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
}

/** Shows what the address names: a program, a lesson, or the first lesson. */
async function follow(): Promise<void> {
  sandbox?.stop();
  stopButton.disabled = true;
  output.clear();
  status.textContent = "";
  const code = await codeOf(location.hash);
  const shared = location.hash.startsWith("#code=");
  const lesson = contents.lessons.find(({ name }) => location.hash === `#lesson=${name}`);
  const first = lesson ?? contents.lessons[0];
  if (code !== undefined)
    showLesson({
      name: "",
      title: "A shared program",
      text: ["It came with the address. Read it before you run it."],
      code,
    });
  else if (first !== undefined) showLesson(first);
  if (shared && code === undefined) status.textContent = "The address has a damaged program.";
}

lessonList.append(
  ...contents.lessons.map(({ name, title }) =>
    element("li", {}, element("a", { href: `#lesson=${name}` }, title)),
  ),
);
runButton.addEventListener("click", () => {
  void run();
  status.scrollIntoView({ block: "nearest" });
});
stopButton.addEventListener("click", stop);
shareButton.addEventListener("click", share);
addEventListener("hashchange", async () => {
  if (!/^#(lesson|code)=/.test(location.hash)) return; // the link to the program
  await follow();
  lessonTitle.focus(); // is read out, and Tab goes on from there
});
await follow();
