/**
 * @file The figures of docs/design/memory-layout.md that draw a plan are what the WGSL computes:
 * its index arithmetic is JavaScript once the suffix of its numbers is gone.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  bankOf,
  coordinate,
  declareBases,
  type FusedPlan,
  planFused,
  type Round,
  spreadBanks,
} from "./plan.ts";
import { planSpans, type SpanPlan, spanHead } from "./span-plan.ts";

const page = readFileSync(
  new URL("../../../../../docs/design/memory-layout.md", import.meta.url),
  "utf8",
);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
const script = (wgsl: string): string => wgsl.replace(/(\d)u\b/g, "$1");

/** The plan of a square butterfly. */
const planOf = (n: number): FusedPlan =>
  planFused({ n, distances: upTo(Math.log2(n)), fanIn: n, fanOut: n }, 3);

/** Coordinates that a thread holds in a round. */
function heldBy(plan: FusedPlan, round: Round): (t: number) => number[] {
  const all = upTo(plan.held).map((e) => coordinate(round, e));
  const body = `${script(declareBases(plan))} return [${script(all.join(", "))}];`;
  const evaluate = new Function("t", "place", body);
  return (t) => evaluate(t, () => 0) as number[];
}

test("figure 6: which thread holds which coordinate of n = 64", () => {
  const plan = planOf(64);
  const lines = plan.rounds.map((round) => {
    const held = heldBy(plan, round);
    const threads = upTo(plan.threads).map(
      (t) =>
        `  thread ${t} ${held(t)
          .map((c) => `${c}`.padStart(3))
          .join("")}`,
    );
    return [`pass ${round.r}: stages ${round.stage + 1} to ${round.stage + round.k}`, ...threads];
  });
  expect(page).toContain(lines.flat().join("\n"));
});

test.each([4096, 1024])("figure 7: the bits of a coordinate of n = %i", (n) => {
  const plan = planOf(n);
  const bits = Math.log2(n);
  const lines = plan.rounds.map((round) => {
    const held = heldBy(plan, round);
    const owner: string[] = Array<string>(bits).fill("?");
    for (const k of upTo(bits - 3)) owner[Math.log2(held(2 ** k)[0] ?? 0)] = `${k}`;
    for (const k of upTo(3)) owner[Math.log2(held(0)[2 ** k] ?? 0)] = "abc".charAt(k);
    return `  pass ${round.r}  ${owner.toReversed().join(" ")}`;
  });
  expect(page).toContain([`n = ${n}`, ...lines].join("\n"));
  expect(lines.join("")).not.toContain("?");
});

test("figure 8: the banks that 32 neighbouring threads meet", () => {
  const place = new Function("i", `return ${script(spreadBanks)};`) as (i: number) => number;
  for (const i of upTo(4096)) expect(place(i)).toBe(bankOf(i));
  const plan = planOf(4096);
  const rows = plan.rounds.map((round) => {
    const held = heldBy(plan, round);
    const banks = (at: (c: number) => number): number =>
      Math.min(
        ...upTo(plan.threads / 32).flatMap((warp) =>
          upTo(plan.held).map(
            (e) => new Set(upTo(32).map((t) => at(held(32 * warp + t)[e] ?? 0) % 32)).size,
          ),
        ),
      );
    const cells = [banks((c) => c), banks(place)].map((count) => `${count}`.padStart(8));
    return `  pass ${round.r}${cells.join("")}`;
  });
  expect(page).toContain(["          plain  spread", ...rows].join("\n"));
});

/** The coordinates that slice y of a span covers, as runs. */
function runsOf(span: SpanPlan, y: number, round = span.begin): [from: number, to: number][] {
  const declared = /let t = ([^;]*);/.exec(spanHead(span, 1))?.[1] ?? "";
  const thread = new Function("id", "w", `return ${script(declared)};`);
  const held = heldBy(span, round);
  const all = upTo(span.workgroup).flatMap((x) => held(thread({ x }, { y }) as number));
  const runs: [number, number][] = [];
  for (const c of all.toSorted((a, b) => a - b)) {
    const open = runs.at(-1);
    if (open !== undefined && open[1] === c - 1) open[1] = c;
    else runs.push([c, c]);
  }
  return runs;
}

test("figure 9: the spans of n = 4096 and their slices", () => {
  const lines = planSpans(planOf(4096), 2).flatMap((span, s) => {
    const { stage } = span.begin;
    const slices = upTo(span.slices).map((y) => {
      const runs = runsOf(span, y);
      const shown = runs.slice(0, 3).map(([from, to]) => `${from} … ${to}`);
      const more = runs.length > 3 ? `, … (${runs.length} runs)` : "";
      return `  slice ${y}: ${shown.join(", ")}${more}`;
    });
    const passes = span.rounds.map(({ stage: first, k }) => `${first + 1} to ${first + k}`);
    return [
      `group ${s}, from stage ${stage + 1} on: passes of stages ${passes.join(", ")}`,
      ...slices,
    ];
  });
  expect(page).toContain(lines.join("\n"));
  // whatever of a row one workgroup covers in its first pass, it covers in its second
  for (const n of [2048, 4096, 8192, 16384, 65536])
    for (const span of planSpans(planOf(n), 2))
      for (const y of upTo(span.slices)) expect(runsOf(span, y, span.end)).toEqual(runsOf(span, y));
});
