/**
 * @file Writes the element-wise kernels: one loop for each function, four lanes at a time.
 *
 * Rows are written in ascending order and every block of memory has slack behind it, so the last
 * vector of a row may run over its end: the next row, or nothing, follows. Operands of a binary
 * function lie in rows of steps 1 or 0: broadcasting is a step of 0.
 */

/** A function of numbers, lane by lane. */
const byLane = (f: string, ...vectors: readonly string[]): string =>
  [0, 1, 2, 3].reduce((y, lane) => {
    const operands = vectors.map((v) => `f32x4.extract_lane(${v}, ${lane})`).join(", ");
    return lane === 0
      ? `f32x4.splat(${f}(${operands}))`
      : `f32x4.replace_lane(${y}, ${lane}, ${f}(${operands}))`;
  }, "");

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
  sign: "sign(x)",
  floor: "f32x4.floor(x)",
  ceil: "f32x4.ceil(x)",
  round: "f32x4.nearest(x)",
  trunc: "f32x4.trunc(x)",
  log2: byLane("binaryLogarithm", "x"),
  log10: byLane("decimalLogarithm", "x"),
  asinh: byLane("inverseSinh", "x"),
  sinh: byLane("hyperbolicSine", "x"),
  cosh: byLane("hyperbolicCosine", "x"),
  expm1: "expm1(x)",
  log1p: "log1p(x)",
  erf: "erf(x)",
  softplus: "softplus(x)",
};

/** Functions of two vectors, as expressions of `a` and `b`. */
const binary: Readonly<Record<string, string>> = {
  add: "f32x4.add(a, b)",
  sub: "f32x4.sub(a, b)",
  mul: "f32x4.mul(a, b)",
  div: "f32x4.div(a, b)",
  maximum: "f32x4.max(a, b)",
  minimum: "f32x4.min(a, b)",
  pow: byLane("power", "a", "b"),
  hypot: byLane("hypotenuse", "a", "b"),
  atan2: byLane("angle", "a", "b"),
  remainder: byLane("modulo", "a", "b"),
};

