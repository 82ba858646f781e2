/** @file Prints what is asked for on the command line, both as JSON. */
import { type Asked, computed } from "./digests.ts";

console.log(JSON.stringify(await computed(JSON.parse(process.argv[2] ?? "") as Asked)));
