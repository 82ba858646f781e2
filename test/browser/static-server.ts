/** @file A folder of static files at an address of this machine, as any plain web server has it. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** A running server. */
export interface StaticServer {
  /** The address of the folder, with a slash at its end. */
  readonly address: string;
  /** The paths that were asked for, each with its query. */
  readonly asked: readonly string[];
  close(): void;
}

/** Serves a folder under a path, such as `/some/place/`; everything else is not found. */
export async function serveFolder(folder: string, under: string): Promise<StaticServer> {
  const asked: string[] = [];
  const server: Server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const path = new URL(url, "http://here").pathname;
    const inside = normalize(path.slice(under.length) || "index.html");
    try {
      if (!path.startsWith(under) || inside.startsWith("..")) throw new Error("not found");
      const bytes = readFileSync(join(folder, inside));
      const type = types[extname(inside)] ?? "application/octet-stream";
      response.setHeader("content-type", type);
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}${under}`, asked, close: () => server.close() };
}
