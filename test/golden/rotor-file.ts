/**
 * @file `rotor.json`: rotors, their planes, sandwiches by one and two of them with all gradients,
 * windows of other sizes, and edge cases: no turn, equal planes, quarter and half turns.
 */
import { eye, rng, type Tensor, tensor, transpose, vjp } from "@spm/core";
import { elements } from "@spm/core/extend";
import { apply, hadamard } from "@spm/mixer";
import {
  BlockDiagonal,
  functionalCall,
  geometricProduct,
  RotorLinear,
  rotor,
  sandwich,
  toPlanes,
} from "@spm/nn";
import { type Comparison, compare, type GoldenCase } from "./case.ts";
import {
  type GoldenTensor,
  goldenTensor,
  numbersError,
  type Precision,
  toTensor,
} from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
} from "./python-json.ts";

/** The cases of the file. @throws MalformedError */
export function rotorCases(file: JsonObject, where: string): GoldenCase[] {
  const edges = asList(file.edge_cases_cl4_one_rotor, `${where}.edge_cases_cl4_one_rotor`);
  const { block_hadamard } = file;
  return [
    signCase(file, where),
    blockHadamardCase(
      asObject(block_hadamard, `${where}.block_hadamard`),
      `${where}.block_hadamard`,
    ),
    ...asList(file.cases, `${where}.cases`).map((item, k) =>
      rotorCase(item, `${where}.cases[${k}]`),
    ),
    windowsCase(asObject(file.gadget, `${where}.gadget`), `${where}.gadget`),
    ...edges.map((item, k) => edgeCase(item, `${where}.edge_cases[${k}]`)),
  ];
}

/** e_a e_b for all of Cl(3). */
function signCase(file: JsonObject, where: string): GoldenCase {
  const rows = asList(file.cl3_sign, `${where}.cl3_sign`);
  const data = rows.flatMap((row, a) => asNumbers(row, `${where}.cl3_sign[${a}]`));
  const run = (precision: Precision): Comparison[] => {
    const one = (a: number): Tensor =>
      tensor(
        Float64Array.from({ length: 8 }, (_, k) => Number(k === a)),
        { dtype: precision },
      );
    const signs = Array.from({ length: 64 }, (_, at) => {
      const [a, b] = [at >> 3, at & 7];
      return elements(geometricProduct(one(a), one(b)).ndarray())[a ^ b] ?? 0;
    });
    return [{ what: "signs", error: numbersError(signs, data) }];
  };
  return { name: "signs of Cl(3)", run };
}

/** A function's value and gradients against those of a case. */
function compared(
  what: string,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  [output, ct, ...grads]: readonly GoldenTensor[],
  precision: Precision,
): Comparison[] {
  if (output === undefined || ct === undefined) return [];
  const { value, pullback } = vjp(f, ...inputs);
  const slopes = pullback(toTensor(ct, precision));
  return [
    compare(what, value, output),
    ...grads.flatMap((golden, k) => {
      const slope = slopes[k];
      return slope === undefined ? [] : [compare(`${what}, gradient ${k}`, slope, golden)];
    }),
  ];
}

const oneRotor = (b: Tensor, x: Tensor): Tensor => sandwich(x, rotor(b));
const twoRotors = (left: Tensor, right: Tensor, x: Tensor): Tensor =>
  sandwich(x, rotor(left), rotor(right));

function rotorCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const n = asNumber(fields.n, `${where}.n`);
  const inputs = asObject(fields.inputs, `${where}.inputs`);
  const [one, two] = ["one_rotor", "two_rotor"].map((key) =>
    asObject(fields[key], `${where}.${key}`),
  ) as [JsonObject, JsonObject];
  const read = (from: JsonObject, key: string): GoldenTensor =>
    goldenTensor(from[key], `${where}: ${key}`);
  const wanted = (from: JsonObject, ...names: string[]): GoldenTensor[] => {
    const grads = asObject(from.grads, `${where}.grads`);
    return [
      read(from, "output"),
      read(fields, "grad_output"),
      ...names.map((key) => read(grads, key)),
    ];
  };
  const matrices = (
    precision: Precision,
    from: JsonObject,
    f: (x: Tensor) => Tensor,
  ): Comparison[] => {
    const whole = transpose(f(eye(2 ** n, undefined, { dtype: precision })));
    const vectors = Array.from({ length: n }, (_, k) => 1 << k);
    const all = elements(whole.ndarray());
    const grade1 = vectors.flatMap((o) => vectors.map((i) => all[o * 2 ** n + i] ?? 0));
    return [
      ...(from.matrix === undefined ? [] : [compare("matrix", whole, read(from, "matrix"))]),
      ...(from.grade1_matrix === undefined
        ? []
        : [{ what: "grade 1", error: numbersError(grade1, read(from, "grade1_matrix").data) }]),
    ];
  };
  const run = (precision: Precision): Comparison[] => {
    const [left, right, x] = ["bivector_left", "bivector_right", "x"].map((key) =>
      toTensor(read(inputs, key), precision),
    ) as [Tensor, Tensor, Tensor];
    return [
      compare("left rotor", rotor(left), read(fields, "rotor_left")),
      compare("right rotor", rotor(right), read(fields, "rotor_right")),
      ...compared(
        "two rotors",
        twoRotors,
        [left, right, x],
        wanted(two, "bivector_left", "bivector_right", "x"),
        precision,
      ),
      ...compared("one rotor", oneRotor, [left, x], wanted(one, "bivector", "x"), precision),
      ...matrices(precision, two, (y) => twoRotors(left, right, y)),
      ...matrices(precision, one, (y) => oneRotor(left, y)),
      ...planesCompared(left, fields, where),
    ];
  };
  return { name: `rotors of Cl(${n})`, run };
}

