/** @file Objects of JSON that may be somebody else's, and what doesn't fit in them. */
import { ValueError } from "@spm/core/extend";

/** A JSON object, none of whose fields are inherited. */
export function objectOf(json: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return new Map(Object.entries(json));
}

/**
 * The fields of a JSON object.
 * @throws ValueError for what is none, or a field that has none of these names
 */
export function fieldsOf(
  place: string,
  json: unknown,
  ...names: readonly string[]
): ReadonlyMap<string, unknown> {
  const fields = objectOf(json);
  if (fields === undefined) throw misfit(place, "an object", shown(json));
  const unknown = [...fields.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return fields;
  throw misfit(place, `no field but ${names.join(", ")}`, JSON.stringify(unknown).slice(0, 80));
}

/** @returns the error of a description that doesn't fit */
export const misfit = (place: string, expected: string, got: unknown): ValueError =>
  new ValueError("loadModel", `${expected} at ${place}`, got);

/** A value of JSON in a message. */
export function shown(json: unknown): string {
  if (json === undefined) return "nothing";
  if (typeof json !== "object" || json === null) return JSON.stringify(json).slice(0, 80);
  if (Array.isArray(json)) return `a list of ${json.length}`;
  return `an object of ${Object.keys(json).join(", ").slice(0, 80) || "no fields"}`;
}
