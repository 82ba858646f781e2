/** @file A word as a shell takes it. */

/** The word, in quotes where a shell would take it apart: "my text.txt" needs them. */
export const shellWord = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
