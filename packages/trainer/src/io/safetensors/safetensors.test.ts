import { ones, type Tensor, tensor, zeros } from "@spm/core";
import { describe, expect, test } from "vitest";
import { SafetensorsError } from "./header.ts";
import { parseSafetensors } from "./read.ts";
import { encodeSafetensors } from "./write.ts";

/** A file with this header text and so many bytes of data. */
function file(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4]): string =>
  JSON.stringify({ dtype: "F32", shape, data_offsets: [begin, end] });

describe("encodeSafetensors", () => {
  test("writes the bytes that the format defines", () => {
    const bytes = encodeSafetensors(
      { b: tensor([1, -2]), a: tensor(new Int32Array([3])) },
      { note: "é" },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(header.trimEnd()).toBe(
      '{"__metadata__":{"note":"é"},"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},' +
        '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
    );
    expect(header.slice(header.trimEnd().length)).toMatch(/^ *$/);
    // 3, 1.0, −2.0
    expect([...bytes.subarray(8 + length)]).toEqual([3, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test("reads back every dtype, view and shape", async () => {
    const values: Record<string, Tensor> = {
      float32: tensor([
        [1.5, Number.NaN],
        [-0, Number.POSITIVE_INFINITY],
      ]),
      float64: tensor(new Float64Array([Math.PI, -5e-324])),
      int32: tensor(new Int32Array([-(2 ** 31), 2 ** 31 - 1])),
      bool: tensor([true, false, true]),
      scalar: tensor(3.5),
      empty: zeros([0, 4]),
      __proto__x: ones([2]),
    };
    const { tensor: read, metadata } = parseSafetensors(encodeSafetensors(values));
    expect(metadata).toEqual({});
    for (const [name, value] of Object.entries(values)) {
      const back = read(name);
      expect([back.dtype, back.shape]).toEqual([value.dtype, value.shape]);
      expect(await back.data()).toEqual(await value.data());
    }
  });

  test("writes what it reads again: long texts, odd names, a name tied to another", async () => {
    const note = `"${"\\".repeat(1001)}x`.repeat(20_000); // 20 MB, most of them escapes
    const odd = ["", '"', "\\", "\ud800", "\u0000", "__proto__", "constructor", "a".repeat(1e5)];
    const tensors = Object.fromEntries(odd.map((name, k) => [name, tensor([k])]));
    const file = encodeSafetensors(tensors, { note, "head.weight": "constructor" });
    const { metadata, tensor: read } = parseSafetensors(file);
    expect(metadata.note === note).toBe(true);
    for (const [k, name] of odd.entries())
      expect(await read(name).data()).toEqual(Float32Array.of(k));
    expect(await read("head.weight").data()).toEqual(Float32Array.of(6));
    expect(() => read("toString")).toThrow('a tensor of the file, got "toString"');
  });

  test("has no place for a tensor named __metadata__", () => {
    expect(() => encodeSafetensors({ __metadata__: ones([1]) })).toThrow(
      /tensors of any other name/,
    );
  });
});

describe("parseSafetensors refuses", () => {
  const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  test.each<[string, Uint8Array, string]>([
    ["no header length", new Uint8Array(7), "a safetensors file, with"],
    [
      "a header longer than the file",
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 123),
      "at most 1 bytes",
    ],
    ["an empty header", file(""), "a header that begins with { after 8 bytes, got a file that"],
    [
      "a file of another kind",
      new TextEncoder().encode("age,city,price\n30,ely,7\n"),
      'after 8 bytes, got a file that begins with "age,city,price\\n3"',
    ],
    ["no byte", new Uint8Array(0), "got no byte"],
    ["what is not JSON", file("{nonsense}"), "a header of JSON, got"],
    ["bytes that are not UTF-8", file('{"\u00ff"}').fill(0xff, 10, 12), "a header of JSON, got"],
    [
      "a key twice",
      file(`{"a":${entry(0, 4)},"\\u0061":${entry(4, 8)}}`, 8),
      'every key once, got "a" twice',
    ],
    [
      "a dtype that is no name",
      file('{"a":{"dtype":8,"shape":[],"data_offsets":[0,1]}}', 1),
      'a name as dtype of "a", got 8',
    ],
    [
      "an unknown dtype of negative size",
      file('{"a":{"dtype":"F8","shape":[],"data_offsets":[1,0]}}', 1),
      '0 or more bytes for "a", got -1 (1 to 0)',
    ],
    ["a negative size", file(`{"a":${entry(0, 4, [-1])}}`, 4), 'whole sizes ≥ 0 as shape of "a"'],
    [
      "a shape that the bytes do not hold",
      file(`{"a":${entry(0, 4, [2 ** 40])}}`, 4),
      '4398046511104 bytes for "a"',
    ],
    ["offsets the wrong way round", file(`{"a":${entry(8, 4, [1])}}`, 8), "got -4 (8 to 4)"],
    [
      "one offset",
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}', 4),
      'two whole data_offsets for "a"',
    ],
    [
      "an overlap",
      file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12),
      '"b" to begin at 8, where the last ends, got 4',
    ],
    ["a gap", file(`{"a":${entry(4, 8)}}`, 8), '"a" to begin at 0'],
    [
      "data that is cut",
      file(`{"a":${entry(0, 8)}}`, 4),
      "8 bytes of data, as the header says, got 4",
    ],
    [
      "data that nobody names",
      file(`{"a":${entry(0, 8)}}`, 12),
      "8 bytes of data, as the header says, got 12",
    ],
    [
      "an unknown key",
      file('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}', 4),
      'got "x"',
    ],
    [
      "metadata that is not text",
      file('{"__metadata__":{"step":1}}'),
      'a string as metadata "step", got 1',
    ],
    ["metadata that is a list", file('{"__metadata__":[]}'), "__metadata__, got an array of 0"],
    ["null in the place of a tensor", file('{"a":null}'), 'an object for "a", got null'],
    ["nesting without end", file(deep), 'an object for "a"'],
  ])("%s", (_, bytes, message) => {
    const read = (): unknown => parseSafetensors(bytes);
    expect(read).toThrow(SafetensorsError);
    expect(read).toThrow(message);
  });

  test("what it can't read of a file that the format allows, when that is asked for", async () => {
    const bytes = file(
      `{"__metadata__":null,"a":${entry(0, 4)},` +
        '"b":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[4,8]},' +
        '"c":{"dtype":"C64","shape":[0],"data_offsets":[8,8]},' +
        `"d":${entry(8, 12, Array(33).fill(1))}}`,
      12,
    );
    const { entries, metadata, tensor: read } = parseSafetensors(bytes);
    expect(entries.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "a F32",
      "b F8_E4M3",
      "c C64",
      "d F32",
    ]);
    expect([metadata, await read("a").data()]).toEqual([{}, Float32Array.of(0)]);
    expect(() => read("b")).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: safetensors: expected "b" of a type among F64, F32, F16, BF16, I64, U64, I32, U32, I16, U16, I8, U8, BOOL, got "F8_E4M3"
      help: cast it with the framework that wrote the file]
    `);
    expect(() => read("c")).toThrow(/got "C64"/);
    expect(() => read("d")).toThrow('at most 32 axes of "d", got 33');
    expect(() => encodeSafetensors({ d: zeros(Array(33).fill(1)) })).toThrow("at most 32 axes");
  });

  test("integers that int32 cannot hold, when they are asked for", () => {
    const bytes = file('{"big":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', 8);
    new DataView(bytes.buffer).setBigInt64(bytes.length - 8, 2n ** 40n, true);
    expect(() => parseSafetensors(bytes).tensor("big")).toThrow(
      '"big" within int32, got 1099511627776',
    );
  });
});
