/** @file Half floats and tensors in few bits: the bytes, what is read again, and refusals. */
import { normal, rng, type Tensor, tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { Mlp } from "@spm/models";
import { Linear } from "@spm/nn";
import { describe, expect, test } from "vitest";
import { encodeModel, parseModel } from "../model-file.ts";
import { halfBits } from "./dtypes.ts";
import { type PackedTensor, packBits, unpackTensors } from "./packed.ts";
import { parseSafetensors } from "./read.ts";
import { encodeSafetensors } from "./write.ts";

const numbers = (x: Tensor): number[] => [...elements(x.ndarray())];
const half = (value: number): number => {
  const file = parseSafetensors(encodeSafetensors({ x: tensor([value]) }, {}, { half: true }));
  expect(file.entries[0]?.type).toBe("F16");
  return numbers(file.tensor("x"))[0] ?? Number.NaN;
};

test("every half float is written as itself", () => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const header = '{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}';
  const file = new Uint8Array(8 + header.length + all.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(new TextEncoder().encode(header), 8);
  file.set(new Uint8Array(all.buffer), 8 + header.length);
  const wrong = numbers(parseSafetensors(file).tensor("x")).flatMap((value, bits) =>
    Number.isNaN(value) || halfBits(value) === bits ? [] : [bits],
  );
  expect(wrong).toEqual([]);
});

test("float32 becomes the nearest half, the even one of two", () => {
  const up = 2 ** -10; // from 1 to the next
  expect([1 + 0.49 * up, 1 + 0.5 * up, 1 + 1.5 * up, 1 + 0.51 * up].map(half)).toEqual([
    ...[1, 1, 1 + 2 * up, 1 + up],
  ]);
  expect([65_519, 65_520, -1e9].map(half)).toEqual([65_504, Infinity, -Infinity]);
  expect([2 ** -24, 1.5 * 2 ** -24, 2 ** -25, -0].map(half)).toEqual([
    ...[2 ** -24, 2 ** -23, 0, -0],
  ]);
  expect(half(Number.NaN)).toBeNaN();
});

/** Three rows of five, a scale each. */
function drawn(bits: number): PackedTensor {
  const random = rng(bits);
  const levels = Array.from({ length: 2 ** bits }, (_, code) => code - 2 ** (bits - 1));
  const codes = Uint8Array.from({ length: 15 }, () => random.integer(2 ** bits));
  return { shape: [3, 5], bits, group: 5, levels, codes, scales: Float32Array.of(1, 0.5, 2) };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])("%d bits a number are read again", (bits) => {
  const w = drawn(bits);
  const bytes = encodeSafetensors({ b: tensor([1, 2]) }, { note: "x" }, { packed: { w } });
  const file = parseSafetensors(bytes);
  expect(file.entries.find(({ name }) => name === "w.codes")).toMatchObject({
    ...{ type: "U8", shape: [Math.ceil((15 * bits) / 8)] },
  });
  const { entries, tensor: read } = unpackTensors(file);
  expect(entries.map(({ name }) => name)).toEqual(["b", "w"]);
  expect(numbers(read("b"))).toEqual([1, 2]);
  expect(read("w").shape).toEqual([3, 5]);
  expect(numbers(read("w"))).toEqual(
    [...w.codes].map((code, k) => w.levels[code]! * w.scales[Math.floor(k / 5)]!),
  );
});

test("levels are listed where they are not those of whole numbers", () => {
  const usual = drawn(2);
  const halves = { ...usual, levels: [-1.5, -0.5, 0.5, 1.5] };
  const file = parseSafetensors(encodeSafetensors({}, {}, { packed: { usual, halves } }));
  const entry = { dtype: "float32", shape: [3, 5], bits: 2, group: 5 };
  expect(JSON.parse(file.metadata["spm.packed"] ?? "")).toEqual({
    schema: 1,
    tensors: { usual: entry, halves: { ...entry, levels: halves.levels } },
  });
  const [first] = numbers(unpackTensors(file).tensor("halves"));
  expect(first).toBe((halves.levels[halves.codes[0]!] ?? 0) * halves.scales[0]!);
});

