/** @file The playground as visitors have it: built, served from a path, in Chromium. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tensor } from "@spm/core";
import { elements } from "@spm/core/extend";
import { encodeCharacters, vocabularyOf } from "@spm/data";
import { gptOf } from "@spm/models";
import { softmax } from "@spm/nn";
import { parseSafetensors, unpackTensors } from "@spm/trainer";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { buildPlayground } from "../../playground/build.ts";
import { spm } from "../integration/spm-process.ts";
import { smallGpt } from "../small-gpt.ts";
import { openChromium } from "./chromium.ts";
import { digitStrokes, type Stroke } from "./digit-strokes.ts";
import { serveFolder } from "./static-server.ts";

const browser = await openChromium();
const folder = mkdtempSync(join(tmpdir(), "spm-playground-"));
const models = mkdtempSync(join(tmpdir(), "spm-playground-models-"));
if (browser) await buildPlayground(folder);
const server = await serveFolder(folder, "/some/place/");
afterAll(async () => {
  await browser?.close();
  server.close();
  for (const made of [folder, models]) rmSync(made, { recursive: true });
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

/** The text below the editor once a program is done. */
async function outputOf(page: Page, code: string): Promise<string> {
  await run(page, code);
  await statusOf(page, /^(Done|Ended with an error) in/);
  return textOf(page);
}

/** The lines of a program, so that its indentation is not that of an editor. */
const program = (...lines: string[]): string => lines.join("\n");

/** The last number of what a plot says in words. */
const endOf = (said: readonly string[], title: string): number =>
  Number(/to (\S+)$/.exec(said.find((alt) => alt.startsWith(`${title}:`)) ?? "")?.[1]);

/** The character that most likely follows a text, and its share, here, on the reference. */
function likeliest(bytes: Uint8Array, text: string): readonly [character: string, share: number] {
  const file = parseSafetensors(bytes);
  const stored = unpackTensors(file);
  const values = Object.fromEntries(stored.entries.map(({ name }) => [name, stored.tensor(name)]));
  const { model, vocabulary } = gptOf({ config: JSON.parse(file.metadata.config ?? ""), values })!;
  const tokens = [...encodeCharacters(text, vocabulary)].slice(-model.context);
  const scores = model.forward(tensor([tokens], { dtype: "int32" })).at(0, -1);
  const shares = [...elements(softmax(scores).ndarray())];
  const most = Math.max(...shares);
  return [vocabulary[shares.indexOf(most)] ?? "", most];
}

/** A lesson's title, its pictures, and a check of its output. */
interface LessonTest {
  readonly title: string;
  readonly pictures: number;
  check(text: string, said: readonly string[], page: Page): void | Promise<void>;
}

