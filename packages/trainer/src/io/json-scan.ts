/** @file The keys of a JSON text and their places, which `JSON.parse` doesn't tell. */

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Callbacks of a scan, in the order of the text; `at` is the place in it. */
interface Visitor {
  open(isObject: boolean, at: number): void;
  close(): void;
  /** A key, between the places of its quotes. @returns true to end the scan */
  key(quote: number, end: number): boolean;
  /** A comma between members or elements. */
  comma?(at: number): void;
}

/** Scans valid JSON of any length and depth. Cost O(length), no recursion. */
function scan(text: string, visitor: Visitor): void {
  const open: boolean[] = []; // whether each open bracket is an object's
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (expectsKey && open.at(-1) === true && visitor.key(at, end)) return;
      at = end;
    } else if (code === COLON) expectsKey = false;
    else if (code === COMMA) {
      expectsKey = true;
      visitor.comma?.(at);
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      expectsKey = code === OPEN_OBJECT;
      open.push(expectsKey);
      visitor.open(expectsKey, at);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      open.pop();
      visitor.close();
    }
  }
}

/** The place of the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
}

function keyBetween(text: string, quote: number, end: number): string {
  const written = text.slice(quote + 1, end);
  return written.includes("\\") ? (JSON.parse(`"${written}"`) as string) : written;
}

/** The number of keys in valid JSON, at all depths; one that an object has twice counts twice. */
export function countKeys(text: string): number {
  let count = 0;
  scan(text, {
    open() {},
    close() {},
    key() {
      count++;
      return false;
    },
  });
  return count;
}

/** The first key that an object of valid JSON has twice, at any depth. */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  let twice: string | undefined;
  scan(text, {
    open: (isObject) => open.push(isObject ? new Set() : null),
    close: () => open.pop(),
    key(quote, end) {
      const [keys, key] = [open.at(-1), keyBetween(text, quote, end)];
      if (keys?.has(key)) twice = key;
      keys?.add(key);
      return twice !== undefined;
    },
  });
  return twice;
}

/**
 * The line, from 1, of a member or element of valid JSON.
 *
 * @param path - keys and indices from the root, as in a JSON pointer; a path that isn't there gives
 * the line of the last one on the way to it that is
 */
export function lineOf(text: string, path: readonly string[]): number {
  const here: { isObject: boolean; step: string }[] = [];
  let [found, depth] = [0, 0];
  const arrive = (at: number): void => {
    if (here.length <= depth || here.length > path.length) return;
    if (here.every(({ step }, k) => step === path[k])) [found, depth] = [at, here.length];
  };
  scan(text, {
    open(isObject, at) {
      here.push({ isObject, step: isObject ? "" : "0" });
      if (!isObject) arrive(at);
    },
    close: () => here.pop(),
    key(quote, end) {
      const last = here.at(-1);
      if (last !== undefined) last.step = keyBetween(text, quote, end);
      arrive(quote);
      return depth === path.length && depth > 0;
    },
    comma(at) {
      const last = here.at(-1);
      if (last === undefined || last.isObject) return;
      last.step = String(Number(last.step) + 1);
      arrive(at);
    },
  });
  return text.slice(0, found).split("\n").length;
}
