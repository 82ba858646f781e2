/** @file A part of a golden file, read by its keys. */
import type { Tensor } from "@spm/core";
import { type GoldenTensor, goldenTensor, type Precision, toTensor } from "./golden-tensor.ts";
import {
  asList,
  asNumber,
  asNumbers,
  asObject,
  asString,
  type Json,
  type JsonObject,
} from "./python-json.ts";

/** A part of a file. @throws MalformedError where a key is of another kind */
export class Part {
  readonly fields: JsonObject;
  readonly where: string;

  constructor(value: Json | undefined, where: string) {
    this.fields = asObject(value, where);
    this.where = where;
  }

  part(key: string): Part {
    return new Part(this.fields[key], `${this.where}.${key}`);
  }

  golden(key: string): GoldenTensor {
    return goldenTensor(this.fields[key], `${this.where}.${key}`);
  }

  goldens(key: string): GoldenTensor[] {
    const where = `${this.where}.${key}`;
    return asList(this.fields[key], where).map((item, i) => goldenTensor(item, `${where}[${i}]`));
  }

  tensor(key: string, precision: Precision): Tensor {
    return toTensor(this.golden(key), precision);
  }

  numbers(key: string): number[] {
    return asNumbers(this.fields[key], `${this.where}.${key}`);
  }

  number(key: string): number {
    return asNumber(this.fields[key], `${this.where}.${key}`);
  }

  lists(key: string): number[][] {
    const where = `${this.where}.${key}`;
    return asList(this.fields[key], where).map((item, i) => asNumbers(item, `${where}[${i}]`));
  }

  parts(key: string): Part[] {
    const where = `${this.where}.${key}`;
    return asList(this.fields[key], where).map((item, i) => new Part(item, `${where}[${i}]`));
  }

  text(key: string): string {
    return asString(this.fields[key], `${this.where}.${key}`);
  }
}
