/** @file The links of a built site, each followed to the file and the anchor that it names. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const decoded = (text: string): string =>
  decodeURIComponent(
    text.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", '"'),
  );

/** Paths below a folder of all its pages. */
export const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".html"),
  );

/** The links of all pages that lead nowhere: "page → link". @param folder - of the built site */
export function brokenLinks(folder: string): {
  readonly checked: number;
  readonly broken: string[];
} {
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (file: string): Set<string> => {
    const known = anchors.get(file);
    if (known !== undefined) return known;
    const ids = readFileSync(join(folder, file), "utf8").matchAll(/\s(?:id|name)="([^"]*)"/g);
    const made = new Set([...ids].map(([, id = ""]) => decoded(id)));
    anchors.set(file, made);
    return made;
  };
  const broken: string[] = [];
  let checked = 0;
  for (const page of pagesIn(folder)) {
    const html = readFileSync(join(folder, page), "utf8").replace(/<script[\s\S]*?<\/script>/g, "");
    for (const [, link = ""] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (/^(https?|data|mailto):/.test(link)) continue;
      checked++;
      const [path = "", anchor = ""] = link.split("#");
      const target = path === "" ? page : normalize(join(dirname(page), decoded(path)));
      const file = path.endsWith("/") || target === "." ? join(target, "index.html") : target;
      const there =
        !link.startsWith("/") &&
        existsSync(join(folder, file)) &&
        statSync(join(folder, file)).isFile();
      const named = anchor === "" || !file.endsWith(".html");
      if (!there || !(named || anchorsOf(file).has(decoded(anchor))))
        broken.push(`${page} → ${link}`);
    }
  }
  return { checked, broken };
}
