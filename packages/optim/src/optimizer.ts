/** @file The part that every optimizer shares: groups, steps, schedules and state. */
import { full, keep, neg, noGrad, type Parameter, type Tensor } from "@spm/core";
import { assignAll, kindOf, printsAs, showValue, sizeOf, ValueError } from "@spm/core/extend";
import { checkedGradients } from "./gradients.ts";
import { resolveGroups } from "./groups.ts";
import { changing, recorder } from "./recorder.ts";
import {
  type CommonOptions,
  commonDefaults,
  type Decided,
  type ParametersOrGroups,
  type Rule,
  type StepContext,
} from "./rule.ts";
import { checkState, copyTo, type Expected, type State } from "./state.ts";

type Setting = null | boolean | number | string | readonly number[];

/** A parameter with its options and slots. */
interface Entry<Options> {
  readonly parameter: Parameter;
  readonly options: Decided<Options>;
  readonly slotNames: readonly string[];
  slots: readonly Tensor[];
}

/**
 * Updates parameters by a {@link Rule}. `adam`, `sgd` and the others return one; a rule of your own
 * makes another. It prints its name, its steps, and for each group the number of parameters, the
 * learning rate and the options. A gradient [...] has the shape of its parameter.
 *
 * @example
 * const halve: Rule<CommonOptions> = {
 *   name: "halve",
 *   defaults: { learningRate: 0, weightDecay: 0 },
 *   slots: () => ({}),
 *   update: (parameter) => [mul(parameter, 0.5)],
 * };
 * const optimizer = new Optimizer(halve, [parameter([1])], {});
 */
export class Optimizer<Options extends CommonOptions = CommonOptions> {
  /** All parameters, group after group; gradients are given in this order. */
  readonly parameters: readonly Parameter[];
  readonly #rule: Rule<Options>;
  readonly #entries: readonly Entry<Options>[];
  #steps = 0;

