/**
 * @file The internals of gpu.js that are used: a new release that changes them fails here first.
 */
import { describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import type { Output } from "./executor.ts";

const kernel = (source: string, output: Output, arrays = 1, scalars = 0) => ({
  source,
  output,
  arrays,
  scalars,
});

describe("gpu.js as a compiler", () => {
  test("writes WGSL without a device, uniforms first, then arrays, then the result", () => {
    const { code, uniformBytes, scalarOffsets, workgroup } = compile(
      kernel(
        "function (a0, a1, s0) { return a0[this.thread.x] * s0 + a1[this.thread.x]; }",
        [1000],
        2,
        1,
      ),
    );
    expect(workgroup).toEqual([256, 1]);
    expect(code).toContain("@workgroup_size(256, 1, 1)");
    expect(code.match(/@binding\(\d\) var<[^>]*> \w+/g)).toEqual([
      "@binding(0) var<uniform> params",
      "@binding(1) var<storage, read> user_a0",
      "@binding(2) var<storage, read> user_a1",
      "@binding(3) var<storage, read_write> result",
    ]);
    expect(uniformBytes).toBe(64);
    expect(scalarOffsets).toEqual([48]);
  });

  test("keeps inline indices in integers", () => {
    const { code } = compile(
      kernel(
        "function (a0) { return a0[(this.thread.x ^ 8) * 3 + (this.thread.y >> 2) " +
          "* 4096 + (Math.floor((this.thread.z + 0.5) / 12) | 0) * 7]; }",
        [8, 8, 8],
      ),
    );
    const index = code.match(/result\[data_index\] = get_user_a0\(0, 0, (.*)\);return/)![1]!;
    // The quotient of a small number is the only float.
    expect(index.match(/f32\(/g)).toHaveLength(1);
    expect(index).toContain("((i32(threadGid.x) ^ 8)*3)");
    expect(index).toContain("(i32(floor(((f32(i32(threadGid.z))+0.5)/12.0))) | 0)*7)");
  });

  test("refuses what gpu.js would cut off or cannot read", () => {
    expect(() =>
      compile(
        kernel(
          "function (a0, s0) { let t = 0; for (let i = 0; i < s0; i++) { t += a0[i]; } return t; }",
          [1],
          1,
          1,
        ),
      ),
    ).toThrow(/loops bounded by literals/);
    expect(() => compile(kernel("function (a0) { return a0.nothing; }", [1]))).toThrow(
      /a kernel that gpu.js translates/,
    );
  });
});
