#!/usr/bin/env node
/** @file The `spm` command. */

import { toCallersFolder } from "./callers-folder.ts";
import { main } from "./run.ts";

toCallersFolder();
await main(process.argv);
