/** @file Objects of JSON that may be somebody else's. */

/** A JSON object, none of whose fields are inherited. */
export function objectOf(json: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return new Map(Object.entries(json));
}

/** The fields of a JSON object that has no others than these; undefined for anything else. */
export function fieldsIn<N extends string>(
  json: unknown,
  ...names: readonly N[]
): Readonly<Record<N, unknown>> | undefined {
  const fields = objectOf(json);
  if (fields === undefined) return undefined;
  const known: readonly string[] = names;
  if ([...fields.keys()].some((name) => !known.includes(name))) return undefined;
  return Object.fromEntries(names.map((name) => [name, fields.get(name)])) as Record<N, unknown>;
}
