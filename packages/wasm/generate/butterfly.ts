/**
 * @file Writes the butterfly mixer kernels as AssemblyScript: radix-4 passes over a block of rows, unrolled by row.
 *
 * A block of R rows lies in scratch as `[n/4][R][4]`: four neighbouring columns in one vector, the rows of a vector side by
 * side. Each pass does two stages (distances h and 2h) with its eight coefficient vectors held in registers over the rows.
 * The stages are scaled: with z = S ⊙ v each one is `v[i] += p[i]·v[partner]`, two multiplications a pair; the scale S
 * left over at the end folds into the diagonals. Loops are `do … while` with literal offsets: V8 then hoists the address arithmetic.
 */

/** Rows of a block in the forward kernels, largest first; what is left goes through the smaller ones. */
const forwardRows = [8, 4, 1];
/** The same for the backward kernels, which hold twice as much a row. */
const backwardRows = [4, 1];

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const lines = (parts: readonly string[]): string => parts.join("\n");
const perRow = (rows: number, line: (row: number) => string): string => lines(range(rows).map(line));

/** A block's row stride in bytes within a vector column, and the step from one vector column to the next. */
interface Layout {
  readonly rows: number;
  /** Bytes from one vector column to the next. */
  readonly step: number;
}

/** x ⊙ dIn, then the stages at distance 1 and 2 (and 4, `stages` = 3): 8 columns an iteration. */
function load({ rows, step }: Layout, stages: 2 | 3, name: string): string {
  const third = stages === 3;
  return `
function ${name}(x: usize, xRow: usize, s: usize, dIn: usize, p: usize, stage: usize, bytes: usize): void {
  let q = p + stage, t = q + stage;
  const end = dIn + bytes;
  do {
    const d0 = v128.load(dIn), d1 = v128.load(dIn, 16);
    const p0 = v128.load(p), p1 = v128.load(p, 16), q0 = v128.load(q), q1 = v128.load(q, 16);
    ${third ? "const t0 = v128.load(t), t1 = v128.load(t, 16);" : ""}
    let row = x;
${perRow(
  rows,
  (r) => `    {
      let a = mul(v128.load(row), d0), b = mul(v128.load(row, 16), d1);
      a = fma(p0, swap1(a), a); b = fma(p1, swap1(b), b);
      a = fma(q0, swap2(a), a); b = fma(q1, swap2(b), b);
      v128.store(s, ${third ? "fma(t0, b, a)" : "a"}, ${r * 16});
      v128.store(s, ${third ? "fma(t1, a, b)" : "b"}, ${step + r * 16});
      ${r < rows - 1 ? "row += xRow;" : ""}
    }`,
)}
    x += 32; s += ${2 * step}; dIn += 32; p += 32; q += 32; t += 32;
  } while (dIn < end);
}`;
}

/** Two stages at distances h and 2h (in vector columns) over the whole block, out of `from` into `to`. */
function radix4({ rows, step }: Layout, name: string): string {
  return `
function ${name}Run(from: usize, to: usize, gap: usize, p: usize, count: i32): void {
  let f1 = from + gap, f2 = f1 + gap, f3 = f2 + gap, t1 = to + gap, t2 = t1 + gap, t3 = t2 + gap;
  do {
    const pa = v128.load(p), pb = v128.load(p, 16), pc = v128.load(p, 32), pd = v128.load(p, 48);
    const qa = v128.load(p, 64), qb = v128.load(p, 80), qc = v128.load(p, 96), qd = v128.load(p, 112);
${perRow(
  rows,
  (r) => `    {
      const a = v128.load(from, ${r * 16}), b = v128.load(f1, ${r * 16});
      const a1 = fma(pa, b, a), b1 = fma(pb, a, b);
      const c = v128.load(f2, ${r * 16}), d = v128.load(f3, ${r * 16});
      const c1 = fma(pc, d, c), d1 = fma(pd, c, d);
      v128.store(to, fma(qa, c1, a1), ${r * 16}); v128.store(t2, fma(qc, a1, c1), ${r * 16});
      v128.store(t1, fma(qb, d1, b1), ${r * 16}); v128.store(t3, fma(qd, b1, d1), ${r * 16});
    }`,
)}
    from += ${step}; f1 += ${step}; f2 += ${step}; f3 += ${step};
    to += ${step}; t1 += ${step}; t2 += ${step}; t3 += ${step}; p += 128;
  } while (--count);
}
function ${name}(from: usize, to: usize, p: usize, h: usize, vectors: usize): void {
  const gap = h * ${step}, end = from + vectors * ${step};
  do { ${name}Run(from, to, gap, p, <i32>h); from += gap << 2; to += gap << 2; p += h << 7; } while (from < end);
}`;
}

