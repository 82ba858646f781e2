/**
 * @file The adaptive mixer's rotations by angles of the pair's own two inputs, θ = θ⁰ + α z_i +
 * β z_j, in the fused kernels. The backward keeps θ of a row, one number a pair, by which it undoes
 * z along with g: from z behind the stage alone θ can't be had.
 */
import { sizeOf } from "@spm/core/extend";
import { type DeviceArray, rowMajor } from "../../device-array.ts";
import { copyOf } from "../elementwise.ts";
import { windowOn } from "../layout.ts";
import { cosineSineWgsl } from "../trigonometry.ts";
import { upTo } from "../wgsl.ts";
import { type FusedBlocks, sumName } from "./blocks.ts";
import { loadPairs, pairName } from "./general-blocks.ts";
import { type FusedPass, type FusedPlan, pairsOf } from "./plan.ts";

/** θ of the pair whose first element is e, in stage j of a pass. */
const angleName = ({ stage }: FusedPass, j: number, e: number): string => `theta${stage + j}_${e}`;

/** Statements that take `v0 …` through stage j of a pass, its angles `named`. */
const turnOn = (plan: FusedPlan, pass: FusedPass, j: number, v: string, named: boolean): string =>
  pairsOf(plan, pass, j)
    .map(({ a, b }) => {
      const [own, theta] = [pairName(pass, j, a), angleName(pass, j, a)];
      const angle = `${own}.x + ${own}.y * ${v}${a} + ${own}.z * ${v}${b}`;
      return (
        `${named ? `let ${theta} = ${angle}; ` : ""}{ let p = ${v}${a}; let q = ${v}${b}; ` +
        `let t = cosineSine(${named ? theta : angle}); ` +
        `${v}${a} = t.x * p - t.y * q; ${v}${b} = t.y * p + t.x * q; }`
      );
    })
    .join(" ");

/** A pair's coefficients are (θ⁰, α, β, 0), its sums those of δ, δ z_i and δ z_j. */
export const pairBlocks: FusedBlocks = {
  registers: 12,
  backwardThreads: 256,
  backwardPasses: 2,
  carried: ["z", "g"],
  components: 3,
  functions: cosineSineWgsl,
  load: loadPairs,
  mix: (plan, pass, j, v) => turnOn(plan, pass, j, v, false),
  mixAgain: (plan, pass) =>
    upTo(pass.k)
      .map((j) => turnOn(plan, pass, j, "z", true))
      .join(" "),
  turnBack: (plan, pass, j) =>
    pairsOf(plan, pass, j)
      .map(({ a, b }) => {
        const own = pairName(pass, j, a);
        return (
          `{ let t = cosineSine(${angleName(pass, j, a)}); let u = g${a}; let v = g${b}; ` +
          `let d = z${a} * v - z${b} * u; ` +
          `let p = t.x * z${a} + t.y * z${b}; let q = t.x * z${b} - t.y * z${a}; ` +
          `${sumName(pass, j, a)} += vec3f(d, d * p, d * q); z${a} = p; z${b} = q; ` +
          `g${a} = t.x * u + t.y * v + ${own}.y * d; g${b} = t.x * v - t.y * u + ${own}.z * d; }`
        );
      })
      .join(" "),
  declareSum: (name) => `var ${name} = vec3f();`,
  writeSum: (name, at) =>
    upTo(3)
      .map((c) => `sums[base + 3u * ${at} + ${c}u] = ${name}[${c}];`)
      .join(" "),
  coefficients(executor, [angles, weights = angles]) {
    const source =
      "function (a0, a1) { " +
      "if ((this.thread.x & 3) === 0) { return a0[this.thread.x >> 2]; } " +
      "if ((this.thread.x & 3) === 3) { return 0; } " +
      "return a1[2 * (this.thread.x >> 2) + (this.thread.x & 3) - 1]; }";
    const kernel = { source, output: [4 * sizeOf(angles.shape)], arrays: 2, scalars: 0 } as const;
    return executor.run(kernel, [angles.memory, weights.memory], []);
  },
  gradients(executor, sums, [{ shape }]) {
    const [pairs = 0] = shape;
    const all = rowMajor(sums.memory, [pairs, 3], "float32");
    const columns = (start: number, count: number): DeviceArray =>
      copyOf(executor, windowOn(all, { shape: [pairs, count], start: [0, start], step: [1, 1] }));
    const angles = rowMajor(columns(0, 1).memory, shape, "float32");
    const weights = columns(1, 2);
    executor.release(sums.memory);
    return [angles, weights];
  },
};
