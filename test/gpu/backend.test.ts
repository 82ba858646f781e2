/**
 * @file The GPU as a place to train: memory stays flat, faults are typed, a lost device can be
 * replaced.
 */
import { spawnSync } from "node:child_process";
import * as c from "@spm/core";
import {
  keep,
  noGrad,
  parameter,
  reference,
  scope,
  setBackend,
  type Tensor,
  tensor,
  to,
  valueAndGrad,
} from "@spm/core";
import * as extend from "@spm/core/extend";
import { fromArray } from "@spm/core/extend";
import { DataLoader, gaussianClusters, type LabelledBatch } from "@spm/data";
import { gpu } from "@spm/gpu";
import { butterfly, rotationMixer } from "@spm/mixer";
import { Mlp } from "@spm/models";
import { crossEntropy, layerNorm, logSoftmax, softmax } from "@spm/nn";
import { adam } from "@spm/optim";
import { classification, fit, NonFiniteError } from "@spm/trainer";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { distance } from "../contract/value-and-gradients.ts";
import { full } from "../full.ts";
import { openSoftwareGpu } from "./software-gpu.ts";

const device = await openSoftwareGpu();
afterAll(() => device?.dispose());
afterEach(() => setBackend(reference));

const schedule = butterfly(64);

/** A small classifier: a rotation mixer, tanh, and a dense head. */
function classifier() {
  const random = c.rng(1);
  const angles = parameter(c.normal(random, [schedule.first.length]));
  const head = parameter(c.normal(random, [64, 3], 0, 0.1));
  const loss = (x: Tensor, y: Tensor): Tensor =>
    crossEntropy(c.matmul(c.tanh(rotationMixer(x, angles, { schedule })), head), y);
  return { parameters: [angles, head], loss };
}

/** A batch whose class is where the first three coordinates are largest. */
function batch(seed: number): { x: Tensor; y: Tensor } {
  const x = c.normal(c.rng(seed), [16, 64]);
  return { x, y: c.argmax(c.slice(x, [{}, { stop: 3 }]), { axis: 1 }) };
}

describe.runIf(device !== null)("a tensor on the device", () => {
  test("has the numbers of the time when it was made", async () => {
    const numbers = Float32Array.of(1, 2, 3);
    const x = tensor(numbers, { backend: device! });
    numbers.fill(9);
    expect(Array.from(await x.data())).toEqual([1, 2, 3]);
  });
});

