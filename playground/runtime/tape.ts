/** @file The calls of primitives as a table. */
import type { Tensor } from "@spm/core";
import { elements, inspectCalls, showSpec } from "@spm/core/extend";
import type { Table } from "../messages.ts";
import { showNumber } from "./describe.ts";

/** Numbers of a result that are shown. */
const NUMBERS = 4;

/** The first numbers of a tensor, where they can be read at once. */
function numbersOf(x: Tensor): string {
  if (x.backend.arrayOf === undefined) return "on a device";
  const data = elements(x.ndarray());
  const first = Array.from(data.subarray(0, NUMBERS), showNumber).join(", ");
  return data.length > NUMBERS ? `${first}, …` : first;
}

/**
 * Runs `f` and lists the calls of primitives, those of derivatives, too, in their order. A tensor
 * has the number of the call that made it; those from elsewhere have letters.
 */
export function taped<T>(f: () => T): { readonly value: T; readonly table: Table } {
  const names = new Map<Tensor, string>();
  const rows: string[][] = [];
  let given = 0;
  const nameOf = (x: Tensor): string => {
    const known = names.get(x);
    if (known !== undefined) return known;
    const name = String.fromCodePoint("a".charCodeAt(0) + (given % 26)) + "′".repeat(given / 26);
    given++;
    names.set(x, name);
    return name;
  };
  const value = inspectCalls(
    (op, inputs, outputs) => {
      const operands = inputs.map(nameOf).join(", ");
      for (const [k, y] of outputs.entries()) {
        const name = `${rows.length + 1}`;
        names.set(y, name);
        const call = k === 0 ? `${op}(${operands})` : "″";
        rows.push([name, call, showSpec(y), numbersOf(y)]);
      }
    },
    f,
    "showTape",
  );
  const columns = ["", "call", "result", "numbers"];
  const caption = `The tape: ${rows.length} call${rows.length === 1 ? "" : "s"}`;
  return { value, table: { caption, columns, rows } };
}
