/** @file Steps of optimizers, fused: each reads and writes every array once. */
import { add, fma, mul, sub } from "./simd";

/** One step of Adam; `max` 0 unless AMSGrad keeps the largest second moment. */
export function adamStep(
  parameter: usize,
  gradient: usize,
  m: usize,
  v: usize,
  max: usize,
  nextParameter: usize,
  nextM: usize,
  nextV: usize,
  nextMax: usize,
  count: usize,
  stepSize: f64,
  beta1: f64,
  beta2: f64,
  eps: f64,
  l2: f64,
  keep: f64,
): void {
  const b1 = f32x4.splat(<f32>beta1);
  const b2 = f32x4.splat(<f32>beta2);
  const c1 = f32x4.splat(<f32>(1 - beta1));
  const c2 = f32x4.splat(<f32>(1 - beta2));
  const rate = f32x4.splat(<f32>stepSize);
  const epsilon = f32x4.splat(<f32>eps);
  const decay = f32x4.splat(<f32>l2);
  const rest = f32x4.splat(<f32>keep);
  const end = parameter + (count << 2);
  while (parameter < end) {
    const p = v128.load(parameter);
    const g = fma(decay, p, v128.load(gradient));
    const first = fma(b1, v128.load(m), mul(c1, g));
    const second = fma(b2, v128.load(v), mul(c2, mul(g, g)));
    v128.store(nextM, first);
    v128.store(nextV, second);
    let scale = second;
    if (max) {
      scale = f32x4.max(v128.load(max), second);
      v128.store(nextMax, scale);
      max += 16;
      nextMax += 16;
    }
    const step = f32x4.div(mul(rate, first), add(f32x4.sqrt(scale), epsilon));
    v128.store(nextParameter, sub(mul(rest, p), step));
    parameter += 16;
    gradient += 16;
    m += 16;
    v += 16;
    nextParameter += 16;
    nextM += 16;
    nextV += 16;
  }
}

/** One step of SGD; `velocity` 0 without momentum. */
export function sgdStep(
  parameter: usize,
  gradient: usize,
  velocity: usize,
  nextParameter: usize,
  nextVelocity: usize,
  count: usize,
  learningRate: f64,
  l2: f64,
  momentum: f64,
  nesterov: bool,
): void {
  const rate = f32x4.splat(<f32>learningRate);
  const decay = f32x4.splat(<f32>l2);
  const mu = f32x4.splat(<f32>momentum);
  const end = parameter + (count << 2);
  while (parameter < end) {
    const p = v128.load(parameter);
    const g = fma(decay, p, v128.load(gradient));
    let direction = g;
    if (velocity) {
      const moved = fma(mu, v128.load(velocity), g);
      v128.store(nextVelocity, moved);
      direction = nesterov ? fma(mu, moved, g) : moved;
      velocity += 16;
      nextVelocity += 16;
    }
    v128.store(nextParameter, sub(p, mul(rate, direction)));
    parameter += 16;
    gradient += 16;
    nextParameter += 16;
  }
}