/** Two stages at distances 1 and 2 inside of each vector: where a schedule longer than log₂ n starts again. */
function lanes({ rows, step }: Layout, name: string): string {
  return `
function ${name}(from: usize, to: usize, p: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const p0 = v128.load(p), q0 = v128.load(p + stage);
${perRow(
  rows,
  (r) =>
    `    { let a = v128.load(from, ${r * 16}); a = fma(p0, swap1(a), a); v128.store(to, fma(q0, swap2(a), a), ${r * 16}); }`,
)}
    from += ${step}; to += ${step}; p += 16;
  } while (p < end);
}`;
}

/** y = v ⊙ (S ⊙ dOut) + bias, and with `keep` also z = v ⊙ S; without `y`, z alone. 8 columns an iteration. */
function store({ rows, step }: Layout, output: "y" | "yz" | "z", name: string): string {
  const y = output.includes("y");
  const z = output.includes("z");
  const column = (r: number, c: 0 | 1) =>
    [
      `const v${c} = v128.load(s, ${c * step + r * 16});`,
      y ? `v128.store(y, fma(v${c}, e${c}, b${c}), ${c * 16});` : "",
      z ? `v128.store(z, mul(v${c}, S${c}), ${c * 16});` : "",
    ].join(" ");
  return `
function ${name}(s: usize, y: usize, yRow: usize, z: usize, zRow: usize, e: usize, S: usize, bias: usize, bytes: usize): void {
  const end = S + bytes, yBack = yRow * ${rows} - 32, zBack = zRow * ${rows} - 32;
  do {
    ${y ? "const e0 = v128.load(e), e1 = v128.load(e, 16), b0 = v128.load(bias), b1 = v128.load(bias, 16);" : ""}
    ${z ? "const S0 = v128.load(S), S1 = v128.load(S, 16);" : ""}
${perRow(rows, (r) => `    { ${column(r, 0)} ${column(r, 1)} } ${y ? "y += yRow;" : ""} ${z ? "z += zRow;" : ""}`)}
    y -= yBack; z -= zBack; s += ${2 * step}; e += 32; S += 32; bias += 32;
  } while (S < end);
}`;
}

/** Runs the passes of a plan over one block. A pass is four words: kind, coefficient offset, distance, accumulator offset. */
function mix({ rows, step }: Layout, suffix: string): string {
  return `
function mix${suffix}(s: usize, n: usize, P: usize, passes: usize, count: i32, saved: usize): void {
  const stage = n << 2, size = (n >> 2) * ${step};
  let from = s;
  for (let k = 1; k < count; k++) {
    const pass = passes + (<usize>k << 4), p = P + load<u32>(pass, 4);
    const to = saved ? from + size : from;
    if (load<i32>(pass) == RADIX4) radix4x${suffix}(from, to, p, load<u32>(pass, 8), n >> 2);
    else lanes${suffix}(from, to, p, stage, stage);
    from = to;
  }
}
function enter${suffix}(x: usize, inputs: usize, s: usize, n: usize, dIn: usize, P: usize, three: bool, spare: usize): void {
  const stage = n << 2, whole = (inputs & ~7) << 2;
  if (whole) three ? load3x${suffix}(x, inputs << 2, s, dIn, P, stage, whole) : load2x${suffix}(x, inputs << 2, s, dIn, P, stage, whole);
  let at = s + (whole >> 4) * ${step};
  if (inputs & 7) {
    takeTail(x + whole, inputs << 2, ${rows}, inputs & 7, spare);
    three ? load3x${suffix}(spare, 32, at, dIn + whole, P + whole, stage, 32) : load2x${suffix}(spare, 32, at, dIn + whole, P + whole, stage, 32);
    at += ${2 * step};
  }
  const end = s + (n >> 2) * ${step};
  if (at < end) memory.fill(at, 0, end - at);
}`;
}

