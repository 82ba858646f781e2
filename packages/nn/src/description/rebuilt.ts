/** @file A model beside the one that its description builds: what a description doesn't say. */
import { Parameter } from "@spm/core";
import { kindOf, showSpec } from "@spm/core/extend";
import { isContainer } from "../held.ts";
import { Module, places } from "../module.ts";

/**
 * The first part of a model that the one built from its description lacks or has otherwise, in
 * words; null where they differ in nothing but the values of tensors.
 */
export function differenceOf(model: Module, built: Module): string | null {
  const [parts, others] = [partsOf(model), partsOf(built)];
  for (const path of others.keys())
    if (!parts.has(path)) return `"${path}" is missing, which its class makes`;
  for (const [path, part] of parts) {
    const other = others.get(path);
    if (other === undefined) return `"${path}" is a field of one's own, which its class lacks`;
    const found =
      part instanceof Module && other instanceof Module
        ? differenceOfModules(path, part, other)
        : differenceOfSpecs(path, part, other);
    if (found !== null) return found;
  }
  return null;
}

/** Every module, parameter and buffer by path, the model itself as "". */
const partsOf = (model: Module): ReadonlyMap<string, Module | Parameter> =>
  new Map([["", model], ...places(model).map(({ path, value }) => [path, value] as const)]);

function differenceOfSpecs(path: string, part: object, other: object): string | null {
  const [a, b] = [part, other].map((x) => (x instanceof Parameter ? showSpec(x) : kindOf(x)));
  return a === b ? null : `"${path}" is ${a}, where its class makes ${b}`;
}

function differenceOfModules(path: string, part: Module, other: Module): string | null {
  if (Object.getPrototypeOf(part) !== Object.getPrototypeOf(other))
    return `${place(path)} has another class than one built again, ${other.constructor.name}`;
  const shadowed = Object.keys(part).find((key) =>
    !(key in other) ? false : !Object.hasOwn(other, key),
  );
  const first = path === "" ? "" : `${path}.`;
  const { name } = part.constructor;
  if (shadowed !== undefined)
    return `"${first}${shadowed}" is set on the object, in the place of ${name}'s`;
  const field = otherField(part, other, new Set(["training"]));
  return field === undefined ? null : `"${first}${field}" isn't what ${name} was made with`;
}

const place = (path: string): string => (path === "" ? "the model" : `"${path}"`);

/** The first field with another number, text or function; parts are compared by their paths. */
function otherField(
  owner: object,
  other: object,
  without: ReadonlySet<string> = new Set(),
): string | undefined {
  for (const [key, b] of Object.entries(other)) {
    if (without.has(key)) continue;
    const a: unknown = Reflect.get(owner, key);
    if (!isObject(a) || !isObject(b)) {
      if (!same(a, b)) return key;
    } else if (isContainer(a) && isContainer(b)) {
      if (Object.keys(a).length !== Object.keys(b).length) return key;
      const inner = otherField(a, b);
      if (inner !== undefined) return `${key}.${inner}`;
    }
  }
  return undefined;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Functions that each object has its own of are the same where their text is. */
const same = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (typeof a === "function" && typeof b === "function" && `${a}` === `${b}`);
