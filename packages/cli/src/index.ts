/**
 * @file The public names of @spm/cli: the command, for programs that run it with kinds of their
 * own.
 */

export type { Caller } from "./caller.ts";
export { program } from "./program.ts";
export type { Registrations, Registries } from "./registries.ts";
export { main } from "./run.ts";