/** The whole forward of one block of rows. */
function forwardBlock({ rows, step }: Layout): string {
  const R = rows;
  return `
function forward${R}(x: usize, y: usize, z: usize, n: usize, inputs: usize, outputs: usize, three: bool, passes: usize, count: i32,
  dIn: usize, P: usize, S: usize, e: usize, bias: usize, s: usize, spare: usize): void {
  enter${R}(x, inputs, s, n, dIn, P, three, spare);
  mix${R}(s, n, P, passes, count, 0);
  const whole = (outputs & ~7) << 2, rest = s + (whole >> 4) * ${step}, stage = n << 2;
  if (whole) {
    if (z) storeYZ${R}(s, y, outputs << 2, z, stage, e, S, bias, whole);
    else storeY${R}(s, y, outputs << 2, 0, 0, e, S, bias, whole);
  }
  if (z && whole < stage) storeZ${R}(rest, 0, 0, z + whole, stage, e, S + whole, bias, stage - whole);
  if (outputs & 7) {
    storeY${R}(rest, spare, 32, 0, 0, e + whole, S + whole, bias + whole, 32);
    putTail(y + whole, outputs << 2, ${R}, outputs & 7, spare);
  }
}`;
}

/** Dispatches blocks of rows, largest first: `call(rows)` is the statement for one block. */
const byBlocks = (sizes: readonly number[], call: (rows: number) => string): string =>
  lines(sizes.map((R) => `  for (; rows >= ${R}; rows -= ${R}) { ${call(R)} }`));

function forward(): string {
  return `
/** y [rows, outputs] and, unless z is 0, z [rows, n] of x [rows, inputs]. Vectors are padded to n; scratch holds 8n floats. */
export function butterflyForward(x: usize, y: usize, z: usize, rows: i32, n: usize, inputs: usize, outputs: usize, three: bool,
  passes: usize, count: i32, dIn: usize, P: usize, S: usize, e: usize, bias: usize, s: usize, spare: usize): void {
${byBlocks(
  forwardRows,
  (R) =>
    `forward${R}(x, y, z, n, inputs, outputs, three, passes, count, dIn, P, S, e, bias, s, spare); x += inputs * ${4 * R}; y += outputs * ${4 * R}; if (z) z += n * ${4 * R};`,
)}
}`;
}

/** g = ȳ ⊙ dOut beside z, and the sums for bias̄ and d̄Out; without ȳ (columns past the outputs) g is 0. */
function seed(rows: number, withCotangent: boolean, name: string): string {
  const half = rows * 16;
  const step = 2 * half;
  return `
function ${name}(gy: usize, gyRow: usize, z: usize, zRow: usize, s: usize, dOut: usize, gBias: usize, gOut: usize, bytes: usize): void {
  const end = dOut + bytes;
  do {
    const zBlock = z, gyBlock = gy, block = s, last = s + ${half};
    ${withCotangent ? "const d = v128.load(dOut); let b = v128.load(gBias), o = v128.load(gOut);" : "const zero = i32x4.splat(0);"}
    do {
      const v = v128.load(z);
      ${
        withCotangent
          ? `const g = v128.load(gy); b = add(b, g); o = fma(g, v, o); v128.store(s, v); v128.store(s, mul(g, d), ${half}); gy += gyRow;`
          : `v128.store(s, v); v128.store(s, zero, ${half});`
      }
      z += zRow; s += 16;
    } while (s < last);
    ${withCotangent ? "v128.store(gBias, b); v128.store(gOut, o);" : ""}
    z = zBlock + 16; gy = gyBlock + 16; s = block + ${step}; dOut += 16; gBias += 16; gOut += 16;
  } while (dOut < end);
}`;
}

/**
 * Undoes two rotation stages of z and g at once and sums z×g for each pair. The sums go through memory row by row: held in
 * registers they would spill.
 */
