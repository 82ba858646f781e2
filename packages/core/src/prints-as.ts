/** @file Objects that consoles show as text instead of by their fields. */

/** The methods that consoles call: those of Node, Bun and Deno, and of Deno only. */
const hooks = [Symbol.for("nodejs.util.inspect.custom"), Symbol.for("Deno.customInspect")];

/**
 * Sets the text of an object, or with a prototype that of a class: `String(object)` and what the
 * consoles of Node, Bun and Deno show. A browser's console still shows fields; print
 * `String(object)` there.
 * @returns the object
 * @example String(printsAs({ width: 3 }, ({ width }) => `${width} wide`)); // "3 wide"
 */
export function printsAs<T extends object>(target: T, text: (object: T) => string): T {
  const define = (key: string | symbol, value: (this: T) => string) =>
    Object.defineProperty(target, key, { value, configurable: true, writable: true });
  define("toString", function () {
    return text(this);
  });
  for (const hook of hooks)
    define(hook, function () {
      return String(this);
    });
  return target;
}

/**
 * Options and other plain values on one line, as JavaScript.
 * @example showValue({ base: 0.1, betas: [0.9, 0.999] }); // "{ base: 0.1, betas: [0.9, 0.999] }"
 */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(showValue).join(", ")}]`;
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function" && !Object.hasOwn(value, "toString"))
    return value.name || "a function";
  if (typeof value !== "object" || value === null) return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${showValue(field)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
