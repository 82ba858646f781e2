/**
 * @file The functions that ndarray and ndarray-ops compile from strings, as text: recorded while
 * these libraries make what core uses of them.
 */
import { createRequire } from "node:module";

/** A call of `Function`: the names of the parameters, and the body. */
export interface Compiled {
  readonly parameters: readonly string[];
  readonly body: string;
}

const fromHere = createRequire(import.meta.url);

/** The functions that are compiled from strings while `f` runs, in order. */
function recorded(f: () => void): readonly Compiled[] {
  const compiled: Compiled[] = [];
  const { Function: real } = globalThis;
  globalThis.Function = new Proxy(real, {
    construct(target, texts: string[]) {
      compiled.push({ parameters: texts.slice(0, -1), body: texts.at(-1) ?? "" });
      return Reflect.construct(target, texts);
    },
  });
  try {
    f();
  } finally {
    globalThis.Function = real;
  }
  return compiled;
}

/** Loads a module that keeps nothing of what it compiled before. */
function loadAnew<T>(name: string): T {
  delete fromHere.cache[fromHere.resolve(name)];
  return fromHere(name) as T;
}

/**
 * ndarray's classes for a type of data, in its own order: of no array at all, then by rank.
 * @param data - an array of that type
 */
export function recordedClasses(data: object, maxRank: number): readonly Compiled[] {
  const makeNdArray = loadAnew<(data: object, shape: readonly number[]) => unknown>("ndarray");
  const shape = Array<number>(maxRank).fill(1);
  return recorded(() => void makeNdArray(data, shape));
}

/** A function of ndarray-ops: the function itself, what looks a loop up, and the loops by rank. */
export interface RecordedOp {
  readonly wrapper: Compiled;
  readonly thunk: Compiled;
  readonly loops: readonly Compiled[];
}

/**
 * A function of ndarray-ops. Its loops are those for operands that agree on the order of no axes,
 * which are walked in blocks.
 */
export function recordedOp(name: string, maxRank: number): RecordedOp {
  let ops: Record<string, (...arrays: object[]) => void> = {};
  const made = recorded(() => {
    ops = loadAnew("ndarray-ops");
  });
  const at = made.findIndex(({ body }) => body.includes(`function ${name}_ndarrayops(`));
  const [wrapper, thunk] = [made[at], made[at + 1]];
  const op = ops[name];
  if (thunk === undefined || wrapper === undefined || op === undefined)
    throw new Error(`generate: expected ndarray-ops to compile ${name}, got nothing`);
  const operands = thunk.body.match(/\barray\d+\.data\b/g)?.length ?? 0;
  const loops = Array.from({ length: maxRank + 1 }, (_, rank) => {
    const axes = Array.from({ length: rank }, (_, k) => k);
    const ones = axes.map(() => 1);
    const array = { dtype: "any", data: [0], shape: ones, stride: ones, offset: 0 };
    const arrays = Array.from({ length: operands }, (_, i) => ({
      ...array,
      order: i === 0 ? axes : axes.toReversed(),
    }));
    return recorded(() => op(...arrays));
  });
  return { wrapper, thunk, loops: loops.flat() };
}