function unmixRotation(rows: number): string {
  const half = rows * 16;
  const step = 2 * half;
  const row = (r: number) => {
    const [z, g] = [r * 16, half + r * 16];
    return `    {
      const a = v128.load(s, ${z}), gc = v128.load(s2, ${g}), c = v128.load(s2, ${z}), ga = v128.load(s, ${g});
      v128.store(w, add(fnma(c, ga, mul(a, gc)), v128.load(w, 32)), 32);
      const qa = v128.load(p, 64), qc = v128.load(p, 96);
      const a1 = fma(qa, c, a), ga1 = fma(qa, gc, ga), c1 = fma(qc, a, c), gc1 = fma(qc, ga, gc);
      const b = v128.load(s1, ${z}), gd = v128.load(s3, ${g}), d = v128.load(s3, ${z}), gb = v128.load(s1, ${g});
      v128.store(w, add(fnma(d, gb, mul(b, gd)), v128.load(w, 48)), 48);
      const qb = v128.load(p, 80), qd = v128.load(p, 112);
      const b1 = fma(qb, d, b), gb1 = fma(qb, gd, gb), d1 = fma(qd, b, d), gd1 = fma(qd, gb, gd);
      v128.store(w, add(fnma(b1, ga1, mul(a1, gb1)), v128.load(w)));
      const pa = v128.load(p), pb = v128.load(p, 16);
      v128.store(s, fma(pa, b1, a1), ${z}); v128.store(s, fma(pa, gb1, ga1), ${g});
      v128.store(s1, fma(pb, a1, b1), ${z}); v128.store(s1, fma(pb, ga1, gb1), ${g});
      v128.store(w, add(fnma(d1, gc1, mul(c1, gd1)), v128.load(w, 16)), 16);
      const pc = v128.load(p, 32), pd = v128.load(p, 48);
      v128.store(s2, fma(pc, d1, c1), ${z}); v128.store(s2, fma(pc, gd1, gc1), ${g});
      v128.store(s3, fma(pd, c1, d1), ${z}); v128.store(s3, fma(pd, gc1, gd1), ${g});
    }`;
  };
  return `
function unmix${rows}Run(s: usize, gap: usize, p: usize, w: usize, count: i32): void {
  let s1 = s + gap, s2 = s1 + gap, s3 = s2 + gap;
  do {
${perRow(rows, row)}
    s += ${step}; s1 += ${step}; s2 += ${step}; s3 += ${step}; p += 128; w += 64;
  } while (--count);
}
function unmix${rows}(s: usize, p: usize, w: usize, h: usize, vectors: usize): void {
  const gap = h * ${step}, end = s + vectors * ${step};
  do { unmix${rows}Run(s, gap, p, w, <i32>h); s += gap << 2; p += h << 7; w += h << 6; } while (s < end);
}`;
}

/** Undoes the stages at distance 2 and 1 inside of each vector, summing z·swap(g): the difference of two lanes is z×g. */
function unlaneRotation(rows: number): string {
  const half = rows * 16;
  return `
function unlane${rows}(s: usize, p: usize, w: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const q = v128.load(p + stage), p0 = v128.load(p), last = s + ${half};
    let sum1 = v128.load(w + stage), sum0 = v128.load(w);
    do {
      let z = v128.load(s), g = v128.load(s, ${half}), other = swap2(g);
      sum1 = fma(z, other, sum1); z = fma(q, swap2(z), z); g = fma(q, other, g);
      other = swap1(g); sum0 = fma(z, other, sum0);
      v128.store(s, fma(p0, swap1(z), z)); v128.store(s, fma(p0, other, g), ${half}); s += 16;
    } while (s < last);
    v128.store(w + stage, sum1); v128.store(w, sum0); s += ${half}; p += 16; w += 16;
  } while (p < end);
}`;
}

/** Undoes the stage at distance 4 between the two vectors of each group of eight columns. */
function unpairRotation(rows: number): string {
  const half = rows * 16;
  const step = 2 * half;
  return `
function unpair${rows}(s: usize, t: usize, w: usize, bytes: usize): void {
  const end = t + bytes;
  do {
    const t0 = v128.load(t), t1 = v128.load(t, 16), last = s + ${half};
    let sum = v128.load(w);
    do {
      const a = v128.load(s), gb = v128.load(s, ${step + half}), b = v128.load(s, ${step}), ga = v128.load(s, ${half});
      sum = add(sum, fnma(b, ga, mul(a, gb)));
      v128.store(s, fma(t0, b, a)); v128.store(s, fma(t1, a, b), ${step});
      v128.store(s, fma(t0, gb, ga), ${half}); v128.store(s, fma(t1, ga, gb), ${step + half}); s += 16;
    } while (s < last);
    v128.store(w, sum); s += ${2 * step - half}; t += 32; w += 16;
  } while (t < end);
}`;
}

