/** @file The description of a model: all its modules by path. */
import { kindOf, ValueError } from "@spm/core/extend";
import { Module, type Place, places } from "../module.ts";
import { type Description, descriptionOf } from "./module-kind.ts";

/** A module that is the same object as one before it. */
export interface SameModule {
  /** The path of that one. */
  readonly same: string;
}

/** A model as a file describes it, plain JSON: docs/file-format.md. */
export interface ModelDescription {
  readonly schema: 1;
  /** The beginning of the names of its tensors. */
  readonly prefix: string;
  /** Every module by path, outer before inner, the model itself as "". */
  readonly modules: Readonly<Record<string, Description | SameModule>>;
}

/** The version of the descriptions that are written here, and the newest that is read. */
export const SCHEMA = 1;

/**
 * The description of a model, from which `loadModel` builds it again, or the reason why it has
 * none: a part of a class without a kind, a function without a name, or a parameter in two places.
 * @param prefix - the beginning of the names of its tensors in the file
 * @example
 * const found = describeModel(new LayerNorm(8));
 * typeof found === "string" ? found : found.modules[""].kind; // "LayerNorm"
 */
export function describeModel(model: Module, prefix = ""): ModelDescription | string {
  if (!(model instanceof Module)) throw new ValueError("describeModel", "a module", kindOf(model));
  const modules = new Map<string, Description | SameModule>();
  const first = new Map<object, string>();
  const itself: Pick<Place, "path" | "value"> = { path: "", value: model };
  for (const { path, value } of [itself, ...places(model)]) {
    const before = first.get(value);
    if (before === undefined) first.set(value, path);
    if (!(value instanceof Module)) {
      if (before !== undefined) return `"${path}" is the same parameter as "${before}"`;
      continue;
    }
    if (before !== undefined) {
      modules.set(path, { same: before });
      continue;
    }
    const found = descriptionOf(value);
    if (found === "part" && path !== "") continue;
    if (found === "part") return `${model.label} is a part of another module`;
    if ("reason" in found && typeof found.reason === "string")
      return path === "" ? found.reason : `${found.reason}, at "${path}"`;
    modules.set(path, found as Description);
  }
  return { schema: SCHEMA, prefix, modules: Object.fromEntries(modules) };
}