/** Draws on the pad by the mouse. */
async function draw(page: Page, strokes: readonly Stroke[]): Promise<void> {
  await page.locator(".pad").scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await page.locator(".pad").boundingBox())!;
  for (const stroke of strokes) {
    for (const [k, [right, down]] of stroke.entries()) {
      await page.mouse.move(x + right * width, y + down * height, { steps: 3 });
      if (k === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}

/** Waits until the program names a drawing. */
const named = (page: Page, digit: number) =>
  expect
    .poll(async () => (await page.locator(".log").allTextContents()).at(-1))
    .toMatch(new RegExp(`^That is a ${digit}, I think`));

const lessons: readonly LessonTest[] = [
  {
    title: "A slope",
    pictures: 1,
    check(text) {
      expect(text).toMatch(/2x\nfloat32\[5\]\n-2\t0\t2\t4\t6\n/);
      expect(text).toMatch(/The tape: 6 calls.*square\(1\)\tfloat32\[1\]\t9\n/s);
    },
  },
  {
    title: "A training loop",
    pictures: 3,
    check(_, said) {
      expect(endOf(said, "Downhill on x²")).toBeLessThan(0.01);
      expect(endOf(said, "Mean squared error")).toBeLessThan(0.01);
    },
  },
  {
    title: "A mixer and its pictures",
    pictures: 9,
    check(text, said) {
      expect(text).toContain("dense: 272 numbers, a mixer: 80");
      expect(endOf(said, "Mean squared error")).toBeLessThan(1e-6);
    },
  },
  {
    title: "Your own op and mixer",
    pictures: 6,
    check(text, said) {
      expect(Number(/gradcheck \{ error: ([^,]+)/.exec(text)?.[1])).toBeLessThan(1e-6);
      expect(Number(/derivatives: (\S+)/.exec(text)?.[1])).toBeLessThan(1e-6);
      expect(endOf(said, "Mean squared error")).toBeLessThan(1e-6);
    },
  },
  {
    title: "A digit that you draw",
    pictures: 0,
    async check(text, _, page) {
      expect(Number(/right on the test set: (\S+) %/.exec(text)?.[1])).toBeGreaterThan(97);
      for (const [digit, strokes] of digitStrokes.entries()) {
        await draw(page, strokes);
        await named(page, digit);
        await page.click("text=Clear the pad");
      }
      expect(await page.locator("#output img").count()).toBe(2);
      // by keys: to the upper middle, the pen down, 18 steps down, the pen up
      await page.focus(".pad");
      const press = async (key: string, times = 1) => {
        for (let k = 0; k < times; k++) await page.keyboard.press(key);
      };
      const before = await page.locator(".log").count();
      await press("ArrowUp", 30);
      await press("ArrowDown", 4);
      await press("Space");
      await press("ArrowDown", 18);
      await press("Space");
      await expect.poll(() => page.locator(".log").count()).toBe(before + 1);
      await named(page, 1);
    },
  },
  {
    title: "Text, a character at a time",
    pictures: 0,
    async check(text, _, page) {
      expect(Number(/(\S+) nats/.exec(text)?.[1])).toBeLessThan(1.9);
      expect(text.match(/^".*" \d+\.\d %$/gms)?.[0]?.split("\n").length).toBe(5);
      const written = text.slice(text.lastIndexOf("The whale "));
      expect(written.length).toBeGreaterThan(300);
      // of a text without structure, the three words are hardly any
      const words = written.split(/[^a-z]+/i);
      expect(words.length).toBeGreaterThan(40);
      expect(words.filter((word) => /^(the|and|of)$/i.test(word)).length).toBeGreaterThan(2);
      await expect.poll(() => page.locator("input[type=file]").count()).toBe(1);
    },
  },
];

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

  test("the lessons run one after another, from the first to the last", async () => {
    const page = await open();
    const titles = await page.locator("#lessons a").allTextContents();
    expect(titles.length).toBe(lessons.length);
    for (const [k, { title, pictures, check }] of lessons.entries()) {
      expect(titles[k]).toBe(title);
      await page.click(`#lessons li:nth-child(${k + 1}) a`);
      await expect.poll(() => page.textContent("#title")).toBe(title);
      expect(await page.getAttribute(`#lessons li:nth-child(${k + 1}) a`, "aria-current")).toBe(
        "page",
      );
      await page.click("#run");
      await statusOf(page, /^Done in .* on wasm simd/);
      const text = await textOf(page);
      expect(await page.locator(".failure").count(), text).toBe(0);
      await expect.poll(() => page.locator("#output img").count()).toBe(pictures);
      const said = await page
        .locator("#output img")
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).alt));
      await check(text, said, page);
    }
  });

  test("a visitor's GPT, and what spm quantise made of it, write text; none is sent", async () => {
    const verse = "what immortal hand or eye could frame thy fearful symmetry. ".repeat(9);
    const inFolder = (name: string): string => join(models, name);
    writeFileSync(inFolder("verse.txt"), verse);
    writeFileSync(inFolder("gpt.safetensors"), await smallGpt(vocabularyOf(verse), "dense"));
    const line = ["quantise", inFolder("gpt.safetensors"), "--file", inFolder("verse.txt")];
    expect(await spm([...line, "--weights", "3", "--epochs", "1"])).toMatchObject({ code: 0 });
    const page = await open("#lesson=characters");
    await page.click("#run");
    await statusOf(page, /^Done in/);
    const before = server.asked.length;
    for (const name of ["gpt.safetensors", "gpt-w3.safetensors"]) {
      const bytes = readFileSync(inFolder(name));
      const [character, share] = likeliest(new Uint8Array(bytes), "he whale ");
      await page.setInputFiles("input[type=file]", inFolder(name));
      const said = (): Promise<string> =>
        textOf(page).then((text) => text.slice(text.indexOf(`${name}: `)));
      await expect.poll(said, { timeout: 60_000 }).toMatch(/he whale [a-z. ]{300}$/);
      expect(await said()).toContain(`${name}: ${bytes.length} bytes, `);
      const [, first, percent] = /"he whale "\?\n"(.)" (\S+) %/.exec(await said()) ?? [];
      expect(first).toBe(character);
      expect(Math.abs(Number(percent) - 100 * share)).toBeLessThan(0.1);
    }
    expect(await page.locator(".failure").count()).toBe(0);
    await page.setInputFiles("input[type=file]", inFolder("verse.txt"));
    await page.waitForSelector(".failure");
    expect(await page.textContent(".failure p")).toMatch(/^SafetensorsError /);
    expect(server.asked.slice(before)).toEqual([]);
  });

  test("the page's policy lets nothing be compiled, the sandbox's nothing be fetched", () => {
    const policyOf = (file: string): string =>
      /Content-Security-Policy"\s+content="([^"]+)"/.exec(
        readFileSync(join(folder, file), "utf8"),
      )?.[1] ?? "";
    expect(policyOf("index.html").split("; ")).toMatchInlineSnapshot(`
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
      ]
    `);
    expect(
      policyOf("sandbox.html")
        .replace(/sha256-[^']+/, "sha256-…")
        .split("; "),
    ).toMatchInlineSnapshot(`
      [
        "default-src 'none'",
        "script-src 'sha256-…' blob: 'unsafe-eval'",
        "worker-src data: blob:",
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]
    `);
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
    expect(await page.locator(".help").count()).toBe(0);
    await page.click("text=Go to line 4");
    expect(await page.textContent(".cm-activeLine")).toBe("add(x, tensor([1, 2, 3]));");
    expect(await page.textContent(".broken")).toBe("add(x, tensor([1, 2, 3]));");

    const cast = program(
      'import { tensor } from "@spm/core";',
      'tensor([1]).add(tensor([1], { dtype: "int32" }));',
    );
    expect(await outputOf(page, cast)).toMatchInlineSnapshot(`
      "DTypeError add: expected one dtype for all operands, got float32 and int32

      help: cast one: cast(x, "float32")

      Go to line 2"
    `);
    expect(await outputOf(page, program("const a = 1;", "const b = ;"))).toMatchInlineSnapshot(`
      "SyntaxError Unexpected token

      Go to line 2"
    `);
    expect(
      await outputOf(page, program("", 'import { ad } from "@spm/core";')),
    ).toMatchInlineSnapshot(`
      "ImportError import: the package has no export ad

      Go to line 2"
    `);
    const typed = program("interface N {", "  n: number;", "}", "const x: N = { n: 1 };", "x.m.n;");
    expect(await outputOf(page, typed)).toMatch(/^TypeError .*Go to line 5$/s);
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
    expect(await page.locator("#output img").count()).toBe(2);
  });

  test("keys alone do everything", async () => {
    const page = await open();
    const focused = (): Promise<string> =>
      page.evaluate(
        () => document.activeElement?.id || (document.activeElement?.textContent ?? ""),
      );
    const press = (key: string) => page.keyboard.press(key);
    await press("Tab");
    expect(await focused()).toBe("Skip to the program");
    await press("Enter");
    for (const wanted of ["run", "backend", "share", "editor"]) {
      await press("Tab");
      expect(await focused()).toBe(wanted);
    }
    await press("Control+a");
    await page.keyboard.type("for (;;) {\n");
    await press("Tab"); // indents
    expect(await focused()).toBe("editor");
    expect(await page.locator(".cm-line").nth(1).textContent()).toBe("    ");
    await press("Control+Enter");
    await statusOf(page, /Running/);
    await press("Escape");
    await press("Shift+Tab"); // leaves
    expect(await focused()).toBe("share");
    await press("Shift+Tab");
    await press("Shift+Tab");
    expect(await focused()).toBe("stop");
    await press("Enter");
    await statusOf(page, /Stopped/);
    expect(await focused()).toBe("run");
    await page.focus(".cm-content");
    await press("Control+a");
    await page.keyboard.type("\n\nlost;");
    await press("Control+Enter");
    await statusOf(page, /^Ended with an error in .* on wasm simd\.$/);
    await press("Escape");
    await press("Tab");
    expect(await focused()).toBe("Go to line 3");
    await press("Enter");
    expect(await focused()).toBe("editor");
    expect(await page.textContent(".cm-activeLine")).toBe("lost;");
    await page.focus("#lessons li:nth-child(2) a");
    await press("Enter");
    await expect.poll(focused).toBe("title"); // which is read out
    expect(await page.title()).toBe("A training loop · SPM playground");
    await press("Tab");
    expect(await focused()).toBe("run");
  });

  test.each(["light", "dark"] as const)("fits 390 px and says what is what, %s", async (scheme) => {
    const page = await open("#lesson=mixer", { width: 390, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.click("#run");
    await statusOf(page, /^Done/);
    await expect.poll(() => page.locator("#output img").count()).toBe(9);
    for (const size of ["100%", "200%"]) {
      const [inside, outside] = await page.evaluate((fontSize) => {
        const page = document.documentElement;
        page.style.fontSize = fontSize;
        return [page.scrollWidth, page.clientWidth];
      }, size);
      expect(inside, size).toBe(outside);
    }
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll("img, button, select, canvas, iframe, [role]")]
        .filter((one) => {
          const labels = one instanceof HTMLSelectElement ? one.labels.length : 0;
          const name = one.getAttribute("aria-label") ?? one.getAttribute("alt");
          const titled = name ?? one.getAttribute("title") ?? one.textContent;
          return labels === 0 && !titled && one.id !== "status";
        })
        .map((one) => one.outerHTML),
    );
    expect(unnamed).toEqual([]);
  });
});