describe.runIf(device !== null)("training on the device", () => {
  const steps = full ? 1000 : 80;
  test(`${steps} steps leave no buffer behind, and learn`, async () => {
    setBackend(device!);
    const model = classifier();
    const optimizer = adam(model.parameters, { learningRate: 1e-2 });
    const step = (seed: number): Tensor =>
      scope(() => {
        const { x, y } = batch(seed);
        const { value, grads } = valueAndGrad(() => model.loss(x, y), model.parameters);
        optimizer.step(grads);
        return value;
      });
    const first = await step(0).item();
    const before = device!.report();
    for (let i = 1; i <= steps; i++) {
      const loss = step(i % 8);
      if (i % (steps / 4) === 0) expect(await loss.item()).toBeLessThan(first);
      loss.dispose();
    }
    const after = device!.report();
    expect(after.liveStorages).toBe(before.liveStorages);
    expect(after.buffers.live).toBeLessThanOrEqual(before.buffers.live);
    expect(after.buffers.bytes).toBeLessThanOrEqual(before.buffers.bytes * 2);
    expect(after.kernelsCompiled).toBe(before.kernelsCompiled);
    expect(after.fallbacks).toEqual([]);
    expect(after.submits).toBeGreaterThan(before.submits);
    expect(after).toMatchObject({
      mode: "webgpu",
      adapter: expect.stringContaining("SwiftShader"),
    });
  });

  test("data() reads what was there when it was called", async () => {
    setBackend(device!);
    const p = parameter(tensor([1, 2, 3]));
    const reading = p.data();
    p.assign(c.mul(p, 10));
    expect([...(await reading)]).toEqual([1, 2, 3]);
    expect([...(await p.data())]).toEqual([10, 20, 30]);
  });

  test("tensors move there and back", async () => {
    const there = await to(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      device!,
    );
    const back = await to(c.transpose(there), reference);
    expect(there.backend.name).toContain("webgpu software");
    expect([...(await back.data())]).toEqual([1, 3, 2, 4]);
    expect(back.ndarray().shape).toEqual([2, 2]);
  });

  test("a tensor prints what is known without waiting; its elements can be awaited", async () => {
    const there = await to(tensor([[true, false]]), device!);
    const name = "webgpu software";
    expect(String(there).replace(/webgpu software.*/, name)).toMatchInlineSnapshot(`
      "Tensor bool[1, 2] on webgpu software
      to read it: await t.toArray(); to print it: await to(t, reference)"
    `);
    expect(await c.transpose(there).toArray()).toEqual([[true], [false]]);
    expect(String(await to(there, reference))).toContain("[[ true, false]]");
    expect(String(device!.report())).toMatch(
      /^webgpu software .* \{ liveStorages: \d+.*buffers: \{/,
    );
  });

  test("NaN travels through every comparison", async () => {
    const x = await to(
      tensor([
        [1, Number.NaN, 3],
        [4, 5, 6],
      ]),
      device!,
    );
    expect([...(await c.max(x, { axis: 1 }).data())]).toEqual([Number.NaN, 6]);
    expect([...(await c.argmax(x, { axis: 1 }).data())]).toEqual([1, 2]);
    expect([...(await c.relu(x).data())]).toEqual([1, Number.NaN, 3, 4, 5, 6]);
    expect([...(await c.notEqual(x, x).data())]).toEqual([0, 1, 0, 0, 0, 0]);
  });

  test("softmax of large logits loses no digits", async () => {
    const logits = tensor([10000.5, 10000, 9999.1]);
    const moved = fromArray(logits.ndarray(), device!);
    for (const f of [softmax, logSoftmax]) {
      const want = await f(logits).data();
      expect([...(await f(moved).data())]).toEqual([...want].map((v) => expect.closeTo(v, 6)));
    }
  });

  test("layer norm of pairs far out, close to each other, loses no digits", async () => {
    const pairs = c.add(c.normal(c.rng(8), [20, 1], 20), tensor([-0.01, 0.05]));
    const both = async (x: Tensor): Promise<Float32Array[]> => {
      const on = (v: number[]): Tensor => tensor(v, { backend: x.backend });
      const { value, pullback } = c.vjp((x) => layerNorm(x, on([0.7, -1.2]), on([0.1, 0.4])), x);
      const ys = [value, ...pullback(c.cos(value))];
      return Promise.all(ys.map(async (y) => Float32Array.from(await y.data())));
    };
    const want = await both(pairs);
    const got = await both(fromArray(pairs.ndarray(), device!));
    expect(distance(got[0]!, want[0]!)).toBeLessThan(5e-7);
    expect(distance(got[1]!, want[1]!)).toBeLessThan(1e-5); // scale · (1 − h²), scale ≈ 30
  });

  test("beyond 2^24 elements every index is exact", { timeout: 60_000 }, async () => {
    const n = 2 ** 24 + 64;
    const x = fromArray(
      extend.wrap(
        Float32Array.from({ length: n }, (_, i) => i % 251),
        [n],
      ),
      device!,
    );
    const y = noGrad(() => c.add(c.flip(x, 0), 1));
    const values = await y.data();
    let wrong = 0;
    for (let i = 0; i < n; i++) if (values[i] !== ((n - 1 - i) % 251) + 1) wrong++;
    expect(wrong).toBe(0);
    x.dispose();
    y.dispose();
  });
});

describe.runIf(device !== null)("faults", () => {
  test("what float32 cannot hold is refused", () => {
    expect(() =>
      tensor(new Float64Array([1]), { backend: device! }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [DTypeError: gpu: expected float32, int32 or bool, got float64
      help: a GPU computes in float32: cast the array first]
    `);
    expect(() =>
      tensor(new Int32Array([2 ** 24 + 1]), { backend: device! }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: gpu: expected int32 within ±2^24, which float32 holds exactly, got 16777217
      help: keep it on the CPU]
    `);
    expect(() =>
      c.cast(tensor([1], { backend: device! }), "float64"),
    ).toThrowErrorMatchingInlineSnapshot(`
      [BackendError: cast: expected float32, int32 or bool on a GPU, got float64
      help: compute in float64 on the reference backend]
    `);
  });

  test("whole numbers that a kernel made too large are refused where they are read", async () => {
    const x = tensor(new Int32Array([2 ** 24, 3]), { backend: device! });
    await expect(c.mul(x, 3).data()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [ValueError: gpu: expected int32 within ±2^24, which float32 holds exactly, got 50331648
      help: keep it on the CPU]
    `);
    expect(() => c.add(x, 2 ** 24 + 1)).toThrow(
      /^gpu: expected int32 within ±2\^24, .* got 16777217/,
    );
    expect([...(await c.sub(x, 3).data())]).toEqual([2 ** 24 - 3, 0]);
  });

  test("devices don't mix, released tensors are gone, and arrays are not in CPU memory", () => {
    const x = tensor([1, 2], { backend: device! });
    expect(() => c.add(x, tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `
      [BackendError: add: expected all tensors on webgpu software SwiftShader driver 5.0.0, got one on reference
      help: move one: await to(x, backend)]
    `,
    );
    expect(() => c.add(tensor([1, 2]), x)).toThrow(extend.BackendError);
    expect(() => x.ndarray()).toThrowErrorMatchingInlineSnapshot(`
      [BackendError: ndarray: expected a tensor in CPU memory, got one on webgpu software SwiftShader driver 5.0.0
      help: use await data()]
    `);
    x.dispose();
    expect(() => c.add(x, 1)).toThrowErrorMatchingInlineSnapshot(`
      [TapeError: read: expected a live tensor of shape [2], got a released one
      help: return it from the scope or keep() it]
    `);
    expect(() => x.data()).toThrow(extend.TapeError);
  });

  test("two devices don't mix either", async () => {
    const other = (await openSoftwareGpu())!;
    const on = (backend: c.Backend): Tensor => tensor([1, 2], { backend });
    expect(() => c.add(on(device!), on(other))).toThrowErrorMatchingInlineSnapshot(`
      [BackendError: add: expected all tensors on webgpu software SwiftShader driver 5.0.0, got one on another of that name
      help: move one: await to(x, backend)]
    `);
    await other.dispose();
  });

  test("a NaN: anomaly mode sends to the CPU, training ends at a log that shows one", async () => {
    const x = tensor([1, 2], { backend: device! });
    expect(() => c.detectAnomaly(() => c.add(x, 1))).toThrowErrorMatchingInlineSnapshot(`
      [BackendError: detectAnomaly: expected add on tensors in CPU memory, got one on webgpu software SwiftShader driver 5.0.0
      help: run it again on the reference backend]
    `);
    setBackend(device!);
    const model = new Mlp({ sizes: [4, 8, 2], linear: "rotation", random: c.rng(1) });
    const data = gaussianClusters({ count: 40, features: 4, classes: 2, seed: 1 });
    const training = fit(model, new DataLoader(data, { batchSize: 10, seed: 1 }), {
      loss: (m: Mlp, batch: LabelledBatch) => {
        const measured = classification(m, batch);
        return { ...measured, loss: c.sqrt(c.sub(measured.loss, 100)) };
      },
      optimizer: adam(model.parameters(), { learningRate: 1e-2 }),
      epochs: 2,
      logEvery: 3,
    });
    await expect(training).rejects.toBeInstanceOf(NonFiniteError);
    await expect(training).rejects.toThrowErrorMatchingInlineSnapshot(`
      [NonFiniteError: fit: expected a finite loss and finite gradients, got loss NaN at step 3
      help: lower the learning rate, or look at the batches; the parameters are no longer good, a checkpoint may be]
    `);
  });

  test("a primitive without a kernel is named", () => {
    const cube: extend.Op<[x: 1]> = extend.definePrimitive({
      name: "cube",
      infer: ([x]) => [x],
      forward: ([x]) => [extend.mapArray((v) => v ** 3, x)],
      vjp: ([ct], { inputs: [x] }) => [c.mul(ct, c.mul(3, c.square(x)))],
    });
    expect(() => cube([tensor([2], { backend: device! })])).toThrow(
      new RegExp(
        "^cube: expected a kernel on webgpu software .*, got none\n" +
          "help: await to\\(x, reference\\) first, or compose",
      ),
    );
  });

  test("a shape beyond the device's limits is refused, with its size", () => {
    const x = tensor([1], { backend: device! });
    expect(() => c.add(c.broadcastTo(x, [2 ** 16, 2 ** 15]), 1)).toThrow(
      new RegExp(
        /^gpu: expected at most \d+ bytes in one tensor, got 8589934592/.source +
          /\nhelp: split the batch, or run it on the CPU$/.source,
      ),
    );
    expect(() =>
      c.add(c.broadcastTo(tensor([[1], [2]], { backend: device! }), [2, 600_000]), 1),
    ).toThrow(
      new RegExp(
        /^gpu: expected at most 524280 rows and columns and 65535 matrices in a strided kernel, /
          .source +
          /got 1 × 2 × 600000/.source +
          /\nhelp: reshape /.source,
      ),
    );
  });

  test("a software adapter is never taken for hardware", async () => {
    await expect(gpu()).rejects.toThrow(
      new RegExp(
        /^gpu: expected a hardware adapter, got .*SwiftShader.* \(software\)/.source +
          /\nhelp: in Node install .*; gpu\(\{ mode: "webgpu", /.source +
          /adapter: "software" \}\) takes this one$/.source,
      ),
    );
  });

  test("a disposed device says so", async () => {
    const other = (await openSoftwareGpu())!;
    const x = keep(tensor([1, 2], { backend: other }));
    await other.dispose();
    expect(() => c.add(x, 1)).toThrow(/expected an open device, got a disposed one/);
  });
});

test.each(["webasm", "cpu"] as const)(
  "gpu.js's %s says what runs, and when it is closed",
  async (mode) => {
    const backend = await gpu({ mode });
    const x = keep(tensor([1, 2], { backend }));
    expect([...(await c.add(x, 1).data())]).toEqual([2, 3]);
    expect(backend.report()).toMatchObject({
      name: `gpu.js ${mode}`,
      mode,
      adapter: null,
      submits: 1,
      fallbacks: [],
    });
    await backend.dispose();
    await backend.dispose();
    expect(() => c.add(x, 1)).toThrow(/expected an open device, got a disposed one/);
    await expect(x.data()).rejects.toThrow(extend.BackendError);
  },
);

test("WebGL2 without a browser is refused", async () => {
  await expect(gpu({ mode: "webgl2" })).rejects.toThrow(/expected WebGL2, got none/);
});

test("without any adapter the error says what to do", () => {
  const script =
    'import { gpu } from "@spm/gpu"; gpu().catch((e) => console.log(e.name, e.message));';
  const { stdout } = runNode(script, { VK_ICD_FILENAMES: "/nonexistent.json" });
  expect(stdout).toMatch(
    new RegExp(
      /^BackendError gpu: expected a WebGPU adapter, got none/.source +
        /\nhelp: in Node install the package "webgpu"/.source,
    ),
  );
});

test.runIf(device !== null)("the process exits by itself once the device is disposed", () => {
  const script =
    'import { gpu } from "@spm/gpu"; import { add, tensor } from "@spm/core";' +
    'const d = await gpu({ mode: "webgpu", adapter: "software" });' +
    "console.log((await add(tensor([1], { backend: d }), 1).data())[0]); await d.dispose();";
  const { stdout, status } = runNode(script, {});
  expect({ stdout, status }).toEqual({ stdout: "2\n", status: 0 });
});

function runNode(script: string, env: Record<string, string>) {
  return spawnSync(
    process.execPath,
    ["--import", "tsx", "--conditions=@spm/source", "--input-type=module", "--eval", script],
    { encoding: "utf8", timeout: 60_000, env: { ...process.env, ...env } },
  );
}
