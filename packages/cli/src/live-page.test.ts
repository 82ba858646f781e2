/** @file `--live`: the page follows a training, answers this machine alone, and ends with it. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { commandLine } from "../../../test/command-line.ts";

const { folder: work, printed, run } = commandLine();
const folder = join(work, "run");
const small = "clusters --samples 400 --hidden 8 --depth 1 --batch-size 20 --backend reference";

/** The code of an answer to a request with a name of the host. */
const codeFor = (address: string, method: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(address, { method, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });

test("a port that is taken is said", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => {
    other.close();
  });
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { err } = await run(`train ${small} --epochs 1 --live ${port} --out ${folder}-other`);
  expect(err).toMatch(/^error: live: expected to serve on 127.*, got EADDRINUSE\nhelp: --live/m);
});

test("the page, its events and the run's files are there while it trains, not after", async () => {
  const training = run(`train ${small} --epochs 12 --log-every 5 --live --out ${folder}`);
  await vi.waitFor(() => expect(printed.out).toMatch(/^live: http/m), { timeout: 10_000 });
  const [, address = ""] = /^live: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(printed.out) ?? [];
  const [page, script, events] = await Promise.all(
    ["", "live.js", "events"].map((path) => fetch(address + path)),
  );
  const stream = events?.text(); // ends with the training
  expect(await page?.text()).toMatch(
    /script-src 'self'.*<script src="\/live.js" defer><\/script>/s,
  );
  expect(script?.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(await (await fetch(`${address}metrics.csv`)).text()).toMatch(/^run,split,step,/);
  const { host } = new URL(address);
  const codes = await Promise.all([
    codeFor(`${address}../config.json.bak`, "GET", host),
    codeFor(`${address}checkpoints/step-0000000020.safetensors`, "GET", host),
    codeFor(address, "POST", host),
    codeFor(address, "GET", "elsewhere.example"),
    codeFor(address, "GET", `127.0.0.1.example:${new URL(address).port}`),
  ]);
  expect(codes).toEqual([404, 404, 405, 403, 403]);
  await training;
  const messages = (await stream)?.split("\n\n").filter(Boolean) ?? [];
  expect(messages.at(-1)).toBe("event: end\ndata:");
  const pages = messages
    .slice(0, -1)
    .map((message) => JSON.parse(message.split("data: ")[1] ?? ""));
  expect(pages.length).toBeGreaterThanOrEqual(2);
  expect(pages[0]).toContain("Not finished: rotation after ");
  // the last one is the report
  const report = readFileSync(join(folder, "report.html"), "utf8");
  expect(report).toContain(`<main>${pages.at(-1)}</main>`);
  expect(report).not.toContain("script");
  await expect(fetch(address)).rejects.toThrow("fetch failed");
});
