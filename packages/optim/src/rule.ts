/** @file An optimizer's rule: its options, the slots it keeps for a parameter, and its update. */
import type { Parameter, Tensor } from "@spm/core";
import type { Each, Places } from "@spm/core/extend";
import type { RateSchedule } from "./schedules/schedule.ts";

/** The options of every rule, for all parameters or for a group. */
export interface CommonOptions {
  /** The step size η, at least 0, or its schedule. */
  readonly learningRate?: number | RateSchedule;
  /** The strength λ of weight decay, at least 0. */
  readonly weightDecay?: number;
  /**
   * Whether parameters with `decay: false` are exempt from weight decay.
   * @defaultValue true
   */
  readonly exemptions?: boolean;
  /**
   * Whether to go up: each step is that of the negated gradient.
   * @defaultValue false
   */
  readonly maximize?: boolean;
}

/** Of the options of every rule those that have one default for all. */
export const commonDefaults = { exemptions: true, maximize: false } as const;

/** Parameters with options of their own; those left out are the optimizer's. */
export type ParameterGroup<Options> = Options & { readonly parameters: readonly Parameter[] };

/** The parameters of an optimizer, as one list or in groups. */
export type ParametersOrGroups<Options> = readonly Parameter[] | readonly ParameterGroup<Options>[];

/** Options with a value for each. */
export type Decided<Options> = Required<Options> & Required<CommonOptions>;

/** The defaults that a rule has of its own. */
type OwnDefaults<Options> = Required<Omit<Options, keyof typeof commonDefaults>> &
  Required<Omit<CommonOptions, keyof typeof commonDefaults>>;

/**
 * The numbers of one step of one parameter. A rule passes them on as options of an update op, by
 * `renewed` of `@spm/optim/extend`, if a captured step is to compute them anew.
 */
export interface StepContext {
  /** The number of the step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** 0 for a parameter that is exempt. */
  readonly weightDecay: number;
}

/**
 * The mathematics of an optimizer; `S` are the places of its slots. {@link Optimizer} adds groups,
 * steps, schedules and state.
 */
export interface Rule<Options extends CommonOptions, S extends Places = Places> {
  /** The name in messages and the prefix of the state's keys. */
  readonly name: string;
  /** The default of every option but `exemptions` and `maximize`; other options are refused. */
  readonly defaults: OwnDefaults<Options>;
  /** First values of the slots of a parameter, by name; each slot has the parameter's shape. */
  slots(parameter: Parameter, options: Decided<Options>): Readonly<Record<string, number>>;
  /** The next values of the parameter and of its slots, in their order: fresh tensors. */
  update(
    parameter: Parameter,
    grad: Tensor,
    slots: Each<S, Tensor>,
    options: Decided<Options>,
    context: StepContext,
  ): Each<[parameter: 1, ...S], Tensor>;
  /** @throws ValueError for options out of range */
  check?(options: Decided<Options>): void;
}
