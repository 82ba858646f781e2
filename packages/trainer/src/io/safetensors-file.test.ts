import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ones, tensor } from "@spm/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SafetensorsError } from "./safetensors/header.ts";
import { encodeSafetensors } from "./safetensors/write.ts";
import { readSafetensors, writeSafetensors } from "./safetensors-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spm-safetensors-"));
  path = join(folder, "file.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file on the disk has the bytes of one in memory, and is read back", async () => {
  const tensors = { a: tensor([1, 2, 3]), big: ones([600_000]), b: tensor([true, false]) };
  writeSafetensors(path, tensors, { note: "x" });
  expect(readFileSync(path).equals(encodeSafetensors(tensors, { note: "x" }))).toBe(true);
  const file = readSafetensors(path);
  expect(file.metadata).toEqual({ note: "x" });
  for (const [name, value] of Object.entries(tensors)) {
    const [read, wanted] = [await file.tensor(name).data(), await value.data()];
    expect([read.length, read.every((v, i) => v === wanted[i])]).toEqual([wanted.length, true]);
  }
});

test("a folder, nothing, and a file that changes while it is read are typed errors", () => {
  expect(() => readSafetensors(folder)).toThrow(SafetensorsError);
  expect(() => readSafetensors(folder)).toThrow(/^safetensors: expected a file, got .*, a folder$/);
  expect(() => readSafetensors("/dev/zero")).toThrow(/got \/dev\/zero, a device or pipe$/);
  expect(() => readSafetensors(path)).toThrow(
    /^safetensors: expected a file that can be read, got .*: ENOENT: no such file or folder$/,
  );
  writeSafetensors(path, { a: ones([3]) });
  const file = readSafetensors(path);
  appendFileSync(path, "more");
  expect(() => file.tensor("a")).toThrow(
    /^safetensors: expected the file as it was when it was opened, got .*, changed$/,
  );
  rmSync(path);
  expect(() => file.tensor("a")).toThrow(SafetensorsError);
});
