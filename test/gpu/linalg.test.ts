/**
 * @file @spm/linalg on a device: what ends after a known number of steps is composed there, with
 * the values and derivatives of the reference; what iterates says how to await its operand.
 */
import {
  add,
  type Backend,
  concat,
  eye,
  grad,
  matmul,
  mul,
  normal,
  reference,
  rng,
  scope,
  sin,
  sum,
  type Tensor,
  tensor,
  to,
  transpose,
  vmap,
  zeros,
} from "@spm/core";
import { gpu } from "@spm/gpu";
import * as linalg from "@spm/linalg";
import { afterAll, describe, expect, test } from "vitest";
import { full } from "../full.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const software = await openSoftwareGpu();
const devices: Backend[] = [await gpu({ mode: "cpu" }), ...(software ? [software] : [])];
afterAll(() => Promise.all(devices.map((device) => device.dispose())));

const random = rng(3);
const batch = normal(random, [2, 3, 3]); // whose pivots are not on the diagonal
const right = normal(random, [2, 3, 2]);
const tall = normal(random, [4, 3]);
const swapped = tensor([
  [0, 2, 1],
  [3, 0, 0],
  [0, 0, 0], // singular: LU has a pivot of 0
]);
const definite = (x: Tensor): Tensor =>
  add(matmul(x, transpose(x, [0, 2, 1])), eye(3, 3, { backend: x.backend }));

/** Of the batch, right sides, and a tall matrix. */
type Composed = (a: Tensor, b: Tensor, t: Tensor) => Tensor;
const composed: Record<string, Composed> = {
  solve: (a, b) => linalg.solve(a, b),
  "solve from the right": (a, b) => linalg.solve(a, transpose(b, [0, 2, 1]), { left: false }),
  inverse: (a) => linalg.inverse(a),
  det: (a) => linalg.det(a),
  slogdet: (a) => linalg.slogdet(a).logabsdet,
  lu: (a) => concat([linalg.lu(a).l, linalg.lu(a).u, linalg.lu(a).p], -1),
  "lu, tall": (_a, _b, t) => concat([linalg.lu(t).l, linalg.lu(t).u], -2),
  cholesky: (a) => linalg.cholesky(definite(a)),
  "cholesky, upper": (a) => linalg.cholesky(definite(a), { upper: true }),
  "triangularSolve, lower": (a, b) => linalg.triangularSolve(a, b, { upper: false }),
  "triangularSolve, upper, ones": (a, b) =>
    linalg.triangularSolve(a, b, { upper: true, unitriangular: true }),
  qr: (a) => concat([linalg.qr(a).q, linalg.qr(a).r], -1),
  "qr, tall": (_a, _b, t) => concat([linalg.qr(t).q, linalg.qr(t).r], -2),
  "qr, wide": (_a, _b, t) => linalg.qr(transpose(t)).r,
  "the rest of a basis": (_a, _b, t) => {
    const rest = linalg.qr(t, { mode: "complete" }).q.slice([{}, { start: 3 }]);
    return matmul(rest, transpose(rest));
  },
  matrixExponential: linalg.matrixExponential,
};

const close = async (got: Tensor, want: Tensor): Promise<void> => {
  expect(got.shape).toEqual(want.shape);
  const [values, expected] = await Promise.all([got.data(), want.data()]);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (const [i, v] of expected.entries())
    expect(Math.abs((values[i] ?? Number.NaN) - v) / scale).toBeLessThan(1e-5);
};

describe.each(devices.map((device) => [device.name, device] as const))("%s", (_, device) => {
  const there = (...xs: Tensor[]): Promise<Tensor[]> => Promise.all(xs.map((x) => to(x, device)));

  // a software GPU compiles for long: one shows that they run there, `npm run test:full` each
  const all = Object.entries(composed);
  const shown = full || device !== software ? all : all.filter(([name]) => name === "cholesky");

  test.each(shown)("%s, and its gradients", async (_, f) => {
    const here = [batch, right, tall] as [Tensor, Tensor, Tensor];
    const moved = (await there(...here)) as typeof here;
    const weighted: Composed = (...xs) => sum(sin(mul(2, f(...xs))));
    await close(f(...moved), f(...here));
    const [got, want] = [moved, here].map((xs) =>
      grad(weighted, [0, 1, 2])(...(xs as typeof here)),
    );
    for (const [k, x] of (want ?? []).entries()) await close(got?.[k] ?? x, x);
    expect(device.report().fallbacks).toEqual([]);
  });

  test("second derivatives, batches of vmap, and every tensor released", async () => {
    const slope = grad((x: Tensor) => sum(sin(linalg.inverse(x))));
    const twice = vmap(grad((x: Tensor) => sum(sin(slope(x)))));
    const [a] = await there(batch);
    const before = { ...device.live };
    let got: Promise<ArrayLike<number>> | undefined;
    scope(() => {
      got = twice(a ?? batch).data();
    });
    expect(device.live).toEqual(before);
    const want = await twice(batch).data();
    const scale = Math.max(1, ...Array.from(want, Math.abs));
    const values = (await got) ?? [];
    for (const [i, v] of want.entries())
      expect(Math.abs((values[i] ?? Number.NaN) - v) / scale).toBeLessThan(1e-4);
  });

  test("what is no error there is infinite or NaN; no rows are no rows", async () => {
    const [a = swapped, none = swapped] = await there(swapped, zeros([2, 0, 0]));
    await close(linalg.lu(a).u, linalg.lu(swapped).u);
    expect(Math.abs(Number(await linalg.det(a).item()))).toBe(0);
    expect((await linalg.solve(a, a).data()).some((v) => !Number.isFinite(v))).toBe(true);
    expect((await linalg.cholesky(a).data()).some(Number.isNaN)).toBe(true);
    for (const f of [linalg.inverse, linalg.cholesky, linalg.matrixExponential])
      expect(f(none).shape).toEqual([2, 0, 0]);
    expect(await linalg.det(none).toArray()).toEqual([1, 1]);
    expect(linalg.qr(none).r.shape).toEqual([2, 0, 0]);
  });

  test("iterations are refused with the way to the host, which counts them", async () => {
    const [t = tall] = await there(tall);
    for (const f of [linalg.svd, linalg.pinv, (x: Tensor) => linalg.lstsq(x, x).solution])
      expect(() => f(t)).toThrow(/(svd|pinv): expected a kernel on .*\nhelp: await to\(x, ref/);
    expect(() => linalg.eigh(matmul(transpose(t), t))).toThrow("eigh: expected a kernel on");
    await close(linalg.svd(await to(t, reference)).s, linalg.svd(tall).s);
  });
});
