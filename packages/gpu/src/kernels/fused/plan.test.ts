/**
 * @file The figures of docs/design/memory-layout.md that draw a plan are what the WGSL computes:
 * its index arithmetic is JavaScript once the suffix of its numbers is gone.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type GroupPlan, groupHead, planGroups } from "./group-plan.ts";
import {
  bankOf,
  coordinate,
  declareBases,
  type FusedPass,
  type FusedPlan,
  planFused,
  spreadBanks,
} from "./plan.ts";

const page = readFileSync(
  new URL("../../../../../docs/design/memory-layout.md", import.meta.url),
  "utf8",
);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
const script = (wgsl: string): string => wgsl.replace(/(\d)u\b/g, "$1");

/** The plan of a square butterfly. */
const planOf = (n: number): FusedPlan =>
  planFused({ n, distances: upTo(Math.log2(n)), fanIn: n, fanOut: n }, 3);

/** Coordinates that a thread holds in a pass. */
function heldBy(plan: FusedPlan, pass: FusedPass): (t: number) => number[] {
  const all = upTo(plan.held).map((e) => coordinate(pass, e));
  const body = `${script(declareBases(plan))} return [${script(all.join(", "))}];`;
  const evaluate = new Function("t", "place", body);
  return (t) => evaluate(t, () => 0) as number[];
}

test("figure 6: which thread holds which coordinate of n = 64", () => {
  const plan = planOf(64);
  const lines = plan.passes.map((pass) => {
    const held = heldBy(plan, pass);
    const threads = upTo(plan.threads).map(
      (t) =>
        `  thread ${t} ${held(t)
          .map((c) => `${c}`.padStart(3))
          .join("")}`,
    );
    return [`pass ${pass.r}: stages ${pass.stage + 1} to ${pass.stage + pass.k}`, ...threads];
  });
  expect(page).toContain(lines.flat().join("\n"));
});

test.each([4096, 1024])("figure 7: the bits of a coordinate of n = %i", (n) => {
  const plan = planOf(n);
  const bits = Math.log2(n);
  const lines = plan.passes.map((pass) => {
    const held = heldBy(plan, pass);
    const owner: string[] = Array<string>(bits).fill("?");
    for (const k of upTo(bits - 3)) owner[Math.log2(held(2 ** k)[0] ?? 0)] = `${k}`;
    for (const k of upTo(3)) owner[Math.log2(held(0)[2 ** k] ?? 0)] = "abc".charAt(k);
    return `  pass ${pass.r}  ${owner.toReversed().join(" ")}`;
  });
  expect(page).toContain([`n = ${n}`, ...lines].join("\n"));
  expect(lines.join("")).not.toContain("?");
});

/** Fewest banks that 32 neighbouring threads of a workgroup meet with an element each. */
function fewestBanks(plan: FusedPlan, pass: FusedPass, placeOf: (c: number) => number): number {
  const held = upTo(plan.threads).map(heldBy(plan, pass));
  const bank = (x: number, e: number): number =>
    (plan.n * Math.floor(x / plan.threads) + placeOf(held[x % plan.threads]?.[e] ?? 0)) % 32;
  return Math.min(
    ...upTo((plan.threads * plan.rowsPerWorkgroup) / 32).flatMap((warp) =>
      upTo(plan.held).map((e) => new Set(upTo(32).map((x) => bank(32 * warp + x, e))).size),
    ),
  );
}

test("figure 8: the banks that 32 neighbouring threads meet", () => {
  const place = new Function("i", `return ${script(spreadBanks)};`) as (i: number) => number;
  for (const i of upTo(4096)) expect(place(i)).toBe(bankOf(i));
  const plan = planOf(4096);
  const rows = plan.passes.map((pass) => {
    const counts = [fewestBanks(plan, pass, (c) => c), fewestBanks(plan, pass, place)];
    return `  pass ${pass.r}${counts.map((count) => `${count}`.padStart(8)).join("")}`;
  });
  expect(page).toContain(["          plain  spread", ...rows].join("\n"));
});

test.each([
  [64, 8],
  [128, 16],
  [256, 32],
  [512, 32],
  [1024, 32],
  [2048, 32],
  [8192, 32],
])("at n = %i 32 neighbouring threads meet %i banks", (n, banks) => {
  const plan = planOf(n);
  const fewest = plan.passes.map((pass) => fewestBanks(plan, pass, bankOf));
  expect(Math.min(...fewest)).toBe(banks);
});

/** The coordinates that slice y of a group covers, as runs. */
function runsOf(group: GroupPlan, y: number, pass = group.begin): [from: number, to: number][] {
  const declared = /let t = ([^;]*);/.exec(groupHead(group, 1))?.[1] ?? "";
  const thread = new Function("id", "w", `return ${script(declared)};`);
  const held = heldBy(group, pass);
  const all = upTo(group.workgroup).flatMap((x) => held(thread({ x }, { y }) as number));
  const runs: [number, number][] = [];
  for (const c of all.toSorted((a, b) => a - b)) {
    const open = runs.at(-1);
    if (open !== undefined && open[1] === c - 1) open[1] = c;
    else runs.push([c, c]);
  }
  return runs;
}

test("figure 9: the groups of n = 4096 and their slices", () => {
  const lines = planGroups(planOf(4096), 2).flatMap((group, s) => {
    const { stage } = group.begin;
    const slices = upTo(group.slices).map((y) => {
      const runs = runsOf(group, y);
      const shown = runs.slice(0, 3).map(([from, to]) => `${from} … ${to}`);
      const more = runs.length > 3 ? `, … (${runs.length} runs)` : "";
      return `  slice ${y}: ${shown.join(", ")}${more}`;
    });
    const passes = group.passes.map(({ stage: first, k }) => `${first + 1} to ${first + k}`);
    return [
      `group ${s}, from stage ${stage + 1} on: passes of stages ${passes.join(", ")}`,
      ...slices,
    ];
  });
  expect(page).toContain(lines.join("\n"));
  // whatever of a row one workgroup covers in its first pass, it covers in its second
  for (const n of [2048, 4096, 8192, 16384, 65536])
    for (const group of planGroups(planOf(n), 2))
      for (const y of upTo(group.slices))
        expect(runsOf(group, y, group.end)).toEqual(runsOf(group, y));
});
