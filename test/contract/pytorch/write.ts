/** @file Writes docs/coming-from-pytorch.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { entryPoints, pageOf } from "./page.ts";

const page = fileURLToPath(new URL("../../../docs/coming-from-pytorch.md", import.meta.url));
writeFileSync(page, pageOf(entryPoints()));
