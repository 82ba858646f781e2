/** @file A row of the table of modules: a small instance, and inputs to call it on. */
import { normal, rng, type Tensor } from "@spm/core";
import type { Module } from "@spm/nn";

/** A module and what it is called on. */
export interface ModuleRow {
  readonly name: string;
  readonly make: () => Module;
  readonly inputs: () => readonly Tensor[];
  /** The ops that the reference runs for it on wasm, where their kernels decline. */
  readonly onTheReference?: readonly string[];
}

/** A row with normal inputs of these shapes. */
export const row = (
  name: string,
  make: () => Module,
  ...shapes: readonly (readonly number[])[]
): ModuleRow => ({
  name,
  make,
  inputs: () => shapes.map((shape, k) => normal(rng(10 + k), shape)),
});
