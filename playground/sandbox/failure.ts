/** @file An error as the page shows it: the line of the visitor's program, the library's help. */
import type { Failure } from "../messages.ts";
import { lineOfImport } from "./modules.ts";

/** The program that ran: its text, and the address of its module once it has one. */
export interface Program {
  readonly code: string;
  readonly address: string | undefined;
}

/** The place in the program that a stack names first. */
function placeIn(stack: string, address: string): { line: number; column: number } | undefined {
  const at = stack.indexOf(`${address}:`);
  const [, line, column] = /^:(\d+):(\d+)/.exec(stack.slice(at + address.length)) ?? [];
  return at < 0 || line === undefined ? undefined : { line: Number(line), column: Number(column) };
}

/** An error that a program threw. */
export function failureOf(error: unknown, { code, address }: Program): Failure {
  if (!(error instanceof Error)) return { name: "thrown", message: String(error) };
  const [message = "", help] = error.message.split("\nhelp: ");
  const helped = help === undefined ? {} : { help };
  const shared = { name: error.name, message, ...helped };
  if ("line" in error && typeof error.line === "number") {
    const column = "column" in error && typeof error.column === "number" ? error.column : 1;
    return { ...shared, line: error.line, column };
  }
  const place = address === undefined ? undefined : placeIn(error.stack ?? "", address);
  if (place !== undefined) return { ...shared, ...place };
  const missing = /does not provide an export named '([^']+)'/.exec(message)?.[1];
  if (missing === undefined) return shared;
  const line = lineOfImport(code, missing);
  const said = { name: "ImportError", message: `import: the package has no export ${missing}` };
  return line === undefined ? said : { ...said, line };
}
