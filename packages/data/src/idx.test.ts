import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "./errors.ts";
import { parseIdx } from "./idx.ts";

/** A well-formed file of that shape, its elements counting up modulo 256. */
function idxFile(shape: readonly number[]): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + size);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, 8);
  view.setUint8(3, shape.length);
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length);
  });
  for (let i = 0; i < size; i++) bytes[4 + 4 * shape.length + i] = i % 256;
  return bytes;
}

describe("parseIdx", () => {
  test("reads shape and elements of every rank, zero sizes included", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }), (shape) => {
        const parsed = parseIdx(idxFile(shape));
        expect(parsed.shape).toEqual(shape);
        expect(Array.from(parsed.data)).toEqual(Array.from(parsed.data, (_, i) => i % 256));
        expect(parsed.data.length).toBe(shape.reduce((a, b) => a * b, 1));
      }),
    );
  });

  test("reads a view that does not start at the beginning of its buffer", () => {
    const file = idxFile([2, 3]);
    const padded = new Uint8Array(file.length + 5);
    padded.set(file, 5);
    expect(parseIdx(padded.subarray(5))).toEqual(parseIdx(file));
  });

  test("names what is wrong with a malformed file", () => {
    const message = (bytes: Uint8Array): string => {
      try {
        parseIdx(bytes, { name: "labels" });
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        return (error as Error).message;
      }
      return "no error";
    };
    expect(message(new Uint8Array(3))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with a header of at least 4 bytes, got 3"`,
    );
    expect(message(Uint8Array.of(0x1f, 0x8b, 8, 1))).toMatchInlineSnapshot(`
      "parseIdx: expected labels with two zero bytes at the start, got 0x1f8b
      help: this is a gzip file: decompress it first"
    `);
    expect(message(Uint8Array.of(0, 0, 0x0d, 1))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with element type 0x08 (unsigned byte), got 0x0d (float32)"`,
    );
    expect(message(Uint8Array.of(0, 0, 0x77, 1))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with element type 0x08 (unsigned byte), got 0x77 (unknown)"`,
    );
    expect(message(Uint8Array.of(0, 0, 8, 0))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with a rank of at least 1, got 0"`,
    );
    expect(message(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with a header of 16 bytes for rank 3, got 8"`,
    );
    expect(message(idxFile([2, 3]).subarray(0, -1))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with 12 + 6 bytes for shape [2, 3], got 17"`,
    );
    expect(message(Uint8Array.of(...idxFile([2, 3]), 0))).toMatchInlineSnapshot(
      `"parseIdx: expected labels with 12 + 6 bytes for shape [2, 3], got 19"`,
    );
    expect(
      message(Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255)),
    ).toMatchInlineSnapshot(
      `"parseIdx: expected labels with 12 + 18446744065119617000 bytes for shape [4294967295, 4294967295], got 12"`,
    );
  });

  test("survives any bytes: a result that fits, or a DataError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        bytes.set([0, 0, 8].slice(0, bytes.length));
        try {
          const { shape, data } = parseIdx(bytes);
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
    );
  });
});
