/** @file L-BFGS: steps along directions that past gradients bend, with a line search. */
import {
  abs,
  add,
  keep,
  mul,
  noGrad,
  type Parameter,
  scope,
  stack,
  sub,
  sum,
  type Tensor,
} from "@spm/core";
import { checkFunction, printsAs, TapeError } from "@spm/core/extend";
import { asVector } from "./clip.ts";
import { checkedGradients } from "./gradients.ts";
import { bent, type CurvaturePair } from "./lbfgs-history.ts";
import { type LossAndGrads, lossAndGrads } from "./lbfgs-loss.ts";
import { checkParameters, completed, type LbfgsOptions } from "./lbfgs-options.ts";
import { checkLbfgsState } from "./lbfgs-state.ts";
import { assignFlat, dot, largest, taken } from "./lbfgs-vectors.ts";
import { type LinePoint, strongWolfe } from "./line-search.ts";
import { copyTo, type State } from "./state.ts";

/** The last direction and the gradient before it, both [n], and the step along it. */
interface LastMove {
  readonly direction: Tensor;
  readonly grad: Tensor;
  readonly t: number;
}

/** Curvatures up to this one are not kept. */
const LEAST_CURVATURE = 1e-10;

const HELP = "gradients come in the order of optimizer.parameters";

/**
 * The optimizer that {@link lbfgs} returns, of parameters [...]. A step evaluates the loss many
 * times, so it takes a function in the place of gradients.
 * @example
 * const w = parameter([1, 2]);
 * const optimizer = new Lbfgs([w], {});
 * await optimizer.step(() => valueAndGrad(() => sum(square(w)), [w]));
 */
export class Lbfgs {
  /** All parameters [...]; gradients are given in this order. */
  readonly parameters: readonly Parameter[];
  readonly #options: Required<LbfgsOptions>;
  readonly #held = new Set<Tensor>();
  #steps = 0;
  #iterations = 0;
  #evaluations = 0;
  #last: LastMove | null = null;
  #pairs: readonly CurvaturePair[] = [];
  #scale = 1;
  #running = false;

  /** @throws ValueError for options out of range or no parameter; OptionError, DTypeError */
  constructor(parameters: readonly Parameter[], options: LbfgsOptions) {
    this.#options = completed(options);
    checkParameters(parameters);
    this.parameters = [...parameters];
  }

  static {
    printsAs(Lbfgs.prototype, ({ steps, iterations, evaluations, parameters }) => {
      const counts = `iterations: ${iterations}, evaluations: ${evaluations}`;
      return `lbfgs, steps: ${steps}, ${counts}, parameters: ${parameters.length}`;
    });
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** Directions taken, in all steps. */
  get iterations(): number {
    return this.#iterations;
  }

  /** Evaluations of the loss, in all steps. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /**
   * Takes a step: up to `maxIterations` directions. Parameters are assigned at each evaluation.
   * Memory beyond the history: about six vectors of all parameters.
   * @param evaluate - the loss and its gradients where the parameters are now; synchronous
   * @returns the loss at the beginning
   * @throws ValueError, ShapeError, DTypeError, BackendError for other than `valueAndGrad` gives;
   * TapeError when `evaluate` is async, or while another step is running
   */
  async step(evaluate: () => LossAndGrads): Promise<number> {
    checkFunction("lbfgs.step", evaluate);
    if (this.#running)
      throw new TapeError(
        "lbfgs.step",
        "one step at a time",
        "a step is still running",
        "await it",
      );
    this.#running = true;
    try {
      return await this.#step(evaluate);
    } finally {
      this.#running = false;
    }
  }

  async #step(evaluate: () => LossAndGrads): Promise<number> {
    const { maxIterations, maxEvaluations, toleranceGrad, toleranceChange } = this.#options;
    const before = this.#evaluations;
    let now: LinePoint = await this.#evaluate(evaluate);
    const { loss } = now;
    for (let k = 1; k <= maxIterations && !(now.largest <= toleranceGrad); k++) {
      const { direction, slope, size, t } = await this.#direct(now.grad);
      const from: LinePoint = { ...now, t: 0, slope };
      this.#last = { direction, grad: from.grad, t };
      if (slope > -toleranceChange) break;
      now = await this.#along(evaluate, from, { direction, size, t }, k < maxIterations);
      this.#last = { direction, grad: from.grad, t: now.t };
      this.#tidy(now.grad);
      if (this.#evaluations - before >= maxEvaluations) break;
      if (size * now.t <= toleranceChange) break;
      if (Math.abs(now.loss - from.loss) < toleranceChange) break;
    }
    this.#tidy();
    this.#steps++;
    return loss;
  }

  /** The point after a step along a direction; of the last one without a search nothing is new. */
  async #along(
    evaluate: () => LossAndGrads,
    start: LinePoint,
    { direction, size, t }: { direction: Tensor; size: number; t: number },
    again: boolean,
  ): Promise<LinePoint> {
    const from = this.#hold(() => asVector(this.parameters));
    const move = (t: number): void =>
      assignFlat(this.parameters, () => add(from, mul(direction, t)));
    const at = async (t: number): Promise<LinePoint> => {
      move(t);
      return { ...(await this.#evaluate(evaluate, direction)), t };
    };
    if (this.#options.lineSearch === "none") {
      if (again) return at(t);
      move(t);
      return { ...start, t };
    }
    const end = await strongWolfe({ start, size, at }, t);
    move(end.t);
    return end;
  }

  /** The loss where the parameters are, and its slope along a direction; t is 0. */
  async #evaluate(evaluate: () => LossAndGrads, direction?: Tensor): Promise<LinePoint> {
    const { grad, read } = scope(() => {
      const { value, grads } = lossAndGrads(evaluate());
      const fitting = checkedGradients("lbfgs.step", grads, this.parameters, (p) => p, HELP);
      return noGrad(() => {
        const grad = asVector(fitting.map((pair) => pair.grad));
        const along = direction === undefined ? [] : [dot(grad, direction)];
        return { grad, read: stack([value, largest(grad), ...along]) };
      });
    });
    this.#held.add(keep(grad));
    this.#evaluations++;
    const [loss = 0, top = 0, slope = 0] = await taken(read);
    return { t: 0, loss, grad, largest: top, slope };
  }

  /** The next direction, its slope and largest element, and the first step along it. */
  async #direct(grad: Tensor) {
    const { historySize, learningRate } = this.#options;
    const last = this.#last;
    this.#iterations++;
    if (last !== null) {
      const change = this.#hold(() => sub(grad, last.grad));
      const move = this.#hold(() => mul(last.direction, last.t));
      const products = noGrad(() => stack([dot(change, move), dot(change, change)]));
      const [curvature = 0, length = 0] = await taken(products);
      if (curvature > LEAST_CURVATURE) {
        const pair = { change, move, rho: 1 / curvature };
        this.#pairs = [...this.#pairs, pair].slice(-historySize);
        this.#scale = curvature / length;
      }
    }
    const direction = this.#hold(() => bent(grad, this.#pairs, this.#scale));
    const read = noGrad(() => stack([dot(grad, direction), largest(direction), sum(abs(grad))]));
    const [slope = 0, size = 0, total = 0] = await taken(read);
    const t = last === null ? Math.min(1, 1 / total) * learningRate : learningRate;
    return { direction, slope, size, t };
  }

  /** A vector that lives until {@link #tidy}. */
  #hold(f: () => Tensor): Tensor {
    const vector = keep(noGrad(f));
    this.#held.add(vector);
    return vector;
  }

