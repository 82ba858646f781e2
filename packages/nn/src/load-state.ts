/** @file Gives parameters the values of a state dict, or of a file, under their names. */
import { clone, keep, noGrad, Parameter, reshape, type Shape, slice, Tensor } from "@spm/core";
import {
  assignAll,
  checkOptions,
  copyArray,
  elements,
  fromArray,
  kindOf,
  type OptionNames,
  ShapeError,
  showSpec,
  sizeOf,
  ValueError,
} from "@spm/core/extend";

/** Tensors by name that are read when they are asked for, as `parseSafetensors` gives them. */
export interface StoredTensors {
  readonly entries: readonly { readonly name: string }[];
  tensor(name: string): Tensor;
}

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /**
   * Whether a name that the model lacks, or that the values lack, is an error.
   * @defaultValue true
   */
  readonly strict?: boolean;
  /**
   * The path in the model of a name in the values; undefined leaves the value out.
   * @defaultValue the name itself
   */
  readonly rename?: (name: string) => string | undefined;
}

const optionNames: OptionNames<LoadOptions> = { strict: "boolean", rename: true };

/** The names that didn't match, where `strict` is false. */
export interface LoadReport {
  /** Paths of the model that kept their values. */
  readonly missing: readonly string[];
  /** Names of the values that the model doesn't have, as they are in the values. */
  readonly unexpected: readonly string[];
}

/**
 * Assigns the values, on each parameter's backend, unless something doesn't fit.
 *
 * @param places - of all parameters, buffers and modules, the model's own included, outer before
 * inner
 * @throws ShapeError, ValueError, BackendError as `Module.loadStateDict`
 */
export function loadState(
  places: readonly Placed[],
  values: Readonly<Record<string, Tensor>> | StoredTensors,
  options: LoadOptions,
): LoadReport {
  checkOptions("loadStateDict", options, optionNames);
  const paths = everyPath(places);
  const names = pytorchNames(places);
  const { strict = true, rename = (name: string) => name } = options;
  const found = new Map<Parameter, NamedValue[]>();
  const unexpected: string[] = [];
  for (const named of namedOf(values)) {
    const path = rename(named.name);
    if (path === undefined) continue;
    const meant = meantBy(path, paths, names);
    const parameters = (meant?.parts ?? []).flatMap((part) => paths.get(part) ?? []);
    if (parameters.length === 0 && meant?.parts.length !== 0) unexpected.push(named.name);
    const values = meant?.arranged ? partsOf(named, meant.arranged, parameters) : [named];
    for (const [k, p] of parameters.entries())
      found.set(p, [...(found.get(p) ?? []), values[k] ?? named]);
  }
  const firstPaths = new Map<Parameter, string>();
  for (const [path, p] of paths) if (!firstPaths.has(p)) firstPaths.set(p, path);
  const missing = [...firstPaths].flatMap(([p, path]) => (found.has(p) ? [] : [path]));
  if (strict && missing.length + unexpected.length > 0) throw mismatch(missing, unexpected);

  const read = [...found].map(([p, named]) => [p, agreeing(named)] as const);
  const [unfit, ...others] = read
    .filter(([p, value]) => showSpec(p) !== showSpec(value))
    .map(([p, value]) => [`${showSpec(p)} for "${firstPaths.get(p)}"`, showSpec(value)] as const);
  if (unfit !== undefined) {
    const rest = others.map(([expected, got]) => `; ${expected}, got ${got}`);
    throw new ShapeError("loadStateDict", unfit[0], unfit[1] + rest.join(""));
  }
  const moved: Tensor[] = [];
  try {
    const pairs = read.map(([p, value]) => {
      if (value.backend === p.backend) return [p, value] as const;
      const there = keep(fromArray(copyArray(value.ndarray()), p.backend));
      moved.push(there);
      return [p, there] as const;
    });
    assignAll(pairs);
  } finally {
    for (const value of moved) value.dispose();
  }
  return { missing, unexpected };
}

/** A name of the values, and what reads its tensor. */
interface NamedValue {
  readonly name: string;
  read(): Tensor;
}

/**
 * The values of parameters that one holds one after another along its first axis, e.g. of the gates
 * of a cell; whole where the sizes do not fit, so that they are found wrong.
 */
function partsOf(
  { name, read }: NamedValue,
  arranged: (value: Tensor) => Tensor,
  parameters: readonly Parameter[],
): NamedValue[] {
  const rows = parameters.map(({ shape }) => shape[0] ?? 1);
  const fitted = (part: Tensor, shape: Shape): Tensor =>
    clone(sizeOf(part.shape) === sizeOf(shape) ? reshape(part, shape) : part);
  return parameters.map(({ shape }, k) => ({
    name,
    read: () =>
      noGrad(() => {
        const whole = arranged(read());
        if (parameters.length === 1) return fitted(whole, shape);
        if (whole.shape[0] !== rows.reduce((a, b) => a + b, 0)) return whole;
        const start = rows.slice(0, k).reduce((a, b) => a + b, 0);
        return fitted(slice(whole, [{ start, stop: start + (rows[k] ?? 1) }]), shape);
      }),
  }));
}

