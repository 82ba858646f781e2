/** @file The width of what is printed: that of the terminal, or 80 columns. */

/** Columns where nobody says how many there are, as in a pipe. */
const USUAL = 80;

/** The columns of a stream: a terminal's, else those that the variable COLUMNS names, else 80. */
export const columnsOf = ({ columns }: { readonly columns?: number }): number =>
  columns || Number(process.env.COLUMNS) || USUAL;

/**
 * A text in lines of at most so many characters, broken between words. A longer word, such as a
 * path, has a line of its own.
 *
 * @param hang - spaces before each further line of a line
 * @example folded("one two three", 7); // "one two\nthree"
 */
export function folded(text: string, width: number = columnsOf(process.stdout), hang = 0): string {
  const foldedLine = (line: string): string => {
    const lines = [""];
    for (const word of line.split(/(?<=\S) (?=\S)/)) {
      const last = lines.at(-1) ?? "";
      const longer = last.trim() === "" ? last + word : `${last} ${word}`;
      if (longer.length <= width || last.trim() === "") lines[lines.length - 1] = longer;
      else lines.push(" ".repeat(hang) + word);
    }
    return lines.join("\n");
  };
  return text.split("\n").map(foldedLine).join("\n");
}