  /**
   * @param rule - the mathematics
   * @param parameters - parameters, or groups of them with options of their own
   * @param options - the options of every group that has none of its own
   * @throws ValueError for options out of range, no parameter or one given twice; OptionError for
   * an option that the rule has no default of
   */
  constructor(rule: Rule<Options>, parameters: ParametersOrGroups<Options>, options: Options) {
    if (typeof rule?.update !== "function")
      throw new ValueError("Optimizer", "a rule", kindOf(rule), "or a function: adam(parameters)");
    this.#rule = rule;
    this.#entries = noGrad(() => {
      const entries = resolveGroups(rule, parameters, options).flatMap((group) =>
        group.parameters.map((parameter) => {
          const initial = rule.slots(parameter, group.options);
          const { shape, dtype, backend } = parameter;
          const slots = Object.values(initial).map((v) => full(shape, v, { dtype, backend }));
          return { parameter, options: group.options, slotNames: Object.keys(initial), slots };
        }),
      );
      for (const { slots } of entries) slots.forEach(keep);
      return entries;
    });
    this.parameters = this.#entries.map(({ parameter }) => parameter);
  }

  static {
    printsAs(Optimizer.prototype, (optimizer) => optimizer.#describe());
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * The learning rate of the last step, or of the first one before any is taken; of the first group
   * where there are several.
   */
  get learningRate(): number {
    return this.#rateOf(this.#entries[0]!, Math.max(0, this.#steps - 1));
  }

  /** The options of each group, as JSON has them: a schedule, which is a function, is null. */
  get settings(): readonly Readonly<Record<string, Setting>>[] {
    return [...new Set(this.#entries.map(({ options }) => options))].map((options) =>
      Object.fromEntries(
        Object.entries(options).map(([name, value]) => [
          name,
          typeof value === "function" ? null : (value as Setting),
        ]),
      ),
    );
  }

  /**
   * Takes one step: assigns every parameter and replaces the slots, all of them or none. Until all
   * are computed the old values stay: memory for one more value of each parameter and slot.
   *
   * Gradients aren't checked for NaN, since that would wait for the device; `fit` of @spm/trainer
   * checks them where it costs nothing.
   * @param grads - `grads[i]` belongs to `parameters[i]`, with its shape, dtype and backend
   * @throws ValueError for another number of gradients or a schedule whose rate isn't finite and
   * ≥ 0; ShapeError, DTypeError, BackendError for a gradient unlike its parameter; TapeError for a
   * released tensor or while a tape that used a parameter is open; BackendError when there is no
   * memory. Nothing is written then.
   */
  step(grads: readonly Tensor[]): void {
    for (const p of this.parameters) {
      p.assertReadable();
      p.assertAssignable();
    }
    const help =
      "gradients come in the order of optimizer.parameters; " +
      "if the model got others, make another optimizer";
    const name = `${this.#rule.name}.step`;
    const due = checkedGradients(name, grads, this.#entries, ({ parameter }) => parameter, help);
    const rates = new Map(
      this.#entries.map((entry) => [entry, this.#rateOf(entry, this.#steps)] as const),
    );
    noGrad(() => {
      const updates = due.map(({ owner: entry, grad }) => {
        const { parameter, options, slots } = entry;
        const context = this.#contextOf(entry, rates);
        const down = options.maximize ? neg(grad) : grad;
        const [value, ...next] = this.#rule.update(parameter, down, slots, options, context);
        const expected = `a value and ${slots.length} slots`;
        if (next.length !== slots.length)
          throw new ValueError(`${this.#rule.name}.update`, expected, `${next.length} slots`);
        for (const slot of next) slot.assertReadable();
        return { entry, value, next };
      });
      assignAll(updates.map(({ entry, value }) => [entry.parameter, value]));
      for (const { entry, next } of updates) {
        const before = entry.slots;
        entry.slots = next.map(keep);
        for (const slot of before) if (!next.includes(slot)) slot.dispose();
      }
    });
    rates.clear(); // a recorded step repeats itself with those of its time
    const advance = (): void => {
      this.#steps++;
    };
    recorder.value?.advances(advance);
    advance();
  }

  /**
   * All that a step depends on besides parameters and options: `<rule>.steps`, and
   * `<rule>.<i>.<slot>` for the slots of `parameters[i]`. The tensors are the live ones: the next
   * step releases them.
   */
  state(): Record<string, Tensor | number> {
    const { name } = this.#rule;
    const state: Record<string, Tensor | number> = { [`${name}.steps`]: this.#steps };
    this.#entries.forEach(({ slotNames, slots }, i) => {
      slots.forEach((slot, k) => {
        state[`${name}.${i}.${slotNames[k]}`] = slot;
      });
    });
    return state;
  }

  /**
   * Copies a state in: the next steps are those that would have followed it, bit by bit.
   * @param state - a {@link state}, on the parameters' backends or in CPU memory
   * @throws ValueError for a missing or unknown key or another optimizer's state; ShapeError,
   * DTypeError for a tensor unlike its parameter; BackendError for one on another device. Nothing
   * is written then.
   */
  restore(state: State): void {
    const { name } = this.#rule;
    const expected = new Map<string, Expected>([[`${name}.steps`, "count"]]);
    this.#entries.forEach(({ parameter, slotNames }, i) => {
      for (const slot of slotNames) expected.set(`${name}.${i}.${slot}`, parameter);
    });
    checkState(name, state, expected);
    noGrad(() => {
      const copies = this.#entries.map(({ parameter, slotNames }, i) =>
        slotNames.map((slot) => copyTo(state[`${name}.${i}.${slot}`] as Tensor, parameter.backend)),
      );
      this.dispose();
      for (const [i, entry] of this.#entries.entries()) entry.slots = copies[i]?.map(keep) ?? [];
    });
    this.#steps = state[`${name}.steps`] as number;
  }

  /** Releases the state; the optimizer can't step again until one is restored. */
  dispose(): void {
    for (const { slots } of this.#entries) for (const slot of slots) slot.dispose();
  }

  /** {@link dispose}, at the end of a block: `using optimizer = adam(…)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #describe(): string {
    const groups = [...new Set(this.#entries.map(({ options }) => options))].map((options) => {
      const mine = this.#entries.filter((entry) => entry.options === options);
      const values = mine.reduce((total, { parameter }) => total + sizeOf(parameter.shape), 0);
      const now = rateAt(options, Math.max(0, this.#steps - 1));
      const head = `parameters: ${mine.length}, values: ${values}, learning rate: ${now}`;
      const usual = Object.entries(commonDefaults);
      const shown = Object.entries(options).filter(
        ([name, value]) => !usual.some(([other, its]) => other === name && its === value),
      );
      return `${head}\n  ${showValue(Object.fromEntries(shown))}`;
    });
    return [`${this.#rule.name}, steps: ${this.#steps}`, ...groups].join("\n");
  }

  /** The numbers of the next step, as they are at the time when they are read. */
  #contextOf(entry: Entry<Options>, rates: ReadonlyMap<Entry<Options>, number>): StepContext {
    const { parameter, options } = entry;
    const { learningRate, weightDecay }: Required<CommonOptions> = options;
    const reader = `a rule (${this.#rule.name}) whose ops take a number of the step`;
    const numbers = {
      step: () => changing(reader, this.#steps + 1),
      rate: () => rates.get(entry) ?? this.#rateOf(entry, this.#steps),
    };
    return {
      get step() {
        return numbers.step();
      },
      get learningRate() {
        return typeof learningRate === "number" ? learningRate : changing(reader, numbers.rate());
      },
      weightDecay: options.exemptions && !parameter.decay ? 0 : weightDecay,
    };
  }

  #rateOf({ options }: Entry<Options>, step: number): number {
    const rate = rateAt(options, step);
    if (!(typeof rate === "number" && rate >= 0 && rate < Infinity))
      throw new ValueError(this.#rule.name, `a finite learning rate ≥ 0 at step ${step}`, rate);
    return rate;
  }
}

const rateAt = ({ learningRate }: Required<CommonOptions>, step: number): number =>
  typeof learningRate === "function" ? learningRate(step) : learningRate;
