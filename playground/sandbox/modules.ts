/**
 * @file Modules without a network: imports by name become blobs, of the packages' files and of the
 * program.
 */
import { parse } from "es-module-lexer/js";

/** An import that the playground doesn't have. */
export class ImportError extends Error {
  override readonly name = "ImportError";
  /** From 1, of the import in its module. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** An import of a module, and the place of its quoted name. */
interface Import {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The imports with a literal name, `import("…")` among them, in the order of the text. */
function importsOf(source: string): Import[] {
  const [imports] = parse(source);
  // the place of a name without its quotes, or that of the whole operand of import(…)
  return imports.flatMap(({ n: name, s, e, d }) =>
    name === undefined
      ? []
      : [d > -1 ? { name, start: s, end: e } : { name, start: s - 1, end: e + 1 }],
  );
}

/** The line, from 1, of a place in a text. */
const lineAt = (text: string, place: number): number => text.slice(0, place).split("\n").length;

/**
 * A module's text with other names for its imports. Lines stay where they are.
 * @param rename - the new name of an import, which begins in the given line
 */
export async function renameImports(
  source: string,
  rename: (name: string, line: number) => Promise<string>,
): Promise<string> {
  const imports = importsOf(source);
  const names = await Promise.all(
    imports.map(({ name, start }) => rename(name, lineAt(source, start))),
  );
  let [out, from] = ["", 0];
  for (const [k, { start, end }] of imports.entries()) {
    out += source.slice(from, start) + JSON.stringify(names[k]);
    from = end;
  }
  return out + source.slice(from);
}

/** The path of a file that another one imports: `./` and `../` from its folder. */
const resolved = (name: string, from: string): string =>
  new URL(name, `https://files/${from}`).pathname.slice(1);

/** Modules as addresses that `import()` takes. */
export interface Modules {
  /** The address of a package. @throws ImportError for one that isn't there */
  package(name: string, line: number): Promise<string>;
  /** The address of a program. @throws ImportError for an import that isn't there */
  program(code: string): Promise<string>;
}

/**
 * The modules of a worker, each made once, when it is first imported.
 * @param packages - the file of each package
 * @param read - the text of a file
 * @param publish - the address of a module with this text
 */
export function modules(
  packages: Readonly<Record<string, string>>,
  read: (file: string) => Promise<string>,
  publish: (text: string) => string,
): Modules {
  const made = new Map<string, Promise<string>>();
  const fileAddress = (file: string): Promise<string> => {
    const known = made.get(file);
    if (known !== undefined) return known;
    const address = read(file)
      .then((text) =>
        renameImports(text, async (name) =>
          name.startsWith(".") ? fileAddress(resolved(name, file)) : name,
        ),
      )
      .then(publish);
    made.set(file, address);
    return address;
  };
  const packageAddress = async (name: string, line: number): Promise<string> => {
    const file = Object.hasOwn(packages, name) ? packages[name] : undefined;
    if (file !== undefined) return fileAddress(file);
    const help = `help: the playground has ${Object.keys(packages).join(", ")}`;
    throw new ImportError(`import: expected a package that is here, got "${name}"\n${help}`, line);
  };
  return {
    package: packageAddress,
    program: async (code) => publish(await renameImports(code, packageAddress)),
  };
}

/**
 * The line of the import that asks a package for something that it doesn't have, from 1.
 * @param wanted - the missing name
 */
export function lineOfImport(source: string, wanted: string): number | undefined {
  const [imports] = parse(source);
  const word = new RegExp(`(^|[^\\w$])${wanted.replaceAll("$", "\\$")}([^\\w$]|$)`);
  const found = imports.find(({ ss, s }) => word.test(source.slice(ss, s)));
  if (found === undefined) return undefined;
  const statement = source.slice(found.ss, found.s);
  return lineAt(source, found.ss + statement.search(word) + 1);
}
