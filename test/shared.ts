/** @file What test files that run in one process share, beside the modules that they import. */
import { vi } from "vitest";

const globals = Object.getOwnPropertyNames(globalThis);

/** Names, and what they stand for now. */
export function shared(): ReadonlyMap<string, unknown> {
  const listeners = process.eventNames().map((event) => [event, process.listenerCount(event)]);
  return new Map<string, unknown>([
    ["fake timers", vi.isFakeTimers()],
    ["working directory", process.cwd()],
    ["environment", JSON.stringify(process.env)],
    ["listeners of process", String(listeners)],
    ...globals.map((name): [string, unknown] => [name, Reflect.get(globalThis, name)]),
  ]);
}

/** The names whose values differ. */
export const changed = (
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string[] => [...before.keys()].filter((name) => !Object.is(before.get(name), after.get(name)));
