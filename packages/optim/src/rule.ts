/**
 * @file What makes one optimizer differ from another: the slots it keeps for a parameter, and its
 * update.
 */
import type { Parameter, Tensor } from "@spm/core";
import type { Each, Places } from "@spm/core/extend";
import type { Schedule } from "./schedule.ts";

/** What every rule takes, for all parameters or for a group. */
export interface CommonOptions {
  /** The step size, or the schedule that gives it; at least 0. */
  readonly learningRate?: number | Schedule;
  /** Strength of weight decay, at least 0. */
  readonly weightDecay?: number;
  /** Whether parameters with `decay: false` are spared from weight decay; true unless said. */
  readonly exemptions?: boolean;
}

/**
 * Parameters with options of their own; what a group leaves out comes from the optimizer's options.
 */
export type ParameterGroup<Options> = Options & { readonly params: readonly Parameter[] };

/** What an optimizer updates: parameters, or groups of them. */
export type ParametersOrGroups<Options> = readonly Parameter[] | readonly ParameterGroup<Options>[];

/** Options of which none is left open. */
export type Decided<Options> = Required<Options> & Required<CommonOptions>;

/** What is the same for every element of a parameter in one step. */
export interface StepContext {
  /** Counts from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** 0 for a parameter that is exempt. */
  readonly weightDecay: number;
}

/**
 * An optimizer's mathematics; `S` are the places of its slots. {@link Optimizer} brings the rest:
 * groups, steps, schedules, state.
 */
export interface Rule<Options extends CommonOptions, S extends Places = Places> {
  /** Prefix of the state's keys, and who complains in messages. */
  readonly name: string;
  readonly defaults: Decided<Options>;
  /**
   * Names of the tensors it keeps for a parameter, each of the parameter's shape, with the value
   * they start from.
   */
  slots(parameter: Parameter, options: Decided<Options>): Readonly<Record<string, number>>;
  /** The parameter's next value, then those of its slots in their order: fresh tensors. */
  update(
    parameter: Parameter,
    grad: Tensor,
    slots: Each<S, Tensor>,
    options: Decided<Options>,
    context: StepContext,
  ): Each<[parameter: 1, ...S], Tensor>;
  /** @throws ValueError for options of this rule that are out of range */
  check?(options: Decided<Options>): void;
}
