/** @file Pages with programs, and READMEs of packages: install lines, a program, its output. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages", import.meta.url));

/** Names of all packages, without their scope. */
export const packageNames: readonly string[] = readdirSync(packages);

const models = readdirSync(join(packages, "models/src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `packages/models/src/${name}/README.md`);
const told = ["guide", "index", "twenty-minutes", "coming-from-tfjs", "faq", "reading-the-source"];

/** Pages whose programs say in `//>` lines what they print. (Those of packages are installed.) */
export const programPages: readonly string[] = [
  ...[...told, "onnx"].map((name) => `docs/${name}.md`),
  ...models,
];

/** A package's README. */
export interface PackagePage {
  readonly text: string;
  /** The line that installs from tarballs in `/path/to/spm/packed`. */
  readonly install: string;
  /** What installs from the registry once the package is there. */
  readonly published: string;
  readonly program: string;
  /** Lines that the program is said to print. */
  readonly promised: readonly string[];
}

/** The `//>` lines of a program, without their mark. */
export const promisedLines = (program: string): string[] =>
  program.split("\n").flatMap((line) => (line.startsWith("//>") ? [line.slice(4)] : []));

/** Takes a README apart; a part that is not there is empty. */
export function packagePage(name: string): PackagePage {
  const text = readFileSync(join(packages, name, "README.md"), "utf8");
  const part = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? "";
  const program = part(/```ts\n([\s\S]*?)```/);
  return {
    text,
    install: part(/```sh\n(npm install [^`]*)\n```/),
    published: part(/Once published:\n`(npm install [^`]*)`/),
    program,
    promised: promisedLines(program),
  };
}
