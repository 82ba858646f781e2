/**
 * @file The values that packages export, entry point by entry point, as TypeScript's checker sees
 * them: their docstrings, and the types that they take and return.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** An exported value. */
export interface Exported {
  /** `@spm/core`, `@spm/core/extend`, … */
  readonly from: string;
  readonly name: string;
  /** The docstring with its tags, but for the examples. */
  readonly text: string;
  readonly examples: readonly string[];
  /** Whether it takes or returns tensors; a class, also by its `forward`. */
  readonly ofTensors: boolean;
  /** The object types that it takes with optional fields, or with a name that ends in Options. */
  readonly optionTypes: readonly string[];
  /** The declaration: two names of one value have the same. */
  readonly symbol: ts.Symbol;
}

/** The folders of all packages. */
export const packageFolders: readonly string[] = readdirSync(`${root}packages`);

/** By package. Files of one process share it: to read all takes seconds. */
let found: ReadonlyMap<string, readonly Exported[]> | undefined;

/** The values that the entry points of packages export: of those in the folders, or of all. */
export function exportsOf(folders: readonly string[] = packageFolders): Exported[] {
  found ??= readExports();
  const all = found;
  return folders.flatMap((folder) => {
    const own = all.get(folder);
    if (own === undefined) throw new Error(`exportsOf: expected a package, got ${folder}`);
    return own;
  });
}

function readExports(): ReadonlyMap<string, readonly Exported[]> {
  const entries = packageFolders.map((folder) => [folder, entryPoints(folder)] as const);
  const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const lib = ["lib.es2023.d.ts", "lib.dom.d.ts"];
  const program = ts.createProgram(
    entries.flatMap(([, points]) => points.map(({ path }) => path)),
    { ...options, lib, types: ["node"], noEmit: true, composite: false },
  );
  const reader = new Reader(program.getTypeChecker());
  const read = ({ from, path }: { readonly from: string; readonly path: string }): Exported[] =>
    reader.read(from, program.getSourceFile(path));
  return new Map(entries.map(([folder, points]) => [folder, points.flatMap(read)]));
}

/** The entry points of a package, from the exports of its package.json. */
function entryPoints(folder: string): { from: string; path: string }[] {
  const json: { name: string; exports: Record<string, { "@spm/source"?: string }> } = JSON.parse(
    readFileSync(`${root}packages/${folder}/package.json`, "utf8"),
  );
  return Object.entries(json.exports).flatMap(([key, { "@spm/source": source }]) =>
    source === undefined
      ? []
      : { from: json.name + key.slice(1), path: `${root}packages/${folder}/${source.slice(2)}` },
  );
}

/** Whether a name is exported as a type, also if it is a class: `export { type Rng }`. */
const isTypeOnly = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.some(
    (node) => ts.isExportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly),
  ) ?? false;

const textOf = (parts: readonly ts.SymbolDisplayPart[] = []): string =>
  ts.displayPartsToString([...parts]);

const isTensor = (type: ts.Type): boolean =>
  ["Tensor", "Parameter"].includes(type.symbol?.name ?? "");

const isOfLibrary = (node: ts.Node): boolean =>
  node.getSourceFile().fileName.includes("/typescript/lib/");

/** Whether a type is made of another's fields: `Pick<…>`, `Omit<…>`, `Partial<…>`. */
const isMapped = (type: ts.Type): boolean =>
  "objectFlags" in type && (Number(type.objectFlags) & ts.ObjectFlags.Mapped) !== 0;

class Reader {
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** The values that a module exports. */
  read(from: string, file: ts.SourceFile | undefined): Exported[] {
    const module = file && this.#checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`expected a module behind ${from}`);
    return this.#checker.getExportsOfModule(module).flatMap((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      const target = isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol;
      return target.flags & ts.SymbolFlags.Value && !isTypeOnly(symbol)
        ? [this.#describe(from, symbol.name, target)]
        : [];
    });
  }

  #describe(from: string, name: string, symbol: ts.Symbol): Exported {
    const tags = symbol.getJsDocTags(this.#checker);
    const isExample = ({ name }: ts.JSDocTagInfo) => name === "example";
    const others = tags.filter((tag) => !isExample(tag));
    const docs = textOf(symbol.getDocumentationComment(this.#checker));
    const type = this.#typeOf(symbol);
    const made = type.getConstructSignatures();
    const called = [...type.getCallSignatures(), ...made];
    const forwards = made
      .flatMap((signature) => signature.getReturnType().getProperty("forward") ?? [])
      .flatMap((method) => this.#typeOf(method).getCallSignatures());
    const taken = called.flatMap(({ parameters }) => parameters.map((p) => this.#typeOf(p)));
    const given = [...called, ...forwards].map((signature) => signature.getReturnType());
    return {
      from,
      name,
      symbol,
      text: [docs, ...others.map((tag) => `@${tag.name} ${textOf(tag.text)}`)].join("\n"),
      examples: tags.filter(isExample).map((tag) => textOf(tag.text)),
      ofTensors: [...taken, ...given].some((part) => this.#hasTensor(part)),
      optionTypes: [...new Set(taken.flatMap((part) => this.#optionTypes(part)))],
    };
  }

  #typeOf(symbol: ts.Symbol): ts.Type {
    return this.#checker.getTypeOfSymbol(symbol);
  }

  /** The members of unions and intersections, the elements of lists and promises. */
  #parts(type: ts.Type): readonly ts.Type[] {
    if (type.isUnionOrIntersection()) return type.types;
    if (this.#checker.isArrayLikeType(type) || type.symbol?.name === "Promise")
      return this.#checker.getTypeArguments(type as ts.TypeReference);
    const limit = type.isTypeParameter() ? this.#checker.getBaseConstraintOfType(type) : undefined;
    return limit === undefined ? [] : [limit];
  }

  /** Whether a type is that of tensors, or made of one: also in the fields of a plain object. */
  #hasTensor(type: ts.Type, depth = 4): boolean {
    if (isTensor(type)) return true;
    if (depth === 0) return false;
    const fields = this.#isPlain(type) ? type.getProperties().map((f) => this.#typeOf(f)) : [];
    return [...this.#parts(type), ...fields].some((part) => this.#hasTensor(part, depth - 1));
  }

  /** Whether a type is that of objects that are no instances, no functions and no lists. */
  #isPlain(type: ts.Type): boolean {
    const { flags = 0, declarations = [] } = type.symbol ?? {};
    return (
      (type.flags & ts.TypeFlags.Object) !== 0 &&
      (flags & ts.SymbolFlags.Class) === 0 &&
      !this.#checker.isArrayLikeType(type) &&
      type.getCallSignatures().length === 0 &&
      (isMapped(type) || !declarations.some(isOfLibrary))
    );
  }

  /** The names of the object types that are options within the type of an operand. */
  #optionTypes(type: ts.Type, depth = 4): string[] {
    const isOptional = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Optional) !== 0;
    const name = this.#checker.typeToString(type);
    const isNamed = /Options(<.*>)?$/.test(name);
    const own =
      this.#isPlain(type) && (isNamed || type.getProperties().some(isOptional)) ? [name] : [];
    const deeper = depth === 0 ? [] : this.#parts(type);
    return [...own, ...deeper.flatMap((part) => this.#optionTypes(part, depth - 1))];
  }
}
