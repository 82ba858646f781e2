/** @file The butterfly of torch_butterfly: free 2×2 blocks on a power of two, without diagonals, stacked. */
import { concat, mul, ones, type Parameter, parameter, slice, type Tensor, zeros } from "@spm/core";
import { butterfly, generalMixer, initialBlocks, type Schedule, toDense } from "@spm/mixer";
import type { LinearOptions } from "../linear.ts";
import { narrowed, StructuredMap } from "./structured-map.ts";

/**
 * W = the first rows of ⌈out/n⌉ independent butterflies of width n = 2^⌈log₂ in⌉, one below another (Dao et al. 2019): each is
 * the general mixer on distances 1, 2, 4, … without its diagonals. x [..., in] → [..., out]; 2n log₂ n parameters and
 * 3n log₂ n FLOP a row for each. Starts with orthogonal blocks, those of the last stage times `gain`; exempt from weight decay.
 * @example const up = new Butterfly(256, 1024, { random: rng(1) }); // four of width 256
 */
export class Butterfly extends StructuredMap {
  readonly schedule: Schedule;
  /** Rows [a, b, c, d], [P, 4] for each of the stack. */
  readonly stack: readonly Parameter[];

  constructor(fanIn: number, fanOut: number, options: LinearOptions) {
    super(fanIn, fanOut, options);
    const n = 2 ** Math.max(1, Math.ceil(Math.log2(fanIn)));
    this.schedule = butterfly(n);
    const { random, gain = 1 } = options;
    const pairs = this.schedule.first.length;
    const scale = concat([ones([pairs - n / 2, 4]), mul(ones([n / 2, 4]), gain)]);
    this.stack = Array.from({ length: Math.ceil(fanOut / n) }, () =>
      parameter(mul(initialBlocks(this.schedule, random), scale), { decay: false }),
    );
  }

  protected multiply(x: Tensor): Tensor {
    const { schedule } = this;
    const none = zeros([0], { dtype: x.dtype, backend: x.backend });
    const parts = this.stack.map((blocks) => generalMixer(x, blocks, none, { schedule }));
    return narrowed(concat(parts, -1), this.fanOut);
  }

  protected get productFlops(): number {
    return 6 * this.schedule.first.length * this.stack.length;
  }

  toDense(): Tensor {
    const { schedule } = this;
    const squares = this.stack.map((blocks) => {
      const { dtype, backend } = blocks;
      return toDense({ kind: "general", schedule, blocks, scales: zeros([0], { dtype, backend }) });
    });
    return slice(concat(squares), [{ stop: this.fanOut }, { stop: this.fanIn }]);
  }
}
