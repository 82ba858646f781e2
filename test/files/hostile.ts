/**
 * @file Run folders as nobody should make them: records and configs in which values, keys and bytes
 * are exchanged for what an attacker or a broken disk leaves.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rng } from "@spm/core";

/** Values that have broken readers and pages before. */
const VALUES: readonly unknown[] = [
  ...["<script>document.title='PWNED'</script>", `"><img src=x onerror="document.title='PWNED'">`],
  ...[
    "' onload='document.title=1",
    "javascript:document.title='PWNED'",
    "</style><script>1</script>",
  ],
  ...[
    "]]></title><svg onload=alert(1)>",
    "\u0000\u0008",
    "\ud800",
    "=1+1",
    "../../../etc/passwd",
    "",
  ],
  ...[null, true, -1, 0, 0.5, 1e300, -1e300, 5e-324, 2 ** 53, 65_537, [], {}, [[]], [1, "x", null]],
  ...[{ toString: "x" }, { length: 1e9 }, { text: "<b>" }, "x".repeat(2000), { $number: "NaN" }],
];
const KEYS = ["__proto__", "constructor", "toString", "length", "<b>", "\u0000", "a/b~c", "run"];

const pick = <T>(items: readonly T[], random: Rng): T => items[random.integer(items.length)]!;

/** A copy of a JSON value with one to three of its parts exchanged, left out, added or renamed. */
export function mutatedJson(value: unknown, random: Rng): unknown {
  const root = { value: structuredClone(value) };
  for (let damages = 1 + random.integer(3); damages > 0; damages--) {
    let at = root as unknown as Record<string, unknown>;
    let key = "value";
    while (typeof at[key] === "object" && at[key] !== null && random.integer(5) > 0) {
      const inner = at[key] as Record<string, unknown>;
      const keys = Object.keys(inner);
      if (keys.length === 0) break;
      at = inner;
      key = pick(keys, random);
    }
    const kind = random.integer(5);
    if (kind === 0 && at !== (root as unknown)) delete at[key];
    else if (kind === 1 && at !== (root as unknown) && !Array.isArray(at)) {
      Object.defineProperty(at, pick(KEYS, random), {
        value: at[key],
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else at[key] = structuredClone(pick(VALUES, random));
  }
  return root.value;
}

/** A text with a byte changed, cut out or doubled, or cut short. */
function mutatedText(text: string, random: Rng): string {
  const [from, to] = [random.integer(text.length + 1), random.integer(text.length + 1)];
  const part = text.slice(Math.min(from, to), Math.max(from, to));
  const odd = ["\n", '"', "{", "]", ",", "\\", "1e999", "null", "\u0000", "\ud800", "\r\n"];
  return pick(
    [
      text.slice(0, from) + pick(odd, random) + text.slice(from + random.integer(3)),
      text.slice(0, from),
      text.replace(part, ""),
      text + part,
    ],
    random,
  );
}

/** The text files of a run folder. */
const names = ["config.json", "metrics.jsonl", "timing.jsonl"] as const;
export type RunTexts = Readonly<Record<(typeof names)[number], string>>;

export const textsOf = (folder: string): RunTexts => ({
  "config.json": readFileSync(join(folder, "config.json"), "utf8"),
  "metrics.jsonl": readFileSync(join(folder, "metrics.jsonl"), "utf8"),
  "timing.jsonl": readFileSync(join(folder, "timing.jsonl"), "utf8"),
});

/** Writes the texts into a folder, one of them or its values changed. */
export function writeMutated(folder: string, texts: RunTexts, random: Rng): void {
  const damaged = pick(names, random);
  for (const name of names) {
    const text = texts[name];
    writeFileSync(join(folder, name), name === damaged ? mutatedFile(name, text, random) : text);
  }
}

function mutatedFile(name: string, text: string, random: Rng): string {
  if (random.integer(3) === 0) return mutatedText(text, random);
  if (name === "config.json") return JSON.stringify(mutatedJson(JSON.parse(text), random), null, 1);
  const lines = text.trimEnd().split("\n");
  const line = random.integer(lines.length);
  lines[line] = JSON.stringify(mutatedJson(JSON.parse(lines[line]!), random));
  return `${lines.join("\n")}\n`;
}

/** What is wrong with an SVG as XML 1.0; undefined for one that is well-formed. */
export function malformed(xml: string): string | undefined {
  if (/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(xml)) return "a character";
  const open: string[] = [];
  let rest = 0;
  const tags = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>/g;
  for (const {
    0: tag,
    1: close,
    2: name = "",
    3: attributes = "",
    4: empty,
    index,
  } of xml.matchAll(tags)) {
    const bad = badText(xml.slice(rest, index)) ?? badText(attributes);
    if (bad !== undefined) return bad;
    const keys = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, key]) => key);
    if (new Set(keys).size < keys.length) return `an attribute twice in ${tag}`;
    if (close === "/" && open.pop() !== name) return `${tag} closes another`;
    if (close === "" && empty === "") open.push(name);
    rest = index + tag.length;
  }
  return badText(xml.slice(rest)) ?? (open.length > 0 ? `${open.at(-1)} is open` : undefined);
}

function badText(text: string): string | undefined {
  const bad = /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.exec(text);
  return bad === null ? undefined : `${JSON.stringify(bad[0])} in ${text.slice(0, 60)}`;
}

/** What of an HTML page could run or load something; undefined for one of ours. */
export function dangerous(html: string): string | undefined {
  const tags = [...html.matchAll(/<[^>]*>?/g)].map(([tag]) => tag);
  const names =
    "html|head|meta|title|style|body|main|h1|h2|p|time|div|table|caption|thead|tbody|tr|th|td|" +
    "span|ul|li|details|summary|figure|figcaption|pre|code|dl|dt|dd|br|svg|path|g|text|clipPath|" +
    "rect";
  const known = new RegExp(`^</?(?:!doctype html|${names})\\b`);
  return tags.find((tag) => {
    const bare = tag.replace(/="[^"]*"/g, "");
    return !known.test(tag) || /\son\w+|["'`]|href|src/i.test(bare);
  });
}
