/** @file Builds a model from a description that may be somebody else's. */
import { checkOptions, kindOf, type OptionNames, ValueError } from "@spm/core/extend";
import { Module, type Place, places } from "../module.ts";
import { withAllowance } from "./allowance.ts";
import { type BuildOptions, descriptionOf, type ModuleKind } from "./module-kind.ts";
import { fieldsOf, misfit, objectOf, shown } from "./objects.ts";
import { SCHEMA } from "./schema.ts";

/** Options of {@link buildModel}. */
export interface BuildModelOptions extends BuildOptions {
  /** The kinds of module that a description may have. */
  readonly kinds: readonly ModuleKind[];
  /** The number of elements of the tensors that the model is to hold. */
  readonly numbers: number;
}

const names: OptionNames<BuildModelOptions> = { kinds: true, numbers: true, random: true };

/** A checked module of a description: what builds it, or the path of the one that it is. */
type Node = { readonly json: string; make(options: BuildOptions): Module } | { same: string };

/** A checked description. */
interface Checked {
  readonly prefix: string;
  readonly nodes: ReadonlyMap<string, Node>;
}

/**
 * The model of a description, with first values, and the beginning of the names of its tensors.
 * The whole description is checked before anything is built; then no more memory is taken than
 * four times what the file's tensors have, and 4 MB.
 * @param description - JSON
 * @throws ValueError for a newer schema, an unknown kind, a field of another type or out of range,
 * paths that don't fit, or sizes that the tensors contradict; what constructors throw
 * @example
 * const description = describeModel(new LayerNorm(8));
 * const options = { kinds: moduleKinds, numbers: 16, random: rng(1) };
 * buildModel(description, options).model.parameterCount(); // 16
 */
export function buildModel(
  description: unknown,
  options: BuildModelOptions,
): { readonly model: Module; readonly prefix: string } {
  checkOptions("buildModel", options, names);
  const { kinds, numbers, random } = options;
  const fields = objectOf(description);
  const listed = objectOf(fields?.get("modules"))?.size ?? 0;
  return withAllowance(numbers, listed, () => {
    const { prefix, nodes } = checked(description, new Map(kinds.map((kind) => [kind.name, kind])));
    return { model: assembled(nodes, { random }), prefix };
  });
}

/**
 * Checks a description as {@link buildModel} does, and builds nothing.
 * @throws ValueError as there
 * @example
 * const description = describeModel(new LayerNorm(8));
 * checkDescription(description, { kinds: moduleKinds, numbers: 16 });
 */
export function checkDescription(
  description: unknown,
  options: Omit<BuildModelOptions, "random">,
): void {
  checkOptions("checkDescription", options, { kinds: true, numbers: true });
  const { kinds, numbers } = options;
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  withAllowance(numbers, 0, () => checked(description, byName));
}

/** @throws ValueError for a description that breaks the schema */
function checked(description: unknown, kinds: ReadonlyMap<string, ModuleKind>): Checked {
  const schema = objectOf(description)?.get("schema");
  if (typeof schema === "number" && schema > SCHEMA)
    throw new ValueError(
      "loadModel",
      `a description of schema ${SCHEMA} at most`,
      schema,
      "a newer version of SPM wrote this file; that one reads it",
    );
  if (schema !== SCHEMA) throw misfit("schema", `${SCHEMA}`, shown(schema));
  const fields = fieldsOf("the description", description, "schema", "prefix", "modules");
  const [prefix, modules] = [fields.get("prefix"), fields.get("modules")];
  if (typeof prefix !== "string") throw misfit("prefix", "a text", shown(prefix));
  const found = objectOf(modules);
  if (found === undefined) throw misfit("modules", "an object", shown(modules));
  const nodes = new Map<string, Node>();
  for (const [path, json] of found) nodes.set(path, checkedNode(path, json, nodes, kinds));
  if ([...nodes.keys()][0] !== "" || "same" in (nodes.get("") ?? {}))
    throw misfit("modules", 'the model itself, "", as the first', shown([...nodes.keys()][0]));
  return { prefix, nodes };
}

function checkedNode(
  path: string,
  json: unknown,
  before: ReadonlyMap<string, Node>,
  kinds: ReadonlyMap<string, ModuleKind>,
): Node {
  const place = `modules["${path.slice(0, 80)}"]`;
  const fields = objectOf(json);
  if (fields?.has("same")) {
    const same = fieldsOf(place, json, "same").get("same");
    if (typeof same === "string" && before.has(same)) return { same };
    throw misfit(place, "the path of a module before it", shown(same));
  }
  const name = fields?.get("kind");
  const kind = typeof name === "string" ? kinds.get(name) : undefined;
  if (kind === undefined)
    throw new ValueError(
      "loadModel",
      `a kind of module that is known at ${place}`,
      shown(name),
      "loadModel(file, { kinds: [yours] }), or { into: a model of yours }",
    );
  const make = kind.read(place, json);
  return { json: JSON.stringify(json), make };
}

/** The model of checked nodes: each part that isn't yet what its node says is replaced. */
function assembled(nodes: ReadonlyMap<string, Node>, options: BuildOptions): Module {
  const built = new Map<string, Module>();
  const tree = new Map<string, Place>();
  const enter = (path: string, module: Module): void => {
    built.set(path, module);
    for (const place of places(module))
      if (place.value instanceof Module)
        tree.set(path === "" ? place.path : `${path}.${place.path}`, place);
  };
  for (const [path, node] of nodes) {
    const place = tree.get(path);
    if (path !== "" && place === undefined)
      throw misfit(
        `modules["${path.slice(0, 80)}"]`,
        "a module of those before it",
        "one that none of them makes",
      );
    const now = place?.value;
    if ("same" in node) {
      const other = built.get(node.same);
      if (other !== undefined && now !== other) place?.replace(other);
      tree.delete(path);
    } else if (now instanceof Module && jsonOf(now) === node.json) {
      built.set(path, now);
    } else {
      const made = node.make(options);
      for (const inner of [...tree.keys()]) if (inner.startsWith(`${path}.`)) tree.delete(inner);
      place?.replace(made);
      if (place !== undefined) tree.set(path, { ...place, value: made });
      enter(path, made);
    }
  }
  for (const [path, { value }] of tree)
    if (value instanceof Module && !nodes.has(path) && descriptionOf(value) !== "part")
      throw misfit("modules", `a description of "${path}"`, "none");
  const model = built.get("");
  if (model === undefined) throw misfit("modules", "the model itself", kindOf(model));
  return model;
}

/** The description of a module as text; undefined for one that has none. */
function jsonOf(module: Module): string | undefined {
  const found = descriptionOf(module);
  return found === "part" ? undefined : JSON.stringify(found);
}
