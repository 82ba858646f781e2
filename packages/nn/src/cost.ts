/** @file What a module costs. */
import type { Module } from "./module.ts";

/** Trainable values, the bytes they take, and floating-point operations. */
export interface Cost {
  readonly parameters: number;
  readonly bytes: number;
  readonly flops: number;
}

/** The bytes of a module's parameters. */
export const parameterBytes = (module: Module): number =>
  module.parameters().reduce((total, p) => total + p.storage.bytes, 0);
