/**
 * @file Writes the pieces of the general variant's backward kernel: the sums and the backward of
 * each kind of pass, the loading of ȳ and the storing of x̄.
 */
import { perRow } from "./lines.ts";

/**
 * The products of all cotangents after two stages with all their inputs before them, g_u v_w summed
 * over the rows: sixteen sums for four vectors, eight of them in registers at a time (in a loop
 * over the rows: unrolled, V8 would load everything first, and spill). `generalSums` makes the sums
 * of both stages from them, once a call.
 */
export function sums(rows: number): string {
  const step = rows * 16;
  const names = ["a", "b", "c", "d"];
  const half = (us: readonly ["a", "c"] | readonly ["b", "d"]): string => {
    const sums = us.flatMap((u) => names.map((v) => u + v));
    const place = (sum: string): number =>
      64 * names.indexOf(sum[0]!) + 16 * names.indexOf(sum[1]!);
    const at = (u: string): string => String(names.indexOf(u) || "");
    return `    {
      let ${sums.map((sum) => `${sum} = v128.load(w, ${place(sum)})`).join(", ")};
      let ${names.map((v) => `x${v} = v${at(v)}`).join(", ")},
        ${us.map((u) => `y${u} = g${at(u)}`).join(", ")};
      const end = v + ${step};
      do {
        const ${names.map((v) => `${v} = v128.load(x${v})`).join(", ")},
          ${us.map((u) => `g${u} = v128.load(y${u})`).join(", ")};
        ${sums.map((sum) => `${sum} = fma(g${sum[0]}, ${sum[1]}, ${sum});`).join(" ")}
        ${names.map((v) => `x${v} += 16;`).join(" ")} ${us.map((u) => `y${u} += 16;`).join(" ")}
      } while (xa < end);
      ${sums.map((sum) => `v128.store(w, ${sum}, ${place(sum)});`).join(" ")}
    }`;
  };
  return `
function sums${rows}(v: usize, vGap: usize, g: usize, gap: usize, w: usize, count: usize): void {
  let v1 = v + vGap, v2 = v1 + vGap, v3 = v2 + vGap, g1 = g + gap, g2 = g1 + gap, g3 = g2 + gap;
  do {
${half(["a", "c"])}
${half(["b", "d"])}
    v += ${step}; v1 += ${step}; v2 += ${step}; v3 += ${step};
    g += ${step}; g1 += ${step}; g2 += ${step}; g3 += ${step}; w += 256;
  } while (--count);
}`;
}

/**
 * Two stages back, in place, by the transposes of the forward's: the coefficient pb, from a to b,
 * now takes b to a.
 */
export function walk(rows: number): string {
  const step = rows * 16;
  return `
function walk${rows}(s: usize, gap: usize, p: usize, count: usize): void {
  let s1 = s + gap, s2 = s1 + gap, s3 = s2 + gap;
  do {
    const pa = v128.load(p), pb = v128.load(p, 16), pc = v128.load(p, 32), pd = v128.load(p, 48);
    const qa = v128.load(p, 64), qb = v128.load(p, 80),
      qc = v128.load(p, 96), qd = v128.load(p, 112);
${perRow(
  rows,
  (r) => `    {
      const a = v128.load(s, ${r * 16}), c = v128.load(s2, ${r * 16}),
        a1 = fma(qc, c, a), c1 = fma(qa, a, c);
      const b = v128.load(s1, ${r * 16}), d = v128.load(s3, ${r * 16}),
        b1 = fma(qd, d, b), d1 = fma(qb, b, d);
      v128.store(s, fma(pb, b1, a1), ${r * 16}); v128.store(s1, fma(pa, a1, b1), ${r * 16});
      v128.store(s2, fma(pd, d1, c1), ${r * 16}); v128.store(s3, fma(pc, c1, d1), ${r * 16});
    }`,
)}
    s += ${step}; s1 += ${step}; s2 += ${step}; s3 += ${step}; p += 128;
  } while (--count);
}`;
}

/**
 * The last pass back: `walk` of ȳ ⊙ dOut. Its `sums` are those of ȳ alone, from which d̄Out is
 * made.
 */
