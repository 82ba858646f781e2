import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { escapeXml, svgElement, svgPicture, svgText } from "./svg.ts";

test("numbers have two decimals, undefined ones are left out, text and attributes safe", () => {
  expect(svgElement("path", { d: "M0,0", class: undefined, r: 1 / 3 })).toBe(
    '<path d="M0,0" r="0.33"/>',
  );
  expect(svgText(1, 2, `a < "b"`, { "aria-label": `c & 'd' >` })).toBe(
    '<text x="1" y="2" aria-label="c &amp; &#39;d&#39; &gt;">a &lt; &quot;b&quot;</text>',
  );
});

test("a picture stands alone, under its name", () => {
  const size = { width: 80, height: 20.125 };
  const text = svgPicture("x < y", size, { fill: "red", role: "group" }, [svgText(0, 9, "a")]);
  expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 80 20.13"/);
  const { document } = parseHTML(text);
  const svg = document.querySelector("svg");
  expect(["role", "fill", "aria-label", "height"].map((key) => svg?.getAttribute(key))).toEqual([
    "group",
    "red",
    "x < y",
    "20.13",
  ]);
  expect([...(svg?.children ?? [])].map(({ localName }) => localName)).toEqual(["title", "text"]);
});

test("a name of any characters gives well-formed XML", () => {
  const name = "\u0000\u0008\ud800x\udfff\ufffe\uffff]]>&amp;\u{1f600}\t\u000b";
  expect(escapeXml(name)).toBe(
    "\ufffd\ufffd\ufffdx\ufffd\ufffd\ufffd]]&gt;&amp;amp;\u{1f600}\t\ufffd",
  );
  expect(svgElement("g", { id: "\u0001" }, svgText(0, 0, "\ud800"))).toBe(
    '<g id="\ufffd"><text x="0" y="0">\ufffd</text></g>',
  );
});
