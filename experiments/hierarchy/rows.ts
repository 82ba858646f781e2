/** @file The rows: a network, and the order that it reads the inputs in. */
import { ValueError } from "@spm/core/extend";
import type { NetName } from "./nets.ts";

/** The orders of inputs, and what each knows. */
export const orders = {
  true: "the hierarchy's own order",
  found: "the order that pairingFromData finds in the training samples",
  sides: "the found order, told which side of each pair comes first",
  given: "the shuffled order that the inputs come in",
  random: "another random order",
} as const;

/** One of {@link orders}. */
export type Order = keyof typeof orders;

/** A network and its order; "dense 64" has none. */
export interface Row {
  readonly name: string;
  readonly net: NetName;
  readonly order: Order;
}

const structured = ["mixer", "butterflies", "tree", "convolution"] as const;

const isOrder = (text: string): text is Order => text in orders;

/** Rows of a setting like "mixer found,dense 64". @throws ValueError for another one */
export function readRows(text: string): Row[] {
  return text.split(",").map((part) => {
    const name = part.trim();
    const [first = "", second = ""] = name.split(" ");
    const net = structured.find((one) => one === first);
    if (net !== undefined && isOrder(second)) return { name, net, order: second };
    const width = Number(second);
    if (first === "dense" && Number.isSafeInteger(width) && width >= 1)
      return { name, net: `dense ${width}`, order: "given" };
    throw new ValueError(
      "experiment",
      `rows like "dense 64" or one of ${structured.join(", ")} with one of ` +
        `${Object.keys(orders).join(", ")}`,
      `"${name}"`,
    );
  });
}
