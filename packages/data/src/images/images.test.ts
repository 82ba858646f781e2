/**
 * @file PNG and JPEG as pixels, and folders of them. The three pictures are one, as CPython's tests
 * of imghdr have it in three formats (Lib/test/imghdrdata/python.*, PSF licence).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { afterAll, expect, test } from "vitest";
import { decodeImage, resizeImage } from "./decode-image.ts";
import { imageFiles, imageFolder, readImages } from "./image-folder.ts";

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const ppm = bytesOf(
  "UDYKMTYgMTYKMjU1CgAAAAAAAAAAAAAAAE6NwEqGukiDtER+rUB4pzxxnjdolgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAEyKvP///0V/r0F5qD50ojpvmzZplAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEmFt0aAsUJ7qj51oztwnTdq" +
    "ljZplAAAAAAAAAAAAAAAAAAAAAAAAE6PxEyKv0iFtkN9rT10oTlsljZmkDhslzZplDZplAAAAAAAAAAAAAAAAAAAAFKR" +
    "xk+NwUuIu0iDtER9rUB4pj1zoDltmTZplDZplDZplAAAAP/iVf3dSvnVPgAAAFCPw0yJvEiEtUV/r0F5qD10oTpvmzZp" +
    "lDZplDZplDJghwAAAP/eS//aQf3VNgAAAE2LvkmFt0aAsEJ7qj51oztwnDdqljZplDVokjJghwAAAOzORf/aQv/WN//T" +
    "LQAAAEqHuUeBskN8qz92pTZpkxsxRQAAAAAAAAAAAAAAAOLDRf3ZQf/XOP/TLf/PIwAAAEaBskR9rUB4pjZnkQAAAPLh" +
    "bv3pav/mYf/jV//fTf/bQv/XOP/TLv/PJP3LGwAAAEN9rkF5qD10oRwyS/Xjb//rbP/nYf/jV//fTf/bQ//XOf/TLv/P" +
    "JP/MHPPBGgAAAEB1oz1zojpwnAAAAP/rbP/nYv/jWP/fTv/bQ//XOf/TL//PJP/MHP/MHMKaEgAAAAAAAAAAAAAAAAAA" +
    "AP/nYv/jWP/fTujHPevFNOvCKuu+Ieu7GOu7GMabEgAAAAAAAAAAAAAAAAAAAAAAAP/jWP/fTv/bRP/XOv/TMP/QJf/M" +
    "HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP3eTv/bRP/YOv/UMP/QJv////3LGwAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAPHQP/rTOf3SL//QJv/MHPrHGcCXEgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
);
const png = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAMAAAAoLQ9TAAAAIGNIUk0AAHomAACAhAAA+gAAAIDoAAB1MAAA6mAAADqY" +
    "AAAXcJy6UTwAAAHFUExURQAAAE6NwEqGujxxnjdolgAAAAAAAAAAAAAAAAAAAE6PxEyKv0iFtkN9rT10oTlsljZmkAAA" +
    "AAAAAFKRxv3dSvnVPgAAADJghwAAAP3VNgAAADVokgAAAOzORQAAADZpkxsxRQAAAAAAAOLDRf3ZQQAAAEaBsjZnkQAA" +
    "APLhbv3pav3LG0N9rhwyS/Xjb/PBGkB1oz1zogAAAMKaEgAAAAAAAAAAAAAAAAAAAOjHPevFNOvCKuu+Ieu7GMabEgAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAP3eTgAAAAAAAAAAAAAAAPHQP/rTOf3SL/rHGcCXEgAAAAAAAAAAAAAAAAAAAAAAAEiD" +
    "tER+rUB4p0yKvP///0V/r0F5qD50ojpvmzZplEmFt0aAsUJ7qj51oztwnTdqljhsl0+NwUuIu0R9rUB4pj1zoDltmf/i" +
    "VVCPw0yJvEiEtT10of/eS//aQU2LvkaAsDtwnP/aQv/WN//TLUqHuUeBskN8qz92pf/XOP/PI//mYf/jV//fTf/bQv/T" +
    "Lv/PJP/rbP/nYf/bQ//XOf/MHDpwnP/nYv/jWP/fTv/TL//bRP/XOv/TMP/QJf/YOv/UMP/QJpJJAAIAAABWdFJOUwCv" +
    "7feSCwMoQRV+oKGjp6qqSBi994IKtkPtJPdPiD22XExHa/dG96pOpvf311uzwm/3S3o0CCE8NaqpqampeSACCRMSLB73" +
    "QBwFAUzM99h7Ox1CRTgf+DIQcQAAAAFiS0dEWgO7paIAAAD1SURBVBjTY2AAAkamsPAIZhZWNgYoiIyKjomNi2dnhQkk" +
    "JCYlp6TGc3CCeVzcPLx8/AJp8fGCQiC+cHpGWGZWdk48UCBXRFSMIS+/IDqmMA7IF5coKpaUYihJKE1KLkuNlxaXkS2v" +
    "qJRjqKquqZVXUBRU4lBWqausV2VQy8xS19DUamhsaq5radVWYtCJKdTVa2tvbOrobGnt0udgMDDsNmrr6e3r6Oxv7eoy" +
    "NmEwNTO3APItraxtbG3tOOwZHBydnHv7JkycNLmLw8LFFeJ6twlTpk6L0nb3cPT0Agt4+/hO6/LzD3CGec400CJIKTgk" +
    "1BTIBgBAYkJ/yC2b5QAAACV0RVh0ZGF0ZTpjcmVhdGUAMjAxNC0wMS0yNlQyMDo1OTozNyswMjowMPuaB3cAAAAldEVY" +
    "dGRhdGU6bW9kaWZ5ADIwMTQtMDEtMjZUMjA6NTk6MDArMDI6MDDB74amAAAAAElFTkSuQmCC",
);
const jpg = bytesOf(
  "/9j/4AAQSkZJRgABAQEAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJ" +
    "DRENDg8QEBEQCgwSExIQEw8QEBD/2wBDAQMDAwQDBAgEBAgQCwkLEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ" +
    "EBAQEBAQEBAQEBAQEBAQEBAQEBD/wAARCAAQABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABwQF/8QAJBAA" +
    "AQQBBAICAwAAAAAAAAAAAQIDBAYFBwgSExEiABQJMTL/xAAVAQEBAAAAAAAAAAAAAAAAAAAABv/EACMRAAECBQMFAAAA" +
    "AAAAAAAAAAECEQMEBQYhABIxFRZhgeH/2gAMAwEAAhEDEQA/ABSm0mobc8HmExLUlRzzEWPkJWW+ulrsaUVAseUgslSl" +
    "H9LKuPryIKuWPZdskzXmm3fX5m2nF4GlVxx/HOpx4ks51+MiU/Iaad7UcUo4tILoS4kqcWkezS0hO/HvuRp0rO6hWnWO" +
    "1UisZVuFi4GFeyEpmGepa5S5SWVPuciFKRFLgSrwetnyPIB+Vb4N9mKhQMzo5po9XLdDs9d6ZVix2VEhiL9kuNPxw2gE" +
    "KcDQ/rs8AuA8VAe0vdl7VOYn+27flGAUgmITjbhSmCg3BYlyeWDkMolvw4KOp1KM6iCNvngZHwetf//Z",
);

const folder = mkdtempSync(join(tmpdir(), "spm-images-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a PNG has the pixels of the same picture in PPM, on white; a JPEG about these", () => {
  const want = ppm.subarray(ppm.length - 768);
  const decoded = decodeImage(png, "python.png");
  expect([decoded.width, decoded.height]).toEqual([16, 16]);
  // as in PPM, or on white where it is transparent
  expect(decoded.pixels.every((value, k) => value >= (want[k] ?? 0))).toBe(true);
  expect(decoded.pixels.filter((value, k) => value === (want[k] ?? 0)).length).toBeGreaterThan(300);
  const { width, height, pixels } = decodeImage(jpg, "python.jpg");
  expect([width, height]).toEqual([16, 16]);
  // its colours are stored at half the resolution
  const distance = (shift: number) =>
    pixels.reduce((sum, value, k) => sum + Math.abs(value - (want[(k + shift) % 768] ?? 0)), 0) /
    768;
  expect(distance(0)).toBeLessThan(10);
  for (const shift of [1, 2, 3, 48]) expect(distance(shift)).toBeGreaterThan(1.5 * distance(0));
});

test("depths of 1, 2, 4, 8 and 16 bits, grey and colours; what is transparent is white", () => {
  const first = (width: number, channels: number, depth: 1 | 2 | 4 | 8 | 16, data: number[]) => {
    const bytes = depth === 16 ? Uint16Array.from(data) : Uint8Array.from(data);
    const image = encodePng({ width, height: 1, channels, depth, data: bytes });
    return [...decodeImage(image).pixels];
  };
  const grey = (...values: number[]) => values.flatMap((v) => [v, v, v]);
  expect(first(3, 1, 8, [0, 100, 255])).toEqual(grey(0, 100, 255));
  expect(first(2, 1, 16, [0x1234, 0xffff])).toEqual(grey(0x12, 255));
  expect(first(1, 3, 8, [1, 2, 3])).toEqual([1, 2, 3]);
  expect(first(2, 4, 8, [10, 20, 30, 255, 10, 20, 30, 0])).toEqual([10, 20, 30, 255, 255, 255]);
  expect(first(1, 2, 8, [0, 51])).toEqual(grey(204));
  expect(first(10, 1, 1, [0b10110000, 0b01000000])).toEqual(
    grey(255, 0, 255, 255, 0, 0, 0, 0, 0, 255),
  );
  expect(first(3, 1, 2, [0b00011100])).toEqual(grey(0, 85, 255));
  expect(first(3, 1, 4, [0x0f, 0x30])).toEqual(grey(0, 255, 51));
});

test("scaling takes the mean of areas", () => {
  const pixels = Uint8Array.from([0, 40, 80, 120].flatMap((v) => [v, v, v]));
  const row = { width: 4, height: 1, pixels };
  const values = (width: number) =>
    [...resizeImage(row, width, 1).pixels].filter((_, k) => k % 3 === 0);
  expect(values(2)).toEqual([20, 100]);
  expect(values(3)).toEqual([10, 60, 110]); // (0 + 40/3) / (4/3), (2/3 (40 + 80)) / (4/3), …
  expect(values(8)).toEqual([0, 0, 40, 40, 80, 80, 120, 120]);
  expect(resizeImage(row, 4, 1)).toBe(row);
});

/** Writes a picture of one colour. */
function write(path: string, [r, g, b]: readonly number[], width = 2, height = 2): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  const data = Uint8Array.from({ length: width * height }).fill(0);
  if (path.endsWith(".png")) {
    const rgb = Uint8Array.from([...data].flatMap(() => [r ?? 0, g ?? 0, b ?? 0]));
    writeFileSync(join(folder, path), encodePng({ width, height, channels: 3, data: rgb }));
  } else {
    const rgba = Uint8Array.from([...data].flatMap(() => [r ?? 0, g ?? 0, b ?? 0, 255]));
    writeFileSync(join(folder, path), jpeg.encode({ width, height, data: rgba }, 100).data);
  }
}

