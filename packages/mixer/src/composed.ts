/** @file The mixer made of ordinary ops: slow, obvious, differentiable to any order. The fused op is checked against it. */
import { add, concat, mul, pad, reshape, slice, type Tensor, take, tensor } from "@spm/core";
import type { Parameterisation } from "./parameterisation.ts";
import type { Schedule } from "./schedule.ts";

/**
 * y = d_out ⊙ (B_L ⋯ B₁ (d_in ⊙ x)) + bias, stage by stage: gather both sides of every pair, mix, put back in place.
 * @param inputs - x [..., in], the parameters, dIn [in], dOut [out], bias [out]
 */
export function composedMixer(schedule: Schedule, { compose }: Parameterisation, inputs: readonly Tensor[]): Tensor {
  const [x, dIn] = [inputs[0]!, inputs.at(-3)!];
  const [dOut, bias] = [inputs.at(-2)!, inputs.at(-1)!];
  const { blocks, scales } = compose(inputs.slice(1, -3), schedule.leftovers.length);
  const lead = x.shape.slice(0, -1);
  const room = schedule.n - x.shape.at(-1)!;
  let z = pad(mul(x, dIn), [...lead.map(() => 0), 0], [...lead.map(() => 0), room]);
  for (let l = 0; l < schedule.stages; l++) {
    const [from, to] = [schedule.starts[l]!, schedule.starts[l + 1]!];
    const [left, right] = [schedule.leftoverStarts[l]!, schedule.leftoverStarts[l + 1]!];
    const [first, second] = [schedule.first.subarray(from, to), schedule.second.subarray(from, to)];
    const rest = schedule.leftovers.subarray(left, right);
    const entry = (k: number) =>
      reshape(
        slice(blocks, [
          { start: from, stop: to },
          { start: k, stop: k + 1 },
        ]),
        [to - from],
      );
    const u = take(z, tensor(first), -1);
    const v = take(z, tensor(second), -1);
    const order = Int32Array.from([...first, ...second, ...rest]);
    const place = new Int32Array(schedule.n);
    for (let k = 0; k < order.length; k++) place[order[k]!] = k;
    const mixed = [
      add(mul(entry(0), u), mul(entry(1), v)),
      add(mul(entry(2), u), mul(entry(3), v)),
      mul(slice(scales, [{ start: left, stop: right }]), take(z, tensor(rest), -1)),
    ];
    z = take(concat(mixed, -1), tensor(place), -1);
  }
  const out = slice(z, [...lead.map(() => undefined), { stop: dOut.shape[0]! }]);
  return add(mul(dOut, out), bias);
}
