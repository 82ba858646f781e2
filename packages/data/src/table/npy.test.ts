/** @file NumPy's files, written by NumPy 2.4.6: `np.save` and `np.savez_compressed`. */
import { expect, test } from "vitest";
import { npyRows, parseNpy } from "./npy.ts";

/** A header of NumPy, padded as NumPy pads it, before data in base64. */
function npy(descr: string, shape: string, data: string, fortran = "False"): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = `${text.padEnd(117)}\n`;
  const start = [0x93, ...Buffer.from("NUMPY"), 1, 0, 118, 0, ...Buffer.from(header)];
  return Uint8Array.from([...start, ...Buffer.from(data, "base64")]);
}

const whole =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLC" +
  "B9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAA" +
  "QAAAQEAAAIBAAACgQAAA0EA=";

test("arrays of each type, in either order of bytes and axes", () => {
  const bytes = new Uint8Array(Buffer.from(whole, "base64"));
  expect(npy("<f4", "(2, 3)", "AACAPwAAAEAAAEBAAACAQAAAoEAAANBA")).toEqual(bytes);
  const cases = [
    ["<f4", "(2, 3)", "AACAPwAAAEAAAEBAAACAQAAAoEAAANBA", [2, 3], [1, 2, 3, 4, 5, 6.5]],
    ["<i8", "(3,)", "AQAAAAAAAAD+/////////wAAAAAAAQAA", [3], [1, -2, 2 ** 40]],
    ["<U2", "(3,)", "YQAAAGIAAADpAAAAAAAAAAD2AQAAAAAA", [3], ["ab", "é", "😀"]],
    ["|S2", "(2,)", "YWJjAA==", [2], ["ab", "c"]],
    ["<f2", "(5,)", "ADwAuP97AQAAfg==", [5], [1, -0.5, 65504, 2 ** -24, Number.NaN]],
    ["|b1", "(2,)", "AQA=", [2], [1, 0]],
  ] as const;
  for (const [descr, shape, data, sizes, values] of cases) {
    const array = parseNpy(npy(descr, shape, data));
    expect([array.shape, [...array.data]]).toEqual([sizes, values]);
  }
  const columns = "AAAAAAAAAABACAAAAAAAAD/wAAAAAAAAQBAAAAAAAABAAAAAAAAAAEAUAAAAAAAA";
  expect([...parseNpy(npy(">f8", "(2, 3)", columns, "True")).data]).toEqual([0, 1, 2, 3, 4, 5]);
});

test("the arrays of an archive are the columns of one table", async () => {
  const zip =
    "UEsDBC0AAAAIAAAAIQCaCbEc//////////8FABQAeC5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ" +
    "6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkZApKmjUKtAHuBiYGRiZmFlY+fg" +
    "5OIGAFBLAwQtAAAACAAAACEAikc3qP//////////BQAUAHkubnB5AQAQAJgAAAAAAAAASgAAAAAAAACb7BfqGxDJyF" +
    "DGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBihgZEAFAFBL" +
    "AQItAy0AAAAIAAAAIQCaCbEcVAAAAIwAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQCKRz" +
    "eoSgAAAJgAAAAFAAAAAAAAAAAAAACAAYsAAAB5Lm5weVBLBQYAAAAAAgACAGYAAAAMAQAAAAA=";
  const rows = npyRows(new Uint8Array(Buffer.from(zip, "base64")), "it.npz");
  expect(rows.columns).toEqual(["x.0", "x.1", "x.2", "x.3", "y"]);
  const cells = [];
  for await (const row of rows) cells.push(row.cells);
  expect(cells).toEqual([
    [0, 1, 2, 3, 0],
    [4, 5, 6, 7, 1],
    [8, 9, 10, 11, 0],
  ]);
  expect(npyRows(npy("|b1", "(2,)", "AQA=")).columns).toEqual(["0"]);
});

test("what isn't such a file is refused", () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(3), /expected it with the start of a NumPy array, got 3 other bytes/],
    [npy("|b1", "(3,)", "AQA="), /expected it with 3 bytes for shape \[3\], got 2/],
    [npy("|O", "(3,)", "AQA="), /with numbers, booleans or texts, got elements of type \|O/],
    [npy("|b1", "3", "AQA="), /with a header of dtype, order and shape, got/],
    [Uint8Array.of(0x50, 0x4b, 3, 4), /expected a whole zip archive in it, got/],
    [npy("|b1", "()", "AQ=="), /expected arrays with rows in it, got none/],
  ];
  for (const [bytes, message] of cases) expect(() => npyRows(bytes, "it")).toThrow(message);
});