/** x̄ = g ⊙ (R ⊙ dIn), and the sum for d̄In. \`at\` is where g lies in a vector column of \`step\` bytes. */
function leave(rows: number, at: number, step: number, name: string): string {
  return `
function ${name}(s: usize, x: usize, gx: usize, xRow: usize, scale: usize, gIn: usize, bytes: usize): void {
  const end = scale + bytes;
  do {
    const d = v128.load(scale), xBlock = x, gxBlock = gx, last = s + ${rows * 16};
    let sum = v128.load(gIn);
    do {
      const g = v128.load(s, ${at}); sum = fma(g, v128.load(x), sum); v128.store(gx, mul(g, d));
      x += xRow; gx += xRow; s += 16;
    } while (s < last);
    v128.store(gIn, sum); x = xBlock + 16; gx = gxBlock + 16; s += ${step - rows * 16}; scale += 16; gIn += 16;
  } while (scale < end);
}
function ${name}All(s: usize, x: usize, gx: usize, inputs: usize, scale: usize, gIn: usize, spare: usize): void {
  const whole = (inputs & ~3) << 2;
  if (whole) ${name}(s, x, gx, inputs << 2, scale, gIn, whole);
  if (inputs & 3) {
    takeTail(x + whole, inputs << 2, ${rows}, inputs & 3, spare);
    ${name}(s + (whole >> 4) * ${step}, spare, spare + ${32 * rows}, 32, scale + whole, gIn + whole, 16);
    putTail(gx + whole, inputs << 2, ${rows}, inputs & 3, spare + ${32 * rows});
  }
}`;
}

function rotationBackwardBlock(rows: number): string {
  const half = rows * 16;
  const step = 2 * half;
  return `
function rotationBackward${rows}(x: usize, z: usize, gy: usize, gx: usize, n: usize, inputs: usize, outputs: usize, three: bool, passes: usize, count: i32,
  Q: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
  const stage = n << 2, whole = (outputs & ~3) << 2;
  let at = s, done = whole;
  if (whole) seed${rows}(gy, outputs << 2, z, stage, s, dOut, gBias, gOut, whole);
  at += (whole >> 4) * ${step};
  if (outputs & 3) {
    takeTail(gy + whole, outputs << 2, ${rows}, outputs & 3, spare);
    seed${rows}(spare, 32, z + whole, stage, at, dOut + whole, gBias + whole, gOut + whole, 16);
    at += ${step}; done += 16;
  }
  if (done < stage) rest${rows}(0, 0, z + done, stage, at, dOut + done, gBias, gOut, stage - done);
  for (let k = count - 1; k > 0; k--) {
    const pass = passes + (<usize>k << 4), p = Q + load<u32>(pass, 4), w = W + load<u32>(pass, 12);
    if (load<i32>(pass) == RADIX4) unmix${rows}(s, p, w, load<u32>(pass, 8), n >> 2);
    else unlane${rows}(s, p, w, stage, stage);
  }
  const used = ((inputs + 7) & ~7) << 2;
  if (three) unpair${rows}(s, Q + 2 * stage, W + 2 * stage, used);
  unlane${rows}(s, Q, W, stage, used);
  leaveRotation${rows}All(s, x, gx, inputs, scale, gIn, spare);
}`;
}

function rotationBackward(): string {
  return `
/** x̄ and the raw sums W, ḡBias, d̄Out, d̄In of the rotation variant from ȳ and z. Scratch holds 8n floats. */
export function butterflyRotationBackward(x: usize, z: usize, gy: usize, gx: usize, rows: i32, n: usize, inputs: usize, outputs: usize,
  three: bool, passes: usize, count: i32, Q: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
${byBlocks(
  backwardRows,
  (R) =>
    `rotationBackward${R}(x, z, gy, gx, n, inputs, outputs, three, passes, count, Q, dOut, scale, W, gBias, gOut, gIn, s, spare); x += inputs * ${4 * R}; gx += inputs * ${4 * R}; gy += outputs * ${4 * R}; z += n * ${4 * R};`,
)}
}`;
}

