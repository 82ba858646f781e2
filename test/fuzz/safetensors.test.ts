import { expect, test } from "vitest";
import { fuzzSafetensors } from "./fuzz-safetensors.ts";

test("damaged safetensors files are read or refused, never worse", () => {
  const { read, refused, failures } = fuzzSafetensors(3000, 2);
  expect(failures).toEqual([]);
  // some damages are harmless: the files do get past the first check
  expect(read).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(2000);
});