export function seedWalk(rows: number): string {
  const step = rows * 16;
  return `
function seedWalk${rows}(s: usize, gap: usize, p: usize,
    e: usize, eGap: usize, count: usize): void {
  let s1 = s + gap, s2 = s1 + gap, s3 = s2 + gap, e1 = e + eGap, e2 = e1 + eGap, e3 = e2 + eGap;
  do {
    const pa = v128.load(p), pb = v128.load(p, 16), pc = v128.load(p, 32), pd = v128.load(p, 48);
    const ea = v128.load(e), eb = v128.load(e1), ec = v128.load(e2), ed = v128.load(e3);
    const qa = mul(v128.load(p, 64), ea), qb = mul(v128.load(p, 80), eb),
      qc = mul(v128.load(p, 96), ec), qd = mul(v128.load(p, 112), ed);
${perRow(
  rows,
  (r) => `    {
      const a = v128.load(s, ${r * 16}), c = v128.load(s2, ${r * 16}),
        a1 = fma(qc, c, mul(ea, a)), c1 = fma(qa, a, mul(ec, c));
      const b = v128.load(s1, ${r * 16}), d = v128.load(s3, ${r * 16}),
        b1 = fma(qd, d, mul(eb, b)), d1 = fma(qb, b, mul(ed, d));
      v128.store(s, fma(pb, b1, a1), ${r * 16}); v128.store(s1, fma(pa, a1, b1), ${r * 16});
      v128.store(s2, fma(pd, d1, c1), ${r * 16}); v128.store(s3, fma(pc, c1, d1), ${r * 16});
    }`,
)}
    s += ${step}; s1 += ${step}; s2 += ${step}; s3 += ${step};
    e += 16; e1 += 16; e2 += 16; e3 += 16; p += 128;
  } while (--count);
}`;
}

/** A whole pass back over a chunk of neighbouring vectors. */
export function gather(rows: number): string {
  const step = rows * 16;
  return `
function gatherGeneral${rows}(v: usize, g: usize, p: usize,
    w: usize, h: usize, vectors: usize, seed: usize): void {
  const gap = h * ${step}, end = v + vectors * ${step};
  do {
    sums${rows}(v, gap, g, gap, w, h);
    if (seed) { seedWalk${rows}(g, gap, p, seed, h << 4, h); seed += h << 6; }
    else walk${rows}(g, gap, p, h);
    v += gap << 2; g += gap << 2; p += h << 7; w += h << 8;
  } while (v < end);
}`;
}

/**
 * Stages at distance 2 and 1 back; the input of the second is computed again. Sums: D₁ O₁ D₂ O₂,
 * each in natural order.
 */
export function unlane(rows: number): string {
  return `
function unlaneGeneral${rows}(v: usize, g: usize,
    p: usize, w: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const p0 = v128.load(p), q0 = swap1(p0), q1 = swap2(v128.load(p + stage));
    let d0 = v128.load(w), o0 = v128.load(w + stage),
      d1 = v128.load(w + 2 * stage), o1 = v128.load(w + 3 * stage);
    const last = v + ${16 * rows};
    do {
      const u = v128.load(v), other = swap1(u), u1 = fma(p0, other, u);
      let h = v128.load(g);
      d1 = fma(h, u1, d1); o1 = fma(h, swap2(u1), o1); h = fma(q1, swap2(h), h);
      d0 = fma(h, u, d0); o0 = fma(h, other, o0); v128.store(g, fma(q0, swap1(h), h));
      v += 16; g += 16;
    } while (v < last);
    v128.store(w, d0); v128.store(w + stage, o0);
    v128.store(w + 2 * stage, d1); v128.store(w + 3 * stage, o1);
    p += 16; w += 16;
  } while (p < end);
}`;
}

/**
 * The stage at distance 4, between the vectors of each group of eight columns: forward, and back
 * with sums D₃ O₃ in natural order.
 */
export function pair(rows: number): string {
  const step = rows * 16;
  return `
function pairGeneral${rows}(from: usize, to: usize, t: usize, bytes: usize): void {
  const end = t + bytes;
  do {
    const t0 = v128.load(t), t1 = v128.load(t, 16);
${perRow(
  rows,
  (r) =>
    `    { const a = v128.load(from, ${16 * r}), b = v128.load(from, ${step + 16 * r}); ` +
    `v128.store(to, fma(t0, b, a), ${16 * r}); ` +
    `v128.store(to, fma(t1, a, b), ${step + 16 * r}); }`,
)}
    from += ${2 * step}; to += ${2 * step}; t += 32;
  } while (t < end);
}
function unpairGeneral${rows}(v: usize, g: usize,
    t: usize, w: usize, stage: usize, bytes: usize): void {
  const end = t + bytes;
  do {
    const t0 = v128.load(t), t1 = v128.load(t, 16);
    let d0 = v128.load(w), d1 = v128.load(w, 16),
      o0 = v128.load(w + stage), o1 = v128.load(w + stage, 16);
${perRow(
  rows,
  (r) => `    {
      const a = v128.load(v, ${16 * r}), b = v128.load(v, ${step + 16 * r}),
        ga = v128.load(g, ${16 * r}), gb = v128.load(g, ${step + 16 * r});
      d0 = fma(ga, a, d0); o0 = fma(ga, b, o0); d1 = fma(gb, b, d1); o1 = fma(gb, a, o1);
      v128.store(g, fma(t1, gb, ga), ${16 * r}); v128.store(g, fma(t0, ga, gb), ${step + 16 * r});
    }`,
)}
    v128.store(w, d0); v128.store(w, d1, 16);
    v128.store(w + stage, o0); v128.store(w + stage, o1, 16);
    v += ${2 * step}; g += ${2 * step}; t += 32; w += 32;
  } while (t < end);
}`;
}

