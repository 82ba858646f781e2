/** @file The files below a folder that belong to the project. */
import { readdirSync } from "node:fs";

/** Folders that are not entered: what is installed or built, and what another test makes. */
const foreign = /^(\..*|node_modules|dist)$/;

/**
 * Paths of the files below `folder`, relative to it.
 *
 * Folders whose name opens with a dot are not entered: tests make and remove such folders in the
 * tree while other tests walk it.
 */
export const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    if (foreign.test(entry.name)) return [];
    return filesUnder(`${folder}/${entry.name}`).map((path) => `${entry.name}/${path}`);
  });
