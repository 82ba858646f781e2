/**
 * @file The ops as methods: `x.matmul(w).add(b).relu()`. A new op of a family is a method without a
 * line here.
 */
import { Tensor } from "../tensor.ts";
import * as ops from "./families.ts";

/** What is no method: what takes no tensor first, and what is for backends and kernels. */
type Excluded =
  | "concat"
  | "einsum"
  | "reduction"
  | "stack"
  | `${string}Array`
  | `${string}ArrayTo`
  | `${string}Op`;
const excluded = /^(concat|einsum|reduction|stack)$|(Array|ArrayTo|Op)$/;

/** An op without its first argument. */
type Method<F> = F extends (x: never, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;
type Methods = {
  [Name in keyof typeof ops as Exclude<Name, Excluded>]: Method<(typeof ops)[Name]>;
};

declare module "../tensor.ts" {
  interface Tensor extends Methods {}
}

for (const [name, op] of Object.entries<(...args: never[]) => unknown>(ops)) {
  const value = function (this: Tensor, ...rest: unknown[]) {
    return op(...([this, ...rest] as never[]));
  };
  if (!excluded.test(name)) Object.defineProperty(Tensor.prototype, name, { value });
}