/**
 * ȳ into scratch with its sum, in the order of memory; then, where v is in the cache, g = ȳ ⊙ dOut
 * and the sum of ȳ ⊙ v.
 */
export function seed(rows: number): string {
  const step = rows * 16;
  return `
function cotangent${rows}(gy: usize, row: usize, g: usize, gBias: usize, bytes: usize): void {
  const end = gBias + bytes;
  do {
    let from = gy, b = v128.load(gBias);
${perRow(
  rows,
  (r) =>
    "    { const c = v128.load(from); b = add(b, c); " +
    `v128.store(g, c, ${16 * r}); ${r < rows - 1 ? "from += row;" : ""} }`,
)}
    v128.store(gBias, b); gy += 16; g += ${step}; gBias += 16;
  } while (gBias < end);
}
function cotangentPiece${rows}(gy: usize, outputs: usize, start: usize,
    vectors: usize, g: usize, gBias: usize, spare: usize): void {
  const columns = within(outputs, start, vectors << 2),
    whole = (columns & ~3) << 2, row = outputs << 2, offset = start << 2;
  gy += offset; gBias += offset;
  let at = (whole >> 4) * ${step};
  if (whole) cotangent${rows}(gy, row, g, gBias, whole);
  if (columns & 3) {
    takeTail(gy + whole, row, ${rows}, columns & 3, spare);
    cotangent${rows}(spare, 32, g + at, gBias + whole, 16);
    at += ${step};
  }
  if (at < vectors * ${step}) memory.fill(g + at, 0, vectors * ${step} - at);
}
function seedGeneral${rows}(start: usize, vectors: usize,
    v: usize, g: usize, dOut: usize, gOut: usize): void {
  dOut += start << 2; gOut += start << 2;
  const end = g + vectors * ${step};
  do {
    const d = v128.load(dOut);
    let o = v128.load(gOut);
${perRow(
  rows,
  (r) =>
    `    { const c = v128.load(g, ${16 * r}); ` +
    `o = fma(c, v128.load(v, ${16 * r}), o); v128.store(g, mul(c, d), ${16 * r}); }`,
)}
    v128.store(gOut, o); v += ${step}; g += ${step}; dOut += 16; gOut += 16;
  } while (g < end);
}`;
}

/**
 * The first two stages back, from x itself to x̄. Summed over the rows are h ⊙ x and h ⊙ swapped x,
 * h the cotangent between the stages, from which D₁, O₁ and d̄In are made.
 */
export function first(rows: number): string {
  return `
function first${rows}(x: usize, row: usize, gx: usize, g: usize, dIn: usize,
    gIn: usize, p: usize, w: usize, stage: usize, bytes: usize): void {
  const end = p + bytes;
  do {
    const d = v128.load(dIn), e = swap1(d), p0 = v128.load(p),
      pe = mul(p0, e), q0 = swap1(p0), q1 = swap2(v128.load(p + stage));
    let d0 = f32x4.splat(0), o0 = f32x4.splat(0),
      d1 = v128.load(w + 2 * stage), o1 = v128.load(w + 3 * stage);
    let from = x, to = gx;
    const last = g + ${16 * rows};
    do {
      const u = v128.load(from), other = swap1(u), u1 = fma(pe, other, mul(u, d));
      let h = v128.load(g);
      d1 = fma(h, u1, d1); o1 = fma(h, swap2(u1), o1); h = fma(q1, swap2(h), h);
      d0 = fma(h, u, d0); o0 = fma(h, other, o0); v128.store(to, mul(fma(q0, swap1(h), h), d));
      g += 16; from += row; to += row;
    } while (g < last);
    v128.store(w, fma(d0, d, v128.load(w)));
    v128.store(w + stage, fma(o0, e, v128.load(w + stage)));
    v128.store(w + 2 * stage, d1); v128.store(w + 3 * stage, o1);
    v128.store(gIn, add(v128.load(gIn), fma(q0, swap1(o0), d0)));
    x += 16; gx += 16; dIn += 16; gIn += 16; p += 16; w += 16;
  } while (p < end);
}
function first${rows}Piece(x: usize, gx: usize, inputs: usize, start: usize, columns: usize,
    g: usize, dIn: usize, gIn: usize, P: usize, W: usize, stage: usize, spare: usize): void {
  const whole = (columns & ~3) << 2, row = inputs << 2, offset = start << 2;
  x += offset; gx += offset; dIn += offset; gIn += offset; P += offset; W += offset;
  if (whole) first${rows}(x, row, gx, g, dIn, gIn, P, W, stage, whole);
  if (columns & 3) {
    const result = spare + ${32 * rows};
    takeTail(x + whole, row, ${rows}, columns & 3, spare);
    first${rows}(spare, 32, result, g + (whole >> 4) * ${16 * rows},
      dIn + whole, gIn + whole, P + whole, W + whole, stage, 16);
    putTail(gx + whole, row, ${rows}, columns & 3, result);
  }
}`;
}
