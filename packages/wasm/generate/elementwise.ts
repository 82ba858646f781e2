/**
 * @file Writes the element-wise kernels: one loop for each function, four lanes at a time.
 *
 * Rows are written in ascending order and every block of memory has slack behind it, so the last vector of a row may run over its
 * end: the next row, or nothing, follows. Operands of a binary function lie in rows of steps 1 or 0: broadcasting is a step of 0.
 */

/** Functions of one vector, as expressions of `x`. */
const unary: Readonly<Record<string, string>> = {
  neg: "f32x4.neg(x)",
  abs: "f32x4.abs(x)",
  square: "f32x4.mul(x, x)",
  sqrt: "f32x4.sqrt(x)",
  exp: "exp(x)",
  log: "log(x)",
  sin: "sine(x, 0)",
  cos: "sine(x, 1)",
  tanh: "tanh(x)",
  relu: "f32x4.max(x, f32x4.splat(0))",
  sigmoid: "sigmoid(x)",
};

/** Functions of two vectors, as expressions of `a` and `b`. */
const binary: Readonly<Record<string, string>> = {
  add: "f32x4.add(a, b)",
  sub: "f32x4.sub(a, b)",
  mul: "f32x4.mul(a, b)",
  div: "f32x4.div(a, b)",
  maximum: "f32x4.max(a, b)",
  minimum: "f32x4.min(a, b)",
};

/** Comparisons of two vectors; their results are bytes of 0 or 1. */
const comparison: Readonly<Record<string, string>> = {
  equal: "f32x4.eq(a, b)",
  notEqual: "f32x4.ne(a, b)",
  greater: "f32x4.gt(a, b)",
  greaterEqual: "f32x4.ge(a, b)",
};

const unaryLoop = (name: string, value: string): string => `
export function ${name}Of(out: usize, from: usize, count: usize): void {
  const end = from + (count << 2);
  while (from < end) {
    const x = v128.load(from);
    v128.store(out, ${value});
    from += 16; out += 16;
  }
}`;

/** How the operands of a row are read: vector by vector, or one number in all lanes. */
const forms = [
  { test: "aStep != 0 && bStep != 0", a: "v128.load(p)", b: "v128.load(q)" },
  { test: "aStep != 0", a: "v128.load(p)", b: null },
  { test: "bStep != 0", a: null, b: "v128.load(q)" },
  { test: "true", a: null, b: null },
] as const;

function row({ a, b }: (typeof forms)[number], body: (operands: (at: number) => string) => string): string {
  const constants = [
    a === null ? "const a = v128.load32_splat(p);" : "",
    b === null ? "const b = v128.load32_splat(q);" : "",
  ];
  const operands = (at: number): string =>
    [a === null ? "" : `const a = v128.load(p, ${at});`, b === null ? "" : `const b = v128.load(q, ${at});`].join(" ");
  return `${constants.join(" ")} ${body(operands)}`;
}

const signature =
  "(out: usize, a0: usize, b0: usize, rows: usize, columns: usize, aRow: isize, aStep: i32, bRow: isize, bStep: i32): void";

const rowLoop = (name: string, bytesOut: number, body: (form: (typeof forms)[number]) => string): string => `
export function ${name}Of${signature} {
  for (let r: usize = 0; r < rows; r++) {
    let p = a0, q = b0, o = out;
    const end = out + columns * ${bytesOut};
    ${forms.map((form) => `if (${form.test}) { ${body(form)} }`).join("\n    else ")}
    out = end; a0 += aRow; b0 += bRow;
  }
}`;

const binaryLoop = (name: string, value: string): string =>
  rowLoop(name, 4, (form) =>
    row(form, (operands) => `while (o < end) { ${operands(0)} v128.store(o, ${value}); p += 16; q += 16; o += 16; }`),
  );

const comparisonLoop = (name: string, value: string): string =>
  rowLoop(name, 1, (form) =>
    row(form, (operands) => {
      const masks = [0, 1, 2, 3].map((k) => `let m${k}: v128; { ${operands(16 * k)} m${k} = ${value}; }`).join(" ");
      return `while (o < end) { ${masks}
      const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3));
      v128.store(o, v128.and(bytes, i8x16.splat(1))); p += 64; q += 64; o += 16; }`;
    }),
  );

/** AssemblyScript of the element-wise kernels. */
export function elementwiseSource(): string {
  return [
    'import { exp, log, sigmoid, sine, tanh } from "./functions";',
    ...Object.entries(unary).map(([name, value]) => unaryLoop(name, value)),
    ...Object.entries(binary).map(([name, value]) => binaryLoop(name, value)),
    ...Object.entries(comparison).map(([name, value]) => comparisonLoop(name, value)),
  ].join("\n");
}
