/**
 * @file The commands of docs/interop.md, one after another, and the lines that say what is missing.
 * The commands are a long form; they need a Python with PyTorch, and the last one a registry.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { peerFolder } from "../../bench/peers.ts";
import { full } from "../full.ts";
import { pythonWith } from "../python.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/interop.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "spm-interop-"));
afterAll(() => rmSync(folder, { recursive: true }));
const python = full ? pythonWith("torch") : null;

/** The commands of the page, a line each, and its program. */
const commands = [...page.matchAll(/^ *```sh\n([\s\S]*?)```/gm)].flatMap(([, text = ""]) =>
  text
    .replaceAll(/\\\n */g, "")
    .trim()
    .split(/\n */),
);
const [, program = ""] = /^ *```js\n([\s\S]*?)```/m.exec(page) ?? [];

function run(command: string, env: NodeJS.ProcessEnv = {}) {
  const own = { ...process.env, OMP_NUM_THREADS: "1", ...env };
  const options = { cwd: root, encoding: "utf8", env: own, shell: true } as const;
  const { status, stdout, stderr } = spawnSync(command, options);
  return { status, stdout, stderr };
}

test.runIf(full && python !== null)(
  "every command of the page",
  () => {
    const runtime = dirname(dirname(peerFolder("onnx")));
    const script = join(runtime, "run-onnx.mjs");
    writeFileSync(script, program);
    const said = commands.map((command) => {
      const here = command.replaceAll("runs/", `${folder}/`).replace("run-onnx.mjs", script);
      const { status, stdout, stderr } = run(here);
      expect(`${status} ${status === 0 ? "" : stderr}`, command).toBe("0 ");
      return stdout;
    });
    rmSync(script);
    const [trained, loaded, saved, back, onward, again, exported, ran] = said;
    const loss = (text = ""): number => Number(/^loss +([\d.]+)$/m.exec(text)?.[1]);
    expect(Number(/test loss ([\d.]+)/.exec(trained ?? "")?.[1])).toBeCloseTo(loss(back), 3);
    expect(loaded).toContain("Mixer(");
    expect(saved).toBe("");
    const { loss: reported, before, processes } = JSON.parse(onward ?? "");
    expect(processes).toBe(2);
    expect(Math.abs(before - loss(back))).toBeLessThan(1e-4);
    expect(Math.abs(reported - loss(again))).toBeLessThan(1e-4);
    expect(loss(again)).toBeLessThan(loss(back));
    expect(exported).toContain("→ probabilities float32[batch, ");
    const shares = JSON.parse(ran ?? "") as number[];
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  },
  600_000,
);

test("the page has its commands", () => {
  expect(commands.length).toBe(8);
  expect(program).toContain("onnxruntime-node");
});

test("what is missing is said in one line", () => {
  const named = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };
  const failure = (asked: string): string => {
    const { status, stdout, stderr } = run("node scripts/torch.mjs -c pass", { PYTHON: asked });
    expect([status, stdout]).toEqual([1, ""]);
    return stderr.replaceAll(asked, "python3");
  };
  mkdirSync(join(folder, "old"));
  writeFileSync(join(folder, "old/torch.py"), '__version__ = "1.10.2"\n');
  const lines = [
    ...[join(folder, "python9"), "/bin/true", "/bin/echo"].map(failure),
    failure(named("3.8", "#!/bin/sh\necho 3.8\n")),
  ];
  if (pythonWith("sys") !== null)
    lines.push(
      failure(named("without", '#!/bin/sh\nexec python3 -S -I "$@"\n')),
      failure(named("older", `#!/bin/sh\nPYTHONPATH=${folder}/old exec python3 "$@"\n`)),
    );
  const [, told = ""] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
  for (const line of lines) {
    expect(line.trimEnd()).not.toContain("\n");
    expect(told).toContain(line);
  }
});
