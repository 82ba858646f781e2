/**
 * @file The ops as methods: `x.matmul(w).add(b).relu()`. A new op of a family is a method without a
 * line here.
 */
import { printsAs } from "../prints-as.ts";
import { Tensor } from "../tensor.ts";
import type { Nested } from "./create.ts";
import * as ops from "./families.ts";
import { print, toArray } from "./print.ts";

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
  interface Tensor extends Methods {
    /**
     * A copy of the elements, nested as the axes are, on every backend: numbers, of a bool tensor
     * booleans; of a scalar the one itself. `tensor(await t.toArray(), { dtype })` reads it again.
     */
    toArray(): Promise<Nested>;
  }
}

function addMethod(name: string, op: (...args: never[]) => unknown): void {
  const value = function (this: Tensor, ...rest: unknown[]) {
    return op(...([this, ...rest] as never[]));
  };
  Object.defineProperty(Tensor.prototype, name, { value });
}
for (const [name, op] of Object.entries(ops)) if (!excluded.test(name)) addMethod(name, op);
addMethod("toArray", toArray);
printsAs(Tensor.prototype, print);
