/** @file The commands that pages show: lines of blocks of `sh`, and those in sentences. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../docs/.vitepress/site-paths.ts";

/** A command line, and the page that it stands on. */
export interface Shown {
  readonly page: string;
  readonly line: string;
}

/** The words of a command line, without its comment. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"'#]|"[^"]*"|'[^']*')+|#.*/g)]
    .map(([word]) => word.replaceAll(/["']/g, ""))
    .filter((word) => !word.startsWith("#"));

/** The commands of all pages, of blocks and of sentences. */
export function shownCommands(): {
  readonly blocks: readonly Shown[];
  readonly inline: readonly Shown[];
} {
  const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n")
    .map(commandsOf);
  return {
    blocks: pages.flatMap(({ blocks }) => blocks),
    inline: pages.flatMap(({ inline }) => inline),
  };
}

function commandsOf(page: string): { readonly blocks: Shown[]; readonly inline: Shown[] } {
  const text = readFileSync(join(root, page), "utf8");
  const shown = (line: string): Shown => ({ page, line: line.replaceAll(/\s+/g, " ").trim() });
  const blocks = [...text.matchAll(/^ *```(?:sh|bash|shell|console)\n([\s\S]*?)^ *```/gm)]
    .flatMap(([, block = ""]) => block.replaceAll(/\\\n/g, " ").split("\n"))
    .filter((line) => !/^\s*(#|$)/.test(line));
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
  const inline = [...prose.matchAll(/`((?:spm|npm (?:run|start|test)|npx|node) [^`]*)`/g)];
  return { blocks: blocks.map(shown), inline: inline.map(([, line = ""]) => shown(line)) };
}
