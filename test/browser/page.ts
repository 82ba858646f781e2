/** @file The example's page, operated as a visitor does. */
import type { Page } from "playwright-core";

/** What to choose in its form. */
export interface Choice {
  readonly on: string;
  readonly layers: string;
  readonly steps: number;
}

/** What it says in the end. */
export interface Told {
  readonly text: string;
  /** The losses it wrote down, one for each tenth step. */
  readonly losses: readonly number[];
  /** What ran, as the backend reports it; undefined when it failed. */
  readonly report:
    | { readonly name: string; readonly fallbacks: readonly { readonly primitive: string }[] }
    | undefined;
}

/** Trains in the page, and reads what it wrote. @throws Error when the page throws or warns */
export async function trainIn(
  page: Page,
  address: string,
  { on, layers, steps }: Choice,
): Promise<Told> {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // Chromium tells whoever reads WebGL's results that this takes time.
    const expected = message.text().includes("GPU stall due to ReadPixels");
    if (!expected && ["warning", "error"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(address);
  await page.selectOption("[name=on]", on);
  await page.selectOption("[name=layers]", layers);
  await page.fill("[name=steps]", `${steps}`);
  await page.click("button");
  await page.waitForFunction(() =>
    /done$|Error/.test(document.querySelector("pre")!.textContent.trim()),
  );
  const text = (await page.textContent("pre"))!.trim();
  if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join("\n")}`);
  const report = /^ran on (.*)\ndone$/ms.exec(text)?.[1];
  return {
    text,
    losses: [...text.matchAll(/loss (\S+)/g)].map((match) => Number(match[1])),
    report: report === undefined ? undefined : (JSON.parse(report) as Told["report"]),
  };
}
