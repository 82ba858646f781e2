/** @file Builds the playground and serves it on this machine. */
import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { buildPlayground } from "./build.ts";

const folder = fileURLToPath(new URL("dist", import.meta.url));
await buildPlayground(folder);
const server = await preview({
  configFile: false,
  root: folder,
  build: { outDir: "." },
  preview: { host: "127.0.0.1" },
});
server.printUrls();