/** The paths that a name stands for, and the layout of the value that they are cut out of. */
interface Meant {
  readonly parts: readonly string[];
  /** Absent of a path itself. */
  readonly arranged?: (value: Tensor) => Tensor;
}

/** The names of PyTorch's of all modules, and what they stand for. */
function pytorchNames(places: readonly Placed[]): Map<string, Meant> {
  const named = places.flatMap(({ path, value }) => {
    if (!hasNames(value)) return [];
    const prefix = path === "" ? "" : `${path}.`;
    return Object.entries(value.pytorchNames).map(([name, parts]): [string, Meant] => [
      prefix + name,
      {
        parts: parts.map((part) => prefix + part),
        arranged: (x) => value.fromPytorch?.(name, x) ?? x,
      },
    ]);
  });
  return new Map(named);
}

/**
 * The meaning of a name: a path, a name of PyTorch's, or one whose beginning is the name of a
 * module there, which another path has here.
 */
function meantBy(
  name: string,
  paths: ReadonlyMap<string, Parameter>,
  names: ReadonlyMap<string, Meant>,
): Meant | undefined {
  if (paths.has(name)) return { parts: [name] };
  for (let end = name.length; end > 0; end = name.lastIndexOf(".", end - 1)) {
    const meant = names.get(name.slice(0, end));
    if (meant === undefined) continue;
    if (end === name.length) return meant;
    const [path, ...others] = meant.parts;
    if (path !== undefined && others.length === 0)
      return meantBy(path + name.slice(end), paths, names);
  }
  return undefined;
}

/** A module that says which names of PyTorch's stand for parts of it. */
interface NamedAsInPytorch {
  readonly pytorchNames: Readonly<Record<string, readonly string[]>>;
  /** The value under one of these names in the order of elements that it has here. */
  fromPytorch?(name: string, value: Tensor): Tensor;
}

const hasNames = (value: object): value is NamedAsInPytorch => "pytorchNames" in value;

function namedOf(values: Readonly<Record<string, Tensor>> | StoredTensors): NamedValue[] {
  if (isStored(values))
    return values.entries.map(({ name }) => ({ name, read: () => values.tensor(name) }));
  return Object.entries(values).map(([name, value]) => {
    if ((value as unknown) instanceof Tensor) return { name, read: () => value };
    throw new ValueError(
      "loadStateDict",
      "tensors by name",
      `${kindOf(value)} under "${name.slice(0, 80)}"`,
      "pass the stateDict() of a model, or a file as parseSafetensors(bytes) returns it",
    );
  });
}

const isStored = (values: object): values is StoredTensors =>
  "entries" in values &&
  Array.isArray(values.entries) &&
  "tensor" in values &&
  typeof values.tensor === "function";

/**
 * The value under several names of one parameter.
 * @throws ValueError where they are different values
 */
function agreeing(named: readonly NamedValue[]): Tensor {
  return named
    .map(({ read }) => read())
    .reduce((value, other, k) => {
      if (other === value || equal(value, other)) return value;
      throw new ValueError(
        "loadStateDict",
        `one value for the tied "${named[0]?.name}" and "${named[k]?.name}"`,
        "two that differ",
        "rename one of them to undefined",
      );
    });
}

function equal(a: Tensor, b: Tensor): boolean {
  const [x, y] = [elements(a.ndarray()), elements(b.ndarray())];
  return showSpec(a) === showSpec(b) && x.every((v, i) => Object.is(v, y[i]));
}

function mismatch(missing: readonly string[], unexpected: readonly string[]): ShapeError {
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  const lacks = missing.length > 0 ? [`no value for ${list(missing)}`] : [];
  const extra = unexpected.length > 0 ? [`unexpected ${list(unexpected)}`] : [];
  return new ShapeError(
    "loadStateDict",
    "a value for each parameter of this model and no other",
    [...lacks, ...extra].join("; "),
    "{ rename: (name) => … } where names differ, { strict: false } for a part of them",
  );
}

/** A parameter, buffer or module, and where it is. */
interface Placed {
  readonly path: string;
  readonly value: object;
}

/** Parameters and buffers under all of their paths, those in a module that is shared, too. */
function everyPath(places: readonly Placed[]): Map<string, Parameter> {
  const first = new Map<object, string>();
  const paths = new Map<string, Parameter>();
  for (const { path, value } of places) {
    const before = first.get(value);
    first.set(value, before ?? path);
    if (value instanceof Parameter) paths.set(path, value);
    else if (before !== undefined)
      for (const [inner, p] of [...paths])
        if (inner.startsWith(`${before}.`)) paths.set(path + inner.slice(before.length), p);
  }
  return paths;
}
