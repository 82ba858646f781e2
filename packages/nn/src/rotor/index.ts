/** @file Rotors of Clifford algebras, and linear maps made of them. */
export { geometricProduct, geometricProductOp, reversion } from "./geometric-product.ts";
export { type Plane, toPlanes } from "./planes.ts";
export { planePairs, rotor, sandwich } from "./rotor.ts";
export { RotorLinear, type RotorLinearOptions } from "./rotor-linear.ts";
