/** @file `--live`: the page of a run while it trains, served on this machine alone. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { renderReport } from "@spm/report";
import { filesOf } from "@spm/report/draw";
import { type Callback, RunError } from "@spm/trainer";
import { readRun } from "@spm/trainer/node";

const HOST = "127.0.0.1";
/** Milliseconds between two updates of a page. */
const PAUSE = 1000;
/** Milliseconds that a reader has to take the end. */
const PATIENCE = 2000;

/** The script of the page: it shows each new content, and keeps its parts open or shut. */
const SCRIPT = `"use strict";
const main = document.querySelector("main");
const status = document.createElement("p");
status.id = "live";
status.setAttribute("role", "status");
status.className = "live";
document.body.prepend(status);
const say = (text) => { if (status.textContent !== text) status.textContent = text; };
const parts = () => [...main.querySelectorAll("details")];
const nameOf = (part) =>
  part.querySelector("summary").textContent + part.children[1]?.tagName;
say("training: this page updates itself");
const events = new EventSource("/events");
events.addEventListener("page", ({ data }) => {
  const before = new Map(parts().map((part) => [nameOf(part), part.open]));
  main.innerHTML = JSON.parse(data);
  for (const part of parts()) part.open = before.get(nameOf(part)) ?? part.open;
  say("training: this page updates itself");
});
events.addEventListener("end", () => {
  events.close();
  say("training has ended: this page is as it was then; report.html in the run folder has it, too");
});
events.addEventListener("error", () => say("the training doesn't answer"));
`;

/** The page of a run that is being written. */
export interface LivePage {
  /** Sends the page anew at logs and evaluations. */
  readonly callback: Callback;
  /** Sends the page a last time, and stops serving. */
  close(): Promise<void>;
}

/**
 * Serves the report of a run folder on 127.0.0.1, where open pages follow what is written to it.
 *
 * @param port - 0 for one that is free
 * @param tell - called with the address
 * @throws RunError for a port that can't be had
 */
export async function servePage(
  folder: string,
  port: number,
  tell: (address: string) => void,
): Promise<LivePage> {
  const page = (): string =>
    renderReport(readRun(folder), { files: filesOf(folder), script: "/live.js" });
  const readers = new Set<ServerResponse>();
  const server = createServer((request, response) =>
    answer(request, response, { folder, page, readers }),
  );
  await listening(server, port);
  const address = server.address();
  tell(`http://${HOST}:${typeof address === "object" ? address?.port : port}/`);
  let sent = Number.NEGATIVE_INFINITY;
  const send = (): void => {
    if (readers.size === 0) return;
    const message = pageEvent(page());
    for (const reader of readers) reader.write(message);
    sent = performance.now();
  };
  const sendInTurn = (): void => {
    if (performance.now() - sent >= PAUSE) send();
  };
  return {
    callback: { observes: true, onLog: sendInTurn, onEvaluate: sendInTurn },
    async close() {
      send();
      for (const reader of readers) reader.end("event: end\ndata:\n\n");
      const late = setTimeout(() => server.closeAllConnections(), PATIENCE);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearTimeout(late);
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new RunError("live", `to serve on ${HOST}:${port}`, error.code, "--live PORT, or --live"),
      ),
    );
    server.listen(port, HOST, resolve);
  });
}

/** The content of a page as an event. */
function pageEvent(page: string): string {
  const content = page.slice(page.indexOf("<main>") + 6, page.lastIndexOf("</main>"));
  return `event: page\ndata: ${JSON.stringify(content)}\n\n`;
}

interface Served {
  readonly folder: string;
  readonly page: () => string;
  /** The open streams of events. */
  readonly readers: Set<ServerResponse>;
}

/** Answers requests of this machine for the page, its script, its events, and the run's files. */
function answer(
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
  { folder, page, readers }: Served,
): void {
  const head = (code: number, type: string): void => {
    response.writeHead(code, {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      connection: "close",
    });
  };
  const [host] = (headers.host ?? "").split(":");
  const file = filesOf(folder).find((name) => url === `/${name}`);
  if (host !== HOST && host !== "localhost") {
    head(403, "text/plain"); // a page of somebody whose name leads here
    response.end();
  } else if (method !== "GET") {
    head(405, "text/plain");
    response.end();
  } else if (url === "/events") {
    head(200, "text/event-stream");
    response.write(pageEvent(page()));
    readers.add(response);
    response.on("close", () => readers.delete(response));
  } else if (url === "/" || url === "/live.js") {
    head(200, url === "/" ? "text/html" : "text/javascript");
    response.end(url === "/" ? page() : SCRIPT);
  } else {
    head(file === undefined ? 404 : 200, "text/plain");
    response.end(file === undefined ? "" : readFileSync(join(folder, file)));
  }
}
