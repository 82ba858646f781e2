/**
 * @file Installs the dependencies when they are missing or belong to another lockfile; otherwise
 * does nothing.
 *
 * `npm start` and `npm test` begin with it, so that a bare clone needs Node and npm only.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { packageManager, pnpm, root } from "./pnpm.mjs";

const stamp = `${root}node_modules/.installed`;
const wanted = createHash("sha256")
  .update(readFileSync(`${root}pnpm-lock.yaml`))
  .update(readFileSync(`${root}pnpm-workspace.yaml`))
  .digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";

if (installed !== wanted) {
  const why = installed === "" ? "first run" : "the lockfile changed";
  console.log(`Installing dependencies with ${packageManager} (${why}) …`);
  const code = await pnpm(["install", "--frozen-lockfile", "--reporter=append-only"], {
    quiet: true,
  });
  if (code !== 0) process.exit(code);
  writeFileSync(stamp, wanted);
}