test("codes fill bytes from the lowest bit", () => {
  expect([...packBits(Uint8Array.of(0b001, 0b010, 0b111), 3)]).toEqual([0b11_010_001, 0b1]);
});

test("a layer loads what is packed", () => {
  const layer = new Linear(5, 3, { random: rng(1), bias: false });
  const bytes = encodeSafetensors({}, {}, { packed: { weight: drawn(4) }, half: true });
  layer.loadStateDict(unpackTensors(parseSafetensors(bytes)));
  expect(numbers(layer.weight)).toEqual(
    numbers(unpackTensors(parseSafetensors(bytes)).tensor("weight")),
  );
});

test("a model of packed weights is built from its description", async () => {
  const model = new Mlp({ sizes: [5, 3], random: rng(1) });
  const { metadata } = parseSafetensors(await encodeModel(model));
  const bias = { "layers.0.bias": tensor([1, 2, 3]) };
  const bytes = encodeSafetensors(bias, metadata, { packed: { "layers.0.weight": drawn(3) } });
  const [weight] = parseModel(bytes).parameters();
  expect(numbers(weight ?? tensor([]))).toEqual(
    numbers(unpackTensors(parseSafetensors(bytes)).tensor("layers.0.weight")),
  );
});

test("a file without packed tensors is as it was", () => {
  const file = parseSafetensors(encodeSafetensors({ x: normal(rng(1), [4]) }));
  expect(unpackTensors(file)).toBe(file);
});

describe("unpackTensors refuses", () => {
  const w = drawn(3);
  const entry = { dtype: "float32", shape: [3, 5], bits: 3, group: 5, levels: w.levels };
  const refusal = (tensors: unknown, more: object = {}, schema: unknown = 1): string => {
    const scales = tensor([...w.scales]);
    const codes = tensor([...packBits(w.codes, 3)], { dtype: "int32" });
    const stored = { "w.scales": scales, "w.codes": codes, ...more };
    const packed = { "spm.packed": JSON.stringify({ schema, tensors }) };
    try {
      unpackTensors(parseSafetensors(encodeSafetensors(stored, packed)));
      return "nothing";
    } catch (error) {
      return String(error);
    }
  };

  test.each<[string, unknown]>([
    ["another type", { ...entry, dtype: "int8" }],
    ["no shape", { ...entry, shape: undefined }],
    ["too many bits", { ...entry, bits: 9 }],
    ["an empty group", { ...entry, group: 0 }],
    ["levels of other bits", { ...entry, bits: 2 }],
    ["another field", { ...entry, rotation: 1 }],
    ["no entry", null],
  ])("%s", (_, given) => {
    expect(refusal({ w: given })).toMatch(/^SafetensorsError: .* of packed "w" in range, got /);
  });

  test("codes and scales that do not fit", () => {
    expect(refusal({ w: entry })).toMatchInlineSnapshot(
      `"SafetensorsError: safetensors: expected 6 codes of "w", U8, got I32[6]"`,
    );
    expect(refusal({ w: { ...entry, shape: [2 ** 40] } })).toMatchInlineSnapshot(
      `"SafetensorsError: safetensors: expected 412316860416 codes of "w", U8, got I32[6]"`,
    );
    expect(refusal({ v: entry })).toMatchInlineSnapshot(
      `"SafetensorsError: safetensors: expected 6 codes of "v", U8, got none"`,
    );
  });

  test("another schema, and what is no JSON", () => {
    expect(refusal({ w: entry }, {}, 2)).toMatchInlineSnapshot(
      `"SafetensorsError: safetensors: expected spm.packed of schema 1, got an object"`,
    );
    const file = parseSafetensors(encodeSafetensors({}, { "spm.packed": "{" }));
    expect(() => unpackTensors(file)).toThrowErrorMatchingInlineSnapshot(
      `[SafetensorsError: safetensors: expected JSON as spm.packed, got "{"]`,
    );
  });
});
