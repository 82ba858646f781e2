/**
 * @file The optimizers' updates. In WGSL a parameter and its slots are written in one launch; a
 * kernel of gpu.js has one result, so there the same arithmetic runs once for each.
 */
import { type Each, type Places, sizeOf } from "@spm/core/extend";
import { type DeviceArray, isDense, rowMajor } from "../device-array.ts";
import type { Executor, Renewal } from "../executor.ts";
import { copyOf, elementwise, withWhole } from "./elementwise.ts";
import { bindings, halves, joined } from "./wgsl.ts";

/** One rule: statements over `p`, `g`, the slots and the options, and the next values. */
export interface UpdateRule {
  /** Names of the slots, for the options given. */
  readonly slots: readonly string[];
  readonly statements: string;
  /** Expressions of the next parameter, then of each next slot. */
  readonly next: readonly string[];
}

/**
 * Runs a rule: `[parameter, grad, ...slots] → [parameter, ...slots]`.
 * @param options - numbers are locals of their names; `rest_x` is 1 − x, rounded once. Flags are no
 * locals: the rule is made for them.
 */
export function update<S extends Places>(
  executor: Executor,
  inputs: Each<[parameter: 1, grad: 1, ...S], DeviceArray>,
  rule: UpdateRule,
  options: object,
): Each<[parameter: 1, ...S], DeviceArray>;
export function update(
  executor: Executor,
  inputs: readonly [parameter: DeviceArray, grad: DeviceArray, ...slots: DeviceArray[]],
  { slots, statements, next }: UpdateRule,
  options: object,
): readonly DeviceArray[] {
  const [parameter, grad, ...rest] = inputs;
  const numbers = numbersIn(options);
  const renewing = renewalOf(executor, options);
  const size = sizeOf(parameter.shape);
  const names = ["p", "grad", ...slots];
  const text = statements + next.join();
  // WGSL has no conditional expression; the one rule that has one runs in gpu.js.
  const fits = size > 0 && size <= most && inputs.length + next.length <= mostBuffers;
  if (executor.wgsl !== null && fits && !text.includes("?")) {
    // A gradient may be a view of a longer vector, as clipping makes them.
    const { wgsl } = executor;
    const given = isDense(grad) ? grad : copyOf(executor, grad);
    const code = inOneLaunch(
      names,
      statements,
      next,
      numbers.map(([name]) => name),
    );
    const results = withWhole(executor, [parameter, ...rest], ([p, ...state]) =>
      wgsl.launch(code, {
        reads: [p, given, ...state].map((x) => x.memory),
        results: next.map(() => size),
        workgroups: [Math.ceil(size / threads), 1, 1],
        numbers: [...halves(given.offset), ...numbers.map(([, value]) => value)],
        byElement: given.offset === 0,
        renew: renewing?.((next) => [...halves(given.offset), ...valuesIn(next)]),
      }),
    );
    if (given !== grad) executor.release(given.memory);
    return results.map((memory) => rowMajor(memory, parameter.shape, parameter.dtype));
  }
  const values = [...inputs.map((x, i) => [names[i], x] as const), ...numbers];
  const used = new RegExp(`\\b(${values.map(([name]) => name).join("|")})\\b`, "g");
  const body = `${statements} return `;
  return next.map((expression) => {
    const text = body + expression;
    const needed = new Set<string | undefined>(text.match(used));
    const operands = values.filter(([name]) => needed.has(name));
    const locals = operands.map(([name], i) => `const ${name} = x${i};`).join(" ");
    return elementwise(
      executor,
      parameter.shape,
      parameter.dtype,
      operands.map(([, value]) => value),
      `${locals} ${text};`,
      renewing?.((next) =>
        numbersIn(next).flatMap(([name, value]) => (needed.has(name) ? [value] : [])),
      ),
    );
  });
}

/** The numbers that a kernel takes, of a rule's options. */
type Used = (options: object) => readonly number[];

/** The way a recorded step renews a kernel's numbers; undefined where nothing is recorded. */
function renewalOf(executor: Executor, options: object): ((used: Used) => Renewal) | undefined {
  const again = executor.recording?.renewalOf(options);
  if (again === undefined) return undefined;
  const flags = Object.entries(options).filter(([, value]) => typeof value !== "number");
  return (used) => () => {
    const next: { readonly [name: string]: unknown } = { ...again() };
    return flags.every(([name, value]) => next[name] === value) ? used(next) : null;
  };
}

/** The numbers of a rule, and 1 minus each. */
const numbersIn = (options: object): [name: string, value: number][] =>
  Object.entries(options).flatMap(([name, v]): [string, number][] =>
    typeof v === "number"
      ? [
          [name, v],
          [`rest_${name}`, 1 - v],
        ]
      : [],
  );

/** The values of {@link numbersIn}, without the names: each step asks for those of all weights. */
function valuesIn(options: object): number[] {
  const values: number[] = [];
  for (const v of Object.values(options)) if (typeof v === "number") values.push(v, 1 - v);
  return values;
}

/** Threads of a workgroup, and elements that a launch along one axis reaches. */
const threads = 256;
const most = 65535 * threads;
const mostBuffers = 8;