/** Two general stages back: stage inputs v (from the forward), cotangents g in place, four sums a pair. */
function unmixGeneral(rows: number): string {
  const step = rows * 16;
  const sum = (at: number, a: string, b: string) => `v128.store(w, fma(${a}, ${b}, v128.load(w, ${at})), ${at});`;
  const row = (r: number) => {
    const o = r * 16;
    return `    {
      const a = v128.load(v, ${o}), b = v128.load(v1, ${o}), c = v128.load(v2, ${o}), d = v128.load(v3, ${o});
      const a1 = fma(v128.load(p), b, a), c1 = fma(v128.load(p, 32), d, c);
      const ga = v128.load(g, ${o}), gc = v128.load(g2, ${o});
      ${sum(128, "ga", "a1")} ${sum(192, "ga", "c1")} ${sum(160, "gc", "c1")} ${sum(224, "gc", "a1")}
      const ha = fma(v128.load(q, 64), gc, ga), hc = fma(v128.load(q, 96), ga, gc);
      const b1 = fma(v128.load(p, 16), a, b), d1 = fma(v128.load(p, 48), c, d);
      const gb = v128.load(g1, ${o}), gd = v128.load(g3, ${o});
      ${sum(144, "gb", "b1")} ${sum(208, "gb", "d1")} ${sum(176, "gd", "d1")} ${sum(240, "gd", "b1")}
      const hb = fma(v128.load(q, 80), gd, gb), hd = fma(v128.load(q, 112), gb, gd);
      ${sum(0, "ha", "a")} ${sum(64, "ha", "b")} ${sum(16, "hb", "b")} ${sum(80, "hb", "a")}
      v128.store(g, fma(v128.load(q), hb, ha), ${o}); v128.store(g1, fma(v128.load(q, 16), ha, hb), ${o});
      ${sum(32, "hc", "c")} ${sum(96, "hc", "d")} ${sum(48, "hd", "d")} ${sum(112, "hd", "c")}
      v128.store(g2, fma(v128.load(q, 32), hd, hc), ${o}); v128.store(g3, fma(v128.load(q, 48), hc, hd), ${o});
    }`;
  };
  return `
function unmixGeneral${rows}Run(v: usize, g: usize, gap: usize, p: usize, q: usize, w: usize, count: i32): void {
  let v1 = v + gap, v2 = v1 + gap, v3 = v2 + gap, g1 = g + gap, g2 = g1 + gap, g3 = g2 + gap;
  do {
${perRow(rows, row)}
    v += ${step}; v1 += ${step}; v2 += ${step}; v3 += ${step}; g += ${step}; g1 += ${step}; g2 += ${step}; g3 += ${step};
    p += 128; q += 128; w += 256;
  } while (--count);
}
function unmixGeneral${rows}(v: usize, g: usize, p: usize, q: usize, w: usize, h: usize, vectors: usize): void {
  const gap = h * ${step}, end = v + vectors * ${step};
  do { unmixGeneral${rows}Run(v, g, gap, p, q, w, <i32>h); v += gap << 2; g += gap << 2; p += h << 7; q += h << 7; w += h << 8; } while (v < end);
}`;
}

/** General stages at distance 2 and 1 back. \`v\` holds their input: what stage 2 saw is worked out again. Sums: D₁ O₁ D₂ O₂. */
function unlaneGeneral(rows: number): string {
  return `
function unlaneGeneral${rows}(v: usize, g: usize, p: usize, q: usize, w: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const p0 = v128.load(p), q0 = v128.load(q), q1 = v128.load(q + stage), last = v + ${rows * 16};
    let d0 = v128.load(w), o0 = v128.load(w + stage), d1 = v128.load(w + 2 * stage), o1 = v128.load(w + 3 * stage);
    do {
      const u = v128.load(v), other = swap1(u), u1 = fma(p0, other, u);
      let h = v128.load(g);
      d1 = fma(h, u1, d1); o1 = fma(h, swap2(u1), o1); h = fma(q1, swap2(h), h);
      d0 = fma(h, u, d0); o0 = fma(h, other, o0); v128.store(g, fma(q0, swap1(h), h)); v += 16; g += 16;
    } while (v < last);
    v128.store(w, d0); v128.store(w + stage, o0); v128.store(w + 2 * stage, d1); v128.store(w + 3 * stage, o1);
    p += 16; q += 16; w += 16;
  } while (p < end);
}`;
}

