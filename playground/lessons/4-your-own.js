/**
 * @file Your own op and mixer
 *
 * An op is one object: what it computes and its derivative, side by side. `gradcheck` holds the
 * derivative against differences of values. Yours is an op like any other: it nests, and runs on
 * every backend.
 *
 * The parameterisation of a mixer says how its 2×2 blocks are made, and is an object, too. This one
 * scales each rotation by a radius. `checkParameterisation` holds every part of it to what
 * `compose` makes; then it learns what the mixer of the last lesson did, twice as large.
 *
 * Try it: make a derivative wrong, and read what the check says.
 */
import {
  grad,
  gradcheck,
  linspace,
  normal,
  ones,
  rng,
  scope,
  stack,
  tensor,
  valueAndGrad,
} from "@spm/core";
import { unary } from "@spm/core/extend";
import { defineMixer, defineParameterisation, hadamard, rotation, toDense } from "@spm/mixer";
import { checkParameterisation } from "@spm/mixer/extend";
import { MixerLayer } from "@spm/nn";
import { adam } from "@spm/optim";
import { plot, show } from "@spm/playground";

// arctan x, whose slope is 1 / (1 + x²).
const atan = unary({
  name: "atan",
  forward: Math.atan,
  vjp: (ct, x) => ct.div(x.square().add(1)),
});
console.log("gradcheck", gradcheck(atan, [tensor([-1, 0.5, 2], { dtype: "float64" })]));
const at = linspace(-4, 4, 41);
const slope = grad((x) => atan(x).sum());
plot({ arctan: atan(at), slope: slope(at) }, { title: "arctan and its slope", at, x: "x" });

// Blocks ρ [cos θ, −sin θ; sin θ, cos θ], an angle θ and a radius ρ for each pair.
const scaledRotation = defineParameterisation({
  name: "scaled-rotation",
  description: "rotations of pairs with a radius",
  parameters: [
    { name: "angles", per: "pair", each: [] },
    { name: "radii", per: "pair", each: [] },
  ],
  compose: ({ angles, radii }, unpaired) => {
    const [c, s] = [radii.mul(angles.cos()), radii.mul(angles.sin())];
    const { dtype, backend } = angles;
    const unpairedScales = ones([unpaired], { dtype, backend });
    return { blocks: stack([c, s.neg(), s, c], -1), unpairedScales };
  },
  orthogonal: false,
  determinant: 1,
  transpose: ({ angles, radii }) => ({ angles: angles.neg(), radii }),
  inverse: ({ angles, radii }) => ({ angles: angles.neg(), radii: radii.reciprocal() }),
  // The nearest block to [a, b; c, d], for each pair.
  nearest: (blocks) => {
    const angles = new Float64Array(blocks.length / 4);
    const radii = new Float64Array(blocks.length / 4);
    for (let p = 0; p < angles.length; p++) {
      const [a, b, c, d] = blocks.subarray(4 * p, 4 * p + 4);
      angles[p] = Math.atan2(c - b, a + d);
      radii[p] = Math.hypot(c - b, a + d) / 2;
    }
    return { angles, radii };
  },
  initial: (schedule, random, init, noise) => {
    const { angles } = rotation.initial(schedule, random, init, noise);
    return { angles, radii: new Float64Array(angles.length).fill(1) };
  },
});
const scaledRotationMixer = defineMixer(scaledRotation);
console.log("checked", checkParameterisation(scaledRotationMixer));

const n = 16;
const random = rng(1);
const layer = new MixerLayer(scaledRotationMixer, n, n, { random });
const wanted = toDense(hadamard(n, { dtype: "float32" }))
  .transpose()
  .mul(2);
const parameters = layer.parameters();
const optimizer = adam(parameters, { learningRate: 0.03 });
const losses = [];
for (let step = 1; step <= 400; step++) {
  const loss = scope(() => {
    const x = normal(random, [64, n]);
    const error = () => layer.forward(x).sub(x.matmul(wanted)).square().mean();
    const { value, grads } = valueAndGrad(error, parameters);
    optimizer.step(grads);
    return value;
  });
  losses.push(await loss.item());
  if (step % 40 === 0) plot({ loss: losses }, { title: "Mean squared error", log: true });
}
show(layer, { title: "A mixer of my own" });
