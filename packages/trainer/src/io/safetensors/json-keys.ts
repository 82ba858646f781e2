/** @file Keys that a JSON object has twice: `JSON.parse` keeps the last of them without a word. */

/**
 * The first key that an object of a JSON text has twice, at any depth.
 *
 * @param text - valid JSON. Cost O(length), no recursion.
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | null)[] = []; // the keys of the objects around, null for an array
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
