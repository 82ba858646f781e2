/**
 * @file Sine and cosine to float32's precision. A GPU's own are fast and keep only an absolute 2⁻²¹
 * near 0, less far away, too little for twelve rotations in a row.
 *
 * Reduction by multiples of π/2 in three parts (Cody, Waite 1980), then the minimax polynomials of
 * the Cephes library (Moshier).
 */

/**
 * Statements that set `name` to the quadrant and `nameR` to the rest of the angle, |rest| ≤ π/4;
 * good for |angle| < 10⁴.
 */
const reduce = (name: string, angle: string): string =>
  `const ${name} = Math.floor(${angle} * 0.6366197723675814 + 0.5); ` +
  `const ${name}R = ((${angle} - ${name} * 1.5703125) ` +
  `- ${name} * 0.000483751296997) - ${name} * 0.0000000754978995; ` +
  `const ${name}S = ${name}R * ${name}R; ` +
  `const ${name}Sin = ${name}R + ${name}R * ${name}S * (-0.16666654611 + ` +
  `${name}S * (0.0083321608736 - ${name}S * 0.00019515295891)); ` +
  `const ${name}Cos = 1 - 0.5 * ${name}S + ${name}S * ${name}S * (0.04166664568298827 + ` +
  `${name}S * (-0.001388731625493765 + ${name}S * 0.00002443315711809948)); `;

/** Statements that return sin(angle + turn·π/2); `turn` is a whole number's expression. */
export const returnTurned = (angle: string, turn: string): string =>
  `${reduce("q", angle)}const k = ((q | 0) + ${turn}) & 3; ` +
  "if (k === 0) { return qSin; } if (k === 1) { return qCos; " +
  "} if (k === 2) { return -qSin; } return -qCos;";

/** Statements that set `cosine` and `sine` to those of a local. */
export const cosineAndSine = (angle: string): string =>
  `${reduce("q", angle)}const quarter = (q | 0) & 3; ` +
  "let cosine = qCos; let sine = qSin; " +
  "if (quarter === 1) { cosine = -qSin; sine = qCos; } " +
  "if (quarter === 2) { cosine = -qCos; sine = -qSin; } " +
  "if (quarter === 3) { cosine = qSin; sine = -qCos; }";

/** The WGSL function `cosineSine(angle)`. */
export const cosineSineWgsl: string =
  "fn cosineSine(angle: f32) -> vec2f { " +
  reduce("q", "angle").replaceAll("const ", "let ").replaceAll("Math.", "") +
  "let k = i32(q); let odd = (k & 1) != 0; " +
  "let c = select(qCos, qSin, odd); let s = select(qSin, qCos, odd); " +
  "return vec2f(select(c, -c, ((k + 1) & 2) != 0), select(s, -s, (k & 2) != 0)); }\n";

/** Statements that return the sine of a local. */
export const returnSin = (angle: string): string => returnTurned(angle, "0");

/** Statements that return the cosine of a local. */
export const returnCos = (angle: string): string => returnTurned(angle, "1");
