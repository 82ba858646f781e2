/** @file The experiments, which only a clone of the repository has. */
import { SpmError } from "@spm/core";

const PACKAGE = "@spm/experiments";

/** @throws SpmError where the command was installed without them */
export async function experimentsOfClone(): Promise<typeof import("@spm/experiments")> {
  try {
    return await import("@spm/experiments");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(PACKAGE)) throw error;
    throw new SpmError(
      "spm experiment",
      "a clone of the repository, which holds the experiments",
      "the installed command alone",
      "clone it, and run `npm run -s spm -- experiment` there",
    );
  }
}
