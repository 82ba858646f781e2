/**
 * @file `tensornet.json`: states of the atoms after every layer, features, energies of a molecule,
 * of its mirror image and of the molecule turned, forces, and a loss of energies and forces with
 * its gradients by all weights and the positions, which are of the second order.
 */
import {
  add,
  cast,
  type Differentiable,
  matmul,
  neg,
  ones,
  rng,
  type Shape,
  type Tensor,
  tensor,
  transpose,
  vjp,
  zeros,
} from "@spm/core";
import { elements, wrap } from "@spm/core/extend";
import { edgesWithin, energyAndForces, energyForceLoss, TensorNet } from "@spm/models";
import { functionalCall, Module } from "@spm/nn";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import { type GoldenTensor, goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
} from "./python-json.ts";

/** The path here of a weight of the official code. */
const ours = (name: string): string =>
  name
    .replace("model.tensor_embedding.", "embedding.")
    .replace("emb.weight", "species.weight")
    .replace("emb2.", "pair.")
    .replace("init_norm.", "norm.")
    .replace(/distance_proj(\d)/, (_, k) => `distance.${Number(k) - 1}`)
    .replace(/^(embedding\.)linears_tensor/, "$1mixers")
    .replace(/^(embedding\.)linears_scalar/, "$1gates")
    .replace("model.layers.", "layers.")
    .replace(/linears_tensor\.([012])/, "before.$1")
    .replace(/linears_tensor\.([345])/, (_, k) => `after.${Number(k) - 3}`)
    .replace("linears_scalar", "distance")
    .replace("model.linear", "readout.linear")
    .replace("model.out_norm", "readout.norm")
    .replace("head.layers.2", "head.layers.1");

/** The cases of the file. @throws MalformedError */
export function tensornetCases(file: JsonObject, where: string): GoldenCase[] {
  return asList(file.cases, `${where}.cases`).map((item, i) => {
    const at = `${where}.cases[${i}]`;
    const fields = asObject(item, at);
    return { name: asString(fields.name, `${at}.name`), run: caseOf(fields, at) };
  });
}

/** Another part of the network as a forward. */
class Part extends Module {
  readonly net: TensorNet;
  readonly #make: (net: TensorNet, inputs: Inputs) => Tensor;
  constructor(net: TensorNet, make: (net: TensorNet, inputs: Inputs) => Tensor) {
    super();
    this.net = net;
    this.#make = make;
  }
  forward(...inputs: Inputs): Tensor {
    return this.#make(this.net, inputs);
  }
}

type Inputs = [
  positions: Tensor,
  species: Tensor,
  edges: Tensor,
  molecules: Tensor,
  charges: Tensor,
];

const integers = (value: Json | undefined, where: string): Tensor =>
  tensor(Int32Array.from(asNumbers(value, where)));

