/** @file Damages a file in one of the ways that files get damaged, or forged. */
import type { Rng } from "@spm/core";

const INTERESTING = [0, 1, -1, 7, 8, 255, 2 ** 31, 2 ** 32, 2 ** 53, 1e30, -0.5];
const FRAGMENTS = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "1e999",
  '"__proto__"',
  '"dtype":"I64"',
  "\\u0000",
  "\u00ff",
];

/** The file with one to four damages, as the generator decides. The input stays as it is. */
export function mutated(file: Uint8Array, random: Rng): Uint8Array {
  let bytes: Uint8Array = file.slice();
  for (let damages = 1 + random.integer(4); damages > 0; damages--)
    bytes = mutations[random.integer(mutations.length)]!(bytes, random);
  return bytes;
}

const at = (bytes: Uint8Array, random: Rng): number => random.integer(bytes.length + 1);

/** The file with other text in the place of its header. */
function withHeader(bytes: Uint8Array, edit: (header: string) => string): Uint8Array {
  if (bytes.length < 8) return bytes;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const end = Math.min(8 + length, bytes.length);
  const header = new TextEncoder().encode(edit(new TextDecoder().decode(bytes.subarray(8, end))));
  const out = new Uint8Array(8 + header.length + bytes.length - end);
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true);
  out.set(header, 8);
  out.set(bytes.subarray(end), 8 + header.length);
  return out;
}

const pick = <T>(items: readonly T[], random: Rng): T => items[random.integer(items.length)]!;

const mutations: readonly ((bytes: Uint8Array, random: Rng) => Uint8Array)[] = [
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.integer(bytes.length)] = random.integer(256);
    return bytes;
  },
  (bytes, random) => bytes.slice(0, at(bytes, random)), // cut short
  (bytes, random) =>
    Uint8Array.from([
      ...bytes,
      ...Array.from({ length: random.integer(64) }, () => random.integer(256)),
    ]),
  (bytes, random) => {
    const [from, to] = [at(bytes, random), at(bytes, random)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]); // a piece lost
  },
  (bytes, random) => {
    if (bytes.length >= 8)
      new DataView(bytes.buffer).setBigUint64(
        0,
        BigInt(random.bits() >>> random.integer(32)),
        true,
      );
    return bytes; // another header length
  },
  (bytes, random) =>
    withHeader(bytes, (header) => {
      const numbers = [...header.matchAll(/-?\d+/g)];
      if (numbers.length === 0) return header;
      const chosen = pick(numbers, random);
      const value =
        random.integer(2) === 0 ? pick(INTERESTING, random) : Number(pick(numbers, random)[0]);
      return header.slice(0, chosen.index) + value + header.slice(chosen.index + chosen[0].length);
    }),
  (bytes, random) =>
    withHeader(bytes, (header) => {
      const place = random.integer(header.length + 1);
      return (
        header.slice(0, place) + pick(FRAGMENTS, random) + header.slice(place + random.integer(4))
      );
    }),
  (bytes, random) =>
    withHeader(bytes, (header) => {
      // one name, type or key in the place of another
      const words = [...header.matchAll(/"[^"]*"/g)];
      if (words.length === 0) return header;
      const chosen = pick(words, random);
      return (
        header.slice(0, chosen.index) +
        pick(words, random)[0] +
        header.slice(chosen.index + chosen[0].length)
      );
    }),
];
