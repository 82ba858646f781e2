/** @file The optimizers' updates: the same arithmetic once for each result, since a kernel of gpu.js has one. */
import type { DeviceArray } from "../device-array.ts";
import type { Executor } from "../executor.ts";
import { elementwise } from "./elementwise.ts";

/** One rule: statements over `p`, `g`, the slots and the options, and what becomes of each of them. */
export interface UpdateRule {
  /** Names of the slots, for the options given. */
  readonly slots: readonly string[];
  readonly statements: string;
  /** Expressions of the next parameter, then of each next slot. */
  readonly next: readonly string[];
}

/** The numbers of an update: each is a local by its name; `rest_x` is 1 − x, rounded once. Flags shape the text instead. */
type Numbers = Readonly<Record<string, number | boolean>>;

/** Runs a rule: `[parameter, grad, ...slots] → [parameter, ...slots]`. */
export function update(
  executor: Executor,
  inputs: readonly DeviceArray[],
  { slots, statements, next }: UpdateRule,
  options: Numbers,
): DeviceArray[] {
  const [parameter] = inputs as [DeviceArray];
  const numbers = Object.entries(options).flatMap(([name, v]): [string, number][] =>
    typeof v === "number"
      ? [
          [name, v],
          [`rest_${name}`, 1 - v],
        ]
      : [],
  );
  const named = ["p", "grad", ...slots, ...numbers.map(([name]) => name)];
  const used = new RegExp(`\\b(${named.join("|")})\\b`, "g");
  const body = `${statements} return `;
  return next.map((expression) => {
    const text = body + expression;
    const needed = new Set(text.match(used) ?? []);
    const operands = named.flatMap((name, i) => {
      if (!needed.has(name)) return [];
      return [{ name, value: i < inputs.length ? inputs[i]! : numbers[i - inputs.length]![1] }];
    });
    const locals = operands.map(({ name }, i) => `const ${name} = x${i};`).join(" ");
    return elementwise(
      executor,
      parameter.shape,
      parameter.dtype,
      operands.map((o) => o.value),
      `${locals} ${text};`,
    );
  });
}

/** Adam, AdamW; AMSGrad with a third slot. */
export const adamRule = (slots: number): UpdateRule => ({
  slots: slots === 3 ? ["m", "v", "most"] : ["m", "v"],
  statements:
    "const g = grad + l2 * p; const first = beta1 * m + rest_beta1 * g; const second = beta2 * v + rest_beta2 * g * g; " +
    (slots === 3 ? "const scale = Math.max(most, second);" : "const scale = second;"),
  next: [
    "keep * p - stepSize * first / (Math.sqrt(scale) + eps)",
    "first",
    "second",
    ...(slots === 3 ? ["scale"] : []),
  ],
});

/** SGD; momentum with a slot, looking ahead if Nesterov's. */
export const sgdRule = (slots: number, nesterov: boolean): UpdateRule => ({
  slots: slots === 1 ? ["velocity"] : [],
  statements: `const g = grad + l2 * p; ${slots === 1 ? "const moved = momentum * velocity + g;" : "const moved = g;"}`,
  next: [
    `p - learningRate * ${slots === 1 && nesterov ? "(g + momentum * moved)" : "moved"}`,
    ...(slots === 1 ? ["moved"] : []),
  ],
});

/** RMSprop, centred or not, with a velocity or not. */
export const rmspropRule = (centered: boolean, momentum: boolean): UpdateRule => ({
  slots: ["meanSquare", ...(centered ? ["mean"] : []), ...(momentum ? ["velocity"] : [])],
  statements:
    "const g = grad + l2 * p; const variance = alpha * meanSquare + rest_alpha * g * g; " +
    (centered
      ? "const centre = alpha * mean + rest_alpha * g; const spread = Math.max(0, variance - centre * centre); "
      : "const spread = variance; ") +
    `const direction = g / (Math.sqrt(spread) + eps)${momentum ? " + momentum * velocity" : ""};`,
  next: [
    "p - learningRate * direction",
    "variance",
    ...(centered ? ["centre"] : []),
    ...(momentum ? ["direction"] : []),
  ],
});

/** Adagrad. */
export const adagradRule: UpdateRule = {
  slots: ["total"],
  statements: "const g = grad + l2 * p; const more = total + g * g;",
  next: ["p - stepSize * g / (Math.sqrt(more) + eps)", "more"],
};

const moments = "const g = grad + l2 * p; const first = beta1 * m + rest_beta1 * g; ";

/** NAdam. */
export const nadamRule: UpdateRule = {
  slots: ["m", "v"],
  statements: `${moments}const second = beta2 * v + rest_beta2 * g * g;`,
  next: ["p - (gradRate * g + momentRate * first) / (Math.sqrt(second) + eps)", "first", "second"],
};

/** RAdam, before and after its variance can be trusted. */
export const radamRule = (adaptive: boolean): UpdateRule => ({
  slots: ["m", "v"],
  statements: `${moments}const second = beta2 * v + rest_beta2 * g * g;`,
  next: [`p - stepSize * first${adaptive ? " / (Math.sqrt(second) + eps)" : ""}`, "first", "second"],
});

/** Adamax. */
export const adamaxRule: UpdateRule = {
  slots: ["m", "norm"],
  statements: `${moments}const largest = Math.max(beta2 * norm, Math.abs(g) + eps);`,
  next: ["p - stepSize * first / largest", "first", "largest"],
};

/** Lion. */
export const lionRule: UpdateRule = {
  slots: ["m"],
  statements: "const way = beta1 * m + rest_beta1 * grad;",
  next: ["keep * p - learningRate * (way > 0 ? 1 : (way < 0 ? -1 : way))", "beta2 * m + rest_beta2 * grad"],
};

/** An average towards a parameter. */
export const averageRule: UpdateRule = { slots: [], statements: "", next: ["p + rest_decay * (grad - p)"] };
