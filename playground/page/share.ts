/** @file A program in the address: the hash has its text, deflated, in base64url. */

/** The most characters that an address is unpacked to. */
const MOST = 200_000;

const through = (bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream): ReadableStream =>
  new Blob([bytes]).stream().pipeThrough(stream);

/** The hash of a program, `#code=…`. */
export async function hashOf(code: string): Promise<string> {
  const packed = through(new TextEncoder().encode(code), new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `#code=${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/**
 * The program of a hash; undefined for one that has none, is damaged, or unpacks to more than
 * 200,000 bytes.
 */
export async function codeOf(hash: string): Promise<string | undefined> {
  const [, text] = /^#code=([\w-]+)$/.exec(hash) ?? [];
  if (text === undefined) return undefined;
  try {
    const packed = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
    return await unpacked(through(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    return undefined;
  }
}

/** The text of a stream. @throws Error beyond the most that is unpacked, and for broken UTF-8 */
async function unpacked(stream: ReadableStream<Uint8Array>): Promise<string> {
  const text = new TextDecoder("utf-8", { fatal: true });
  let [out, size] = ["", 0];
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length;
    if (size > MOST) throw new Error("more than an address holds");
    out += text.decode(read.value, { stream: true });
  }
  return out + text.decode();
}
