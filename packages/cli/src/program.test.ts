import { linearKinds } from "@spm/nn";
import type { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { program } from "./program.ts";

/** What the program says, and the error it ends with, for arguments that it does not act on. */
async function refusal(
  args: readonly string[],
): Promise<{ readonly said: string; readonly error: CommanderError }> {
  let said = "";
  const spm = program();
  for (const command of [spm, ...spm.commands]) {
    command.configureOutput({
      writeOut: (text) => (said += text),
      writeErr: (text) => (said += text),
    });
  }
  const error = await spm.parseAsync(args, { from: "user" }).catch((reason: unknown) => reason);
  return { said, error: error as CommanderError };
}

describe("program", () => {
  test.each([
    [["compare", "cifar"], "Allowed choices are mnist"],
    [["compare", "mnist", "--hiden", "3"], "unknown option '--hiden'"],
    [["compare", "mnist", "--hidden", "0"], "Expected a whole number from 1 to 65536."],
    [["compare", "mnist", "--epochs", "1.5"], "Expected a whole number of at least 1."],
    [["compare", "mnist", "--learning-rate", "-1"], "Expected a number above 0."],
    [
      ["compare", "mnist", "--layers", "dense,dens"],
      `Expected one or more of ${Object.keys(linearKinds).join(", ")}`,
    ],
    [["compare", "mnist", "--images", "60001"], "Expected a whole number from 1 to 60000."],
    [
      ["compare", "mnist", "--images", "100", "--batch-size", "101"],
      "expected a batch size of at most 100, the training images, got 101",
    ],
    [["compare", "mnist", "--backend", "abacus"], "Allowed choices are wasm, reference, gpu"],
    [["compare", "mnist", "extra"], "too many arguments"],
    [["fly"], "unknown command 'fly'"],
    [["train"], "train: expected a dataset, got none"],
    [["train", "cifar"], "one of mnist, clusters, text, table, images, or the path of a table"],
    [["train", "nofile.csv"], 'got "nofile.csv": no such file or folder'],
    [["train", "mnist", "--hidden", "0"], "train: expected hidden to be >= 1, got 0"],
    [
      ["train", "mnist", "--learning-rate", "fast"],
      'train: expected learningRate to be number, got "fast"',
    ],
    [["train", "mnist", "--backend", "abacus"], "Allowed choices are wasm, reference, gpu"],
    [["train", "text"], "expected --file for the dataset text, got none"],
  ])("%j is refused", async (args, message) => {
    const { said, error } = await refusal(args);
    expect(said).toContain(message);
    expect(error.name).toBe("CommanderError");
    expect(error.exitCode).toBeGreaterThan(0);
  });

  test.each([
    ["--help"],
    ...[
      "compare",
      "train",
      "resume",
      "eval",
      "sample",
      "quantise",
      "attribute",
      "export",
      "inspect",
      "report",
      "sweep",
    ].map((name) => [name, "--help"]),
  ])("%j %j is help, not an error", async (...args) => {
    const { said, error } = await refusal(args);
    expect(said).toContain("Usage: spm");
    expect(error.exitCode).toBe(0);
  });
});
