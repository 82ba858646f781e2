/** @file Every name that the lists hold trains from the command line, as its run says it did. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../../../test/command-line.ts";
import { png } from "../../../test/png.ts";
import { ours } from "./registries.ts";

const { folder, run } = commandLine();
const text = join(folder, "verse.txt");
writeFileSync(text, "what immortal hand or eye could frame thy fearful symmetry. ".repeat(9));
const table = join(folder, "table.csv");
const rows = Array.from({ length: 200 }, (_, k) => `${k},${k % 3},${k % 2}`);
writeFileSync(table, `size,kind,y\n${rows.join("\n")}\n`);
const pictures = join(folder, "pictures");
for (const name of ["a", "b"]) {
  mkdirSync(join(pictures, name), { recursive: true });
  for (let k = 0; k < 100; k++)
    writeFileSync(join(pictures, name, `${k}.png`), png(k, name === "a" ? 10 : 200));
}
/** What a data set needs. */
const needed: Readonly<Record<string, string>> = {
  text: `--file ${text} --context 4`,
  table: `--file ${table} --target y`,
  images: `--folder ${pictures}`,
};

/** Runs `spm`, and gives back what it printed. */
async function spm(line: string): Promise<string> {
  const { out, err, code } = await run(line.trim().replace(/ +/g, " "));
  expect([err, code]).toEqual(["", undefined]);
  return out;
}

const tiny = "--samples 64 --batch-size 32 --test-samples 20 --hidden 8 --depth 2 --epochs 1";
const lists = {
  layer: ours.linearKinds,
  optimizer: ours.optimizers,
  schedule: ours.rateSchedules,
} as const;

test.each(
  Object.entries(lists).flatMap(([choice, entries]) =>
    Object.keys(entries).map((name) => [choice, name] as const),
  ),
)("spm train clusters --%s %s", async (choice, name) => {
  const out = join(folder, `${choice}-${name}`);
  const flags = `--${choice} ${name} --backend reference --out ${out}`;
  const printed = await spm(`train clusters ${tiny} ${flags}`);
  expect(printed).toMatch(/^finished at step 2 of 2, test loss \d+\.\d{4}/m);
  const { options, command } = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
  expect(options[choice]).toBe(name);
  expect(command).toContain(`--${choice} ${name}`);
});

test.each(Object.keys(ours.datasets))(
  "spm train %s, and the command that its run names",
  async (name) => {
    const out = join(folder, name);
    const flags = `${needed[name] ?? ""} ${tiny} --optimizer muon --no-nesterov --betas 0.8,0.9`;
    await spm(`train ${name} ${flags} --backend reference --out ${out}`);
    const read = (of: string, what: string): string => readFileSync(join(of, what), "utf8");
    const { command, options } = JSON.parse(read(out, "config.json"));
    expect(options).toMatchObject({ nesterov: false, betas: [0.8, 0.9] });

    const again = `${out}-again`;
    expect(command).not.toContain("--out"); // it is repeated in a folder of its own
    await spm(`${command.slice(command.indexOf("train "))} --out ${again}`);
    expect(JSON.parse(read(again, "config.json")).options).toEqual(options);
    expect(read(again, "metrics.jsonl")).toBe(read(out, "metrics.jsonl"));
    expect(await spm(`eval ${out}`)).toContain("test samples");
  },
);
