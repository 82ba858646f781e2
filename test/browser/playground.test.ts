/** @file The playground as visitors have it: built, served from a path, in Chromium. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { buildPlayground } from "../../playground/build.ts";
import { openChromium } from "./chromium.ts";
import { serveFolder } from "./static-server.ts";

const browser = await openChromium();
const folder = mkdtempSync(join(tmpdir(), "spm-playground-"));
if (browser) await buildPlayground(folder);
const server = await serveFolder(folder, "/some/place/");
afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A page, and what its console said; anything there fails the test. */
async function open(hash = "", size = { width: 1280, height: 900 }): Promise<Page> {
  const context = await browser!.newContext({ viewport: size });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  onTestFinished(async () => {
    await context.close();
    expect(said).toEqual([]);
  });
  await page.goto(`${server.address}${hash}`);
  await page.waitForSelector(".cm-content");
  return page;
}

/** Waits for the line below the buttons. */
const statusOf = async (page: Page, wanted: RegExp): Promise<string> => {
  await expect
    .poll(async () => (await page.textContent("#status")) ?? "", { timeout: 60_000 })
    .toMatch(wanted);
  return (await page.textContent("#status")) ?? "";
};

/** Pastes a program over that of the editor, and runs it. */
async function run(page: Page, code: string): Promise<void> {
  await page.focus(".cm-content");
  await page.keyboard.press("Control+a");
  await page.locator(".cm-content").evaluate((content, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, code);
  await page.keyboard.press("Control+Enter");
}

/** The text below the editor, as it is laid out. */
const textOf = async (page: Page): Promise<string> =>
  (await page.locator("#output").allInnerTexts()).join("");

/** What is below the editor once a program is done. */
async function outputOf(page: Page, code: string): Promise<string> {
  await run(page, code);
  await statusOf(page, /^Done/);
  return textOf(page);
}

/** The lines of a program, so that its indentation is not that of an editor. */
const program = (...lines: string[]): string => lines.join("\n");

describe.runIf(browser !== null)("the playground", () => {
  test("loads less than 500 KB, gzipped, before the first run", async () => {
    const before = server.asked.length;
    const page = await open();
    await page.waitForLoadState("networkidle");
    const files = server.asked.slice(before).map((url) => url.replace("/some/place/", ""));
    expect(files.length).toBeGreaterThan(3);
    const bytes = files.map((file) => gzipSync(readFileSync(join(folder, file || "index.html"))));
    const total = bytes.reduce((sum, { length }) => sum + length, 0);
    console.log(`before the first run: ${total} bytes in ${files.length} files`);
    expect(total).toBeLessThan(500_000);
    await page.click("#run");
    await statusOf(page, /^Done/);
    const later = server.asked
      .slice(before + files.length)
      .map((url) => url.replace("/some/place/", ""));
    const lazy = later.map((file) => gzipSync(readFileSync(join(folder, file))).length);
    console.log(`for the first run: ${lazy.reduce((a, b) => a + b, 0)} bytes`);
    expect(later.some((file) => file.startsWith("packages/gpu"))).toBe(false);
  });

  test("an infinite loop is stopped, and the next program runs", async () => {
    const page = await open();
    await run(page, program('console.log("begun");', "for (;;) {}"));
    await page.waitForSelector("text=begun");
    expect(await page.textContent("#status")).toBe("Running …");
    await page.click("#stop");
    expect(await page.textContent("#status")).toBe("Stopped.");
    expect(await outputOf(page, "console.log(1 + 1);")).toBe("2");
  });

  test("a program that prints without end is cut off, and can be stopped", async () => {
    const page = await open();
    await run(page, 'for (;;) console.log("again");');
    await page.waitForSelector("text=That is all that is shown");
    expect(await page.locator("#output > *").count()).toBe(5001);
    await page.click("#stop");
    expect(await outputOf(page, "console.log(2);")).toBe("2");
  });

  test("nothing leaves the sandbox, whichever way a program tries", async () => {
    const page = await open();
    await outputOf(page, "1;"); // everything that a run needs is there
    const before = server.asked.length;
    const leaks = readFileSync(new URL("leaks.js", import.meta.url), "utf8");
    const said = await outputOf(page, leaks.replace("ADDRESS", `${server.address}leak?secret`));
    expect(said.split("\n")).toEqual([
      "fetch refused TypeError",
      "no-cors refused TypeError",
      "import refused TypeError",
      "script refused NetworkError",
      "socket refused",
      "request refused",
      "a worker of its own refused",
      "document undefined",
      "localStorage undefined",
      "cookieStore undefined",
      "parent undefined",
      "storage refused SecurityError",
    ]);
    expect(server.asked.slice(before)).toEqual([]);
  });

  test("errors have the program's line, the library's help, and a way to the place", async () => {
    const page = await open();
    const said = await outputOf(
      page,
      program(
        'import { add, tensor } from "@spm/core";',
        "",
        "const x = tensor([1, 2]);",
        "add(x, tensor([1, 2, 3]));",
      ),
    );
    expect(said).toMatchInlineSnapshot(`
      "ShapeError add: expected shapes that broadcast (sizes equal or 1 from the last axis), got [2] and [3]

      Go to line 4"
    `);
    await page.click("text=Go to line 4");
    expect(await page.textContent(".cm-activeLine")).toBe("add(x, tensor([1, 2, 3]));");
    expect(await page.textContent(".broken")).toBe("add(x, tensor([1, 2, 3]));");

    expect(await outputOf(page, program("const a = 1;", "const b = ;"))).toMatchInlineSnapshot(`
      "SyntaxError Unexpected token ';'

      Go to line 2"
    `);
    expect(
      await outputOf(page, program("", 'import { ad } from "@spm/core";')),
    ).toMatchInlineSnapshot(`
      "ImportError import: the package has no export ad

      Go to line 2"
    `);
    expect(await outputOf(page, program("", "", 'import "left-pad";'))).toMatch(/Go to line 3/);
    const late = program("setTimeout(() => {", '  throw new RangeError("late");', "}, 10);");
    await run(page, late);
    await page.waitForSelector("text=Go to line 2");
    expect(await page.textContent(".failure p")).toBe("RangeError late");
  });

  test("the address has the program, and gives it back", async () => {
    const page = await open();
    const code = program('const name = "Zoë ✓";', "console.log(name);");
    await run(page, code);
    await page.click("#share");
    await statusOf(page, /^The address has the program now/);
    const other = await open(new URL(page.url()).hash);
    expect(await other.textContent("#title")).toBe("A shared program");
    expect((await other.locator(".cm-content").allInnerTexts()).join("").trim()).toBe(code);
    expect(await textOf(other)).toBe(""); // it waits for its reader
    await other.click("#run");
    await statusOf(other, /^Done/);
    expect(await textOf(other)).toBe("Zoë ✓");
    const damaged = await open("#code=AAAA");
    await statusOf(damaged, /damaged/);
    expect(await damaged.textContent("#title")).toBe("A slope");
  });

  test("WebGPU runs in the sandbox, here in software, and says what it is", async () => {
    const page = await open();
    await page.selectOption("#backend", "webgpu");
    const said = await outputOf(
      page,
      program(
        'import { currentBackend, tensor } from "@spm/core";',
        'import { plot, show } from "@spm/playground";',
        "const x = tensor([[1, 2], [3, 4]]);",
        "console.log(x.matmul(x));",
        'console.log("after", currentBackend().name);',
        "show(x);",
        "plot(x.sum(0));",
      ),
    );
    expect(said).toMatch(/^float32\[2, 2\]\n7\t10\n15\t22\nafter /);
    expect(await page.textContent("#status")).toMatch(/on webgpu software/);
    expect(await page.locator(".picture img").count()).toBe(2);
  });
});
