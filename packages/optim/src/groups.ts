/** @file Parameter groups: parameters with the options that hold for them. */
import { Parameter, Tensor } from "@spm/core";
import { checkOptions, DTypeError, kindOf, showShape, ValueError } from "@spm/core/extend";
import { checkNotNegative } from "./check.ts";
import {
  type CommonOptions,
  commonDefaults,
  type Decided,
  type ParameterGroup,
  type ParametersOrGroups,
  type Rule,
} from "./rule.ts";

/** A group with a value for every option. */
export interface CompletedGroup<Options extends CommonOptions> {
  readonly parameters: readonly Parameter[];
  readonly options: Decided<Options>;
}

/** The options that have a value: one that is undefined was not given. */
const given = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/**
 * Completes each group's options with the optimizer's, then with the rule's defaults.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option; DTypeError for a value that isn't a parameter
 */
export function resolveGroups<Options extends CommonOptions>(
  rule: Rule<Options>,
  parameters: ParametersOrGroups<Options>,
  options: Options,
): CompletedGroup<Options>[] {
  const defaults = { ...rule.defaults, ...commonDefaults } as Decided<Options>;
  checkOptions(rule.name, options, defaults);
  if (!Array.isArray(parameters))
    throw new DTypeError(
      rule.name,
      "an array of parameters, or of groups { parameters, ... }",
      kindOf(parameters),
      "model.parameters() has them",
    );
  const groups = parameters.some((p) => p instanceof Parameter)
    ? [{ ...options, parameters: parameters as readonly Parameter[] }]
    : (parameters as readonly ParameterGroup<Options>[]);
  const seen = new Set<Parameter>();
  const resolved = groups.map((group) => {
    if (group instanceof Tensor || typeof group !== "object") throw notParameter(rule.name, group);
    checkOptions(rule.name, group, { ...defaults, parameters });
    const { parameters: own, ...overrides } = group;
    const decided: Decided<Options> = {
      ...defaults,
      ...given(options),
      ...given(overrides),
    } as Decided<Options>;
    const { learningRate, weightDecay }: Required<CommonOptions> = decided;
    if (typeof learningRate !== "function") checkNotNegative(rule.name, { learningRate });
    checkNotNegative(rule.name, { weightDecay });
    for (const [name, value] of Object.entries(decided))
      if (typeof defaults[name as keyof Options] === "boolean" && typeof value !== "boolean")
        throw new ValueError(rule.name, `true or false as ${name}`, value);
    rule.check?.(decided);
    for (const p of own) {
      if (!(p instanceof Parameter)) throw notParameter(rule.name, p);
      if (seen.has(p))
        throw new ValueError(
          rule.name,
          "each parameter once",
          `one of shape ${showShape(p.shape)} twice (as ` +
            `number ${[...seen].indexOf(p)} and ${seen.size})`,
          "a shared parameter belongs in the list once",
        );
      seen.add(p);
    }
    return { parameters: own, options: decided };
  });
  if (seen.size === 0) throw new ValueError(rule.name, "at least 1 parameter", 0);
  return resolved;
}

function notParameter(op: string, got: unknown): DTypeError {
  const help = got instanceof Tensor ? "make it one: parameter(tensor)" : undefined;
  return new DTypeError(op, "parameters, or groups { parameters, ... }", kindOf(got), help);
}
