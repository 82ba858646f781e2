/** @file Every command that a page shows is one: its script, its files, its flags are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "@spm/cli";
import { expect, test } from "vitest";
import { root } from "../../docs/.vitepress/site-paths.ts";
import { packageNames } from "../package-page.ts";
import { shownCommands, wordsOf } from "../shown-commands.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** A word that stands for another one: `FILE`, `FOLDER`, `S`, `…`. */
const standsForAnother = (word: string): boolean => /^[A-Z]+$|…/.test(word);

/** The fault of what a file is called, if it is one of the clone's. */
function fileFault(word: string): string | undefined {
  const ours = /^\.?\/?(docs|python|examples|packages|playground|scripts|test|bench)\//.test(word);
  return ours && !existsSync(join(root, word)) ? `no file ${word}` : undefined;
}

const spm = program();

/** The fault of the words after `spm`, whose flags and values are those of the program. */
function spmFault([name, ...rest]: readonly string[]): string | undefined {
  if (name === undefined || standsForAnother(name) || name.startsWith("-")) return undefined;
  const command = spm.commands.find((one) => one.name() === name);
  if (command === undefined) return `spm has no command ${name}`;
  const given = rest.filter((word) => word !== "--help");
  return (
    optionFault(command, given) ?? (name === "experiment" ? experimentFault(given) : undefined)
  );
}

/** The fault of flags and their values. */
function optionFault(command: typeof spm, words: readonly string[]): string | undefined {
  for (const [k, word] of words.entries()) {
    if (!word.startsWith("--")) continue;
    const option = command.options.find(({ long }) => long === word);
    if (option === undefined) return `${command.name()} has no flag ${word}`;
    const value = words[k + 1];
    if (value === undefined || standsForAnother(value)) continue;
    if (option.argChoices !== undefined && !option.argChoices.includes(value))
      return `${word} has no choice ${value}`;
    if (option.parseArg !== undefined && option.required)
      try {
        option.parseArg(value, option.defaultValue ?? []);
      } catch (error) {
        return `${word} ${value}: ${String(error)}`;
      }
  }
  return undefined;
}

/** The fault of an experiment's name; its settings are read where experiments are tested. */
const experimentFault = ([name = "-"]: readonly string[]): string | undefined =>
  /^-|^[A-Z]+$/.test(name) || existsSync(join(root, "experiments", name, "README.md"))
    ? undefined
    : `no experiment ${name}`;

/** The fault of a script of package.json and what it is given. */
function scriptFault(script: string | undefined, words: readonly string[]): string | undefined {
  if (script === undefined || !Object.hasOwn(scripts, script)) return `no script ${script}`;
  const given = words[0] === "--" ? words.slice(1) : words;
  if (script === "spm") return spmFault(given);
  return script === "start" ? spmFault(["compare", "mnist", ...given]) : undefined;
}

/** Installs tarballs of `npm run packages`: each is that of a package. */
function installFault(words: readonly string[]): string | undefined {
  const tarballs = words.filter((word) => word.startsWith("/path/to/spm/packed/"));
  const names = tarballs.flatMap((word) => /spm-\{?([\w,-]+?)\}?-0/.exec(word)?.[1]?.split(","));
  return names.map((name = "") => (packageNames.includes(name) ? "" : `no ${name}`)).find(Boolean);
}

/** The programs that commands begin with, and the fault of what they are given. */
const starts: Readonly<Record<string, (words: readonly string[]) => string | undefined>> = {
  spm: spmFault,
  npm([what = "", ...rest]) {
    if (what === "install") return installFault(rest);
    const [script, ...given] = rest.filter((word) => word !== "-s");
    return what === "run" ? scriptFault(script, given) : scriptFault(what, rest);
  },
  npx([what = "", ...rest]) {
    if (what === "spm") return spmFault(rest);
    const there = existsSync(join(root, "node_modules/.bin", what));
    return there ? rest.map(fileFault).find(Boolean) : `nothing installed has ${what}`;
  },
  node: (words) => words.map(fileFault).find(Boolean),
  python3: (words) => words.map(fileFault).find(Boolean),
};

/** The reason why a line is no command that works when it is copied; undefined for one that is. */
function faultOf(line: string): string | undefined {
  const [start = "", ...words] = wordsOf(line);
  if (!Object.hasOwn(starts, start)) return `nothing is known of ${start}`;
  return starts[start]?.(words) ?? words.map(fileFault).find(Boolean);
}

test("every command of a block and of a sentence has its script, files, flags and values", () => {
  const { blocks, inline } = shownCommands();
  expect(blocks.length).toBeGreaterThan(40);
  expect(inline.length).toBeGreaterThan(120);
  const faults = [...blocks, ...inline].flatMap(({ page, line }) => {
    const fault = faultOf(line);
    return fault === undefined ? [] : [`${page}: ${line}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test.each([
  ["npm run spn -- train", "no script spn"],
  ["npm run -s spm -- trian mnist", "spm has no command trian"],
  ["npm start -- --hiden 3", "compare has no flag --hiden"],
  ["spm train mnist --layer dens", "--layer has no choice dens"],
  ["spm quantise RUN --weights 9", "--weights 9: InvalidArgumentError: Expected a whole number"],
  ["spm experiment hierarchi", "no experiment hierarchi"],
  ["spm train text --file docs/gone.md", "no file docs/gone.md"],
  ["npx vitte examples/train-in-the-browser", "nothing installed has vitte"],
  ["npm install /path/to/spm/packed/spm-{core,gone}-0.1.0.tgz", "no gone"],
  ["curl example.org", "nothing is known of curl"],
])("%s is found: %s", (line, fault) => {
  expect(faultOf(line)).toContain(fault);
});