/** The general stage at distance 4 back, between the vectors of each group of eight columns. Sums: D₃ O₃, natural order. */
function unpairGeneral(rows: number): string {
  const step = rows * 16;
  return `
function unpairGeneral${rows}(v: usize, g: usize, t: usize, w: usize, stage: usize, bytes: usize): void {
  const end = t + bytes;
  do {
    const t0 = v128.load(t), t1 = v128.load(t, 16), last = v + ${step};
    let d0 = v128.load(w), d1 = v128.load(w, 16), o0 = v128.load(w + stage), o1 = v128.load(w + stage, 16);
    do {
      const a = v128.load(v), b = v128.load(v, ${step}), ga = v128.load(g), gb = v128.load(g, ${step});
      d0 = fma(ga, a, d0); o0 = fma(ga, b, o0); d1 = fma(gb, b, d1); o1 = fma(gb, a, o1);
      v128.store(g, fma(t0, gb, ga)); v128.store(g, fma(t1, ga, gb), ${step}); v += 16; g += 16;
    } while (v < last);
    v128.store(w, d0); v128.store(w, d1, 16); v128.store(w + stage, o0); v128.store(w + stage, o1, 16);
    v += ${step}; g += ${step}; t += 32; w += 32;
  } while (t < end);
}`;
}

/** g = ȳ ⊙ dOut, and the sums of ȳ and of ȳ ⊙ v. */
function seedGeneral(rows: number): string {
  return `
function seedGeneral${rows}(gy: usize, gyRow: usize, v: usize, g: usize, dOut: usize, gBias: usize, gOut: usize, bytes: usize): void {
  const end = dOut + bytes;
  do {
    const d = v128.load(dOut), block = gy, last = v + ${rows * 16};
    let b = v128.load(gBias), o = v128.load(gOut);
    do {
      const c = v128.load(gy); b = add(b, c); o = fma(c, v128.load(v), o); v128.store(g, mul(c, d));
      gy += gyRow; v += 16; g += 16;
    } while (v < last);
    v128.store(gBias, b); v128.store(gOut, o); gy = block + 16; dOut += 16; gBias += 16; gOut += 16;
  } while (dOut < end);
}`;
}

/** x ⊙ dIn as it enters the first stage: 4 columns an iteration. */
function scaleInput(rows: number): string {
  return `
function scaleInput${rows}(x: usize, xRow: usize, s: usize, dIn: usize, bytes: usize): void {
  const end = dIn + bytes;
  do {
    const d = v128.load(dIn); let row = x;
${perRow(rows, (r) => `    v128.store(s, mul(v128.load(row), d), ${r * 16}); row += xRow;`)}
    x += 16; s += ${rows * 16}; dIn += 16;
  } while (dIn < end);
}
function firstPairs${rows}(from: usize, to: usize, t: usize, bytes: usize): void {
  const end = t + bytes;
  do {
    const t0 = v128.load(t), t1 = v128.load(t, 16);
${perRow(rows, (r) => `    { const a = v128.load(from, ${r * 16}), b = v128.load(from, ${rows * 16 + r * 16}); v128.store(to, fma(t0, b, a), ${r * 16}); v128.store(to, fma(t1, a, b), ${rows * 16 + r * 16}); }`)}
    from += ${rows * 32}; to += ${rows * 32}; t += 32;
  } while (t < end);
}`;
}

