/**
 * @file Writes the optimizers' updates: loops that read and write every array once, four lanes at a
 * time.
 */

/** An update by its formulas. A slot that is absent has the address 0. */
interface Update {
  readonly slots: readonly string[];
  /** Numbers of the step, float64; in the formulas they are vectors. */
  readonly numbers: readonly string[];
  /**
   * Statements on `p`, the gradient `g`, `LOAD(slot)`; they end in `SAVE(slot, value);` of each
   * slot and in `next`.
   */
  readonly body: string;
}

const moments = `
    const first = fma(beta1, LOAD(m), mul(rest1, g));
    const second = fma(beta2, LOAD(v), mul(mul(rest2, g), g));
    SAVE(m, first);
    SAVE(v, second);`;
const betas = ["beta1", "rest1", "beta2", "rest2"] as const;

/** Slots and numbers in the order in which the kernels take them; `rest` is 1 − a decay. */
const updates: Readonly<Record<string, Update>> = {
  sgd: {
    slots: ["velocity"],
    numbers: ["rate", "l2", "momentum", "look"],
    body: `
    let direction = g;
    if (velocity) {
      const moved = fma(momentum, LOAD(velocity), g);
      SAVE(velocity, moved);
      direction = v128.bitselect(fma(momentum, moved, g), moved, f32x4.ne(look, none));
    }
    const next = fnma(rate, direction, p);`,
  },
  adam: {
    slots: ["m", "v", "max"],
    numbers: ["rate", ...betas, "eps", "l2", "keep"],
    body: `${moments}
    let scale = second;
    if (max) {
      scale = f32x4.max(LOAD(max), second);
      SAVE(max, scale);
    }
    const next = sub(mul(keep, p), div(mul(rate, first), add(sqrt(scale), eps)));`,
  },
  rmsprop: {
    slots: ["square", "mean", "velocity"],
    numbers: ["rate", "l2", "alpha", "rest", "eps", "momentum"],
    body: `
    let variance = fma(alpha, LOAD(square), mul(mul(rest, g), g));
    SAVE(square, variance);
    if (mean) {
      const centre = fma(alpha, LOAD(mean), mul(rest, g));
      SAVE(mean, centre);
      variance = f32x4.max(none, fnma(centre, centre, variance));
    }
    let direction = div(g, add(sqrt(variance), eps));
    if (velocity) {
      direction = fma(momentum, LOAD(velocity), direction);
      SAVE(velocity, direction);
    }
    const next = fnma(rate, direction, p);`,
  },
  adagrad: {
    slots: ["squares"],
    numbers: ["rate", "l2", "eps"],
    body: `
    const total = fma(g, g, LOAD(squares));
    SAVE(squares, total);
    const next = sub(p, div(mul(rate, g), add(sqrt(total), eps)));`,
  },
  nadam: {
    slots: ["m", "v"],
    numbers: ["gradRate", "momentRate", ...betas, "eps", "l2"],
    body: `${moments}
    const next = sub(p, div(fma(gradRate, g, mul(momentRate, first)), add(sqrt(second), eps)));`,
  },
  radam: {
    slots: ["m", "v"],
    numbers: ["rate", "adaptive", ...betas, "eps", "l2"],
    body: `${moments}
    const scale = v128.bitselect(add(sqrt(second), eps), f32x4.splat(1), f32x4.ne(adaptive, none));
    const next = sub(p, div(mul(rate, first), scale));`,
  },
  adamax: {
    slots: ["m", "norm"],
    numbers: ["rate", ...betas, "eps", "l2"],
    body: `
    const first = fma(beta1, LOAD(m), mul(rest1, g));
    const largest = f32x4.max(mul(beta2, LOAD(norm)), add(f32x4.abs(g), eps));
    SAVE(m, first);
    SAVE(norm, largest);
    const next = sub(p, div(mul(rate, first), largest));`,
  },
  lion: {
    slots: ["m"],
    numbers: ["rate", ...betas, "keep"],
    body: `
    const direction = sign(fma(beta1, LOAD(m), mul(rest1, g)));
    SAVE(m, fma(beta2, LOAD(m), mul(rest2, g)));
    const next = fnma(rate, direction, mul(keep, p));`,
  },
  average: {
    slots: [],
    numbers: ["rest"],
    body: "const next = fma(rest, sub(g, p), p);",
  },
};

function updateLoop(name: string, { slots, numbers, body }: Update): string {
  const formulas = body
    .replace(/LOAD\((\w+)\)/g, "v128.load($1 + k)")
    .replace(/SAVE\((\w+), /g, "v128.store($1Next + k, ");
  const addresses = [
    "parameter",
    "gradient",
    ...slots,
    "parameterNext",
    ...slots.map((slot) => `${slot}Next`),
  ];
  const decayed = (g: string) => (numbers.includes("l2") ? `fma(l2, p, ${g})` : g);
  return `
export function ${name}Step(${addresses.map((a) => `${a}: usize`).join(", ")},
    count: usize, ${numbers.map((n) => `${n}Number: f64`).join(", ")}): void {
  const none = f32x4.splat(0);
  ${numbers.map((n) => `const ${n} = f32x4.splat(<f32>${n}Number);`).join(" ")}
  for (let k: usize = 0; k < count << 2; k += 16) {
    const p = v128.load(parameter + k);
    const g = ${decayed("v128.load(gradient + k)")};
    ${formulas}
    v128.store(parameterNext + k, next);
  }
}`;
}

/** AssemblyScript of the updates. */
export const updateSource = (): string =>
  [
    'import { sign } from "./functions";',
    'import { add, fma, fnma, mul, sub } from "./simd";',
    "function div(a: v128, b: v128): v128 { return f32x4.div(a, b); }",
    "function sqrt(x: v128): v128 { return f32x4.sqrt(x); }",
    ...Object.entries(updates).map(([name, update]) => updateLoop(name, update)),
  ].join("\n");