/** Comparisons of two vectors, by the element type; their results are bytes of 0 or 1. */
const comparison = (type: "f32x4" | "i32x4" | "i8x16"): Readonly<Record<string, string>> => {
  const some = (x: string): string => `${type}.ne(${x}, ${type}.splat(0))`;
  const unsigned = type === "i8x16" ? "_u" : type === "i32x4" ? "_s" : "";
  return {
    equal: `${type}.eq(a, b)`,
    notEqual: `${type}.ne(a, b)`,
    greater: `${type}.gt${unsigned}(a, b)`,
    greaterEqual: `${type}.ge${unsigned}(a, b)`,
    logicalAnd: `v128.and(${some("a")}, ${some("b")})`,
    logicalOr: `v128.or(${some("a")}, ${some("b")})`,
  };
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

/** The ways in which operands of a row are read: vector by vector, or one number in all lanes. */
const forms = [
  { test: "aStep != 0 && bStep != 0", a: "v128.load(p)", b: "v128.load(q)" },
  { test: "aStep != 0", a: "v128.load(p)", b: null },
  { test: "bStep != 0", a: null, b: "v128.load(q)" },
  { test: "true", a: null, b: null },
] as const;

function row(
  { a, b }: (typeof forms)[number],
  body: (operands: (at: number) => string) => string,
): string {
  const constants = [
    a === null ? "const a = v128.load32_splat(p);" : "",
    b === null ? "const b = v128.load32_splat(q);" : "",
  ];
  const operands = (at: number): string =>
    [
      a === null ? "" : `const a = v128.load(p, ${at});`,
      b === null ? "" : `const b = v128.load(q, ${at});`,
    ].join(" ");
  return `${constants.join(" ")} ${body(operands)}`;
}

const signature =
  "(out: usize, a0: usize, b0: usize, rows: usize, columns: " +
  "usize, aRow: isize, aStep: i32, bRow: isize, bStep: i32): void";

const rowLoop = (
  name: string,
  bytesOut: number,
  body: (form: (typeof forms)[number]) => string,
): string => `
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
    row(
      form,
      (operands) =>
        `while (o < end) { ${operands(0)} v128.store(o, ${value}); p += 16; q += 16; o += 16; }`,
    ),
  );

/**
 * The choice between two vectors by bytes of 0 or 1; rows as in the binary functions, of three
 * operands.
 */
function whereLoop(): string {
  const forms = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const [m, a, b] = [4, 2, 1].map((bit) => (bits & bit) !== 0);
    const mask = (load: string): string =>
      `const mask = i32x4.ne(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(${load})), ` +
      "i32x4.splat(0));";
    const read = (name: string, at: string, moves: boolean): [string, string] =>
      moves
        ? ["", `const ${name} = v128.load(${at});`]
        : [`const ${name} = v128.load32_splat(${at});`, ""];
    const [aOnce, aEach] = read("a", "p", a!);
    const [bOnce, bEach] = read("b", "q", b!);
    const [maskOnce, maskEach] = m
      ? ["", mask("v128.load32_zero(s)")]
      : [mask("v128.load8_splat(s)"), ""];
    return `if (form === ${bits}) { ${aOnce} ${bOnce} ${maskOnce}
      while (o < end) { ${aEach} ${bEach} ${maskEach}
        v128.store(o, v128.bitselect(a, b, mask)); s += 4; p += 16; q += 16; o += 16; } }`;
  });
  return `
export function whereOf(out: usize, mask0: usize, a0: usize, b0: usize, rows: usize, columns: usize,
  maskRow: isize, maskStep: i32, aRow: isize, aStep: i32, bRow: isize, bStep: i32): void {
  const form = (maskStep << 2) | (aStep << 1) | bStep;
  for (let r: usize = 0; r < rows; r++) {
    let s = mask0, p = a0, q = b0, o = out;
    const end = out + (columns << 2);
    ${forms.join("\n    else ")}
    out = end; mask0 += maskRow; a0 += aRow; b0 += bRow;
  }
}`;
}

/** Comparisons of bytes. */
const byteLoop = (name: string, value: string): string =>
  rowLoop(name, 1, (form) =>
    row(
      form,
      (operands) => `while (o < end) { ${operands(0)}
      v128.store(o, v128.and(${value}, i8x16.splat(1))); p += 16; q += 16; o += 16; }`,
    ),
  ).replaceAll("load32_splat", "load8_splat");

const comparisonLoop = (name: string, value: string): string =>
  rowLoop(name, 1, (form) =>
    row(form, (operands) => {
      const masks = [0, 1, 2, 3]
        .map((k) => `let m${k}: v128; { ${operands(16 * k)} m${k} = ${value}; }`)
        .join(" ");
      return `while (o < end) { ${masks}
      const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1),
        i16x8.narrow_i32x4_s(m2, m3));
      v128.store(o, v128.and(bytes, i8x16.splat(1))); p += 64; q += 64; o += 16; }`;
    }),
  );

/** AssemblyScript of the element-wise kernels. */
export function elementwiseSource(): string {
  return [
    "import { angle, binaryLogarithm, decimalLogarithm, erf, exp, expm1, hyperbolicCosine, " +
      "hyperbolicSine, hypotenuse, inverseSinh, log, log1p, modulo, power, sigmoid, sign, sine, " +
      "softplus, tanh } " +
      'from "./functions";',
    ...Object.entries(unary).map(([name, value]) => unaryLoop(name, value)),
    ...Object.entries(binary).map(([name, value]) => binaryLoop(name, value)),
    ...Object.entries(comparison("f32x4")).map(([name, value]) => comparisonLoop(name, value)),
    ...Object.entries(comparison("i32x4")).map(([name, value]) =>
      comparisonLoop(`${name}Int32`, value),
    ),
    ...Object.entries(comparison("i8x16")).map(([name, value]) => byteLoop(`${name}Bool`, value)),
    whereLoop(),
  ].join("\n");
}
