/**
 * @file A normalising flow: affine couplings, linear mixings between them, exact likelihood and
 * inverse.
 */
import {
  add,
  concat,
  exp,
  mul,
  noGrad,
  type Rng,
  split,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  zeros,
} from "@spm/core";
import { type InvertibleFactory, type InvertibleMap, Mlp } from "@spm/models";
import { Module } from "@spm/nn";
import { zip } from "../parts/zip.ts";

/**
 * x → z with z normal: each step mixes all coordinates, then scales and shifts one half by
 * functions of the other.
 */
export class Flow extends Module {
  readonly mixings: readonly InvertibleMap[];
  readonly nets: readonly Mlp[];

  constructor(n: number, steps: number, hidden: number, mixing: InvertibleFactory, random: Rng) {
    super();
    this.mixings = Array.from({ length: steps }, () => mixing(n, { random }));
    this.nets = this.mixings.map(() => new Mlp({ sizes: [n / 2, hidden, hidden, n], random }));
  }

  /** z [B, n] of x [B, n], and ln |∂z/∂x| [B]. */
  encode(x: Tensor): { z: Tensor; volume: Tensor } {
    let [z, volume] = [x, zeros(x.shape.slice(0, -1))];
    for (const [mixing, net] of zip(this.mixings, this.nets)) {
      const [a, b] = split(mixing.forward(z), 2, -1) as [Tensor, Tensor];
      const [scale, shift] = moves(net, a);
      z = concat([add(mul(b, exp(scale)), shift), a], -1);
      volume = add(volume, add(sum(scale, -1), mixing.logAbsDet()));
    }
    return { z, volume };
  }

  /** ln p(x) = ln N(z; 0, 1) + ln |∂z/∂x|, exact. [B, n] → [B] */
  forward(x: Tensor): Tensor {
    const { z, volume } = this.encode(x);
    const constant = -0.5 * x.shape.at(-1)! * Math.log(2 * Math.PI);
    return add(add(mul(-0.5, sum(square(z), -1)), volume), constant);
  }

  /** The inverse, z → x: samples, where z is normal. */
  decode(z: Tensor): Tensor {
    return noGrad(() =>
      zip(this.mixings, this.nets).reduceRight((y, [mixing, net]) => {
        const [b, a] = split(y, 2, -1) as [Tensor, Tensor];
        const [scale, shift] = moves(net, a);
        return mixing.inverse(concat([a, mul(sub(b, shift), exp(mul(-1, scale)))], -1));
      }, z),
    );
  }
}

/** The scale and shift of one half in a coupling, functions of the other. */
function moves(net: Mlp, a: Tensor): [scale: Tensor, shift: Tensor] {
  const [scale, shift] = split(net.forward(a), 2, -1) as [Tensor, Tensor];
  return [tanh(scale), shift];
}