  /** Releases all vectors but those of the state and another. */
  #tidy(other?: Tensor): void {
    const pairs = this.#pairs.flatMap(({ change, move }) => [change, move]);
    const needed = new Set([other, this.#last?.direction, this.#last?.grad, ...pairs]);
    for (const vector of this.#held)
      if (!needed.has(vector)) {
        vector.dispose();
        this.#held.delete(vector);
      }
  }

  /**
   * All that a step depends on besides parameters and options. The tensors are the live ones: later
   * steps release them.
   */
  state(): Record<string, Tensor | number> {
    const counts = { steps: this.#steps, iterations: this.#iterations };
    const parts = { ...counts, evaluations: this.#evaluations, scale: this.#scale, ...this.#last };
    const pairs = this.#pairs.flatMap((pair, k) =>
      Object.entries(pair).map(([name, value]) => [`${k}.${name}`, value] as const),
    );
    return Object.fromEntries(
      [...Object.entries(parts), ...pairs].map(([name, value]) => [`lbfgs.${name}`, value]),
    );
  }

  /**
   * Copies a state in: the next steps are those that would have followed it, bit by bit.
   * @param state - a {@link state}, on the parameters' backend or in CPU memory
   * @throws ValueError for a missing or unknown key; ShapeError, DTypeError for a tensor unlike the
   * parameters; BackendError for one on another device. Nothing is written then.
   */
  restore(state: State): void {
    const count = checkLbfgsState(state, this.parameters);
    const [{ backend }] = this.parameters as readonly [Parameter];
    const number = (name: string): number => state[`lbfgs.${name}`] as number;
    const copy = (name: string): Tensor =>
      this.#hold(() => copyTo(state[`lbfgs.${name}`] as Tensor, backend));
    const last =
      "lbfgs.t" in state
        ? { direction: copy("direction"), grad: copy("grad"), t: number("t") }
        : null;
    const pairs = Array.from({ length: count }, (_, k) => ({
      change: copy(`${k}.change`),
      move: copy(`${k}.move`),
      rho: number(`${k}.rho`),
    }));
    [this.#last, this.#pairs, this.#scale] = [last, pairs, number("scale")];
    [this.#steps, this.#iterations] = [number("steps"), number("iterations")];
    this.#evaluations = number("evaluations");
    this.#tidy();
  }

  /** Releases the state; the next step begins anew. */
  dispose(): void {
    [this.#last, this.#pairs, this.#scale] = [null, [], 1];
    this.#tidy();
  }

  /** {@link dispose}, at the end of a block: `using optimizer = lbfgs(…)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * L-BFGS: quasi-Newton steps from the last changes of the gradient, for losses without noise, that
 * is of all samples at once. As torch.optim.LBFGS, step by step.
 *
 * p ← p − t·H g, H the inverse Hessian that the history of changes describes; at first t =
 * min(1, 1/Σ|g|)·η
 *
 * State: 2 vectors of all parameters [...] for each pair of the history, and 2. Parameters have one
 * dtype and backend. A step is async: it decides by losses, which it reads, three or four times a
 * direction; the vectors stay where the parameters are.
 * @throws ValueError for options out of range, no parameter or one given twice; OptionError for an
 * unknown option; DTypeError for what is no parameter
 * Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithm 7.4
 * @example
 * const w = parameter([1, 2]);
 * const optimizer = lbfgs([w], { lineSearch: "strong_wolfe" });
 * await optimizer.step(() => valueAndGrad(() => sum(square(w)), [w]));
 */
export function lbfgs(parameters: readonly Parameter[], options: LbfgsOptions = {}): Lbfgs {
  return new Lbfgs(parameters, options);
}
