/**
 * @file What one types to run `spm` again: in a clone the script of that name, elsewhere the
 * command that was installed.
 */

/** Source files run in a clone only. */
export const SPM: string = import.meta.url.endsWith(".ts") ? "npm run -s spm --" : "spm";