/** The planes of a bivector, from the largest angle on. */
function planesCompared(bivector: Tensor, fields: JsonObject, where: string): Comparison[] {
  const planes = toPlanes(bivector);
  return asList(fields.parts_left, `${where}.parts_left`).flatMap((item, k) => {
    const part = asObject(item, `${where}.parts_left[${k}]`);
    const { angle = Number.NaN, bivector: numbers = [] } = planes[k] ?? {};
    return [
      { what: `angle ${k}`, error: numbersError([angle], [asNumber(part.sigma, where)]) },
      { what: `plane ${k}`, error: numbersError(numbers, goldenTensor(part.bivector, where).data) },
    ];
  });
}

function windowsCase(fields: JsonObject, where: string): GoldenCase {
  const number = (key: string): number => asNumber(fields[key], `${where}.${key}`);
  const [inFeatures, outFeatures, window] = ["in_features", "out_features", "chunk"].map(
    number,
  ) as [number, number, number];
  const names = ["bivectors_left", "bivectors_right", "alpha", "x"];
  const [inputs, grads] = ["inputs", "grads"].map((key) => {
    const from = asObject(fields[key], `${where}.${key}`);
    return names.map((name) => goldenTensor(from[name], `${where}.${key}.${name}`));
  }) as [GoldenTensor[], GoldenTensor[]];
  const ends = ["output", "grad_output"].map((key) => goldenTensor(fields[key], `${where}.${key}`));
  const run = (precision: Precision): Comparison[] => {
    const layer = new RotorLinear(inFeatures, outFeatures, { random: rng(1), window });
    const f = (...given: Tensor[]): Tensor => {
      const [left, right, scales, x] = given as [Tensor, Tensor, Tensor, Tensor];
      return functionalCall(layer, { left, right, scales }, x);
    };
    const tensors = inputs.map((input) => toTensor(input, precision));
    return compared("output", f, tensors, [...ends, ...grads], precision);
  };
  return { name: `rotors of windows, ${inFeatures} → ${outFeatures}`, run };
}

/** Blocks, the Hadamard matrix, blocks: layers one after another, whose blocks are [q, in, out]. */
function blockHadamardCase(fields: JsonObject, where: string): GoldenCase {
  const number = (key: string): number => asNumber(fields[key], `${where}.${key}`);
  const [n, outFeatures] = [number("in_features"), number("out_features")];
  const names = ["inner", "final", "x"];
  const [inputs, grads] = ["inputs", "grads"].map((key) => {
    const from = asObject(fields[key], `${where}.${key}`);
    return names.map((name) => goldenTensor(from[name], `${where}.${key}.${name}`));
  }) as [GoldenTensor[], GoldenTensor[]];
  const ends = ["output", "grad_output"].map((key) => goldenTensor(fields[key], `${where}.${key}`));
  const bare = { random: rng(1), bias: false };
  const run = (precision: Precision): Comparison[] => {
    const f = (...given: Tensor[]): Tensor => {
      const [inner, final, x] = given as [Tensor, Tensor, Tensor];
      const blocks = (to: number, w: Tensor, z: Tensor): Tensor =>
        functionalCall(
          new BlockDiagonal(n, to, { ...bare, blocks: w.shape[0] ?? 1 }),
          { weight: transpose(w, [0, 2, 1]) },
          z,
        );
      const mixed = apply(hadamard(n, { dtype: precision }), blocks(n, inner, x));
      return blocks(outFeatures, final, mixed);
    };
    const tensors = inputs.map((input) => toTensor(input, precision));
    return compared("output", f, tensors, [...ends, ...grads], precision);
  };
  return { name: `block-Hadamard of layers, ${n} → ${outFeatures}`, run };
}

function edgeCase(item: Json, where: string): GoldenCase {
  const fields = asObject(item, where);
  const [bivector, x, r, output, ct, slope] = [
    "bivector",
    "x",
    "rotor",
    "output",
    "grad_output",
    "grad",
  ].map((key) => goldenTensor(fields[key], `${where}.${key}`)) as [
    GoldenTensor,
    GoldenTensor,
    GoldenTensor,
    GoldenTensor,
    GoldenTensor,
    GoldenTensor,
  ];
  const run = (precision: Precision): Comparison[] => {
    const [b, y] = [bivector, x].map((input) => toTensor(input, precision)) as [Tensor, Tensor];
    const total = toPlanes(b).reduce(
      (t, plane) => t.map((v, k) => v + (plane.bivector[k] ?? 0)),
      bivector.data.map(() => 0),
    );
    return [
      compare("rotor", rotor(b), r),
      { what: "sum of its planes", error: numbersError(total, bivector.data) },
      ...compared("output", (b) => oneRotor(b, y), [b], [output, ct, slope], precision),
    ];
  };
  return { name: `rotor of Cl(4): ${asString(fields.name, `${where}.name`)}`, run };
}
