/**
 * @file The registration of kernels in the backend's table, which uploads scalars or passes them as
 * numbers.
 */
import type { DType, NdArray } from "@spm/core";
import {
  broadcastShapes,
  dtypeOf,
  type Each,
  each,
  type Kernel,
  KernelTable,
  type Places,
  type Primitive,
  type Result,
} from "@spm/core/extend";
import { type DeviceArray, rowMajor } from "./device-array.ts";
import { assertExact } from "./exact-integers.ts";
import type { Executor } from "./executor.ts";
import { elementwise, type Operand } from "./kernels/elementwise.ts";

/** An operand of a kernel: an array of this device, or a scalar in CPU memory. */
export type Handle = DeviceArray | NdArray;

/** Adds kernels to a table, on one executor. */
export class Registration {
  readonly executor: Executor;
  readonly table: KernelTable<Handle> = new KernelTable();

  constructor(executor: Executor) {
    this.executor = executor;
  }

  /** Adds a kernel that takes arrays of the device alone: scalars in CPU memory are uploaded. */
  add<I extends Places, O extends Places, Options>(
    primitive: Primitive<I, O, Options>,
    kernel: NoInfer<Kernel<DeviceArray, I, O, Options>>,
  ): void {
    this.#set(primitive, (handles, options, recorded, residual) => {
      const uploaded: DeviceArray[] = [];
      const take = (h: Handle): DeviceArray => {
        if (!("data" in h)) return h;
        const memory = this.executor.upload(Float32Array.of(h.data[h.offset]!));
        const array = rowMajor(memory, [], dtypeOf(h));
        uploaded.push(array);
        return array;
      };
      const inputs = each<Each<I, Handle>, DeviceArray>(handles, take);
      const result = kernel(inputs, options, recorded, residual?.map(take));
      if (uploaded.length > 0) this.#releaseUnused(uploaded, result);
      return result;
    });
  }

  /** Adds a kernel, of which nothing is left where it throws. */
  #set<I extends Places, O extends Places, Options>(
    primitive: Primitive<I, O, Options>,
    kernel: NoInfer<Kernel<Handle, I, O, Options>>,
  ): void {
    this.table.set(primitive, (...call) => this.executor.attempt(() => kernel(...call)).result);
  }

  /** Releases arrays but for those that a result is a view of. */
  #releaseUnused(
    uploaded: readonly DeviceArray[],
    result: Result<Places, DeviceArray> | string,
  ): void {
    const given =
      typeof result === "string"
        ? []
        : "outputs" in result
          ? [...result.outputs, ...result.residual]
          : result;
    for (const { memory } of uploaded)
      if (given.every((x) => x?.memory !== memory)) this.executor.release(memory);
  }

  /** Adds an element-wise function, of operands that broadcast; scalars travel as numbers. */
  addElementwise<I extends [first: 1, ...more: 1[]]>(
    primitive: Primitive<I, [y: 1], void>,
    body: string,
    dtype: (inputs: Each<I, Handle>) => DType,
  ): void {
    this.#set(primitive, (inputs) => {
      const shapes = inputs.map((h: Handle) => h.shape);
      const shape = shapes.reduce((a, b) => broadcastShapes("gpu", a, b));
      return [elementwise(this.executor, shape, dtype(inputs), inputs.map(operandOf), body)];
    });
  }
}

/** The element type of an array on the device, or of a scalar in CPU memory. */
export const handleDType = (h: Handle): DType => ("data" in h ? dtypeOf(h) : h.dtype);

function operandOf(h: Handle): Operand {
  if (!("data" in h)) return h;
  const value = h.data[h.offset]!;
  if (dtypeOf(h) === "int32") assertExact([value]);
  return value;
}