function caseOf(fields: JsonObject, where: string): (precision: Precision) => Comparison[] {
  const number = (key: string): number => asNumber(fields[key], `${where}.${key}`);
  const golden = (key: string): GoldenTensor => goldenTensor(fields[key], `${where}.${key}`);
  const [width, layers, radial] = ["hidden", "layers", "rbf"].map(number) as [
    number,
    number,
    number,
  ];
  const [cutoff, species] = [number("cutoff"), number("max_z")];
  const group = asString(fields.group, `${where}.group`) as "O(3)" | "SO(3)";
  const [weights, grads] = ["weights", "grads"].map((key) =>
    Object.entries(asObject(fields[key], `${where}.${key}`)).map(
      ([name, item]) => [name, goldenTensor(item, `${where}.${key}.${name}`)] as const,
    ),
  ) as [[string, GoldenTensor][], [string, GoldenTensor][]];
  const states = asList(fields.states, `${where}.states`).map((item, k) =>
    goldenTensor(item, `${where}.states[${k}]`),
  );
  return (precision) => {
    const options = { width, layers, radial, cutoff, species, group, random: rng(1) };
    const model = new TensorNet(options);
    const dtype = { dtype: precision };
    const read = (key: string): Tensor => toTensor(golden(key), precision);
    const [z, molecules] = ["z", "batch"].map((key) => integers(fields[key], where)) as [
      Tensor,
      Tensor,
    ];
    const energies = golden("energy");
    const charges =
      fields.charge === null
        ? zeros(energies.shape, dtype)
        : tensor(asNumbers(fields.charge, `${where}.charge`), dtype);
    const values = weights.map(([, value]) => toTensor(value, precision));
    const run = (module: Module, prefix: string, xs: readonly Tensor[], at: Tensor): Tensor => {
      const own = Object.fromEntries(
        weights.map(([name], k) => [prefix + ours(name), xs[k] ?? at] as const),
      );
      for (const key of ["scale", "shift", "references"])
        own[`${prefix}head.${key}`] = cast(ownBuffer(model, key), precision);
      const edges = edgesWithin(at, cutoff, { molecules });
      return functionalCall(module, own, at, z, edges, molecules, charges);
    };
    const part = (make: (net: TensorNet, inputs: Inputs) => Tensor): Tensor =>
      run(new Part(model, make), "net.", values, read("pos"));
    const energyOf: Differentiable<[Tensor]> = (at) => run(model, "", values, at);
    const target = { energies: read("target_energy"), forces: read("target_forces") };
    const weighting = { energyWeight: 1, forceWeight: 0.5 };
    const { value: loss, pullback } = vjp(
      (at: Tensor, ...xs: Tensor[]) =>
        energyForceLoss(
          energyAndForces((r) => run(model, "", xs, r), at),
          target,
          weighting,
        ),
      read("pos"),
      ...values,
    );
    const [byPositions, ...byWeights] = pullback(ones([], dtype));
    const found = energyAndForces(energyOf, read("pos"));
    const turned = matmul(read("pos"), transpose(read("rotation")));
    return [
      ...[golden("embedding"), ...states].map((state, k) =>
        compare(
          k === 0 ? "the embedding" : `the state after layer ${k}`,
          matrices(part((net, inputs) => net.states(...inputs)[k] ?? zeros([]))),
          state,
        ),
      ),
      compare(
        "the features",
        part((net, inputs) => net.readout.forward(net.states(...inputs).at(-1) ?? zeros([]))),
        golden("atom_features"),
      ),
      compare("the energies", found.energies, energies),
      compare("the forces", found.forces, golden("forces")),
      compare("the mirror image", energyOf(neg(read("pos"))), golden("energy_inverted")),
      compare("the molecule turned", energyOf(turned), energies),
      compare("the molecule moved", energyOf(add(read("pos"), 0.5)), energies),
      compare("the loss", loss, { shape: [], data: [number("loss")] }),
      compare("the gradient by positions", byPositions, golden("grad_pos")),
      ...grads.map(([name, value]) => {
        const k = weights.findIndex(([other]) => other === name);
        return compare(`the gradient by ${name}`, byWeights[k] ?? zeros([]), value);
      }),
    ];
  };
}

const ownBuffer = ({ head }: TensorNet, key: string): Tensor => {
  if (!("scale" in head)) throw new Error("the head has no energies");
  return key === "scale" ? head.scale : key === "shift" ? head.shift : head.references;
};

/**
 * X [9, atoms, width] as 3×3 matrices [atoms, width, 3, 3], in plain loops from the definition of
 * the coordinates.
 */
function matrices(x: Tensor): ReturnType<typeof wrap> {
  const [, atoms = 0, width = 0] = x.shape as Shape;
  const from = elements(x.ndarray());
  const out = new Float64Array(atoms * width * 9);
  for (let i = 0; i < atoms * width; i++) {
    const [o, p, q, r, xy, yz, xz, d, e] = Array.from(
      { length: 9 },
      (_, k) => from[k * atoms * width + i] ?? Number.NaN,
    ) as [number, number, number, number, number, number, number, number, number];
    const [two, three, six] = [Math.SQRT2, Math.sqrt(3), Math.sqrt(6)];
    out.set(
      [
        [o / three + d / two - e / six, (xy - r) / two, (xz + q) / two],
        [(xy + r) / two, o / three - d / two - e / six, (yz - p) / two],
        [(xz - q) / two, (yz + p) / two, o / three + (2 * e) / six],
      ].flat(),
      9 * i,
    );
  }
  return wrap(out, [atoms, width, 3, 3]);
}