function generalBackwardBlock(rows: number): string {
  const step = rows * 16;
  return `
function generalBackward${rows}(x: usize, gy: usize, gx: usize, n: usize, inputs: usize, outputs: usize, three: bool, passes: usize, count: i32,
  dIn: usize, P: usize, Q: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
  const stage = n << 2, size = (n >> 2) * ${step}, used = ((inputs + 7) & ~7) << 2, usedSize = (used >> 4) * ${step};
  // The forward again: u = dIn ⊙ x, then what each pass saw, one after another; g behind them.
  const g = s, first = s + size, pairs = first + size;
  const whole = (inputs & ~3) << 2;
  memory.fill(first, 0, usedSize);
  if (whole) scaleInput${rows}(x, inputs << 2, first, dIn, whole);
  if (inputs & 3) { takeTail(x + whole, inputs << 2, ${rows}, inputs & 3, spare); scaleInput${rows}(spare, 32, first + (whole >> 4) * ${step}, dIn + whole, 16); }
  let v = pairs;
  lanes${rows}(first, v, P, stage, used);
  if (three) { firstPairs${rows}(v, v + size, P + 2 * stage, used); v += size; }
  if (usedSize < size) memory.fill(v + usedSize, 0, size - usedSize);
  mix${rows}(v, n, P, passes, count, 1);
  let last = v + <usize>(count - 1) * size;
  const out = (outputs & ~3) << 2;
  let at = (out >> 4) * ${step};
  if (out) seedGeneral${rows}(gy, outputs << 2, last, g, dOut, gBias, gOut, out);
  if (outputs & 3) {
    takeTail(gy + out, outputs << 2, ${rows}, outputs & 3, spare);
    seedGeneral${rows}(spare, 32, last + at, g + at, dOut + out, gBias + out, gOut + out, 16);
    at += ${step};
  }
  if (at < size) memory.fill(g + at, 0, size - at);
  for (let k = count - 1; k > 0; k--) {
    const pass = passes + (<usize>k << 4), offset = load<u32>(pass, 4), w = W + load<u32>(pass, 12);
    last -= size;
    if (load<i32>(pass) == RADIX4) unmixGeneral${rows}(last, g, P + offset, Q + offset, w, load<u32>(pass, 8), n >> 2);
    else unlaneGeneral${rows}(last, g, P + offset, Q + offset, w, stage, stage);
  }
  if (three) unpairGeneral${rows}(pairs, g, Q + 2 * stage, W + 4 * stage, stage, used);
  unlaneGeneral${rows}(first, g, P, Q, W, stage, used);
  leaveGeneral${rows}All(g, x, gx, inputs, scale, gIn, spare);
}`;
}

function generalBackward(): string {
  return `
/** x̄ and the raw sums W, ḡBias, d̄Out (over v), d̄In of the general variant from x and ȳ. Scratch holds 4n(passes + 4) floats. */
export function butterflyGeneralBackward(x: usize, gy: usize, gx: usize, rows: i32, n: usize, inputs: usize, outputs: usize, three: bool,
  passes: usize, count: i32, dIn: usize, P: usize, Q: usize, dOut: usize, scale: usize, W: usize, gBias: usize, gOut: usize, gIn: usize, s: usize, spare: usize): void {
${byBlocks(
  backwardRows,
  (R) =>
    `generalBackward${R}(x, gy, gx, n, inputs, outputs, three, passes, count, dIn, P, Q, dOut, scale, W, gBias, gOut, gIn, s, spare); x += inputs * ${4 * R}; gx += inputs * ${4 * R}; gy += outputs * ${4 * R};`,
)}
}`;
}

/** AssemblyScript of the butterfly kernels. */
export function butterflySource(): string {
  const forwardLayouts = forwardRows.map((rows) => ({ rows, step: rows * 16 }));
  return lines([
    `import { add, fma, fnma, mul, swap1, swap2 } from "./simd";
import { putTail, takeTail } from "./tail";
/** Kind of a pass. */
const RADIX4: i32 = 1;`,
    ...forwardLayouts.flatMap((layout) => [
      load(layout, 2, `load2x${layout.rows}`),
      load(layout, 3, `load3x${layout.rows}`),
      radix4(layout, `radix4x${layout.rows}`),
      lanes(layout, `lanes${layout.rows}`),
      mix(layout, `${layout.rows}`),
      store(layout, "y", `storeY${layout.rows}`),
      store(layout, "yz", `storeYZ${layout.rows}`),
      store(layout, "z", `storeZ${layout.rows}`),
      forwardBlock(layout),
    ]),
    forward(),
    ...backwardRows.flatMap((rows) => [
      seed(rows, true, `seed${rows}`),
      seed(rows, false, `rest${rows}`),
      unmixRotation(rows),
      unlaneRotation(rows),
      unpairRotation(rows),
      leave(rows, rows * 16, rows * 32, `leaveRotation${rows}`),
      rotationBackwardBlock(rows),
      unmixGeneral(rows),
      unlaneGeneral(rows),
      unpairGeneral(rows),
      seedGeneral(rows),
      scaleInput(rows),
      leave(rows, 0, rows * 16, `leaveGeneral${rows}`),
      generalBackwardBlock(rows),
    ]),
    rotationBackward(),
    generalBackward(),
  ]);
}