test("folders are classes, in the order of their names; planes follow each other", async () => {
  write("pets/dog/a.png", [1, 2, 3]);
  write("pets/cat/deep/b.JPG", [9, 9, 9]);
  write("pets/cat/a.png", [4, 5, 6]);
  writeFileSync(join(folder, "pets/cat/notes.txt"), "none");
  writeFileSync(join(folder, "pets/top.png"), png);
  const { images, classes, files, width, channels } = await imageFolder(join(folder, "pets"));
  expect([classes, width, channels]).toEqual([["cat", "dog"], 2, 3]);
  expect(files.map((file) => file.slice(folder.length + 6))).toEqual([
    "cat/a.png",
    "cat/deep/b.JPG",
    "dog/a.png",
  ]);
  expect([...images.labels]).toEqual([0, 0, 1]);
  expect([...images.pixels.subarray(24)]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  expect([images.count, images.features, images.classes]).toEqual([3, 12, 2]);
  expect((await imageFiles(join(folder, "pets"))).length).toBe(4);
});

test("grey pictures have one number a pixel, and so have others where asked for", async () => {
  write("grey/a.png", [7, 7, 7]);
  const path = join(folder, "grey/a.png");
  expect((await readImages([path])).channels).toBe(1);
  expect([...(await readImages([path], { channels: 3 })).pixels]).toEqual(Array(12).fill(7));
  write("grey/b.png", [100, 0, 0]);
  const both = await readImages([path, join(folder, "grey/b.png")], { channels: 1 });
  expect([...both.pixels]).toEqual([7, 7, 7, 7, 30, 30, 30, 30]);
});

test("mixed sizes, damaged files and too few classes are refused by name", async () => {
  write("mixed/a/1.png", [1, 2, 3]);
  write("mixed/b/2.png", [1, 2, 3], 3, 2);
  const mixed = join(folder, "mixed");
  const told = async (work: Promise<unknown>): Promise<string> =>
    String(await work.catch((error: Error) => error.message)).replaceAll(folder, "");
  expect(await told(imageFolder(mixed))).toMatchInlineSnapshot(`
    "readImages: expected 2 × 2 pixels, as in /mixed/a/1.png, got 3 × 2 in /mixed/b/2.png
    help: scale them all: size 32, --image-size 32"
  `);
  expect((await imageFolder(mixed, { size: 4 })).width).toBe(4);

  writeFileSync(join(folder, "mixed/b/3.jpg"), jpg.subarray(0, 100));
  writeFileSync(join(folder, "mixed/b/4.png"), "text");
  expect(await told(imageFolder(mixed, { size: 4 }))).toMatch(
    /^decodeImage: expected a whole image in \/mixed\/b\/3.jpg, got .*\nhelp: .*--bad-rows skip$/,
  );
  const read = await imageFolder(mixed, { size: 2, badRows: "skip" });
  const { skipped, files, scaled } = read;
  expect([files.length, skipped.count, scaled]).toEqual([2, 2, 1]);
  expect(skipped.first[1]?.problem).toMatch(/expected a PNG or JPEG, got other bytes in .*4.png$/);

  writeFileSync(join(folder, "mixed/b/2.png"), "text");
  expect(await told(imageFolder(mixed, { size: 4, badRows: "skip" }))).toBe(
    "imageFolder: expected images in mixed/b, got bad ones only",
  );
  expect(await told(imageFolder(join(mixed, "a")))).toBe(
    "imageFolder: expected 2 to 256 folders with PNG or JPEG in /mixed/a, one a class, got none",
  );
  expect(await told(readImages([]))).toMatch(/at least one PNG or JPEG/);
  expect(await told(readImages([], { size: 0.5 }))).toMatch(/a whole size ≥ 1, got 0.5/);
});
