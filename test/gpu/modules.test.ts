/**
 * @file Every module of `@spm/nn` on a GPU: the reference's values and gradients, nothing falls
 * back. The first row of each module, and in `npm run test:full` all rows.
 */
import { reference } from "@spm/core";
import { afterAll, describe, expect, test } from "vitest";
import { moduleRows } from "../contract/module-table.ts";
import { distance, valueAndGradients } from "../contract/value-and-gradients.ts";
import { full } from "../full.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());

const moduleOf = ({ name }: { readonly name: string }): string => name.split(",")[0] ?? name;
const isFirst = (row: { readonly name: string }, k: number): boolean =>
  moduleRows.findIndex((other) => moduleOf(other) === moduleOf(row)) === k;
const rows = full ? moduleRows : moduleRows.filter(isFirst);

describe.runIf(device !== null)("on WebGPU", () => {
  test.each(rows)("$name", async ({ make, inputs }) => {
    const want = await valueAndGradients(make(), inputs(), reference);
    const got = await valueAndGradients(make(), inputs(), device!);
    expect(device!.report().fallbacks).toEqual([]);
    got.forEach((values, k) => {
      expect(distance(values, want[k]!)).toBeLessThan(2e-5);
    });
  });
});
