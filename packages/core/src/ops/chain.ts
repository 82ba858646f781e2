/**
 * @file The ops as methods: `x.matmul(w).add(b).relu()`. A new op of a family becomes a method
 * without a line here.
 */
import { DTypeError } from "../errors.ts";
import { printsAs } from "../prints-as.ts";
import { Tensor } from "../tensor.ts";
import type { Nested } from "./create.ts";
import * as ops from "./families.ts";
import { print, toArray } from "./print.ts";

/** The names that are no methods: their first argument is no tensor, or they are for backends. */
type Excluded = "concat" | "einsum" | "stack" | `${string}Array` | `${string}Op`;
const excluded = /^(concat|einsum|stack)$|(Array|Op)$/;

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
     * A copy of the elements, nested as the axes are, on every backend: numbers, booleans of a bool
     * tensor, no array of a scalar. `tensor(await t.toArray(), { dtype })` makes the tensor again.
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

/** `${x}` is text; x + 1, which JavaScript would make text or NaN, is an error. */
Object.defineProperty(Tensor.prototype, Symbol.toPrimitive, {
  value(this: Tensor, hint: string): string {
    if (hint === "string") return this.toString();
    const help = "add(x, 1), less(x, 0), …; its number: await x.item(); to print it: %s, not %d";
    throw new DTypeError("Tensor", "an op", "an operator, as in x + 1", help);
  },
});
