/**
 * @file The public name of @spm/cli: the program, for who wants to run it from code. The command is
 * `main.ts`.
 */

export { program } from "./program.ts";
