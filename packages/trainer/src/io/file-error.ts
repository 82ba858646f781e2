/** @file The system's refusals, in words. */

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "a folder",
  ENOTDIR: "a path through what is not a folder",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "no space left on device",
  EDQUOT: "no space left in the quota",
  EIO: "an input/output error of the device",
  EMFILE: "too many open files",
};

/** An error of the operating system. Who installs this package may lack Node's own type of it. */
type SystemError = Error & {
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
  readonly path?: string | undefined;
};

/**
 * Whether an error is one of the operating system, such as ENOENT.
 *
 * @example
 * ```ts
 * import { isSystemError } from "@spm/trainer/node";
 * console.log(isSystemError(new Error("mine"))); // false
 * ```
 */
export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && "syscall" in error;

/**
 * The reason of a system's error in words, with its code; the message of any other error.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { reasonOf } from "@spm/trainer/node";
 * try {
 *   readFileSync("nowhere");
 * } catch (error) {
 *   console.log(reasonOf(error)); // "ENOENT: no such file or folder"
 * }
 * ```
 */
export function reasonOf(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const { code = "", message } = error;
  return WORDS[code] === undefined ? message : `${code}: ${WORDS[code]}`;
}

/** The help against what the system refuses; undefined where there is none. */
export function helpWith({ code }: SystemError): string | undefined {
  if (code === "ENOSPC" || code === "EDQUOT") return "free some space";
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") return "make the folder writable";
  return code === "EIO" ? "see to the disk" : undefined;
}

/** The result of `act`; an error of the system becomes the one that `refuse` makes of it. */
export function orRefuse<T>(
  act: () => T,
  refuse: (reason: string, error: SystemError) => Error,
): T {
  try {
    return act();
  } catch (error) {
    throw isSystemError(error) ? refuse(reasonOf(error), error) : error;
  }
}
