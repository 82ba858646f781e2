/**
 * @file `npm run -s torch -- [--processes N] PROGRAM …`: runs a program of Python with
 * `python/spm_torch` and a PyTorch that is new enough, in N processes that find each other, as
 * torchrun starts them where it starts. The Python is that of PYTHON, or the first with PyTorch of
 * `python3` on the path and the system's. What is missing is said in one line.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {string} expected @param {string} got @param {string} help @returns {never} */
function refuse(expected, got, help) {
  console.error(`torch: expected ${expected}, got ${got}; help: ${help}`);
  process.exit(1);
}

/** A program, its version as a Python, and that of its PyTorch. @param {string} python */
function look(python) {
  const code =
    "import sys; print('%d.%d' % sys.version_info[:2]); import torch; print(torch.__version__)";
  const { error, stdout } = spawnSync(python, ["-c", code], { encoding: "utf8" });
  const [own = "", torch] = (stdout ?? "").trim().split(/\s+/);
  return { python, found: !error, own: /^\d+\.\d+$/.test(own) ? own : undefined, torch };
}

/** Whether a version is this one or newer. @param {string} version @param {number[]} oldest */
function reaches(version, [major = 0, minor = 0]) {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/** The first Python with PyTorch. */
function pythonWithTorch() {
  const asked = process.env.PYTHON || undefined; // an empty one asks for none
  const names = asked === undefined ? ["python3", "/usr/bin/python3"] : [asked];
  const seen = names.map(look);
  const there = seen.filter(({ found }) => found);
  const one = there.find(({ torch }) => torch !== undefined) ?? there[0];
  const get = "install Python 3.9";
  if (one === undefined) return refuse("a Python", `none called ${names[0]}`, get);
  const { python, own, torch } = one;
  if (own === undefined) return refuse("a Python", `${python}, which is none`, get);
  if (!reaches(own, [3, 9])) return refuse("Python 3.9 or newer", `${own} in ${python}`, get);
  const got = torch === undefined ? "none" : torch;
  if (torch === undefined || !reaches(torch, [1, 13]))
    return refuse("PyTorch 1.13 or newer", `${got} in ${python}`, "pip install torch");
  return python;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const [flag, count = "", ...others] = process.argv.slice(2);
const many = flag === "--processes";
const processes = many ? Number(count) : 1;
const args = many ? others : process.argv.slice(2);
if (!Number.isInteger(processes) || processes < 1 || args.length === 0)
  refuse(
    "[--processes N] PROGRAM …",
    process.argv.slice(2).join(" ") || "nothing",
    "npm run -s torch -- --processes 2 python/examples/train_ddp.py --help",
  );
const python = pythonWithTorch();
const path = [`${root}python/spm_torch/src`, process.env.PYTHONPATH].filter(Boolean).join(":");
const group = { WORLD_SIZE: `${processes}`, MASTER_ADDR: "127.0.0.1", MASTER_PORT: "" };
if (processes > 1) group.MASTER_PORT = `${await freePort()}`;
const codes = await Promise.all(
  Array.from({ length: processes }, async (_, rank) => {
    const ranks = { RANK: `${rank}`, LOCAL_RANK: `${rank}`, ...group };
    const env = { ...process.env, PYTHONPATH: path, ...(processes > 1 && ranks) };
    const [code] = await once(spawn(python, args, { env, stdio: "inherit" }), "close");
    return code ?? 1;
  }),
);
process.exitCode = codes.find((code) => code !== 0) ?? 0;
