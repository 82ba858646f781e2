/**
 * @file Kinds of module: what a file says of a module of each, and how one is built from it. A
 * module says what it is in its constructor; its kind stands beside its class.
 */
import type { Rng } from "@spm/core/extend";
import type { Module } from "../module.ts";
import { allow } from "./allowance.ts";
import type { AnyField, Field, Json } from "./fields.ts";
import { kindOfValue } from "./fields.ts";
import { fieldsOf, misfit, shown } from "./objects.ts";

/** The fields of a kind, by name. */
export type Fields = Readonly<Record<string, AnyField>>;

/** Their values. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** The things that a module is built with besides its description. */
export interface BuildOptions {
  /** The source of first values, and of dropout. */
  readonly random: Rng;
}

/** A class as it stands for its instances. */
type ClassOf<M> = abstract new (...options: never[]) => M;

/** A module as a description has it. */
export type Description = { readonly kind: string; readonly [field: string]: Json };

/** A kind of module that files describe. */
export interface ModuleKind {
  readonly name: string;
  readonly type: ClassOf<Module>;
  /** The values of a module as JSON, or the reason why it has none. */
  describe(values: Readonly<Record<string, unknown>>): Description | string;
  /**
   * Checks the fields of a description.
   * @returns what builds the module
   * @throws ValueError for a field that is missing, unknown or of another type
   */
  read(place: string, json: unknown): (options: BuildOptions) => Module;
  /** The most numbers that the module's own parameters, buffers and tables have. */
  numbers(values: Readonly<Record<string, unknown>>): number;
}

const kinds = new WeakMap<object, ModuleKind | "part">();
const described = new WeakMap<Module, Readonly<Record<string, unknown>>>();

/**
 * A kind of module.
 * @param name - the name of the class, also where a program that makes sources smaller renames it
 * @param fields - by the names of the constructor's arguments
 * @param build - a new module of these values
 * @param numbers - the most numbers that its own parameters, buffers and tables have (default 0)
 * @example
 * class Scale extends Module {
 *   readonly gain: Parameter;
 *   constructor(width: number) {
 *     super();
 *     describe(this, { width });
 *     this.gain = parameter(ones([width]));
 *   }
 *   forward(x: Tensor): Tensor {
 *     return mul(x, this.gain);
 *   }
 * }
 * const kind = moduleKind("Scale", Scale, { width: fields.size }, ({ width }) => new Scale(width));
 */
export function moduleKind<F extends Fields>(
  name: string,
  type: ClassOf<Module>,
  fields: F,
  build: (values: ValuesOf<F>, options: BuildOptions) => Module,
  numbers: (values: ValuesOf<F>) => number = () => 0,
): ModuleKind {
  const entries = Object.entries<AnyField>(fields);
  const kind: ModuleKind = {
    name,
    type,
    describe(values) {
      const json: Record<string, Json> = {};
      for (const [field, { encode }] of entries) {
        const encoded = encode(values[field] as never);
        if (encoded === undefined) return `${name}.${fault(field, fields[field], values[field])}`;
        json[field] = encoded;
      }
      return { kind: name, ...json };
    },
    read(place, json) {
      const given = fieldsOf(place, json, ...entries.map(([field]) => field), "kind");
      const values = Object.fromEntries(
        entries.map(([field, { expected, decode }]) => {
          const value = decode(given.get(field));
          if (value !== undefined) return [field, value];
          throw misfit(`${place}.${field}`, expected, shown(given.get(field)));
        }),
      );
      return (options) => build(values as ValuesOf<F>, options);
    },
    numbers: (values) => numbers(values as ValuesOf<F>),
  };
  kinds.set(type, kind);
  return kind;
}

/**
 * Classes whose modules are built by the model that they are parts of, and described with it.
 * @example
 * class Part extends Module {
 *   forward(x: Tensor): Tensor {
 *     return x;
 *   }
 * }
 * partKinds(Part);
 * describeModel(new Part()); // "Part is a part of another module"
 */
export function partKinds(...types: readonly ClassOf<Module>[]): void {
  for (const type of types) kinds.set(type, "part");
}

/**
 * Says what a module is, in its constructor before anything is allocated: the values of its kind's
 * fields. A class without a kind says it for its subclasses; the last one to say it counts.
 * @example
 * class Scale extends Module {
 *   constructor(readonly width: number) {
 *     super();
 *     describe(this, { width });
 *   }
 *   forward(x: Tensor): Tensor {
 *     return mul(x, this.width);
 *   }
 * }
 * moduleKind("Scale", Scale, { width: fields.size }, ({ width }) => new Scale(width));
 * describeModel(new Scale(8)).modules[""].width; // 8
 */
export function describe(module: Module, values: object): void {
  const own: Readonly<Record<string, unknown>> = { ...values };
  described.set(module, own);
  const kind = kinds.get(module.constructor);
  if (typeof kind === "object") allow(kind.name, kind.numbers(own));
}

/**
 * The values that are not null.
 * @example present({ rank: null, bias: false }); // { bias: false }
 */
export const present = <T extends object>(
  values: T,
): { readonly [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as T;

const classOf = ({ constructor }: Module): string =>
  constructor.name === "" ? "a class without a name" : `the class ${constructor.name}`;

/** The description of a module, "part" for one that its owner builds, or the reason for none. */
export function descriptionOf(module: Module): Description | "part" | { readonly reason: string } {
  const kind = kinds.get(module.constructor);
  if (kind === "part") return kind;
  const values = described.get(module);
  if (kind === undefined) return { reason: `${classOf(module)} has no kind` };
  if (values === undefined)
    return { reason: `the constructor of ${kind.name} didn't describe() this object` };
  const found = kind.describe(values);
  return typeof found === "string" ? { reason: found } : found;
}

/** The value that no file describes, by its place: of a list the first of its items. */
function fault(place: string, field: AnyField | undefined, value: unknown): string {
  if (Array.isArray(value) && field?.item !== undefined) {
    const { item } = field;
    const k = value.findIndex((one: unknown) => item.encode(one as never) === undefined);
    return fault(`${place}[${k}]`, item, value[k]);
  }
  return `${place} is ${kindOfValue(value)}; a file can have ${field?.expected}`;
}

/** The kinds of all modules in a model. */
export const kindsOf = (model: Module): ModuleKind[] =>
  [...model.namedModules().values()].flatMap((module) => {
    const kind = kinds.get(module.constructor);
    return typeof kind === "object" ? [kind] : [];
  });
