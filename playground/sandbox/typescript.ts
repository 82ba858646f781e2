/** @file Types of TypeScript are taken out of a program, and its lines stay where they are. */
import { transform } from "sucrase";

/**
 * The program without its types.
 * @throws Error with the line where it is no program
 */
export function withoutTypes(code: string): string {
  try {
    return transform(code, {
      transforms: ["typescript"],
      disableESTransforms: true,
      keepUnusedImports: true,
      preserveDynamicImport: true,
    }).code;
  } catch (error) {
    const [, message, line, column] = /^(.*) \((\d+):(\d+)\)$/s.exec(String(error)) ?? [];
    if (message === undefined) throw error;
    const place = { line: Number(line), column: Number(column) };
    throw Object.assign(new SyntaxError(message.replace("SyntaxError: ", "")), place);
  }
}
