/**
 * @file The lessons: programs, each with a comment on top that has its title and a text before it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lesson } from "../messages.ts";

/** A lesson of its file's text. @throws Error for a file without the comment */
export function lessonOf(name: string, source: string): Lesson {
  const [comment = "", head] = /^\/\*\* @file (.*?)\*\/\n|^\/\*\*\n \* @file (.*?)\*\/\n/s.exec(
    source,
  )
    ? [/^\/\*\*.*?\*\/\n/s.exec(source)?.[0], /@file (.*?)\s*\*\//s.exec(source)?.[1]]
    : [];
  if (head === undefined) throw new Error(`${name}: expected /** @file … */ on top, got none`);
  const [title = "", ...text] = head
    .replaceAll(/^ \* ?/gm, "")
    .split(/\n\n/)
    .map((paragraph) => paragraph.replaceAll("\n", " ").trim());
  return { name, title, text, code: source.slice(comment.length).trimStart() };
}

/** The lessons of a folder, in the order of their files, `1-NAME.js` and so on. */
export const readLessons = (folder: string): Lesson[] =>
  readdirSync(folder)
    .filter((file) => /^\d-.*\.js$/.test(file))
    .sort()
    .map((file) => {
      const name = file.replace(/^\d-/, "").replace(/\.js$/, "");
      return lessonOf(name, readFileSync(join(folder, file), "utf8"));
    });
