/** @file The memory that a model may take while it is built from somebody's description. */
import { ValueError } from "@spm/core/extend";

/** The memory and modules that are left. */
interface Allowance {
  /** Numbers in parameters, buffers and tables. */
  numbers: number;
  /** Modules. */
  modules: number;
  /** The number of elements of the file's tensors, for messages. */
  readonly ofFile: number;
}

/** Numbers that any file may have besides: 4 MB. */
const FREE = 2 ** 20;

let current: Allowance | null = null;

/**
 * Whether a model is being built from a description, so that first values don't matter.
 * @example isBuilding(); // false
 */
export const isBuilding = (): boolean => current !== null;

/**
 * Runs `f` with four times the numbers that a file's tensors have, for a part that another
 * replaces is made first and schedules have tables, and four modules for each that it lists.
 */
export function withAllowance<T>(ofFile: number, listed: number, f: () => T): T {
  const before = current;
  current = { numbers: 4 * ofFile + FREE, modules: 4 * listed + 100, ofFile };
  try {
    return f();
  } finally {
    current = before;
  }
}

/**
 * Takes numbers before they are allocated, and a module; nothing is counted but while a model is
 * built from a description.
 * @throws ValueError where a description has sizes that the file's tensors contradict
 */
export function allow(what: string, numbers: number, modules = 1): void {
  if (current === null) return;
  current.numbers -= numbers;
  current.modules -= modules;
  if (current.numbers >= 0 && current.modules >= 0) return;
  const { ofFile } = current;
  throw current.modules < 0
    ? new ValueError("loadModel", "as many modules as the description lists", `more: ${what}`)
    : new ValueError(
        "loadModel",
        `sizes that fit the ${ofFile} numbers of the file's tensors`,
        `${numbers} for ${what}`,
      );
}
