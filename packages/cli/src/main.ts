#!/usr/bin/env node
/** @file The `spm` command. */

import { main } from "./run.ts";

await main(process.argv);