/** Texts by rule: there are few, and to write one takes longer than to launch it. */
const sources: Map<string, string> = new Map();

/** The rule as WGSL, for parameters of any size. */
function inOneLaunch(
  reads: readonly string[],
  statements: string,
  next: readonly string[],
  numbers: readonly string[],
): string {
  const key = [...reads, statements, ...next, ...numbers].join();
  let code = sources.get(key);
  if (code === undefined) {
    code = translated(reads, statements, next, numbers);
    sources.set(key, code);
  }
  return code;
}

/** Translates the rule: `const` becomes `let`, functions lose their prefix, numbers get a point. */
function translated(
  reads: readonly string[],
  statements: string,
  next: readonly string[],
  numbers: readonly string[],
): string {
  const wgsl = (text: string): string =>
    text
      .replace(/\bconst\b/g, "let")
      .replace(/\bMath\./g, "")
      .replace(/(?<![\w.])(\d+)(?![\w.])/g, "$1.0");
  const locals = reads
    .map((name) => `let ${name} = in_${name}[${name === "grad" ? `i + ${joined}` : "i"}];`)
    .join(" ");
  const uniforms = numbers
    .map((name, k) => `let ${name} = numbers[${(k + 2) >> 2}][${(k + 2) & 3}];`)
    .join(" ");
  return (
    bindings(
      reads.map((name) => `in_${name}: array<f32>`),
      next.map((_, k) => `out_${k}: array<f32>`),
      numbers.length + 2,
    ) +
    `@compute @workgroup_size(${threads}) fn main(@builtin(global_invocation_id) id: vec3u) {\n` +
    // Buffers may be a little longer than their arrays.
    "let i = id.x; if (i >= arrayLength(&in_p)) { return; " +
    `}\n${locals}\n${uniforms}\n${wgsl(statements)}\n` +
    `${next.map((expression, k) => `out_${k}[i] = ${wgsl(expression)};`).join("\n")}\n}`
  );
}

/** Adam, AdamW; AMSGrad with a third slot. */
export const adamRule = (slots: number): UpdateRule => ({
  slots: slots === 3 ? ["m", "v", "most"] : ["m", "v"],
  statements:
    "const g = grad + l2 * p; const first = beta1 * m + rest_beta1 * g; " +
    "const second = beta2 * v + rest_beta2 * g * g; " +
    (slots === 3 ? "const scale = Math.max(most, second);" : "const scale = second;"),
  next: [
    "keep * p - stepSize * first / (Math.sqrt(scale) + epsilon)",
    "first",
    "second",
    ...(slots === 3 ? ["scale"] : []),
  ],
});

/** SGD; momentum with a slot, looking ahead if Nesterov's. */
export const sgdRule = (slots: number, nesterov: boolean): UpdateRule => ({
  slots: slots === 1 ? ["velocity"] : [],
  statements:
    "const g = grad + l2 * p; " +
    `${slots === 1 ? "const moved = momentum * velocity + g;" : "const moved = g;"}`,
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
      ? "const centre = alpha * mean + rest_alpha * g; " +
        "const spread = Math.max(0, variance - centre * centre); "
      : "const spread = variance; ") +
    "const direction = g / (Math.sqrt(spread) + epsilon)" +
    `${momentum ? " + momentum * velocity" : ""};`,
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
  next: ["p - stepSize * g / (Math.sqrt(more) + epsilon)", "more"],
};

const moments = "const g = grad + l2 * p; const first = beta1 * m + rest_beta1 * g; ";

/** NAdam. */
export const nadamRule: UpdateRule = {
  slots: ["m", "v"],
  statements: `${moments}const second = beta2 * v + rest_beta2 * g * g;`,
  next: [
    "p - (gradRate * g + momentRate * first) / (Math.sqrt(second) + epsilon)",
    "first",
    "second",
  ],
};

/** RAdam; `adaptive` once its variance is tractable. */
export const radamRule = (adaptive: boolean): UpdateRule => ({
  slots: ["m", "v"],
  statements: `${moments}const second = beta2 * v + rest_beta2 * g * g;`,
  next: [
    `p - stepSize * first${adaptive ? " / (Math.sqrt(second) + epsilon)" : ""}`,
    "first",
    "second",
  ],
});

/** Adamax. */
export const adamaxRule: UpdateRule = {
  slots: ["m", "norm"],
  statements: `${moments}const largest = Math.max(beta2 * norm, Math.abs(g) + epsilon);`,
  next: ["p - stepSize * first / largest", "first", "largest"],
};

/** Lion. */
export const lionRule: UpdateRule = {
  slots: ["m"],
  statements: "const way = beta1 * m + rest_beta1 * grad;",
  next: [
    "keep * p - learningRate * (way > 0 ? 1 : (way < 0 ? -1 : way))",
    "beta2 * m + rest_beta2 * grad",
  ],
};

/** An average towards a parameter. */
export const averageRule: UpdateRule = {
  slots: [],
  statements: "",
  next: ["p + rest_decay * (grad - p)"],
};
